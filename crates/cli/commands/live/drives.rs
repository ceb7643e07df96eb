//! `--live`: the servers of a bundle themselves.

use super::LiveController;
use super::operator::{authentication, operator};
use crate::args::LiveWriteArgs;
use crate::failure::Failure;
use crate::{Exit, Io};
use kerbsync_live::{Authentication, Clock, ControllerRequest, DirectoryUrl, Drives, Trust};
use kerbsync_source::Shown;
use std::path::Path;
use std::time::Duration;

/// The drives of a bundle's servers.
pub(crate) struct LiveDrives {
    pub(crate) drives: Drives,
    /// How a command line asks for them, without any secret.
    pub(crate) words: String,
    /// The directory, where one is named.
    pub(crate) controller: Option<LiveController>,
}

/// The drives, where they are asked for.
pub(crate) fn drives(bundle: &Path, args: &LiveWriteArgs, io: &Io<'_>) -> Result<Option<LiveDrives>, Failure> {
    if !args.live {
        return Ok(None);
    }
    let authentication = authentication(&args.live_operator);
    let url = args.directory.as_deref().map(DirectoryUrl::parse).transpose().map_err(|e| Failure::usage(e.to_string()))?;
    let kdc = args.live_operator.kdc.clone().or_else(|| url.as_ref().map(|u| u.host().to_owned())).unwrap_or_default();
    if kdc.is_empty() && authentication == Authentication::Kerberos {
        return Err(Failure::usage("--live needs to know who gives tickets")
            .hint("name a domain controller, such as --kdc dc01.contoso.com; or use --ntlm where no ticket can be had"));
    }
    let asked_by = operator(&args.live_operator, io)?;
    let timeout = Duration::from_secs(args.timeout.into());
    let ca = args.ca.as_ref().map(|path| path.display().to_string());
    let given = [
        ("--directory", args.directory.as_deref()),
        ("--ca", ca.as_deref()),
        ("--kdc", args.live_operator.kdc.as_deref()),
        ("--user", args.live_operator.user.as_deref()),
    ];
    let words: Vec<String> = given.iter().filter_map(|(name, value)| Some(format!("{name} {}", Shown::naming((*value)?)))).collect();
    let words = ["--live".to_owned()].into_iter().chain(words).chain(args.live_operator.ntlm.then(|| "--ntlm".to_owned()));
    let controller = url.map(|url| {
        let trust = args.ca.clone().map_or(Trust::System, Trust::File);
        LiveController::new(ControllerRequest { url, trust, operator: asked_by.clone(), timeout, clock: Clock::showing((io.now)()) })
    });
    let drives = Drives::open(bundle, asked_by, authentication, &kdc, timeout).map_err(|e| Failure::new(Exit::Refused, e.to_string()))?;
    Ok(Some(LiveDrives { drives, words: words.collect::<Vec<_>>().join(" "), controller }))
}
