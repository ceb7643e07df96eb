//! `kerbsync.toml`: what the administrator declares about a bundle.

use kerbsync_source::{Level, Origin, Problem, Shown, Source, Span, Spot, Text, text};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The contents of a `kerbsync.toml`. Every part may be missing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Further places that hold an account and a secret.
    #[serde(default)]
    pub slots: Vec<SlotSetting>,
    /// NetBIOS name of a domain = its DNS name.
    #[serde(default)]
    pub domains: BTreeMap<String, String>,
    /// What is known about the assignments where there is no export of them.
    pub assignments: Option<AssignmentSetting>,
    /// What is known about directory exports.
    #[serde(default)]
    pub directory: DirectorySetting,
    /// Thresholds of rules.
    #[serde(default)]
    pub thresholds: Thresholds,
    /// Accepted findings.
    #[serde(default, deserialize_with = "with_places")]
    pub waivers: Vec<WaiverSetting>,
    /// Rules (id or number) that no waiver may name.
    #[serde(default)]
    pub never_waive: Vec<String>,
    /// A file with further `[[waivers]]`, relative to this one.
    pub waivers_file: Option<String>,
    /// Names of the product's two web sites, where they were renamed.
    #[serde(default)]
    pub web_sites: WebSiteSetting,
    /// The server whose secret the others are compared with, by FQDN. `--reference` goes before it.
    pub reference: Option<String>,
    /// Files or folders of the bundle that go before others which say something else of the same thing. `--prefer` and `--topology` add to it.
    #[serde(default)]
    pub prefer: Vec<String>,
    /// Whether secrets may be written in a layout that is inferred, not verified. `--accept-inferred-protection` goes before it.
    pub accept_inferred_protection: Option<bool>,
    /// Whether an operator is accepted whom the directory does not show to be a member of the administrators' group.
    pub operator_unproved: Option<bool>,
    /// Who asks for changes, `DOMAIN\\account`. `--operator` goes before it.
    pub operator: Option<String>,
    /// Address of the manual, to which findings print the address of their rule's page. `KERBSYNC_DOCS` goes before it.
    pub docs: Option<String>,
    /// Written by the simulators: the bundle is not a real estate.
    pub simulated: Option<SimulatedSetting>,
    /// The line of every key that the file holds, from 1, by its path: `thresholds.password_age_days`, `waivers[0].reason`.
    #[serde(skip)]
    pub lines: BTreeMap<String, u32>,
}

/// A place that holds an account and a secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotSetting {
    /// Section path: `system.webServer/security/authentication/kerberosWebAuthentication`.
    pub section: String,
    /// Only within `<location>` of this path; every place without it.
    pub location: Option<String>,
    /// Only these items of the collections on the way: what `name`, `key`, `path` or `id` says of each, from outside in.
    #[serde(default)]
    pub items: Vec<String>,
    /// Attribute that names the account; left out where no readable account stands beside the secret.
    pub account: Option<String>,
    /// Attribute that holds the secret.
    pub secret: String,
}

/// What is known about the assignments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AssignmentSetting {
    /// No site has a Kerberos account, and none is wanted.
    None,
}

/// What is known about directory exports.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectorySetting {
    /// Whether the exports hold every user and computer of the forest, so that absence proves something.
    #[serde(default)]
    pub complete: bool,
}

/// Thresholds of rules.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Greatest age of the account's password, in days.
    pub password_age_days: Option<u32>,
    /// Greatest age of evidence, in days.
    pub evidence_age_days: Option<u32>,
    /// Longest time that a waiver of an error may hold, in days.
    pub waiver_error_days: Option<u32>,
    /// Longest time that a waiver of a warning may hold, in days.
    pub waiver_warning_days: Option<u32>,
    /// Longest time that a waiver of a note may hold, in days.
    pub waiver_note_days: Option<u32>,
}

/// An accepted finding.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaiverSetting {
    /// Rule id or number; may be left out where a fingerprint is given.
    #[serde(default)]
    pub rule: String,
    /// Only what concerns this site.
    pub site: Option<String>,
    /// Only what concerns this pool or its computers.
    pub pool: Option<String>,
    /// Only what concerns this server.
    pub server: Option<String>,
    /// Only this credential slot, as reports name it.
    pub slot: Option<String>,
    /// Only this subject, as reports name it.
    pub subject: Option<String>,
    /// Or the fingerprint of one finding.
    pub fingerprint: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// Who wanted it.
    pub owner: Option<String>,
    /// Who accepted it.
    pub approver: Option<String>,
    /// Where that is on record.
    pub ticket: Option<String>,
    /// First day on which it holds, `2026-12-01`.
    pub not_before: Option<toml::value::Datetime>,
    /// Last day on which it holds, `2026-12-31`.
    pub expires: Option<toml::value::Datetime>,
    /// Where the entry stands.
    #[serde(skip)]
    pub origin: Option<Origin>,
    /// The same, before the text is known.
    #[serde(skip)]
    span: std::ops::Range<usize>,
}

/// Waivers, each with its place.
fn with_places<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<WaiverSetting>, D::Error> {
    let spanned = Vec::<toml::Spanned<WaiverSetting>>::deserialize(deserializer)?;
    Ok(spanned.into_iter().map(|w| WaiverSetting { span: w.span(), ..w.into_inner() }).collect())
}

fn place(waivers: &mut [WaiverSetting], source: &Source) {
    for waiver in waivers {
        // The heading of the entry, on a line of its own.
        let first = source.text().get(waiver.span.clone()).and_then(|t| t.lines().next()).map_or(0, str::len);
        let location = source.location(Span::new(waiver.span.start, waiver.span.start + first));
        let spot = Spot { location: Some(location), element: "waivers".into(), excerpt: None };
        waiver.origin = Some(Origin::new(source.document(), spot));
    }
}

/// Names of the product's web sites.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebSiteSetting {
    /// Name of the internal web site.
    pub internal: Option<String>,
    /// Name of the external web site.
    pub external: Option<String>,
}

/// Written by the simulators.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatedSetting {
    /// Seed of the estate.
    pub seed: u64,
}

/// A file of waivers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaiverFile {
    #[serde(default, deserialize_with = "with_places")]
    waivers: Vec<WaiverSetting>,
}

/// Reads a `kerbsync.toml`.
///
/// # Errors
/// Not TOML, an unknown key, a value of the wrong kind; with its place.
pub(crate) fn read_settings(source: &Source) -> Result<Settings, Problem> {
    let mut settings: Settings = parse(source)?;
    settings.lines = crate::setting_lines::lines(source);
    if settings.docs.as_ref().is_some_and(|address| !kerbsync_source::is_address(address)) {
        return Err(problem(source, None, "docs is no address such as https://docs.contoso.com/kerbsync/."));
    }
    check_waivers(&settings.waivers, source)?;
    place(&mut settings.waivers, source);
    for slot in &settings.slots {
        let texts = [Some(&slot.section), slot.account.as_ref(), Some(&slot.secret)];
        if texts.into_iter().flatten().chain(&slot.items).any(|t| t.trim().is_empty()) {
            return Err(problem(source, None, "a [[slots]] entry has an empty section, item, account or secret."));
        }
        // Neither is quoted: whoever took `secret` for the secret itself wrote one there.
        for (key, name) in [("account", slot.account.as_ref()), ("secret", Some(&slot.secret))] {
            if name.is_some_and(|name| !kerbsync_xml::is_name(name)) {
                let message = text!("the {key} of a [[slots]] entry is no name of an attribute.");
                return Err(problem(source, None, message));
            }
        }
    }
    Ok(settings)
}

/// Reads a file of waivers.
///
/// # Errors
/// As for [`read_settings`].
pub(crate) fn read_waivers(source: &Source) -> Result<Vec<WaiverSetting>, Problem> {
    let mut file: WaiverFile = parse(source)?;
    check_waivers(&file.waivers, source)?;
    place(&mut file.waivers, source);
    Ok(file.waivers)
}

/// Bytes of a settings file or a file of waivers; the tree of a longer one would take hundreds of megabytes.
pub(crate) const LONGEST: usize = 4 << 20;

fn parse<T: serde::de::DeserializeOwned>(source: &Source) -> Result<T, Problem> {
    if source.text().len() > LONGEST {
        let message = text!("the file has {} bytes, and settings may have {LONGEST}.", source.text().len());
        return Err(problem(source, None, message));
    }
    toml::from_str(source.text()).map_err(|e| problem(source, e.span(), reason(e.message())))
}

/// What is wrong, in words of this program and of the library: a message of the library may quote a value (`invalid type: string "…"`), so of
/// it only what stands outside of quotes is kept, and the names that are expected.
fn reason(message: &str) -> Text {
    let line = message.lines().next().unwrap_or("");
    let expected = line.split_once("expected ").map(|(_, e)| e);
    if line.starts_with("unknown field") {
        // A key may be a value that stands at the wrong place.
        return text!("an unknown key, expected {}.", Shown::quoting(expected.unwrap_or("another")));
    }
    if let Some(missing) = line.strip_prefix("missing field ") {
        return text!("a key is missing: {}.", Shown::quoting(missing));
    }
    if line.starts_with("duplicate") {
        return "a key or table stands twice.".into();
    }
    if line.starts_with("invalid type") || line.starts_with("invalid value") || line.starts_with("invalid length") {
        return match expected.filter(|e| !e.contains(['"', '\''])) {
            Some(kind) => text!("a value of the wrong kind, expected {}.", Shown::quoting(kind)),
            None => "a value of the wrong kind.".into(),
        };
    }
    "this is not TOML: look for a quote, bracket or `=` that is missing or too many.".into()
}

fn check_waivers(waivers: &[WaiverSetting], source: &Source) -> Result<(), Problem> {
    for w in waivers {
        if w.rule.trim().is_empty() && w.fingerprint.is_none() {
            return Err(problem(source, None, "a [[waivers]] entry names neither a rule nor a fingerprint."));
        }
        if w.reason.trim().is_empty() {
            return Err(problem(source, None, "a [[waivers]] entry has an empty reason: say why the finding is accepted."));
        }
        if [w.not_before, w.expires].into_iter().flatten().any(|d| d.date.is_none()) {
            return Err(problem(source, None, "the first or last day of a waiver is not a date such as 2026-12-31."));
        }
    }
    Ok(())
}

fn problem(source: &Source, span: Option<std::ops::Range<usize>>, message: impl Into<Text>) -> Problem {
    Problem {
        level: Level::Error,
        code: "configuration",
        document: source.document(),
        location: span.map(|s| source.location(Span::new(s.start, s.end))),
        message: message.into(),
        help: Some("`kerbsync init` writes a commented example.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::DocumentId;

    fn read(text: &str) -> Result<Settings, Problem> {
        read_settings(&Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap())
    }

    #[test]
    fn the_whole_file() {
        let s = read(
            r#"
waivers_file = "waivers.toml"
reference = "fe01.contoso.com"
accept_inferred_protection = true
operator = "CONTOSO\\admin"
[[slots]]
section = "system.webServer/x"
account = "userName"
secret = "password"
[domains]
CONTOSO = "contoso.com"
[directory]
complete = true
[thresholds]
password_age_days = 90
[[waivers]]
rule = "KS101"
reason = "moved next week"
expires = 2026-12-31
[web_sites]
internal = "Int"
[simulated]
seed = 7
"#,
        )
        .unwrap();
        assert_eq!((s.accept_inferred_protection, s.operator.as_deref()), (Some(true), Some(r"CONTOSO\admin")));
        assert_eq!((s.slots.len(), s.domains.len(), s.directory.complete, s.thresholds.password_age_days), (1, 1, true, Some(90)));
    }

    #[test]
    fn a_file_that_is_too_long_is_refused_before_it_is_parsed() {
        let lines = |bytes: usize| format!("reference = 'fe01.contoso.com'\n{}", "#\n".repeat(bytes / 2 - 20));
        assert!(read(&lines(LONGEST)).is_ok());
        let refused = read(&lines(LONGEST + 50)).unwrap_err();
        assert!(refused.message.to_string().contains("and settings may have 4194304"), "{}", refused.message);
    }

    #[test]
    fn an_unknown_key_and_a_waiver_without_reason_are_errors_with_a_place() {
        let e = read("[domains]\nA = 'a.b'\n[slotz]\n").unwrap_err();
        assert_eq!(e.location.unwrap().position.line, 3);
        insta::assert_snapshot!(e.message, @"an unknown key, expected one of `slots`, `domains`, `assignments`, `directory`, `thresholds`, `waivers`, `never_waive`, `waivers_file`, `web_sites`, `reference`, `prefer`, `accept_inferred_protection`, `operator_unproved`, `operator`, `docs`, `simulated`.");
        assert!(read("[[waivers]]\nrule='KS101'\nreason=' '\n").is_err());
        assert!(read("[[waivers]]\nreason='x'\n").is_err());
    }

    #[test]
    fn no_value_comes_back_in_an_error() {
        const SECRET: &str = "My Real Passw0rd";
        for text in [
            "[[slots]]\nsection = 'a'\naccount = 'u'\nsecret = 'SECRET'\n",
            "[[slots]]\nsection = 'a'\naccount = 'SECRET'\nsecret = 'p'\n",
            "[thresholds]\npassword_age_days = 'SECRET'\n",
            "slots = 'SECRET'\n",
            "[[slots]]\nsection = 1\naccount = 'SECRET'\n",
            "operator = SECRET\n",
            "operator = 'SECRET\n",
            "'SECRET' = 1\n",
            "[directory]\n'SECRET' = true\n",
            "[directory]\ncomplete = 'SECRET'\n",
            "[domains]\n'SECRET' = 'a'\n'SECRET' = 'b'\n",
            "[[waivers]]\nrule='x'\nreason='y'\nexpires='SECRET'\n",
            "SECRET",
        ] {
            let e = read(&text.replace("SECRET", SECRET)).unwrap_err();
            let said = format!("{e} {e:?}");
            assert!(!said.contains("Passw0rd") && !said.contains("Real"), "{text}: {said}");
        }
    }
}
