//! The list of rules.

use super::{RULES, Severity, Tool};
use serde::{Deserialize, Serialize};

/// `kerbsync.rules/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesReport {
    /// [`RULES`].
    pub schema: String,
    /// Who wrote it.
    pub tool: Tool,
    /// Every rule in the order of numbers.
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Kebab-case id.
    pub id: String,
    /// Fixed number, as in `KS101`.
    pub number: u16,
    /// The number with its letters, `KS101`.
    pub code: String,
    /// One sentence.
    pub title: String,
    /// Severity of a failure.
    pub severity: Severity,
    /// What its reasoning rests on: `documented`, `observed` or `inferred`.
    pub confidence: String,
    /// The part of the estate it looks at.
    pub family: String,
    /// What its subjects are.
    pub subject: String,
    /// In which audits it is run: `default`, or `stig`.
    #[serde(default = "default_profile")]
    pub profile: String,
    /// The product's own error id, where it coincides.
    pub product_error: Option<String>,
    /// Controls of public catalogues.
    pub controls: Vec<String>,
    /// The manual page, Markdown.
    pub doc: String,
}

/// What lists of rules did not say before there were several.
fn default_profile() -> String {
    kerbsync_audit::Profile::Default.name().to_owned()
}

impl From<&kerbsync_audit::Rule> for Rule {
    fn from(rule: &kerbsync_audit::Rule) -> Self {
        Self {
            id: rule.id.to_owned(),
            number: rule.number,
            code: rule.code(),
            title: rule.title.to_owned(),
            severity: rule.severity,
            confidence: rule.confidence.name().to_owned(),
            family: rule.family.name().to_owned(),
            subject: rule.subject.name().to_owned(),
            profile: rule.profile.name().to_owned(),
            product_error: rule.product_error.map(str::to_owned),
            controls: rule.controls.iter().map(|&c| c.to_owned()).collect(),
            doc: rule.doc.to_owned(),
        }
    }
}

impl RulesReport {
    /// The rules given, in their order.
    #[must_use]
    pub fn new(tool: Tool, rules: &[&kerbsync_audit::Rule]) -> Self {
        Self { schema: RULES.to_owned(), tool, rules: rules.iter().map(|&r| Rule::from(r)).collect() }
    }
}
