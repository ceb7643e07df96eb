//! Sentences of the product that say something about Kerberos. English only: in other languages they are not known.

use super::SpnEvent;
use kerbsync_names::{HostName, SiteId};

/// The part of a text between two others, trimmed.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(before)?;
    let (found, _) = rest.split_once(after)?;
    let found = found.trim();
    (!found.is_empty()).then_some(found)
}

/// `The site 1 is not assigned to a Kerberos account.` (observed).
pub(super) fn unassigned_site(text: &str) -> Option<SiteId> {
    SiteId::new(between(text, "The site ", " is not assigned to a Kerberos account")?)
}

/// Sentences about SPNs (observed, except that of the wrong container, which is documented).
pub(super) fn spn_event(text: &str) -> Option<SpnEvent> {
    if let Some(spn) = between(text, "The service principal name ", " was not found on any container") {
        return Some(SpnEvent::Missing { spn: spn.to_owned(), expected_on: None });
    }
    if let Some(spn) = between(text, "The service principal name ", " was not found on the container ") {
        let (_, container) = text.split_once(" was not found on the container ")?;
        let container = sentence_end(container);
        return Some(SpnEvent::Missing { spn: spn.to_owned(), expected_on: (!container.is_empty()).then(|| container.to_owned()) });
    }
    let rest = text.strip_prefix("Service principal name (SPN) \"")?;
    let (spn, rest) = rest.split_once('"')?;
    let object = |lead: &str| Some(rest.trim_start().strip_prefix(lead)?.trim().strip_prefix('"')?.split('"').next()?.to_owned());
    if let Some(object) = object("added to") {
        return Some(SpnEvent::Added { spn: spn.to_owned(), object });
    }
    object("already exists in").map(|object| SpnEvent::Present { spn: spn.to_owned(), object })
}

/// `The Kerberos configuration on <server> is invalid. The expected assigned account is <account>.` (documented): server, valid, account.
/// The same sentence with `is valid` is accepted for a server in order (inferred).
pub(super) fn configuration(text: &str) -> Option<(HostName, bool, Option<String>)> {
    const LEAD: &str = "The Kerberos configuration on ";
    let (server, valid) = match between(text, LEAD, " is invalid") {
        Some(server) => (server, false),
        None => (between(text, LEAD, " is valid")?, true),
    };
    let account = text
        .split_once("The expected assigned account is ")
        .map(|(_, rest)| sentence_end(rest.split(". ").next().unwrap_or(rest)).to_owned())
        .filter(|a| !a.is_empty());
    Some((HostName::new(server.split_whitespace().next()?)?, valid, account))
}

/// A name at the end of a sentence, without the full stop that the product puts behind it.
fn sentence_end(text: &str) -> &str {
    let text = text.trim();
    text.strip_suffix('.').unwrap_or(text).trim()
}

/// `site:<name>` within a text, up to a quote or the end of the sentence.
pub(super) fn site_identity(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let at = lower.match_indices("site:").map(|m| m.0).find(|&at| {
        let before = text[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric())
    })?;
    let name = text[at + 5..].split(['"', '\'', ',', ';', '\r', '\n', ')']).next()?;
    let name = sentence_end(name.split(". ").next()?);
    (!name.is_empty()).then(|| format!("site:{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_invalid_sentence() {
        let text = "The Kerberos configuration on fe01.contoso.com is invalid. The expected assigned account is contoso\\kerbauth. Ensure that \
                    the account has not expired, and the configured password on the machine matches the Active Directory password of the account.";
        let (server, valid, account) = configuration(text).unwrap();
        assert_eq!((server.as_str(), valid, account.as_deref()), ("fe01.contoso.com", false, Some("contoso\\kerbauth")));
        assert!(configuration("The Kerberos configuration is invalid.").is_none());
    }

    #[test]
    fn spn_sentences() {
        let added = spn_event("Service principal name (SPN) \"http/fe01.contoso.com\" added to \"CN=FE01,DC=contoso,DC=com\".").unwrap();
        assert_eq!(added, SpnEvent::Added { spn: "http/fe01.contoso.com".into(), object: "CN=FE01,DC=contoso,DC=com".into() });
        let missing = spn_event("The service principal name http/pool01.contoso.com was not found on the container contoso\\kerberosacct.");
        assert_eq!(
            missing,
            Some(SpnEvent::Missing { spn: "http/pool01.contoso.com".into(), expected_on: Some("contoso\\kerberosacct".into()) })
        );
        // The announcement of an addition is not yet one.
        assert_eq!(spn_event("Adding Service principal name (SPN) \"http/fe01.contoso.com\" to \"CN=FE01\"."), None);
    }

    #[test]
    fn site_identities_in_sentences() {
        assert_eq!(site_identity("Testing site:New York."), Some("site:New York".into()));
        assert_eq!(site_identity("Identity \"Site:Köln\", now"), Some("site:Köln".into()));
        assert_eq!(site_identity("see website:x"), None);
    }
}
