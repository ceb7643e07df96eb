//! `simulate estate`: the exports of an invented estate, and the truth about it.

use crate::args::{EstateArgs, LayoutArg};
use crate::config;
use crate::failure::{Failure, nearest};
use crate::output::{folder_is_empty, replace};
use crate::{Exit, Io};
use jiff::Timestamp;
use kerbsync_lab::{Defect, Estate, LabOptions, Layout, build};
use std::path::Path;

pub(super) fn run(args: &EstateArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let folder = &args.output;
    if let Some(truth) = &args.truth
        && is_below(truth, folder)
    {
        return Err(Failure::usage(format!("--truth '{}' lies within the bundle, where an audit would read it", truth.display()))
            .hint("give it a place outside of the folder of -o"));
    }
    if !folder_is_empty(folder)? {
        return Err(Failure::usage(format!("'{}' is not empty and is left as it is", folder.display())).hint("name a new or empty folder"));
    }
    let mut options = LabOptions::new(args.seed, number(args.sites), number(args.servers), export_time(args.now.as_deref(), io)?);
    options.defects = args.defect.iter().map(|name| defect(name)).collect::<Result<_, _>>()?;
    options.mix = !args.clean;
    match args.layout {
        LayoutArg::SiteSection => options.layout = Layout::SiteSection,
        LayoutArg::PoolIdentity => options.layout = Layout::PoolIdentity,
        LayoutArg::Inherited => options.layout = Layout::PoolDefaults,
        LayoutArg::Unlisted => options.layout = Layout::Unlisted,
        LayoutArg::Mix => options.mixed_layouts = true,
    }
    options.flat = args.flat;
    options.history = args.history;
    options.shared_configuration = args.shared_configuration;
    let estate = built(&options)?;
    write(&estate, folder)?;
    if let Some(truth) = &args.truth {
        replace(truth, estate.truth().to_json().as_bytes())?;
    }
    let files = estate.files().len();
    io.out(&format!("wrote a simulated estate of {files} files to {}\n", folder.display()));
    io.out(&format!("Next: kerbsync audit {}\n", folder.display()));
    Ok(Exit::Done)
}

pub(super) fn number(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// The time given, or the beginning of this day, so that equal commands of one day give equal bytes.
pub(in crate::commands) fn export_time(text: Option<&str>, io: &Io<'_>) -> Result<Timestamp, Failure> {
    let now = config::now(text, io)?;
    if text.is_some() {
        return Ok(now);
    }
    let day = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    Ok(day.to_zoned(jiff::tz::TimeZone::UTC).map_or(now, |z| z.timestamp()))
}

pub(in crate::commands) fn built(options: &LabOptions) -> Result<Estate, Failure> {
    build(options).map_err(|e| Failure::usage(format!("the estate cannot be built: {e}")))
}

pub(in crate::commands) fn write(estate: &Estate, folder: &Path) -> Result<(), Failure> {
    kerbsync_lab::write(estate, folder).map_err(|e| Failure::unwritten(e.to_string()))
}

fn defect(name: &str) -> Result<Defect, Failure> {
    name.parse().map_err(|_| {
        let near = nearest(name, Defect::all().map(Defect::name));
        let failure = Failure::usage(format!("there is no defect '{name}'"));
        let failure = if near.is_empty() { failure } else { failure.hint(format!("did you mean {}?", near.join(" or "))) };
        failure.hint("a defect has the id of the rule that finds it: `kerbsync rules` lists them")
    })
}

fn is_below(file: &Path, folder: &Path) -> bool {
    match (std::path::absolute(file), std::path::absolute(folder)) {
        (Ok(file), Ok(folder)) => file.starts_with(folder),
        _ => false,
    }
}
