//! `demo`: an estate is invented, audited, and the verdict told in plain words.

use super::audit::audit;
use super::simulate::{built, export_time, write};
use crate::args::DemoArgs;
use crate::failure::Failure;
use crate::gather::collected;
use crate::output::folder_is_empty;
use crate::{Exit, Io};
use kerbsync_collect::Input;
use kerbsync_lab::{Defect, LabOptions};
use kerbsync_report::format::{Report, Severity, State};
use kerbsync_report::render;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &DemoArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let now = export_time(None, io)?;
    let mut options = LabOptions::new(args.seed, 3, 9, now);
    options.defects = vec![Defect::SpnMissing, Defect::WeakEncryptionTypes];
    let estate = built(&options)?;

    // The folder of a temporary estate is gone when this command ends; `label` stands for it in what is shown.
    let temporary;
    let (folder, label): (PathBuf, String) = match &args.keep {
        Some(folder) if !folder_is_empty(folder)? => {
            return Err(
                Failure::usage(format!("'{}' is not empty and is left as it is", folder.display())).hint("name a new or empty folder")
            );
        }
        Some(folder) => (folder.clone(), folder.display().to_string()),
        None => {
            temporary = tempfile::tempdir().map_err(|e| Failure::usage(format!("no temporary folder can be made: {e}")))?;
            (temporary.path().to_owned(), "estate".to_owned())
        }
    };
    write(&estate, &folder)?;
    io.out(&format!(
        "This is an invented estate: {} files, as an administrator would export them, of a deployment with {} web servers.\n\
         Nothing real is read and nothing is contacted.\n\n$ kerbsync audit {label}\n\n",
        estate.files().len(),
        options.servers,
    ));
    let report = report(&folder, &label, now, io)?;
    let view = io.view(0);
    io.out(&render::audit(&report, &view));
    io.out(&in_plain_words(&report, args.keep.as_deref()));
    Ok(Exit::Done)
}

fn report(folder: &Path, label: &str, now: jiff::Timestamp, io: &mut Io<'_>) -> Result<Report, Failure> {
    let store = kerbsync_store::open(folder).map_err(|e| crate::gather::unopened(folder, &e))?;
    let gathered = collected(&[Input { label: label.to_owned(), store }], None, None, false, io)?;
    audit(&gathered, now, Some(Severity::Error))
}

/// What the report means, and what to do next.
fn in_plain_words(report: &Report, kept: Option<&Path>) -> String {
    let named = |state: State| -> Vec<&str> {
        let pools = report.inventory.sites.iter().flat_map(|s| &s.pools);
        pools.flat_map(|p| &p.computers).filter(|c| c.state == state && c.web_server).map(|c| c.fqdn.as_str()).collect()
    };
    let in_sync = named(State::InSync);
    let mut lines =
        vec![format!("{} of {} web servers hold the password of their site's account.", in_sync.len(), report.summary.web_servers)];
    for (state, text) in [
        (State::Stale, "Another password, so that Kerberos sign-in fails there"),
        (State::DifferentAccount, "Another account than that of their site"),
        (State::NotConfigured, "No account at all"),
        (State::Unknown, "Not judged; the report says why, and which command would tell"),
    ] {
        let names = named(state);
        if !names.is_empty() {
            lines.push(format!("{text}: {}.", names.join(", ")));
        }
    }
    if let (Some(from), Some(to)) = (in_sync.first(), named(State::Stale).first()) {
        lines.push(String::new());
        lines.push("Next step on real servers, in the product's Management Shell:".to_owned());
        lines.push(format!("  Set-CsKerberosAccountPassword -FromComputer {from} -ToComputer {to}"));
    }
    lines.push(String::new());
    lines.push(match kept {
        Some(folder) => format!("Next step here: kerbsync audit {} -v, or kerbsync explain KS201.", folder.display()),
        None => "Next step here: kerbsync demo --keep DIR leaves the files in a new folder to try every command on.".to_owned(),
    });
    lines.push("With your own files: kerbsync init DIR writes a page on what to export; then kerbsync audit DIR.".to_owned());
    let mut out = String::from("\nIn plain words\n\n");
    for line in lines {
        out.push_str(if line.is_empty() { "" } else { "  " });
        out.push_str(&line);
        out.push('\n');
    }
    out
}
