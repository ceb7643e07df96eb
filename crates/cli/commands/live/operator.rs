//! Who asks, from arguments, the ticket cache, or a question on the terminal.

use crate::args::OperatorArgs;
use crate::failure::Failure;
use crate::{Exit, Io};
use kerbsync_live::{Authentication, Authority, Operator, OperatorError, read_password_file};
use kerbsync_secret::Secret;
use std::path::PathBuf;

/// How servers are made to believe the operator.
pub(super) const fn authentication(args: &OperatorArgs) -> Authentication {
    if args.ntlm { Authentication::Ntlm } else { Authentication::Kerberos }
}

/// The operator.
pub(super) fn operator(args: &OperatorArgs, io: &Io<'_>) -> Result<Operator, Failure> {
    let refused = |e: OperatorError| Failure::new(Exit::Refused, e.to_string());
    let Some(user) = &args.user else {
        let named = args.ticket_cache.clone();
        let cache = named.or_else(|| cache_of_environment(io)).ok_or_else(|| {
            Failure::usage("nobody is named who asks")
                .hint("give --user NAME@DOMAIN, or get a ticket with kinit and give --ticket-cache FILE")
        })?;
        return Operator::from_cache(&cache).map_err(refused);
    };
    Operator::new(user, Authority::Password(password(args, user, io)?)).map_err(|e| Failure::usage(e.to_string()))
}

fn password(args: &OperatorArgs, user: &str, io: &Io<'_>) -> Result<Secret, Failure> {
    let refused = |e: OperatorError| Failure::new(Exit::Refused, e.to_string());
    if let Some(file) = &args.password_file {
        return read_password_file(file).map_err(refused);
    }
    #[cfg(unix)]
    if let Some(descriptor) = args.password_fd {
        return kerbsync_live::read_password_descriptor(descriptor).map_err(refused);
    }
    if !io.is_attended() {
        return Err(Failure::new(Exit::Refused, "nobody is there to be asked for the password")
            .hint("give --password-file FILE (mode 0600) or --password-fd N"));
    }
    let asked = rpassword::prompt_password(format!("Password of {}: ", kerbsync_source::Shown::naming(user)));
    let typed = asked.map_err(|e| Failure::new(Exit::Refused, format!("the password cannot be asked for: {}", e.kind())))?;
    if typed.is_empty() { Err(Failure::new(Exit::Refused, "no password was typed")) } else { Ok(Secret::new(typed)) }
}

/// `KRB5CCNAME`, where it names a file.
fn cache_of_environment(io: &Io<'_>) -> Option<PathBuf> {
    let name = (io.env)("KRB5CCNAME").filter(|v| !v.is_empty())?;
    match name.split_once(':') {
        Some(("FILE", path)) => Some(path.into()),
        Some((kind, _)) if kind.len() > 1 => None,
        _ => Some(name.into()),
    }
}
