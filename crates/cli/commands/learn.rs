//! `learn`: where a deployment keeps the credential, from what a run of Set-CsKerberosAccountPassword changed.

use super::tool;
use crate::args::{LearnArgs, LearnedArg, OutputArgs};
use crate::failure::Failure;
use crate::output::{Outputs, create, exists};
use crate::reading::{read_config, unopened, unreadable};
use crate::{Exit, Io};
use kerbsync_collect::Input;
use kerbsync_collect::learn::{Around, LearnRequest, Lesson, Sides, learn_places, merge};
use kerbsync_credential::learn::{Change, Noise, SecretForm};
use kerbsync_inventory::{Document, DocumentStatus};
use kerbsync_names::DownLevelName;
use kerbsync_report::format::{self, LearnReport};
use kerbsync_report::render;
use kerbsync_source::{DocumentId, Origin, Shown};
use std::path::{Path, PathBuf};

pub(super) fn run(args: LearnArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let (mut reports, mut declarations) = (Vec::new(), Vec::new());
    for output in args.output {
        match output {
            LearnedArg::Report(output) => reports.push(output),
            LearnedArg::Declaration(file) => declarations.push(file),
        }
    }
    if let Some(there) = declarations.iter().find(|f| f.exists()) {
        return Err(exists(there).hint("the lines that are printed can be put behind those of a kerbsync.toml that is there"));
    }
    let outputs = Outputs::new(OutputArgs { format: args.format, output: reports, verbose: args.verbose })?;
    let account = args.user_account.as_deref().map(account).transpose()?;
    let sides = match (&args.before, &args.after) {
        (Some(before), Some(after)) => {
            of_one_server(before, after)?;
            Sides::Pair(Box::new((file(before)?, file(after)?)))
        }
        _ => Sides::History(args.paths.iter().chain(&args.history).map(|p| open(p)).collect::<Result<_, _>>()?),
    };
    let request = LearnRequest {
        sides,
        reports: files(&args.report)?,
        keys: files(&args.key)?,
        config: args.config.as_deref().map(read_config).transpose()?,
        account,
    };
    let lesson = learn_places(request).map_err(|e| Failure::new(Exit::Input, e.to_string()))?.map_err(|failed| {
        let (mut document, problem) = *failed;
        document.status = DocumentStatus::Unreadable(problem);
        unreadable(&document).unwrap_or_else(|| Failure::new(Exit::Input, format!("'{}' cannot be read", document.path)))
    })?;
    let report = report(&lesson);
    outputs.write(&report, render::learn, io)?;
    for file in declarations.iter().filter(|_| !report.declaration.is_empty()) {
        create(file, report.declaration.as_bytes())?;
        io.note(&format!("the declaration was written to {}", file.display()));
    }
    let unread = lesson.documents.iter().any(|d| matches!(d.status, DocumentStatus::Unreadable(_)));
    Ok(match (unread, report.places.is_empty()) {
        (true, _) => Exit::Input,
        (false, true) => Exit::NothingChecked,
        (false, false) => Exit::Done,
    })
}

fn account(text: &str) -> Result<DownLevelName, Failure> {
    let parsed = DownLevelName::parse(text).map(|parsed| parsed.name);
    parsed.map_err(|_| Failure::usage(format!("'{}' is no account of the form DOMAIN\\name", Shown::of(text))))
}

fn open(path: &Path) -> Result<Input, Failure> {
    let store = kerbsync_store::open(path).map_err(|e| unopened(path, &e))?;
    Ok(Input { label: path.display().to_string(), store })
}

/// Every server encrypts the same secret to another value, so the configurations of two servers tell of no change.
fn of_one_server(before: &Path, after: &Path) -> Result<(), Failure> {
    let server = |path: &Path| {
        let mut parts = path.iter().rev().filter_map(|part| part.to_str()).skip(1).peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_some_and(|above| above.eq_ignore_ascii_case("servers")) {
                return Some(part.split('.').next().unwrap_or(part).to_lowercase());
            }
        }
        None
    };
    match (server(before), server(after)) {
        (Some(one), Some(other)) if one != other => Err(Failure::usage(format!(
            "'{}' and '{}' are of two servers, {} and {}",
            before.display(),
            after.display(),
            Shown::naming(&one),
            Shown::naming(&other)
        ))
        .hint("give the configuration of one server, from before and after the run: two servers never encrypt a secret to the same value")),
        _ => Ok(()),
    }
}

/// One file: a folder would hold several configurations.
fn file(path: &Path) -> Result<Input, Failure> {
    if path.is_dir() {
        let message = format!("'{}' is a folder, but one file is wanted", path.display());
        return Err(Failure::new(Exit::Input, message).hint("give the path of the file itself; a folder of snapshots is for --history"));
    }
    open(path)
}

fn files(paths: &[PathBuf]) -> Result<Vec<Input>, Failure> {
    paths.iter().map(|path| file(path)).collect()
}

/// The lesson in the format for programs.
fn report(lesson: &Lesson) -> LearnReport {
    let path = |id: DocumentId| lesson.documents.iter().find(|d| d.id == id).map_or_else(String::new, |d| d.path.to_string());
    let place = |origin: &Origin| format::Place::in_document(origin, "", path(origin.document));
    let merged = merge(&lesson.comparisons);
    let places = merged.ranked.iter().map(|found| {
        let best = &found.best;
        let (secret, provider) = match &best.form {
            SecretForm::Encrypted(provider) => ("encrypted", Some(Shown::of(provider).into_string())),
            SecretForm::Named => ("named", None),
            SecretForm::Opaque => ("opaque", None),
        };
        format::LearnedPlace {
            strength: found.strength.name().to_owned(),
            score: found.score,
            how: best.how.name().to_owned(),
            secret: secret.to_owned(),
            provider,
            account: best.account.clone(),
            slots: found.declarations.iter().flatten().map(slot).collect(),
            undeclared: found.declarations.as_ref().err().map(|why| (*why).to_owned()),
            layout: best.known.map(|(id, _)| id.name().to_owned()),
            expected: best.known.is_some_and(|(_, expected)| expected),
            reasons: found.reasons.clone(),
            comparisons: found.comparisons.clone(),
            account_location: best.account_origin.as_ref().map(place),
            secret_location: place(&best.secret_origin),
        }
    });
    let comparisons = lesson.comparisons.iter().map(|c| format::Comparison {
        server: c.server.as_ref().map(ToString::to_string),
        before: path(c.before),
        after: path(c.after),
        around: around(c.around).to_owned(),
        changes: c.learned.changes.iter().filter(|c| c.noise.is_none()).filter_map(|c| change(c, &place)).collect(),
        noise: noise(&c.learned.changes),
    });
    let mut report = LearnReport {
        inputs: lesson.documents.iter().map(|d: &Document| format::Input::from(d)).collect(),
        runs: lesson
            .runs
            .iter()
            .map(|run| format::CmdletRun { path: path(run.document), started: run.started.to_string(), ended: run.ended.to_string() })
            .collect(),
        comparisons: comparisons.collect(),
        places: places.collect(),
        learned: merged.first_stands_out,
        ..LearnReport::new(tool())
    };
    report.declaration = render::declaration(&report);
    report
}

fn slot(declared: &kerbsync_credential::DeclaredSlot) -> format::DeclaredSlot {
    format::DeclaredSlot {
        section: declared.section.clone(),
        location: declared.location.clone().unwrap_or_default(),
        items: declared.items.clone(),
        account: declared.account_attribute.clone(),
        secret_name: declared.secret_attribute.clone(),
    }
}

fn change(change: &Change, place: &impl Fn(&Origin) -> format::Place) -> Option<format::Change> {
    let origin = change.after.as_ref().or(change.before.as_ref())?;
    Some(format::Change { kind: change.kind.name().to_owned(), location: place(origin) })
}

fn noise(changes: &[Change]) -> Vec<format::Noise> {
    let count = |noise: Noise| changes.iter().filter(|c| c.noise == Some(noise)).count();
    let counted = Noise::ALL.into_iter().map(|noise| (noise, count(noise))).filter(|(_, count)| *count > 0);
    counted.map(|(noise, count)| format::Noise { kind: noise.name().to_owned(), label: noise.label().to_owned(), count }).collect()
}

const fn around(around: Around) -> &'static str {
    match around {
        Around::Given => "given",
        Around::Dated => "dated",
        Around::FileTimes => "file-times",
        Around::No => "no",
        Around::Unknown => "unknown",
    }
}
