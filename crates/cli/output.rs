//! Where reports go: standard output and files. The one place of this crate that writes files.

use crate::Io;
use crate::args::{self, Format, OutputArg, OutputArgs, ReportArgs, Shown};
use crate::failure::Failure;
use crate::io::BUFFER;
use clap::ValueEnum;
use kerbsync_report::format::{DiffReport, Report};
use kerbsync_report::render::{ReportOptions, SarifProfile, TextOptions, diff, diff_markdown, write_json, write_report};
use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Every output of a run.
#[derive(Debug)]
pub(crate) struct Outputs<F = Format> {
    outputs: Vec<OutputArg<F>>,
    verbosity: u8,
}

impl<F: ValueEnum + Copy + Send + Sync + 'static> Outputs<F> {
    /// Checks the targets, so that a long run does not end with nowhere to write. `--format` is for standard output unless one of
    /// `--output` is.
    pub(crate) fn new(args: OutputArgs<F>) -> Result<Self, Failure> {
        let mut outputs = args.output;
        match outputs.iter().filter(|o| o.file.is_none()).count() {
            0 => outputs.insert(0, OutputArg { format: args.format, file: None }),
            1 => {}
            _ => {
                return Err(
                    Failure::usage("two outputs go to standard output").hint("give all but one of them a file: --output json=report.json")
                );
            }
        }
        for (i, output) in outputs.iter().enumerate() {
            let Some(file) = &output.file else { continue };
            if outputs[..i].iter().any(|o| o.file.as_ref() == Some(file)) {
                return Err(Failure::usage(format!("two outputs go to '{}'", file.display())).hint("give each a file of its own"));
            }
            check_folder(file)?;
        }
        Ok(Self { outputs, verbosity: args.verbose })
    }

    /// Writes everywhere it is wanted, as `write` does it in a format.
    fn each(&self, io: &mut Io<'_>, write: impl Fn(F, &TextOptions, &mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
        for output in &self.outputs {
            match &output.file {
                None => {
                    let view = io.view(self.verbosity);
                    io.out_by(|out| write(output.format, &view, out));
                }
                // Files are for later: no colours, a fixed width.
                Some(file) => {
                    let view = TextOptions { verbosity: self.verbosity, ..TextOptions::PLAIN };
                    replace_by(file, |out| write(output.format, &view, out))?;
                }
            }
        }
        match io.lost.take() {
            Some(error) => Err(Failure::unwritten(format!("standard output cannot be written: {error}"))),
            None => Ok(()),
        }
    }
}

impl Outputs {
    /// Writes a document everywhere it is wanted.
    pub(crate) fn write<T: Serialize>(
        &self,
        document: &T,
        text: impl Fn(&T, &TextOptions) -> String,
        io: &mut Io<'_>,
    ) -> Result<(), Failure> {
        self.each(io, |format, view, out| match format {
            Format::Text => out.write_all(text(document, view).as_bytes()),
            Format::Json => write_json(document, out),
        })
    }
}

impl Outputs<args::DiffFormat> {
    /// Writes a comparison everywhere it is wanted.
    pub(crate) fn write_diff(&self, report: &DiffReport, io: &mut Io<'_>) -> Result<(), Failure> {
        self.each(io, |format, view, out| match format {
            args::DiffFormat::Text => out.write_all(diff(report, view).as_bytes()),
            args::DiffFormat::Markdown => out.write_all(diff_markdown(report).as_bytes()),
            args::DiffFormat::Json => write_json(report, out),
        })
    }
}

/// Every output of a report.
#[derive(Debug)]
pub(crate) struct ReportOutputs {
    outputs: Outputs<args::ReportFormat>,
    profile: SarifProfile,
}

impl ReportOutputs {
    /// As [`Outputs::new`].
    pub(crate) fn new(args: ReportArgs) -> Result<Self, Failure> {
        let profile = match args.sarif_profile {
            args::SarifProfile::Full => SarifProfile::Full,
            args::SarifProfile::Github => SarifProfile::Github,
        };
        Ok(Self { outputs: Outputs::new(args.output)?, profile })
    }

    /// Writes a report everywhere it is wanted.
    pub(crate) fn write(&self, report: &Report, io: &mut Io<'_>) -> Result<(), Failure> {
        self.outputs.each(io, |format, view, out| {
            let options = ReportOptions { text: *view, sarif: self.profile };
            write_report(report, format.0, &options, out)
        })
    }
}

/// Writes a document to standard output in the format that is asked for.
pub(crate) fn show<T: Serialize>(
    document: &T,
    shown: &Shown,
    text: impl Fn(&T, &TextOptions) -> String,
    io: &mut Io<'_>,
) -> Result<(), Failure> {
    let args = OutputArgs { format: shown.format, output: Vec::new(), verbose: shown.verbose };
    Outputs::new(args)?.write(document, text, io)
}

/// Writes a document for this program to a file.
pub(crate) fn write_document<T: Serialize>(file: &Path, document: &T) -> Result<(), Failure> {
    replace_by(file, |out| write_json(document, out))
}

/// Whether a report can have that name, and its folder is there.
fn check_folder(file: &Path) -> Result<(), Failure> {
    if file.is_dir() {
        return Err(
            Failure::usage(format!("'{}' is a folder, so no report can be written to it", file.display())).hint("name a file in it")
        );
    }
    if !folder_of(file).is_dir() {
        return Err(Failure::usage(format!("there is no folder '{}' for the report", folder_of(file).display())).hint("make it first"));
    }
    Ok(())
}

/// The same, and whether its folder lets a file be made: for a report on something that cannot be done twice.
pub(crate) fn check_target(file: &Path) -> Result<(), Failure> {
    check_folder(file)?;
    let checked = match destination(file) {
        Ok(Destination::File(at)) => beside(&at, |_| Ok(())).map(|_| ()),
        Ok(Destination::Stream) => Ok(()),
        Err(error) => Err(error),
    };
    checked.map_err(|e| unwritten(file, &e))
}

/// Whether a file that may not exist yet lies below a folder, links followed as far as there is something.
pub(crate) fn is_below(file: &Path, folder: &Path) -> bool {
    match (folder_of(file).canonicalize(), folder.canonicalize()) {
        (Ok(parent), Ok(folder)) => folder.is_dir() && parent.starts_with(folder),
        _ => false,
    }
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What a report that is given a path is written to.
enum Destination {
    /// A file, or a name that is free: at the end of any links.
    File(PathBuf),
    /// A pipe or a device, which is written to and stays what it is.
    Stream,
}

/// Follows links, also to a file that is not there yet.
fn destination(file: &Path) -> io::Result<Destination> {
    /// As many as an operating system follows.
    const LINKS: usize = 40;
    let mut at = file.to_owned();
    for _ in 0..LINKS {
        let Ok(metadata) = at.symlink_metadata() else { return Ok(Destination::File(at)) };
        if !metadata.is_symlink() {
            return Ok(if metadata.is_file() || metadata.is_dir() { Destination::File(at) } else { Destination::Stream });
        }
        // What a link names is meant from the link's own folder.
        at = folder_of(&at).join(at.read_link()?);
    }
    Err(io::Error::other("too many links lead on from it"))
}

#[allow(clippy::disallowed_methods, reason = "pipes and devices are opened here, and nothing is made")]
fn stream_to(file: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, std::fs::OpenOptions::new().write(true).open(file)?);
    match write(&mut out).and_then(|()| out.flush()) {
        // Its reader has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Writes a whole file: beside it first, then in its place, so that nobody reads half a report.
pub(crate) fn replace(file: &Path, content: &[u8]) -> Result<(), Failure> {
    replace_by(file, |out| out.write_all(content))
}

/// As [`replace`], for what is written piece by piece.
fn replace_by(file: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let written = match destination(file) {
        Ok(Destination::File(at)) => beside(&at, write).and_then(|temporary| temporary.persist(&at).map_err(|e| e.error)).map(|_| ()),
        Ok(Destination::Stream) => stream_to(file, write),
        Err(error) => Err(error),
    };
    written.map_err(|e| unwritten(file, &e))
}

/// Writes a whole file where there is none.
pub(crate) fn create(file: &Path, content: &[u8]) -> Result<(), Failure> {
    match beside(file, |out| out.write_all(content)).map(|temporary| temporary.persist_noclobber(file).map_err(|e| e.error)) {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(e)) if e.kind() == io::ErrorKind::AlreadyExists => Err(exists(file)),
        Ok(Err(e)) | Err(e) => Err(unwritten(file, &e)),
    }
}

/// A file that is there already and is left alone.
pub(crate) fn exists(file: &Path) -> Failure {
    Failure::usage(format!("'{}' is there already and is left as it is", file.display())).hint("move it away, or choose another folder")
}

fn beside(file: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    // A report is as readable as any new file (the umask is taken off), and never more than what stood in its place.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let before = file.metadata().map_or(0o666, |m| m.permissions().mode());
        builder.permissions(std::fs::Permissions::from_mode(before & 0o666));
    }
    let mut temporary = builder.prefix(".kerbsync-").tempfile_in(folder_of(file))?;
    let mut out = BufWriter::with_capacity(BUFFER, temporary.as_file_mut());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

fn unwritten(file: &Path, error: &io::Error) -> Failure {
    Failure::unwritten(format!("'{}' cannot be written: {error}", file.display())).hint("check the folder's rights and free space")
}

/// Makes a folder with its parents; one that is there is fine.
#[allow(clippy::disallowed_methods, reason = "folders for reports and simulated bundles are made here")]
pub(crate) fn make_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|e| Failure::unwritten(format!("the folder '{}' cannot be made: {e}", folder.display())))
}

/// Whether there is nothing at a path, or a folder without anything in it.
#[cfg(any(feature = "simulate", feature = "live"))]
#[allow(clippy::disallowed_methods, reason = "a bundle of inputs is listed by its store; this asks whether a target is free")]
pub(crate) fn folder_is_empty(folder: &Path) -> Result<bool, Failure> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(e) => Err(Failure::usage(format!("'{}' cannot be used as a folder: {e}", folder.display())).hint("name a new or empty folder")),
    }
}
