//! `--live`: the servers of a bundle themselves.

use super::operator::{authentication, operator};
use crate::args::LiveWriteArgs;
use crate::failure::Failure;
use crate::{Exit, Io};
use kerbsync_live::{Authentication, Drives};
use kerbsync_source::Shown;
use std::path::Path;
use std::time::Duration;

/// The drives of a bundle's servers.
pub(crate) struct LiveDrives {
    pub(crate) drives: Drives,
    /// How a command line asks for them, without any secret.
    pub(crate) words: String,
}

/// The drives, where they are asked for.
pub(crate) fn drives(bundle: &Path, args: &LiveWriteArgs, io: &Io<'_>) -> Result<Option<LiveDrives>, Failure> {
    if !args.live {
        return Ok(None);
    }
    let authentication = authentication(&args.live_operator);
    let kdc = args.live_operator.kdc.clone().unwrap_or_default();
    if kdc.is_empty() && authentication == Authentication::Kerberos {
        return Err(Failure::usage("--live needs to know who gives tickets")
            .hint("name a domain controller, such as --kdc dc01.contoso.com; or use --ntlm where no ticket can be had"));
    }
    let asked_by = operator(&args.live_operator, io)?;
    let timeout = Duration::from_secs(args.timeout.into());
    let given = [("--kdc", args.live_operator.kdc.as_deref()), ("--user", args.live_operator.user.as_deref())];
    let words: Vec<String> = given.iter().filter_map(|(name, value)| Some(format!("{name} {}", Shown::naming((*value)?)))).collect();
    let words = ["--live".to_owned()].into_iter().chain(words).chain(args.live_operator.ntlm.then(|| "--ntlm".to_owned()));
    let drives = Drives::open(bundle, asked_by, authentication, &kdc, timeout).map_err(|e| Failure::new(Exit::Refused, e.to_string()))?;
    Ok(Some(LiveDrives { drives, words: words.collect::<Vec<_>>().join(" ") }))
}
