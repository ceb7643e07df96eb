//! `init`: a commented configuration, a page on what to export, and a script that exports it.

use crate::args::InitArgs;
use crate::failure::Failure;
use crate::output::{create, exists, make_folder};
use crate::{Exit, Io};

const FILES: [(&str, &str); 3] = [
    ("kerbsync.toml", include_str!("../templates/kerbsync.toml")),
    ("README.md", include_str!("../templates/README.md")),
    ("Collect-KerbsyncBundle.ps1", include_str!("../templates/Collect-KerbsyncBundle.ps1")),
];

pub(super) fn run(args: &InitArgs, io: &mut Io<'_>) -> Result<Exit, Failure> {
    make_folder(&args.dir)?;
    // All or nothing: none is written when one is there.
    if let Some(there) = FILES.iter().map(|(name, _)| args.dir.join(name)).find(|f| f.exists()) {
        return Err(exists(&there));
    }
    for (name, content) in FILES {
        let file = args.dir.join(name);
        create(&file, content.as_bytes())?;
        io.out(&format!("wrote {}\n", file.display()));
    }
    io.out(&format!(
        "Next: read {}, put exports beside it, then run: kerbsync audit {}\n",
        args.dir.join("README.md").display(),
        args.dir.display()
    ));
    Ok(Exit::Done)
}
