//! `Get-CsKerberosAccountAssignment`: which account each site has.

use super::own::GetFlags;
use super::parameters::Bound;
use super::site;
use super::table::{Cmdlet, Exclusion, Kind, Member, Parameter};
use crate::commands::tool;
use crate::config::Bundle;
use crate::failure::Failure;
use crate::output::Outputs;
use crate::reading::{ReadInputs, read_paths};
use crate::{Exit, Io};
use kerbsync_inventory::{DocumentStatus, Inventory};
use kerbsync_names::SiteIdentity;
use kerbsync_report::format::{Assignment, InputStatus, InventoryReport};
use kerbsync_report::render::{TextOptions, clean};

pub(super) static GET: Cmdlet = Cmdlet {
    name: "Get-CsKerberosAccountAssignment",
    synopsis: "Shows which Kerberos account is assigned to which site, as the exports in a bundle say.",
    sets: &["Identity", "Filter"],
    parameters: &[
        Parameter {
            name: "Identity",
            aliases: &[],
            kind: Kind::Identity,
            within: &[Member { set: "Identity", position: Some(1), mandatory: false }],
            help: "One site, such as site:Redmond; no wildcards",
        },
        Parameter {
            name: "Filter",
            aliases: &[],
            kind: Kind::Text,
            within: &[Member { set: "Filter", position: None, mandatory: false }],
            help: "Sites whose identity fits, such as *Redmond*; * and ? are wildcards",
        },
        Parameter {
            name: "LocalStore",
            aliases: &[],
            kind: Kind::Switch,
            within: &[],
            help: "Accepted; the bundle is the only store there is",
        },
    ],
    exclusions: &[Exclusion {
        parameter: "Identity",
        other: "Filter",
        sentence: "You cannot use both the Identity and the Filter parameters in the same command.",
    }],
};

pub(super) fn run(bound: &Bound, flags: GetFlags, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let identity = bound.text("Identity");
    if let Some(identity) = identity.filter(|i| i.contains(['*', '?'])) {
        return Err(Failure::new(
            Exit::Refused,
            format!("{} : -Identity '{identity}': You cannot use wildcards when specifying the site identity.", GET.name),
        )
        .hint("to employ wildcards, use the Filter parameter instead"));
    }
    let outputs = Outputs::new(flags.output)?;
    let path = flags.common.bundle(io)?;
    let bundle = Bundle { config: flags.common.config, ..Bundle::of(vec![path]) };
    let read = read_paths(bundle, flags.common.global.quiet, io)?;
    let inventory = &read.inventory;
    let site = identity.map(|identity| site::find(inventory, GET.name, identity)).transpose()?;
    if !inventory.assignments_known && inventory.assignments.is_empty() {
        return Err(no_assignments(&read));
    }
    if bound.is_on("LocalStore") {
        io.note("-LocalStore changes nothing: the bundle is the only store there is");
    }
    let mut report = InventoryReport::new(tool(), inventory);
    let names: Vec<(String, String)> = report.sites.iter().map(|s| (s.id.clone(), s.name.clone())).collect();
    report.assignments.retain(|a| match (site, bound.text("Filter")) {
        (Some(site), _) => a.site.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(site.id.value.as_str())),
        (None, Some(filter)) => matches(filter, &shown(a, &names)),
        (None, None) => true,
    });
    outputs.write(&report, |report, view| blocks(report, &names, view), io)?;
    let unread = report.inputs.iter().any(|i| i.status == InputStatus::Unreadable);
    Ok(if unread { Exit::Input } else { Exit::Done })
}

/// One block for each assignment, as Format-List has them.
fn blocks(report: &InventoryReport, names: &[(String, String)], _: &TextOptions) -> String {
    let block = |a: &Assignment| format!("Identity    : {}\nUserAccount : {}\n", clean(&shown(a, names)), clean(&a.account_text));
    report.assignments.iter().map(block).collect::<Vec<_>>().join("\n")
}

/// The identity of an assignment: as written where it is one, else that of the site that its id leads to.
fn shown(assignment: &Assignment, names: &[(String, String)]) -> String {
    let text = assignment.site_text.trim();
    if SiteIdentity::parse(text).is_ok() {
        return text.to_owned();
    }
    let name = assignment.site.as_ref().and_then(|id| names.iter().find(|(known, _)| known == id));
    name.map_or_else(|| text.to_owned(), |(_, name)| format!("Site:{name}"))
}

/// Why there is nothing to look in.
fn no_assignments(read: &ReadInputs) -> Failure {
    let inventory: &Inventory = &read.inventory;
    let unread = inventory.documents.iter().find_map(|d| match &d.status {
        DocumentStatus::Unreadable(problem) => Some((&d.path, problem)),
        _ => None,
    });
    if let Some((path, problem)) = unread {
        return Failure::new(Exit::Input, format!("no assignments are known, and {path} cannot be read: {}", problem.message))
            .hint("export it again");
    }
    let exit = if read.not_opened.is_empty() { Exit::NothingChecked } else { Exit::Input };
    Failure::new(exit, "no export of the assignments is among the inputs, so it is not known which there are")
        .hint("export them with: Get-CsKerberosAccountAssignment | ConvertTo-Json > assignments.json")
}

/// Whether a text fits a pattern with `*` for any letters and `?` for one; case counts as little as in PowerShell.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.to_lowercase().chars().collect(), text.to_lowercase().chars().collect());
    let (mut p, mut t) = (0, 0);
    // Behind the last star: where the pattern goes on, and from where in the text it is tried.
    let mut star: Option<(usize, usize)> = None;
    while let Some(&letter) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == letter => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after, from)) = star else { return false };
                star = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::matches;
    use proptest::prelude::*;

    #[test]
    fn wildcards() {
        for (pattern, fits) in [
            ("*redmond*", true),
            ("site:*", true),
            ("SITE:RED????", true),
            ("site:Redmond", true),
            ("*", true),
            ("*o*d", true),
            ("Redmond", false),
            ("site:Red???", false),
            ("", false),
            ("*x*", false),
        ] {
            assert_eq!(matches(pattern, "Site:Redmond"), fits, "{pattern}");
        }
    }

    /// The definition, word by word.
    fn plainly(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], _) => text.is_empty(),
            (['*', rest @ ..], _) => plainly(rest, text) || (!text.is_empty() && plainly(pattern, &text[1..])),
            ([c, rest @ ..], [first, more @ ..]) => (*c == '?' || c == first) && plainly(rest, more),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn it_is_the_definition(pattern in "[ab*?]{0,7}", text in "[ab]{0,8}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(matches(&pattern, &text), plainly(&p, &t));
        }
    }
}
