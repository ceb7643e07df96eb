//! Which parameter a name means.

use super::super::table::{Cmdlet, Parameter};
use super::BindError;
use crate::failure::nearest;

/// A whole name or alias in any case counts first, then the beginning of one. Where the beginning fits several, one that the cmdlet declares
/// itself is taken before the common ones, if it is the only one of its kind.
pub(super) fn find(cmdlet: &Cmdlet, name: &str) -> Result<&'static Parameter, BindError> {
    let named = |fits: fn(&str, &str) -> bool| -> Vec<&'static Parameter> {
        cmdlet.all().filter(|p| std::iter::once(&p.name).chain(p.aliases).any(|n| fits(n, name))).collect()
    };
    if let [one, ..] = named(str::eq_ignore_ascii_case).as_slice() {
        return Ok(one);
    }
    let candidates = named(begins);
    match candidates.as_slice() {
        [] => {
            let near = nearest(name, cmdlet.parameters.iter().map(|p| p.name)).into_iter();
            let near = near.filter_map(|n| cmdlet.parameters.iter().find(|p| p.name == n)).map(|p| p.name).collect();
            Err(BindError::Unknown { name: name.to_owned(), near })
        }
        [one] => Ok(one),
        _ => {
            let declared = |p: &&&'static Parameter| cmdlet.parameters.iter().any(|own| own.name == p.name) && !should_process(p);
            match candidates.iter().filter(declared).collect::<Vec<_>>().as_slice() {
                [one] => Ok(one),
                _ => Err(BindError::Ambiguous { name: name.to_owned(), candidates: candidates.iter().map(|p| p.name).collect() }),
            }
        }
    }
}

/// -WhatIf and -Confirm are of PowerShell, although the cmdlet lists them.
fn should_process(parameter: &Parameter) -> bool {
    matches!(parameter.name, "WhatIf" | "Confirm")
}

fn begins(name: &str, with: &str) -> bool {
    !with.is_empty() && name.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}
