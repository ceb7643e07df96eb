//! The page that `-?` prints.

use super::own;
use super::table::{COMMON, Cmdlet, Kind, Parameter};
use std::fmt::Write as _;

/// The page of a cmdlet; `flags` are kerbsync's own.
pub(super) fn page(cmdlet: &Cmdlet, flags: &clap::Command) -> String {
    let mut out = format!("{}\n\nSyntax:\n", cmdlet.synopsis);
    for set in cmdlet.sets {
        out += &syntax(cmdlet, set);
    }
    out += "\nParameters (names in any case, and as short as they stay clear):\n";
    let rows = cmdlet.parameters.iter().map(|p| (format!("-{}{}", p.name, aliases(p)), p.help.to_owned()));
    table(&mut out, &rows.collect::<Vec<_>>());
    out += "\nCommon parameters:\n";
    let silent: Vec<String> = COMMON.iter().filter(|p| p.name != "Verbose").map(|p| format!("-{}", p.name)).collect();
    let verbose = COMMON.iter().filter(|p| p.name == "Verbose").map(|p| (format!("-{}{}", p.name, aliases(p)), p.help.to_owned()));
    table(&mut out, &verbose.collect::<Vec<_>>());
    out += "  Accepted, without effect:\n";
    for line in silent.chunks(4) {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "    {}", line.join(" "));
    }
    out += "\nkerbsync's own flags:\n";
    table(&mut out, &own::help(flags));
    out += "\nIn a Unix shell, put backslashes and $ into quotes: 'litwareinc\\kerberostest', '-Confirm:$false'.\n";
    out
}

fn aliases(parameter: &Parameter) -> String {
    parameter.aliases.iter().map(|a| format!(", -{a}")).collect()
}

/// One line of syntax, as `Get-Command -Syntax` has it.
fn syntax(cmdlet: &Cmdlet, set: &str) -> String {
    let mut line = format!("  {}", cmdlet.name);
    for parameter in cmdlet.parameters {
        let Some((position, mandatory)) = parameter.member(set) else { continue };
        let name = if position.is_some() { format!("[-{}]", parameter.name) } else { format!("-{}", parameter.name) };
        let part = match parameter.kind {
            Kind::Switch => name,
            kind => format!("{name} <{}>", kind.type_name()),
        };
        line += &if mandatory { format!(" {part}") } else { format!(" [{part}]") };
    }
    line + " [<CommonParameters>]\n"
}

fn table(out: &mut String, rows: &[(String, String)]) {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, text) in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "  {name:width$}  {text}");
    }
}
