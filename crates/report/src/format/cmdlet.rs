//! What one run of a cmdlet line came to: its page and the XML beside it are both made from this.
//!
//! Everything is text that was decided before; the two renderers only lay it out, so that the page and its twin never disagree.

use super::{Input, Tool, Wording};
use serde::Serialize;

/// How something is to look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// In order.
    Good,
    /// Open, or worth a look.
    Doubtful,
    /// Not in order.
    Bad,
    /// None of these.
    #[default]
    Plain,
}

/// One run of a cmdlet line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CmdletReport {
    /// The cmdlet.
    pub cmdlet: &'static str,
    /// The program.
    pub tool: Tool,
    /// When it began. UTC.
    #[serde(serialize_with = "rfc3339")]
    pub started: jiff::Timestamp,
    /// When it was over. UTC.
    #[serde(serialize_with = "rfc3339")]
    pub ended: jiff::Timestamp,
    /// What was asked for: label and text.
    pub facts: Vec<(&'static str, String)>,
    /// What it comes to, in a word or two.
    pub verdict: String,
    /// How the verdict is to look.
    pub tone: Tone,
    /// The verdict in a sentence.
    pub sentence: String,
    /// Servers, and what was found or done.
    pub servers: Vec<Row>,
    /// What is wrong: errors and warnings.
    pub problems: Vec<Problem>,
    /// What had to hold first.
    pub preconditions: Vec<Row>,
    /// What is to be done next.
    pub follow_ups: Vec<FollowUp>,
    /// What else is to be known, one sentence each.
    pub notes: Vec<String>,
    /// The documents that this rests on.
    pub inputs: Vec<InputRow>,
}

fn rfc3339<S: serde::Serializer>(time: &jiff::Timestamp, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(time)
}

/// Something with a state and the reason for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is about.
    pub subject: String,
    /// Its state, in a word or two.
    pub state: String,
    /// How the state is to look.
    pub tone: Tone,
    /// Why, and what to do about it: one paragraph each.
    pub reasons: Vec<String>,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether it is an error; else a warning.
    pub error: bool,
    /// A stable name: that of the product where it has one.
    pub title: String,
    /// What is wrong, in a few words.
    pub short: String,
    /// What is wrong, with names.
    pub long: String,
    /// What to do.
    pub advice: Option<String>,
    /// The server that it concerns.
    pub server: Option<String>,
}

/// Something to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FollowUp {
    /// What it is about.
    pub subject: String,
    /// Why.
    pub reason: String,
    /// The command, where there is one.
    pub command: Option<String>,
}

/// An input document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InputRow {
    /// Its path.
    pub path: Wording,
    /// SHA-256 of its bytes, in hex; `None` where there is none to publish.
    pub sha256: Option<Wording>,
    /// Why there is none, where that is not that the bytes could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256_absent: Option<Wording>,
    /// Its length.
    pub bytes: u64,
}

impl InputRow {
    /// The digest, or what stands in its place.
    pub(crate) fn digest(&self) -> &str {
        self.sha256.as_deref().or(self.sha256_absent.as_deref()).unwrap_or("not read")
    }
}

impl From<&Input> for InputRow {
    fn from(input: &Input) -> Self {
        Self { path: input.path.clone(), sha256: input.sha256.clone(), sha256_absent: input.sha256_absent.clone(), bytes: input.bytes }
    }
}

impl CmdletReport {
    /// A time as reports of the product write it: `2018-11-01 17:37:04Z`.
    pub(crate) fn time(time: jiff::Timestamp) -> String {
        time.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
    }
}

#[cfg(test)]
pub(crate) fn sample() -> CmdletReport {
    let at = |text: &str| text.parse().unwrap();
    let row = |subject: &str, state: &str, tone, reason: &str| Row {
        subject: subject.into(),
        state: state.into(),
        tone,
        reasons: vec![reason.into()],
    };
    CmdletReport {
        cmdlet: "Test-CsKerberosAccountAssignment",
        tool: Tool::kerbsync("0.0.0"),
        started: at("2026-05-01T12:00:00.25Z"),
        ended: at("2026-05-01T12:00:02Z"),
        facts: vec![("Site", "site:Redmond & <Dublin>".into()), ("Account", "CONTOSO\\KerbAuth".into())],
        verdict: "FAILED".into(),
        tone: Tone::Bad,
        sentence: "1 error.".into(),
        servers: vec![
            row("fe01.contoso.com", "in-sync", Tone::Good, "Equals the others."),
            row("fe02.contoso.com", "stale", Tone::Bad, "<script>alert(1)</script>"),
        ],
        problems: vec![
            Problem {
                error: true,
                title: "InvalidKerberosConfiguration".into(),
                short: "The Kerberos configuration is invalid.".into(),
                long: "The Kerberos configuration on fe02.contoso.com is invalid.".into(),
                advice: Some("Copy it \"again\".".into()),
                server: Some("fe02.contoso.com".into()),
            },
            Problem {
                error: false,
                title: "password-age".into(),
                short: "The password is old.".into(),
                long: "The password of CONTOSO\\KerbAuth is 800 days old.".into(),
                advice: None,
                server: None,
            },
        ],
        preconditions: vec![row("operator", "unknown", Tone::Doubtful, "Nobody was named.")],
        follow_ups: vec![FollowUp {
            subject: "fe02.contoso.com".into(),
            reason: "It is stale.".into(),
            command: Some("Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com".into()),
        }],
        notes: vec!["An ESC \u{1b}[31m and a line\nend.".into()],
        inputs: vec![
            InputRow { path: "topology.xml".into(), sha256: Some("ab".repeat(32).into()), sha256_absent: None, bytes: 1234 },
            InputRow { path: "gone.xml".into(), sha256: None, sha256_absent: None, bytes: 0 },
        ],
    }
}
