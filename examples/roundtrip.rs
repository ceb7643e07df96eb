//! Reads an XML file, sets attributes and writes the result: `roundtrip IN OUT [--set 'PATH@attr=value']...`.
//!
//! Without `--set` OUT equals IN byte for byte. Exit code 2: usage; 4: the file cannot be read, is not well-formed or cannot be edited so;
//! 6: OUT cannot be written.
#![expect(clippy::disallowed_methods, reason = "an example reads and writes the two files that it is given")]
#![expect(clippy::print_stderr, reason = "an example speaks to its user")]

use clap::Parser;
use kerbsync_source::{DocumentId, Source};
use kerbsync_xml::{Document, Limits};
use kerbsync_xml_edit::{Assignment, EditSet, apply};
use std::path::PathBuf;
use std::process::ExitCode;

/// Reads an XML file, sets attributes and writes the result; every other byte stays as it is.
#[derive(Parser)]
struct Args {
    /// The file to read.
    input: PathBuf,
    /// The file to write.
    output: PathBuf,
    /// An attribute to set, such as configuration/system.webServer/security@name=value; missing elements are inserted. May be repeated: each
    /// sees what the ones before it did.
    // Parsed by hand: clap's own message would quote the value, which may be a secret.
    #[arg(long = "set", value_name = "PATH@attr=value")]
    set: Vec<String>,
}

fn edited(args: &Args, assignments: &[Assignment]) -> Result<Vec<u8>, String> {
    let name = args.input.display();
    let bytes = std::fs::read(&args.input).map_err(|e| format!("{name}: {e}"))?;
    let source = Source::decode(DocumentId(0), bytes).map_err(|e| format!("{name}: {e}"))?;
    let mut document = Document::parse(source, &Limits::default()).map_err(|e| format!("{name}: {e}"))?;
    let mut bytes = apply(&document, &EditSet::new()).map_err(|e| format!("{name}: {e}"))?.bytes;
    for assignment in assignments {
        let edit = assignment.edit(&document).and_then(EditSet::try_from);
        let applied = edit.and_then(|edits| apply(&document, &edits)).map_err(|e| format!("{name}: @{}: {e}", assignment.attribute()))?;
        (document, bytes) = (applied.document, applied.bytes);
    }
    Ok(bytes)
}

fn main() -> ExitCode {
    let args = Args::parse();
    let assignments: Vec<Assignment> = match args.set.iter().map(|text| text.parse()).collect::<Result<_, _>>() {
        Ok(assignments) => assignments,
        Err(e) => {
            eprintln!("error: --set: {e}");
            return ExitCode::from(2);
        }
    };
    let bytes = match edited(&args, &assignments) {
        Ok(bytes) => bytes,
        Err(message) => {
            eprintln!("error: {message}");
            return ExitCode::from(4);
        }
    };
    if let Err(e) = std::fs::write(&args.output, bytes) {
        eprintln!("error: {}: {e}", args.output.display());
        return ExitCode::from(6);
    }
    ExitCode::SUCCESS
}
