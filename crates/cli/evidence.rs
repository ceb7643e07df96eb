//! Archives of evidence: made from an audit, and audited again.

use crate::commands::audit::audit_of;
use crate::commands::tool;
use crate::config::{Bundle, Gate};
use crate::failure::Failure;
use crate::reading::{Asked, ReadInputs, read_config, read_file, read_stores, unopened};
use crate::{Exit, Io};
use jiff::Timestamp;
use kerbsync_audit::rules::RULES;
use kerbsync_collect::Input;
use kerbsync_evidence::{Member, SIGNATURE, SigningKey, Statement, sha256, write_archive};
use kerbsync_inventory::{DocumentStatus, Inventory};
use kerbsync_report::format::{
    EVIDENCE, Evidence, EvidenceInput, EvidenceOptions, EvidenceTimes, GivenInput, LeftOutInput, Report, RulesReport,
};
use kerbsync_report::render::json;
use kerbsync_source::Shown;
use kerbsync_store::{ARCHIVE_HEAD, Key, MemoryStore, is_archive};
use serde::Serialize;
use std::path::Path;

/// Names of the members.
pub(crate) const EVIDENCE_JSON: &str = "evidence.json";
pub(crate) const REPORT_JSON: &str = "report.json";
pub(crate) const AUDITED_AGAIN: &str = "audit-of-inputs.json";
pub(crate) const SETTINGS: &str = "settings/kerbsync.toml";
pub(crate) const INPUTS: &str = "inputs/";
const RULES_JSON: &str = "rules.json";

/// How an audit is made: for the archive, and again from it.
pub(crate) struct Made<'a> {
    pub(crate) gate: &'a Gate,
    pub(crate) now: Timestamp,
    pub(crate) quiet: bool,
}

/// Makes the archive of an audit. `run_at` is when it ran, where no time was given.
pub(crate) fn archive(bundle: &Bundle, made: &Made<'_>, run_at: Option<Timestamp>, io: &Io<'_>) -> Result<Vec<Member>, Failure> {
    let config = bundle.config.as_deref().map(read_config).transpose()?;
    let inputs = labelled(bundle)?;
    let prefer: Vec<std::path::PathBuf> = bundle.prefer.iter().map(|p| relative(p, bundle)).collect();
    // The settings are told without the path at which they lie.
    let given = config.as_ref().map(|(_, bytes)| (SETTINGS.to_owned(), bytes.clone()));
    let read = read_stores(
        &inputs,
        given,
        Asked { reference: bundle.reference.clone(), prefer: &prefer, open_runs: &[], hardening: made.gate.profiles.hardens() },
        made.quiet,
        io,
    )?;
    let report = audit_of(&read, made.now, made.gate, None, |_| {})?;
    let declared: Vec<String> = read.settings.slots.iter().map(|s| s.secret.clone()).collect();
    let mut files = Vec::new();
    let left_out = kerbsync_collect::redact(&inputs, &read.inventory, &declared, |file| {
        files.push(file);
        Ok::<(), Failure>(())
    })?;
    let settings = match &config {
        Some((path, bytes)) => Some(
            kerbsync_collect::redact_settings(bytes)
                .ok_or_else(|| Failure::new(Exit::Input, format!("the settings of '{path}' cannot be read, so they cannot be copied")))?,
        ),
        None => None,
    };
    let options = EvidenceOptions {
        profile: made.gate.profiles_name().to_owned(),
        reference: bundle.reference.as_ref().map(ToString::to_string),
        prefer: prefer.iter().map(|p| Shown::naming(&p.display().to_string().replace('\\', "/")).into_string()).collect(),
        settings: settings.is_some(),
    };
    let rules = document(&RulesReport::new(tool(), RULES))?;
    let evidence = Evidence {
        schema: EVIDENCE.to_owned(),
        tool: tool(),
        rules_sha256: sha256(&rules),
        command_line: command_line(&options, made),
        measured_at: made.now.to_string(),
        run_at: run_at.map(|t| t.to_string()),
        evidence_times: times(&read.inventory),
        given: bundle.paths.iter().map(|path| given_input(path)).collect::<Result<_, Failure>>()?,
        inputs: files
            .iter()
            .map(|f| EvidenceInput {
                path: f.path.clone(),
                sha256: sha256(&f.bytes),
                original_sha256: f.original_sha256.clone(),
                original_bytes: f.original_bytes,
            })
            .collect(),
        left_out: left_out.into_iter().map(|l| LeftOutInput { path: Shown::naming(&l.path).into_string(), why: l.why }).collect(),
        waivers_sha256: sha256(&serde_json::to_vec(&report.waivers).unwrap_or_default()),
        options,
    };
    let mut members = vec![
        Member { name: EVIDENCE_JSON.to_owned(), bytes: document(&evidence)? },
        Member { name: REPORT_JSON.to_owned(), bytes: document(&report)? },
        Member { name: RULES_JSON.to_owned(), bytes: rules },
    ];
    members.extend(settings.map(|text| Member { name: SETTINGS.to_owned(), bytes: text.into_bytes() }));
    members.extend(files.into_iter().map(|f| Member { name: format!("{INPUTS}{}", f.path), bytes: f.bytes }));
    let again = audited_again(&members, &evidence, made, io)?;
    members.insert(2, Member { name: AUDITED_AGAIN.to_owned(), bytes: document(&again)? });
    Ok(members)
}

/// The audit of the inputs as they stand in the archive.
pub(crate) fn audited_again(members: &[Member], evidence: &Evidence, made: &Made<'_>, io: &Io<'_>) -> Result<Report, Failure> {
    let below = members.iter().filter_map(|m| Some((Key::new(m.name.strip_prefix(INPUTS)?)?, m.bytes.clone())));
    let inputs = vec![Input { label: String::new(), store: Box::new(below.collect::<MemoryStore>()) }];
    let settings = members.iter().find(|m| m.name == SETTINGS).map(|m| (SETTINGS.to_owned(), m.bytes.clone()));
    let reference = evidence.options.reference.as_deref().map(crate::config::reference).transpose()?;
    let prefer: Vec<std::path::PathBuf> = evidence.options.prefer.iter().map(std::path::PathBuf::from).collect();
    let read: ReadInputs = read_stores(
        &inputs,
        settings,
        Asked { reference, prefer: &prefer, open_runs: &[], hardening: made.gate.profiles.hardens() },
        made.quiet,
        io,
    )?;
    audit_of(&read, made.now, made.gate, None, |_| {})
}

/// The archive's bytes, signed where there is a key.
pub(crate) fn packed(mut members: Vec<Member>, key: Option<&SigningKey>, report: &Report) -> Result<Vec<u8>, Failure> {
    if let Some(key) = key {
        let predicate = serde_json::json!({
            "tool": report.tool,
            "time": report.time,
            "conclusion": report.summary.conclusion,
            "failed": report.summary.failed,
            "undecided": report.summary.undecided,
            "waived": report.summary.waived,
        });
        let envelope = key.sign(&Statement::about(&members, predicate).to_bytes());
        let mut bytes = serde_json::to_vec(&envelope).map_err(|e| Failure::unwritten(e.to_string()))?;
        bytes.push(b'\n');
        members.push(Member { name: SIGNATURE.to_owned(), bytes });
    }
    write_archive(&members).map_err(|e| {
        Failure::unwritten(format!("the archive cannot be written: {e}")).hint("audit the servers in parts, and keep an archive of each")
    })
}

/// A document as it stands in the archive.
fn document<T: Serialize>(document: &T) -> Result<Vec<u8>, Failure> {
    json(document).map(String::into_bytes).map_err(|e| Failure::unwritten(e.to_string()))
}

/// The inputs without the names that they have on this machine: one without any, several by their number.
fn labelled(bundle: &Bundle) -> Result<Vec<Input>, Failure> {
    let many = bundle.paths.len() > 1;
    let open = |(i, path): (usize, &std::path::PathBuf)| {
        let store = kerbsync_store::open(path).map_err(|e| unopened(path, &e))?;
        Ok(Input { label: if many { format!("input-{}", i + 1) } else { String::new() }, store })
    };
    bundle.paths.iter().enumerate().map(open).collect()
}

/// A preferred path without that of the input that it lies in.
fn relative(path: &Path, bundle: &Bundle) -> std::path::PathBuf {
    let below = bundle.paths.iter().find_map(|input| path.strip_prefix(input).ok());
    below.map_or_else(|| path.file_name().map_or_else(|| path.to_owned(), Into::into), Path::to_owned)
}

fn given_input(path: &Path) -> Result<GivenInput, Failure> {
    if path.is_dir() {
        return Ok(GivenInput { kind: "folder".to_owned(), sha256: None, bytes: None });
    }
    let bytes = read_file(path)?;
    let archive = is_archive(bytes.get(..bytes.len().min(ARCHIVE_HEAD)).unwrap_or_default());
    // A single small file may be nothing but a secret.
    let digest = archive || bytes.len() >= 256;
    Ok(GivenInput {
        kind: if archive { "archive" } else { "file" }.to_owned(),
        sha256: digest.then(|| sha256(&bytes)),
        bytes: Some(bytes.len() as u64),
    })
}

fn times(inventory: &Inventory) -> EvidenceTimes {
    let used = inventory.documents.iter().filter(|d| d.status == DocumentStatus::Used);
    let dated = used.flat_map(|d| [d.written, d.read_at]).chain(inventory.logs.iter().flat_map(|l| [l.started, l.ended]));
    let mut all: Vec<Timestamp> = dated.flatten().collect();
    all.sort_unstable();
    EvidenceTimes { earliest: all.first().map(ToString::to_string), latest: all.last().map(ToString::to_string) }
}

/// The line that makes the report again, in the folder in which the archive was unpacked.
fn command_line(options: &EvidenceOptions, made: &Made<'_>) -> String {
    let mut line = format!("kerbsync audit inputs --now {}", made.now);
    for (option, value) in [("--profile", Some(&options.profile)), ("--reference", options.reference.as_ref())] {
        if let Some(value) = value {
            line.push_str(&format!(" {option} {value}"));
        }
    }
    line.push_str(&format!(" --fail-on {}", made.gate.fail_on_words()));
    if !made.gate.require.is_empty() {
        let names: Vec<&str> = made.gate.require.iter().map(|r| r.name()).collect();
        line.push_str(&format!(" --require {}", names.join(",")));
    }
    for path in &options.prefer {
        line.push_str(&format!(" --prefer {path}"));
    }
    if options.settings {
        line.push_str(&format!(" --config {SETTINGS}"));
    }
    line
}
