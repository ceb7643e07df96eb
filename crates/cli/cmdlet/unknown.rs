//! Cmdlets and flags that do not run here, and what to do instead.

use super::get_assignment::GET;
use super::parameters::is_dash;
use super::set_password::SET;
use super::table::Cmdlet;
use super::test_assignment::TEST;
use crate::failure::{Failure, nearest};

/// Cmdlets that change what kerbsync only reads. Each is run on the live deployment; then a new export shows what came of it.
const LIVE: &[(&str, &str)] = &[
    ("New-CsKerberosAccountAssignment", "it writes to the Central Management store"),
    ("Set-CsKerberosAccountAssignment", "it writes to the Central Management store"),
    ("Remove-CsKerberosAccountAssignment", "it writes to the Central Management store"),
    ("New-CsKerberosAccount", "it creates an object in Active Directory"),
    ("Enable-CsTopology", "it writes service principal names to Active Directory"),
];

/// A cmdlet that does not run here.
pub(super) fn cmdlet(name: &str) -> Failure {
    let these = [SET.name, TEST.name, GET.name];
    let run = format!("these run on exported files: {}, {} and {}", SET.name, TEST.name, GET.name);
    if let Some((name, why)) = LIVE.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        let then = if *name == "Enable-CsTopology" || *name == "New-CsKerberosAccount" { "" } else { ", then Enable-CsTopology," };
        return Failure::usage(format!("{name} does not run here: {why}, which kerbsync never does"))
            .hint(format!("run {name}{then} in the Management Shell, export again, and look with `kerbsync audit`"))
            .hint(run);
    }
    let failure = Failure::usage(format!("{name} does not run here"));
    let failure = match nearest(name, these).first() {
        Some(near) => failure.hint(format!("did you mean {near}?")),
        None => failure,
    };
    failure.hint(run)
}

/// A word with two dashes that is no flag of cmdlet lines.
pub(super) fn flag(cmdlet: &Cmdlet, word: &str) -> Failure {
    let failure = Failure::usage(format!("{} : '{word}' is no flag of this line", cmdlet.name));
    let name: String = word.trim_start_matches(is_dash).split('=').next().unwrap_or_default().chars().filter(|c| *c != '-').collect();
    let failure = match cmdlet.all().find(|p| p.name.eq_ignore_ascii_case(&name)) {
        Some(parameter) => failure.hint(format!("parameters of cmdlets take one dash: -{}", parameter.name)),
        None => failure,
    };
    failure.hint(format!("`kerbsync {} -?` prints the syntax", cmdlet.name))
}
