//! Every rule has a file of fixtures: below `//= fires` what fires it, below `//= silent` what comes near. Both are changes to one small
//! estate in which nothing is wrong.
//!
//! A fixture's first line may be `# also: rule, rule`: what cannot but fail besides.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files")]

use crate::source_tree::{names_of, root};
use crate::support::audited::{Audited, Files, audit_profiles_at};
use kerbsync_advice::{Class, Program, Step};
use kerbsync_audit::rules::RULES;
use kerbsync_audit::{Finding, Outcome, Profile, Profiles, SubjectKind};
use kerbsync_testkit::Bundle;
use std::collections::BTreeSet;
use std::fs;

/// Rules that never fail, since all they say is that something could not be looked at.
const NEVER_FAIL: [&str; 5] = [
    "configuration-missing",
    "client-ip-behind-balancer",
    "client-certificate-not-required",
    "anonymous-user-account",
    "extended-protection-behind-proxy",
];

/// A fixture, applied to the base estate and audited.
struct Fixture {
    audited: Audited,
    also: BTreeSet<String>,
}

impl Fixture {
    fn read(rule: &str, kind: &str) -> Self {
        let hardened = is_of_hardening(rule);
        let file = fs::read_to_string(root().join(format!("fixtures/rules/{rule}.txt")))
            .unwrap_or_else(|why| panic!("fixtures/rules/{rule}.txt, with what fires the rule and what comes near: {why}"));
        let text = part(&file, kind).unwrap_or_else(|| panic!("{rule}.txt has no part '//= {kind}'"));
        let first = text.lines().next().unwrap_or_default();
        let also = first.strip_prefix("# also: ").map_or_else(BTreeSet::new, |list| list.split(", ").map(str::to_owned).collect());
        Self { audited: audited(text, hardened).unwrap_or_else(|why| panic!("{rule}.txt, {kind}: {why}")), also }
    }

    /// Ids of the rules that fail beside those named in the first line. Those named have to fail, and be rules.
    fn failing(&self) -> Result<BTreeSet<&'static str>, String> {
        let fails: BTreeSet<&str> = self.audited.of(Outcome::Fail).into_iter().map(|(rule, _)| rule).collect();
        match self.also.iter().find(|rule| !fails.contains(rule.as_str())) {
            Some(rule) => Err(format!("{rule} is announced by '# also:', but does not fail")),
            None => Ok(fails.into_iter().filter(|rule| !self.also.contains(*rule)).collect()),
        }
    }
}

/// One of the two parts of a file of fixtures.
pub(crate) fn part<'t>(file: &'t str, kind: &str) -> Option<&'t str> {
    file.split("//= ").find_map(|part| part.strip_prefix(kind)?.strip_prefix('\n'))
}

/// The estate that the fixtures change.
pub(crate) fn base() -> Bundle {
    Bundle::parse(&fs::read_to_string(root().join("fixtures/rules/base.txt")).unwrap()).unwrap()
}

/// The estate that the fixtures of a rule change: for those of the hardening, the hardened one.
pub(crate) fn estate_of(rule: &str) -> Bundle {
    estate(is_of_hardening(rule))
}

fn is_of_hardening(rule: &str) -> bool {
    RULES.iter().any(|r| r.id == rule && r.profile == Profile::Stig)
}

fn estate(hardened: bool) -> Bundle {
    let mut bundle = base();
    if hardened {
        bundle.change(&fs::read_to_string(root().join("fixtures/hardened.txt")).unwrap()).unwrap();
    }
    bundle
}

/// The estate with a change. One that is hardened is judged by the rules about that alone.
fn audited(change: &str, hardened: bool) -> Result<Audited, String> {
    let mut bundle = estate(hardened);
    bundle.change(change).map_err(|e| e.0)?;
    let files: Files = bundle.0.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let profiles = if hardened { Profiles::Stig } else { Profiles::Default };
    Ok(audit_profiles_at(&[("", &files)], "2026-03-01T12:00:00Z".parse().unwrap(), profiles))
}

fn registered() -> BTreeSet<String> {
    RULES.iter().map(|r| r.id.to_owned()).collect()
}

#[test]
fn files_registry_fixtures_and_snapshots_have_the_same_names() {
    let mut files = names_of(&root().join("crates/audit/src/rules"), ".rs");
    assert!(files.remove("mod"));
    let files: BTreeSet<String> = files.iter().map(|f| f.replace('_', "-")).collect();
    assert_eq!(files, registered(), "files of rules, and the registry");
    let mut fixtures = names_of(&root().join("fixtures/rules"), ".txt");
    assert!(fixtures.remove("base"));
    assert_eq!(fixtures, registered(), "files of fixtures, and the registry");
    assert_eq!(
        names_of(&root().join("tests/snapshots/rules"), ".snap"),
        registered(),
        "snapshots, and the registry; INSTA_UPDATE=always writes one that is missing: run again"
    );
}

#[test]
fn nothing_is_wrong_with_the_base_estate() {
    let audited = audited("", false).unwrap();
    assert_eq!(audited.told(), "");
    assert!(audited.inventory.gaps.is_empty(), "{:?}", audited.inventory.gaps);
    // no rule is silent for want of a subject
    let rules = RULES.iter().filter(|r| r.subject != SubjectKind::Waiver && r.profile == Profile::Default);
    let without: Vec<&str> = rules.map(|r| r.id).filter(|id| !audited.audit.verdicts.iter().any(|v| v.rule.id == *id)).collect();
    assert_eq!(without, Vec::<&str>::new());
}

#[test]
fn a_hardened_estate_passes_every_rule_about_that() {
    let audited = audited("", true).unwrap();
    assert_eq!(audited.told(), "");
    let rules = RULES.iter().filter(|r| r.profile == Profile::Stig);
    let without: Vec<&str> = rules.map(|r| r.id).filter(|id| !audited.of(Outcome::Pass).iter().any(|(rule, _)| rule == id)).collect();
    assert_eq!(without, Vec::<&str>::new());
}

/// What a rule about the hardening does not decide: the part `//= unknown` of its fixture, in which no rule fails.
#[test]
fn what_the_file_does_not_decide_is_unknown() {
    let mut wrong = Vec::new();
    let mut without = Vec::new();
    for rule in RULES.iter().filter(|r| r.profile == Profile::Stig) {
        let file = fs::read_to_string(root().join(format!("fixtures/rules/{}.txt", rule.id))).unwrap();
        if part(&file, "unknown").is_none() {
            without.extend((!NEVER_FAIL.contains(&rule.id)).then_some(rule.id));
            continue;
        }
        let fixture = Fixture::read(rule.id, "unknown");
        let finds = fixture.audited.of(Outcome::Unknown).iter().any(|(id, _)| *id == rule.id);
        if !finds || fixture.failing() != Ok(BTreeSet::new()) {
            wrong.push(format!("{}: {:?}\n{}", rule.id, fixture.failing(), fixture.audited.told()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    insta::assert_snapshot!(without.join("\n"), @"
    binding-not-specific
    pool-shared-by-sites
    webdav-present
    private-key-in-bundle
    ");
}

/// Where no configuration is in force, none of these rules says anything of the server.
#[test]
fn what_is_not_in_force_proves_nothing_about_the_hardening() {
    let redirected = "//- servers/dir01.contoso.com/redirection.config\n<configuration><configurationRedirection enabled=\"true\" path=\"\\\\srv\\iis\" /></configuration>\n";
    let audited = audited(redirected, true).unwrap();
    // That an exported key lies there is true all the same.
    let of_files = |id: &str| id == "private-key-in-bundle";
    for rule in RULES.iter().filter(|r| r.profile == Profile::Stig && r.subject == SubjectKind::Server && !of_files(r.id)) {
        let unknown = audited.of(Outcome::Unknown).contains(&(rule.id, "dir01.contoso.com".to_owned()));
        assert!(unknown, "{}: {}", rule.id, audited.told());
    }
}

#[test]
fn each_rule_fires_on_its_fixture_and_no_other_does() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let fixture = Fixture::read(rule.id, "fires");
        let expected = if NEVER_FAIL.contains(&rule.id) { BTreeSet::new() } else { BTreeSet::from([rule.id]) };
        match fixture.failing() {
            Ok(failing) if failing == expected => {}
            Ok(failing) => wrong.push(format!("{}: fails are {failing:?}\n{}", rule.id, fixture.audited.told())),
            Err(why) => wrong.push(format!("{}: {why}\n{}", rule.id, fixture.audited.told())),
        }
        let findings: Vec<&Finding> = fixture.audited.audit.findings.iter().filter(|f| f.rule.id == rule.id).collect();
        if findings.is_empty() {
            wrong.push(format!("{}: no finding", rule.id));
            continue;
        }
        let shown: Vec<String> = findings.iter().map(|f| show(f, &fixture.audited)).collect();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("snapshots/rules");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(rule.id, shown.join("\n")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_rule_fires_on_what_comes_near() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let fixture = Fixture::read(rule.id, "silent");
        match fixture.failing() {
            Ok(failing) if failing.is_empty() && !fixture.also.contains(rule.id) => {}
            Ok(failing) => wrong.push(format!("{}: fails are {failing:?}\n{}", rule.id, fixture.audited.told())),
            Err(why) => wrong.push(format!("{}: {why}\n{}", rule.id, fixture.audited.told())),
        }
        if fixture.audited.audit.findings.iter().any(|f| f.rule.id == rule.id && NEVER_FAIL.contains(&rule.id)) {
            wrong.push(format!("{}: a finding", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A parameter behind a program's name: a command that is spelled within a sentence.
fn spelled(text: &str) -> Option<&'static str> {
    // What stands between backticks was built from typed parts.
    let sentences: String = text.split('`').step_by(2).collect();
    let names = Program::ALL.iter().map(|p| p.text()).filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '-'));
    names.into_iter().find(|name| sentences.contains(&format!("{name} -")))
}

/// All advice of all rules, on what fires them and on what comes near: commands are typed, and what destroys follows its proof and its
/// consequence. The rules that give such a command where all exports are complete are listed.
#[test]
fn every_advice_is_built_from_typed_commands() {
    let (mut wrong, mut commands, mut destroying) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for (rule, kind) in RULES.iter().flat_map(|r| [(r.id, "fires"), (r.id, "silent")]) {
        let audited = Fixture::read(rule, kind).audited;
        for verdict in &audited.audit.verdicts {
            wrong.extend(spelled(&verdict.reason()).map(|name| format!("{rule}, {kind}: {name} in '{}'", verdict.reason())));
        }
        for finding in &audited.audit.findings {
            let steps = finding.help.as_ref().map_or(&[][..], kerbsync_advice::Advice::steps);
            for (at, step) in steps.iter().enumerate() {
                match step {
                    Step::Say(sentence) => wrong.extend(spelled(sentence).map(|name| format!("{rule}, {kind}: {name} in '{sentence}'"))),
                    Step::Run(command) => {
                        commands.insert(command.line().unwrap_or_else(|why| panic!("{rule}: {}", why.sentence())));
                        let proved = at >= 2 && steps[at - 2..at].iter().all(|s| matches!(s, Step::Say(_)));
                        if command.class() == Class::Destroys {
                            destroying.insert(finding.rule.id);
                            wrong.extend((!proved).then(|| format!("{rule}, {kind}: {command} without proof and consequence")));
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(commands.len() > 20, "{commands:?}");
    insta::assert_snapshot!(destroying.into_iter().collect::<Vec<_>>().join("\n"), @"
    assignment-without-web-servers
    encryption-keys-older-than-aes
    password-age
    password-never-set
    spn-leftover
    ");
}

/// A finding as one reads it: code, outcome, subject, message, and every place with its line.
fn show(finding: &Finding, audited: &Audited) -> String {
    let mut text = format!(
        "{} {} {} {}\n{}\n",
        finding.rule.code(),
        finding.severity.name(),
        finding.outcome.name(),
        finding.subject,
        finding.message
    );
    for related in &finding.locations {
        let path = &audited.inventory.document(related.at.origin.document).unwrap().path;
        let place = related.at.origin.location().map_or_else(String::new, |l| format!(":{}:{}", l.position.line, l.position.column));
        text += &format!("  {path}{place} {}\n", related.note);
        if let Some(excerpt) = &related.at.origin.excerpt() {
            text += &format!("    {}\n", excerpt.trim());
        }
    }
    if let Some(help) = &finding.help {
        text += &format!("help: {help}\n");
    }
    text
}
