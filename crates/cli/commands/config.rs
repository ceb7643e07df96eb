//! `config show`: the configuration in force, as a `kerbsync.toml`.

use crate::args::ConfigShowArgs;
use crate::config::{Bundle, policy};
use crate::failure::Failure;
use crate::reading::{read_paths, unreadable};
use crate::{Exit, Io};
use kerbsync_audit::Policy;
use kerbsync_collect::Settings;
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus};
use kerbsync_report::render::toml_text;
use kerbsync_source::Shown;
use std::borrow::Cow;
use std::fmt::Write as _;

pub(super) fn run(args: ConfigShowArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let bundle = Bundle { config: args.config, ..Bundle::of(args.bundle.into_iter().collect()) };
    let read = read_paths(bundle, quiet, io)?;
    if !read.not_opened.is_empty() {
        return Ok(Exit::Input);
    }
    let files: Vec<&Document> = read.inventory.documents.iter().filter(|d| d.kind == DocumentKind::ProjectConfiguration).collect();
    if let Some(failure) = files.iter().find_map(|f| unreadable(f)) {
        return Err(failure);
    }
    let used: Vec<&str> = files.iter().filter(|f| f.status == DocumentStatus::Used).map(|f| f.path.as_str()).collect();
    let policy = policy(&read.settings, (io.now)())?;
    // Writing to a String cannot fail.
    let mut out = String::new();
    let _ = match used.as_slice() {
        [] => writeln!(out, "# no kerbsync.toml: these are the defaults"),
        files => writeln!(out, "# from {}", files.join(", ")),
    };
    let _ = settings(&mut out, &read.settings, &policy);
    io.out(&out);
    Ok(Exit::Done)
}

fn settings(out: &mut String, s: &Settings, policy: &Policy) -> std::fmt::Result {
    if let Some(accept) = s.accept_inferred_protection {
        writeln!(out, "accept_inferred_protection = {accept}")?;
    }
    if let Some(accept) = s.operator_unproved {
        writeln!(out, "operator_unproved = {accept}")?;
    }
    if let Some(operator) = &s.operator {
        writeln!(out, "operator = {}", text(operator))?;
    }
    if let Some(reference) = &s.reference {
        writeln!(out, "reference = {}", text(reference))?;
    }
    if !s.prefer.is_empty() {
        writeln!(out, "prefer = [{}]", s.prefer.iter().map(|p| text(p)).collect::<Vec<_>>().join(", "))?;
    }
    if let Some(file) = &s.waivers_file {
        writeln!(out, "waivers_file = {}", text(file))?;
    }
    if !s.domains.is_empty() {
        writeln!(out, "\n[domains]")?;
        for (netbios, dns) in &s.domains {
            writeln!(out, "{} = {}", text(netbios), text(dns))?;
        }
    }
    writeln!(out, "\n[directory]\ncomplete = {}", s.directory.complete)?;
    writeln!(out, "\n[thresholds]\npassword_age_days = {}\nevidence_age_days = {}", policy.password_age_days, policy.evidence_age_days)?;
    if s.web_sites.internal.is_some() || s.web_sites.external.is_some() {
        writeln!(out, "\n[web_sites]")?;
        optional(out, "internal", s.web_sites.internal.as_deref())?;
        optional(out, "external", s.web_sites.external.as_deref())?;
    }
    for slot in &s.slots {
        writeln!(out, "\n[[slots]]\nsection = {}", text(&slot.section))?;
        optional(out, "location", slot.location.as_deref())?;
        if !slot.items.is_empty() {
            writeln!(out, "items = [{}]", slot.items.iter().map(|i| text(i)).collect::<Vec<_>>().join(", "))?;
        }
        optional(out, "account", slot.account.as_deref())?;
        writeln!(out, "secret = {}", text(&slot.secret))?;
    }
    for waiver in &policy.waivers {
        writeln!(out, "\n[[waivers]]")?;
        if !waiver.rule.is_empty() {
            writeln!(out, "rule = {}", text(&waiver.rule))?;
        }
        optional(out, "subject", waiver.subject.as_deref())?;
        optional(out, "fingerprint", waiver.fingerprint.as_deref())?;
        writeln!(out, "reason = {}", text(&waiver.reason))?;
        if let Some(day) = waiver.expires {
            writeln!(out, "expires = {day}")?;
        }
    }
    if let Some(simulated) = &s.simulated {
        writeln!(out, "\n[simulated]\nseed = {}", simulated.seed)?;
    }
    Ok(())
}

/// A value of the settings; one that looks like a secret is masked, since somebody may have written it into the wrong place.
fn text(value: &str) -> String {
    toml_text(&if Shown::masks(value) { Cow::Owned(Shown::of(value).into_string()) } else { Cow::Borrowed(value) })
}

fn optional(out: &mut String, key: &str, value: Option<&str>) -> std::fmt::Result {
    value.map_or(Ok(()), |v| writeln!(out, "{key} = {}", text(v)))
}
