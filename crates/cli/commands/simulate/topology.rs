//! `simulate topology`: the documents of an invented deployment.

use super::estate::number;
use crate::args::TopologyArgs;
use crate::failure::{Failure, nearest};
use crate::output::{create, folder_is_empty, make_folder};
use crate::{Exit, Io};
use jiff::Timestamp;
use kerbsync_lab::{LabOptions, deployment};
use kerbsync_topologies::{Deployment, Form};
use std::path::{Path, PathBuf};

pub(super) fn run(args: &TopologyArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let forms = forms(&args.form)?;
    // a topology has no time
    let now = Timestamp::from_second(1_767_225_600).unwrap_or(Timestamp::UNIX_EPOCH);
    let options = LabOptions::new(args.seed, number(args.sites), number(args.servers), now);
    let mut deployment = deployment(&options).map_err(|e| Failure::usage(format!("the deployment cannot be built: {e}")))?;
    if let Some(version) = args.schema_version {
        deployment.version = version;
    }
    let files = place(&args.output, &forms, &deployment)?;
    for (path, bytes) in &files {
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            make_folder(folder)?;
        }
        create(path, bytes)?;
    }
    let output = args.output.display();
    match files.as_slice() {
        [(only, _)] => io.out(&format!("wrote {}\nNext: kerbsync inventory {}\n", only.display(), only.display())),
        _ => {
            io.out(&format!("wrote {} files to {output}\n", files.len()));
            let folder = if forms.len() > 1 { format!("{output}/{}", forms.first().map_or("", |f| f.name())) } else { output.to_string() };
            io.out(&format!("Next: kerbsync inventory {folder}\n"));
        }
    }
    Ok(Exit::Done)
}

fn forms(text: &str) -> Result<Vec<Form>, Failure> {
    if text.eq_ignore_ascii_case("all") {
        return Ok(Form::ALL.to_vec());
    }
    let form = text.parse().map_err(|e: kerbsync_topologies::UnknownForm| {
        let near = nearest(text, Form::ALL.map(Form::name));
        let failure = Failure::usage(format!("--form: {e}, and all"));
        if near.is_empty() { failure } else { failure.hint(format!("did you mean {}?", near.join(" or "))) }
    })?;
    Ok(vec![form])
}

/// Every file with its place: one file as it was named, or in a folder that is there; several in a folder; of several forms, each in a
/// folder of its own.
fn place(output: &Path, forms: &[Form], deployment: &Deployment) -> Result<Vec<(PathBuf, Vec<u8>)>, Failure> {
    let mut placed = Vec::new();
    for form in forms {
        let files = form.files(deployment).map_err(|e| Failure::usage(e.to_string()))?;
        let folder = if forms.len() > 1 { output.join(form.name()) } else { output.to_owned() };
        if files.len() == 1 && forms.len() == 1 && !output.is_dir() {
            placed.extend(files.into_iter().map(|(_, bytes)| (output.to_owned(), bytes)));
        } else {
            placed.extend(files.into_iter().map(|(name, bytes)| (folder.join(name), bytes)));
        }
    }
    if placed.len() > 1 && !folder_is_empty(output)? {
        return Err(Failure::usage(format!("'{}' is not empty and is left as it is", output.display())).hint("name a new or empty folder"));
    }
    Ok(placed)
}
