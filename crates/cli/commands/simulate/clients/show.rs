//! What users see, for people.

use super::facts::SIGN_IN;
use super::{Report, Seen};
use kerbsync_clients::SignIn;
use kerbsync_report::render::clean;
use std::fmt::Write;

pub(super) fn text(report: &Report) -> String {
    let mut out = String::new();
    let ticket = match report.ticket_age_hours {
        0.0 => "ask for a ticket now".to_owned(),
        age => format!("have a ticket of {} ago", span(age)),
    };
    let ntlm = if report.ntlm { "" } else { " and may not use NTLM" };
    line(
        &mut out,
        &format!("Clients that {ticket}{ntlm} sign in at https://<server>{SIGN_IN}. Tickets last {}.", span(report.ticket_lifetime_hours)),
    );
    let width = |of: fn(&Seen) -> &str| report.servers.iter().map(|s| of(s).chars().count()).max().unwrap_or(0);
    let (names, outcomes) = (width(|s| &s.fqdn), width(|s| s.text));
    let (mut site, mut pool) = (None, None);
    for seen in &report.servers {
        if site != Some(&seen.site) {
            site = Some(&seen.site);
            pool = None;
            let account = match (&seen.account, seen.password_age_hours) {
                (None, _) => "no Kerberos account, or not known".to_owned(),
                (Some(name), Some(age)) => format!("{name}, its password set {} ago", span(age)),
                (Some(name), None) => format!("{name}, when its password was set is not known"),
            };
            line(&mut out, &format!("\n{}: {account}", seen.site.as_deref().unwrap_or("No site")));
        }
        if pool != Some(&seen.pool) {
            pool = Some(&seen.pool);
            line(&mut out, &format!("  {}", seen.pool));
        }
        line(&mut out, &format!("    {:names$}  {:outcomes$}  {}", seen.fqdn, seen.text, seen.reason));
    }
    summary(&mut out, report);
    out
}

fn summary(out: &mut String, report: &Report) {
    out.push('\n');
    let count = report.servers.len();
    if count == 0 {
        return line(out, "There is no web server in the topology: add an export of Get-CsTopology -AsXml to the bundle.");
    }
    let counts: Vec<String> = SignIn::ALL
        .iter()
        .filter_map(|o| report.summary.get(o.name()).filter(|n| **n > 0).map(|n| format!("{n} x {}", o.text())))
        .collect();
    line(out, &format!("{count} web server{}: {}.", if count == 1 { "" } else { "s" }, counts.join(", ")));
    for pool in &report.uneven_pools {
        line(out, &format!("{pool}: users see now this and now that, by the server they reach."));
    }
    for assumption in &report.assumptions {
        line(out, assumption);
    }
    line(out, "A simulation from files, by general Kerberos: nothing was contacted. Real proof: Test-CsKerberosAccountAssignment.");
}

/// Lines of a text, cleaned one by one.
fn line(out: &mut String, text: &str) {
    for part in text.split('\n') {
        // writing to a String cannot fail
        let _ = writeln!(out, "{}", clean(part).trim_end());
    }
}

/// A number of hours in words.
fn span(hours: f64) -> String {
    let (number, unit) = if hours >= 48.0 { ((hours / 24.0).floor(), "day") } else { (hours, "hour") };
    format!("{number} {unit}{}", if (number - 1.0).abs() < f64::EPSILON { "" } else { "s" })
}
