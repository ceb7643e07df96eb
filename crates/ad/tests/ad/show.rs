//! Facts as text.

use jiff::Timestamp;
use kerbsync_ad::DirectoryFacts;
use kerbsync_inventory::directory::{Account, Moment};
use kerbsync_source::{Problem, Spanned};
use std::fmt::{Debug, Write as _};

pub(crate) fn show(part: Option<&DirectoryFacts>, problems: &[Problem]) -> String {
    let mut out = String::new();
    let Some(part) = part else { return "no directory facts\n".to_owned() + &problems_text(problems) };
    for dated in &part.accounts {
        account(&mut out, &dated.object, dated.changed);
    }
    for dated in &part.groups {
        let g = &dated.object;
        let members = g.members.as_ref().map(|m| m.iter().map(|m| m.value.clone()).collect::<Vec<_>>());
        writeln!(out, "group {:?} {:?} sid {:?} members {members:?}", g.name, g.distinguished_name, g.sid).unwrap();
    }
    for d in &part.domains {
        writeln!(out, "domain {} = {}", d.netbios, d.dns).unwrap();
    }
    if part.cut {
        out.push_str("cut\n");
    }
    out + &problems_text(problems)
}

fn problems_text(problems: &[Problem]) -> String {
    problems.iter().map(|p| format!("{:?} {}: {p}\n", p.level, p.code)).collect()
}

fn account(out: &mut String, a: &Account, changed: Option<Timestamp>) {
    let at = a.origin.location().map(|l| l.position.to_string()).unwrap_or_default();
    writeln!(out, "account {at} {} in {:?}", a.distinguished_name.value, a.domain).unwrap();
    line(out, "sam", a.sam_account_name.as_ref());
    line(out, "class", a.class.as_ref());
    line(out, "uac", a.user_account_control.as_ref());
    line(out, "enabled", a.enabled.as_ref());
    moment(out, "expires", a.expires.as_ref());
    moment(out, "password set", a.password_last_set.as_ref());
    if let Some(t) = &a.created {
        writeln!(out, "  created {}", t.value).unwrap();
    }
    if let Some(t) = changed {
        writeln!(out, "  changed {t}").unwrap();
    }
    line(out, "encryption", a.encryption_types.as_ref());
    list(out, "spns", a.spns.as_deref());
    if !a.shown_spns.is_empty() {
        list(out, "spns among others", Some(&a.shown_spns));
    }
    list(out, "member of", a.member_of.as_deref());
    line(out, "primary group", a.primary_group.as_ref());
    line(out, "admin count", a.admin_count.as_ref());
    if a.delegates_to.as_ref().is_some_and(|d| !d.is_empty()) {
        list(out, "delegates to", a.delegates_to.as_deref());
    }
    line(out, "acted for", a.acted_for_by_others.as_ref());
    line(out, "key version", a.key_version.as_ref());
    line(out, "dns", a.dns_host_name.as_ref());
    line(out, "protected", a.protected_from_deletion.as_ref());
    if let Some(sid) = &a.sid {
        writeln!(out, "  sid {sid}").unwrap();
    }
}

fn at<T>(value: &Spanned<T>) -> String {
    value.origin.location().map(|l| format!(" @{}", l.position)).unwrap_or_default()
}

fn line<T: Debug>(out: &mut String, name: &str, value: Option<&Spanned<T>>) {
    if let Some(v) = value {
        writeln!(out, "  {name} {:?}{}", v.value, at(v)).unwrap();
    }
}

fn moment(out: &mut String, name: &str, value: Option<&Spanned<Moment>>) {
    if let Some(v) = value {
        let text = match v.value {
            Moment::Never => "never".to_owned(),
            Moment::At(t) => t.to_string(),
        };
        writeln!(out, "  {name} {text}{}", at(v)).unwrap();
    }
}

fn list<T: std::fmt::Display>(out: &mut String, name: &str, values: Option<&[Spanned<T>]>) {
    if let Some(values) = values {
        let texts: Vec<String> = values.iter().map(|v| format!("{}{}", v.value, at(v))).collect();
        writeln!(out, "  {name} [{}]", texts.join(", ")).unwrap();
    }
}
