//! `verify`: whether an archive of evidence is what was signed, and whether its inputs say what its report says.

use crate::args::VerifyArgs;
use crate::config::{self, Gate};
use crate::evidence::{AUDITED_AGAIN, EVIDENCE_JSON, Made, REPORT_JSON, audited_again};
use crate::failure::Failure;
use crate::reading::read_file;
use crate::{Exit, Io};
use kerbsync_audit::FailOn;
use kerbsync_evidence::{Member, SIGNATURE, Statement, VerifyingKey, read_archive};
use kerbsync_report::format::{Evidence, Outcome, Report};
use kerbsync_report::render::json;
use kerbsync_source::{count, printable};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Rules that compare secrets, which are not in the archive.
const NEED_THE_SECRET: [&str; 6] = [
    "stale-secret",
    "sites-disagree-on-server",
    "no-reference-secret",
    "secret-not-comparable",
    "password-newer-than-proof",
    // Exported keys are left out of every copy.
    "private-key-in-bundle",
];

pub(super) fn run(args: &VerifyArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let pem = String::from_utf8(read_file(&args.key)?).unwrap_or_default();
    let key = VerifyingKey::from_pem(&pem).map_err(|e| {
        Failure::new(Exit::Input, format!("'{}': {e}", args.key.display())).hint("openssl pkey -in private.pem -pubout -out public.pem")
    })?;
    let bytes = read_file(&args.file)?;
    let members = read_archive(&bytes).map_err(|damage| refused(&damage.to_string()))?;
    let signature = member(&members, SIGNATURE).map_err(|_| refused("it is not signed: there is no signature.dsse.json in it"))?;
    let payload = key.open(&signature.bytes).map_err(|e| refused(&format!("'{SIGNATURE}': {e}")))?;
    let statement = Statement::parse(&payload).map_err(|e| refused(&e.to_string()))?;
    statement.check(&members).map_err(|e| refused(&e.to_string()))?;
    let evidence: Evidence = parsed(&members, EVIDENCE_JSON)?;
    let report: Report = parsed(&members, REPORT_JSON)?;
    io.out(&format!("The signature of key {} holds for {}.\n", &key.id()[..16], count(members.len() - 1, "file")));
    let counted = audit_again(&members, &evidence, &report, quiet, io)?;
    io.out(&format!(
        "The inputs were audited again and say the same: {}, of which {} rest on secrets that are not in the archive.\n",
        count(counted.verdicts, "verdict"),
        counted.on_secrets
    ));
    io.out(&format!("Evidence: measured at {}; {}\n", printable(&evidence.measured_at), of_time(&evidence)));
    io.out(&kerbsync_report::render::verdict(&report, &io.view(0)));
    Ok(Exit::Done)
}

struct Counted {
    verdicts: usize,
    on_secrets: usize,
}

/// Audits the inputs again, with what the report was made with.
fn audit_again(members: &[Member], evidence: &Evidence, report: &Report, quiet: bool, io: &Io<'_>) -> Result<Counted, Failure> {
    let summary = &report.summary;
    let gate = Gate {
        fail_on: FailOn { severity: summary.fail_on, unknown: summary.fail_on_unknown },
        require: summary.required.iter().map(|r| r.requirement).collect(),
        profiles: config::profiles(&evidence.options.profile).ok_or_else(|| refused("its profile is not known"))?,
    };
    let now = config::now(Some(&evidence.measured_at), io)?;
    let again = audited_again(members, evidence, &Made { gate: &gate, now, quiet }, io)?;
    let kept: Report = parsed(members, AUDITED_AGAIN)?;
    let same_version = kept.tool == again.tool;
    let same = if same_version { json(&again).ok() == json(&kept).ok() } else { outcomes(&again) == outcomes(&kept) };
    if !same {
        let which = first_difference(&outcomes(&kept), &outcomes(&again));
        let why = which.unwrap_or_else(|| "the texts of the report differ".to_owned());
        let version = if same_version { String::new() } else { format!(" (made by version {})", kept.tool.version) };
        return Err(refused(&format!("an audit of its inputs does not say what '{AUDITED_AGAIN}' says{version}: {why}")));
    }
    // What the report says beyond that must rest on secrets alone.
    let again = outcomes(&again);
    let mut counted = Counted { verdicts: report.verdicts.len(), on_secrets: 0 };
    for ((rule, subject), outcome) in outcomes(report) {
        let other = again.get(&(rule, subject)).copied();
        if other == Some(outcome) {
            continue;
        }
        counted.on_secrets += 1;
        let decides = |o| matches!(o, Outcome::Pass | Outcome::Fail);
        if decides(outcome) && other.is_some_and(decides) && !NEED_THE_SECRET.contains(&rule) {
            let other = other.map_or("", Outcome::name);
            return Err(refused(&format!("'{REPORT_JSON}' says {} of {rule} for {subject}, and its inputs say {other}", outcome.name())));
        }
    }
    Ok(counted)
}

/// Outcomes by rule and subject.
fn outcomes(report: &Report) -> BTreeMap<(&str, &str), Outcome> {
    report.verdicts.iter().map(|v| ((&*v.rule, v.subject.as_str()), v.outcome)).collect()
}

fn first_difference(kept: &BTreeMap<(&str, &str), Outcome>, again: &BTreeMap<(&str, &str), Outcome>) -> Option<String> {
    let name = |o: Option<&Outcome>| o.map_or("nothing", |o| o.name());
    let key = kept.keys().chain(again.keys()).find(|key| kept.get(*key) != again.get(*key))?;
    Some(format!("{} for {}: {} there, {} now", key.0, key.1, name(kept.get(key)), name(again.get(key))))
}

fn of_time(evidence: &Evidence) -> String {
    match (&evidence.evidence_times.earliest, &evidence.evidence_times.latest) {
        (Some(first), Some(last)) => format!("its inputs are of {} to {}.", printable(first), printable(last)),
        _ => "its inputs carry no times.".to_owned(),
    }
}

fn member<'m>(members: &'m [Member], name: &str) -> Result<&'m Member, Failure> {
    members.iter().find(|m| m.name == name).ok_or_else(|| refused(&format!("'{name}' is missing")))
}

fn parsed<T: DeserializeOwned>(members: &[Member], name: &str) -> Result<T, Failure> {
    serde_json::from_slice(&member(members, name)?.bytes).map_err(|_| refused(&format!("'{name}' is not what this version can read")))
}

fn refused(why: &str) -> Failure {
    Failure::new(Exit::Refused, format!("not verified: {why}"))
}
