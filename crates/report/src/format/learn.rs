//! What a run of Set-CsKerberosAccountPassword changed, and where the credential may be held.

use super::{Input, LEARN, Place, Tool};
use serde::{Deserialize, Serialize};

/// `kerbsync.learn/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnReport {
    /// [`LEARN`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// Everything that was read.
    pub inputs: Vec<Input>,
    /// Runs of the cmdlet that reports tell of.
    pub runs: Vec<CmdletRun>,
    /// Which configurations were compared, and what differs.
    pub comparisons: Vec<Comparison>,
    /// Places that can hold an account and a secret, the likeliest first.
    pub places: Vec<LearnedPlace>,
    /// Whether the first place stands out, so that the declaration below declares it.
    pub learned: bool,
    /// Lines for kerbsync.toml, with the evidence as comments.
    pub declaration: String,
}

impl LearnReport {
    /// An empty one.
    #[must_use]
    pub fn new(tool: Tool) -> Self {
        Self {
            schema: LEARN.to_owned(),
            tool,
            inputs: Vec::new(),
            runs: Vec::new(),
            comparisons: Vec::new(),
            places: Vec::new(),
            learned: false,
            declaration: String::new(),
        }
    }
}

/// A run of the cmdlet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CmdletRun {
    /// Its report.
    pub path: String,
    /// The first time in the report, RFC 3339 UTC.
    pub started: String,
    /// The last time in the report.
    pub ended: String,
}

/// Two configurations of one server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The server, where a folder says so.
    pub server: Option<String>,
    /// Path of the older one.
    pub before: String,
    /// Path of the newer one.
    pub after: String,
    /// Whether a run lies between them: `given`, `dated`, `file-times`, `no` or `unknown`.
    pub around: String,
    /// What differs beside noise, in document order.
    pub changes: Vec<Change>,
    /// What differs and is noise, by kind.
    pub noise: Vec<Noise>,
}

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `added`, `removed` or `changed`.
    pub kind: String,
    /// Where: in the newer configuration, or in the older one where it was removed.
    pub location: Place,
}

/// Changes of one kind of noise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noise {
    /// Its word.
    pub kind: String,
    /// For people.
    pub label: String,
    /// How many.
    pub count: usize,
}

/// A place that can hold an account and a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnedPlace {
    /// `strong`, `fair` or `weak`.
    pub strength: String,
    /// Orders places of one strength.
    pub score: i32,
    /// `appeared`, `secret-changed` or `both-changed`.
    pub how: String,
    /// `encrypted`, `named` or `opaque`.
    pub secret: String,
    /// Provider of an encrypted secret.
    pub provider: Option<String>,
    /// The account, where its own name says that it is one.
    pub account: Option<String>,
    /// Entries of kerbsync.toml for it, one per location; empty where it cannot be declared.
    pub slots: Vec<DeclaredSlot>,
    /// Why it cannot be declared.
    pub undeclared: Option<String>,
    /// The layout that knows the place already.
    pub layout: Option<String>,
    /// Whether an audit expects the product's account there without a declaration.
    pub expected: bool,
    /// What speaks for it and against it.
    pub reasons: Vec<String>,
    /// Numbers of the comparisons in which it changed, from 0.
    pub comparisons: Vec<usize>,
    /// Where the account stands.
    pub account_location: Option<Place>,
    /// Where the secret stands.
    pub secret_location: Place,
}

/// An entry `[[slots]]` of kerbsync.toml.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredSlot {
    /// Path of the element.
    pub section: String,
    /// `<location>` path; empty for settings of the whole server.
    pub location: String,
    /// Items of the collections on the way.
    pub items: Vec<String>,
    /// Name that holds the account; null where none is readable.
    pub account: Option<String>,
    /// Name that holds the secret.
    pub secret_name: String,
}
