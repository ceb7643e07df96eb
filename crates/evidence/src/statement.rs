//! An in-toto statement (in-toto attestation framework, Statement v1): the digests of an archive's members.

use crate::{Member, SIGNATURE, sha256};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the predicate is.
pub const PREDICATE_TYPE: &str = "urn:kerbsync:evidence:v1";
const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// Statement v1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    #[serde(rename = "_type")]
    statement_type: String,
    subject: Vec<Subject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: serde_json::Value,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    name: String,
    digest: BTreeMap<String, String>,
}

/// How an archive differs from what was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Mismatch {
    /// Not a statement of this kind.
    #[error("what was signed is no statement about evidence of kerbsync")]
    Kind,
    /// A member has other bytes.
    #[error("'{0}' is not what was signed")]
    Changed(String),
    /// A member is gone.
    #[error("'{0}' was signed and is not in the archive")]
    Missing(String),
    /// A member came in addition.
    #[error("'{0}' is in the archive and was not signed")]
    Added(String),
}

impl Statement {
    /// About every member but the signature.
    #[must_use]
    pub fn about(members: &[Member], predicate: serde_json::Value) -> Self {
        let digest = |m: &Member| BTreeMap::from([("sha256".to_owned(), sha256(&m.bytes))]);
        let signed = members.iter().filter(|m| m.name != SIGNATURE);
        Self {
            statement_type: STATEMENT_TYPE.to_owned(),
            subject: signed.map(|m| Subject { name: m.name.clone(), digest: digest(m) }).collect(),
            predicate_type: PREDICATE_TYPE.to_owned(),
            predicate,
        }
    }

    /// Its bytes, one line of JSON.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads one.
    ///
    /// # Errors
    /// [`Mismatch::Kind`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Mismatch> {
        let statement: Self = serde_json::from_slice(bytes).map_err(|_| Mismatch::Kind)?;
        let fits = statement.statement_type == STATEMENT_TYPE && statement.predicate_type == PREDICATE_TYPE;
        if fits { Ok(statement) } else { Err(Mismatch::Kind) }
    }

    /// Compares it with the members of an archive.
    ///
    /// # Errors
    /// The first difference, in the order of the members.
    pub fn check(&self, members: &[Member]) -> Result<(), Mismatch> {
        let signed: BTreeMap<&str, Option<&String>> = self.subject.iter().map(|s| (s.name.as_str(), s.digest.get("sha256"))).collect();
        for member in members.iter().filter(|m| m.name != SIGNATURE) {
            match signed.get(member.name.as_str()) {
                None => return Err(Mismatch::Added(member.name.clone())),
                Some(digest) if *digest != Some(&sha256(&member.bytes)) => return Err(Mismatch::Changed(member.name.clone())),
                Some(_) => {}
            }
        }
        let there: std::collections::BTreeSet<&str> = members.iter().map(|m| m.name.as_str()).collect();
        match signed.keys().find(|name| !there.contains(*name)) {
            Some(name) => Err(Mismatch::Missing((*name).to_owned())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(files: &[(&str, &str)]) -> Vec<Member> {
        files.iter().map(|(name, text)| Member { name: (*name).to_owned(), bytes: text.as_bytes().to_vec() }).collect()
    }

    #[test]
    fn every_difference_is_named() {
        let signed = members(&[("a", "1"), ("b", "2"), (SIGNATURE, "x")]);
        let statement = Statement::parse(&Statement::about(&signed, serde_json::json!({})).to_bytes()).unwrap();
        assert_eq!(statement.check(&signed), Ok(()));
        assert_eq!(statement.check(&members(&[("a", "1"), ("b", "3")])), Err(Mismatch::Changed("b".to_owned())));
        assert_eq!(statement.check(&members(&[("a", "1")])), Err(Mismatch::Missing("b".to_owned())));
        assert_eq!(statement.check(&members(&[("a", "1"), ("b", "2"), ("c", "")])), Err(Mismatch::Added("c".to_owned())));
        assert_eq!(Statement::parse(b"{}"), Err(Mismatch::Kind));
    }

    #[test]
    fn the_statement_as_json() {
        let statement = Statement::about(&members(&[("report.json", "{}")]), serde_json::json!({ "conclusion": "clean" }));
        insta::assert_snapshot!(String::from_utf8(statement.to_bytes()).unwrap());
    }
}
