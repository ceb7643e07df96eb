//! `config show`: the configuration in force, as a `kerbsync.toml` in which every line says where it comes from.

use crate::args::ConfigShowArgs;
use crate::config::{Bundle, policy};
use crate::failure::Failure;
use crate::reading::{MANUAL, read_paths, unreadable};
use crate::{Exit, Io};
use kerbsync_audit::Policy;
use kerbsync_collect::{AssignmentSetting, Settings};
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus};
use kerbsync_report::render::toml_text;
use kerbsync_source::Shown;
use std::borrow::Cow;

pub(super) fn run(args: ConfigShowArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    let set = |name: &str| (io.env)(name).filter(|value| !value.is_empty());
    let (bundle, from) = match (args.bundle, set("KERBSYNC_BUNDLE")) {
        (Some(path), _) => (Some(path), "the command line"),
        (None, Some(path)) if args.config.is_none() => (Some(path.into()), "KERBSYNC_BUNDLE"),
        (None, _) => (None, ""),
    };
    let mut head =
        bundle.as_ref().map(|b| format!("# bundle: {}  # {from}\n", Shown::naming(&b.display().to_string()))).unwrap_or_default();
    let bundle = Bundle { config: args.config, ..Bundle::of(bundle.into_iter().collect()) };
    let read = read_paths(bundle, quiet, io)?;
    if !read.not_opened.is_empty() {
        return Ok(Exit::Input);
    }
    let files: Vec<&Document> = read.inventory.documents.iter().filter(|d| d.kind == DocumentKind::ProjectConfiguration).collect();
    if let Some(failure) = files.iter().find_map(|f| unreadable(f)) {
        return Err(failure);
    }
    let used: Vec<&str> = files.iter().filter(|f| f.status == DocumentStatus::Used).map(|f| &*f.path).collect();
    let policy = policy(&read.settings, (io.now)())?;
    head.push_str(&match used.as_slice() {
        [] => "# no kerbsync.toml: these are the defaults\n".to_owned(),
        files => format!("# from {}\n", files.join(", ")),
    });
    let mut page = Page { text: head, settings: &read.settings, file: used.first().copied().unwrap_or(""), further: used.get(1).copied() };
    page.write(&policy, read.manual.as_deref().filter(|_| set(MANUAL).is_some()), set("USERNAME").or_else(|| set("USER")));
    io.out(&page.text);
    Ok(Exit::Done)
}

/// What is shown, line by line.
struct Page<'s> {
    text: String,
    settings: &'s Settings,
    /// The kerbsync.toml in force, and the file of waivers that it names.
    file: &'s str,
    further: Option<&'s str>,
}

impl Page<'_> {
    fn write(&mut self, policy: &Policy, manual: Option<&str>, user: Option<String>) {
        let s = self.settings;
        self.or_not("reference", s.reference.as_deref(), "the largest group of servers with equal secrets counts");
        match s.prefer.as_slice() {
            [] => self.unset("prefer", "of inputs that contradict each other the newest by the manifest counts"),
            files => self.setting("prefer", "prefer", &list(files)),
        }
        match (&s.operator, user) {
            (Some(operator), _) => self.setting("operator", "operator", &text(operator)),
            (None, Some(user)) => self.line(&format!("operator = {}", text(&user)), "the environment"),
            (None, None) => self.unset("operator", "whoever runs the program"),
        }
        self.setting("operator_unproved", "operator_unproved", &s.operator_unproved.unwrap_or(false).to_string());
        self.setting(
            "accept_inferred_protection",
            "accept_inferred_protection",
            &s.accept_inferred_protection.unwrap_or(false).to_string(),
        );
        match manual {
            Some(address) => self.line(&format!("docs = {}", text(address)), MANUAL),
            None => self.or_not("docs", s.docs.as_deref(), "findings print no address of a page"),
        }
        self.or_not("waivers_file", s.waivers_file.as_deref(), "no further waivers");
        if !s.never_waive.is_empty() {
            self.setting("never_waive", "never_waive", &list(&s.never_waive));
        }
        match s.assignments {
            Some(AssignmentSetting::None) => self.setting("assignments", "assignments", "\"none\""),
            None => self.unset("assignments", "what exports of the assignments say"),
        }
        if !s.domains.is_empty() {
            self.text.push_str("\n[domains]\n");
            for (netbios, dns) in &s.domains {
                self.setting(&format!("domains.{netbios}"), &text(netbios), &text(dns));
            }
        }
        self.text.push_str("\n[directory]\n");
        self.setting("directory.complete", "complete", &s.directory.complete.to_string());
        self.text.push_str("\n[thresholds]\n");
        self.setting("thresholds.password_age_days", "password_age_days", &policy.password_age_days.to_string());
        self.setting("thresholds.evidence_age_days", "evidence_age_days", &policy.evidence_age_days.to_string());
        let days = policy.waiver_days;
        for (name, value) in [("waiver_error_days", days.error), ("waiver_warning_days", days.warning), ("waiver_note_days", days.note)] {
            self.setting(&format!("thresholds.{name}"), name, &value.to_string());
        }
        if s.web_sites.internal.is_some() || s.web_sites.external.is_some() {
            self.text.push_str("\n[web_sites]\n");
            self.optional("web_sites", "internal", s.web_sites.internal.as_deref());
            self.optional("web_sites", "external", s.web_sites.external.as_deref());
        }
        self.slots();
        self.waivers(policy);
        if let Some(simulated) = &s.simulated {
            self.text.push_str("\n[simulated]\n");
            self.setting("simulated.seed", "seed", &simulated.seed.to_string());
        }
    }

    fn slots(&mut self) {
        for (number, slot) in self.settings.slots.iter().enumerate() {
            let at = format!("slots[{number}]");
            self.text.push_str("\n[[slots]]\n");
            self.optional(&at, "section", Some(&slot.section));
            self.optional(&at, "location", slot.location.as_deref());
            if !slot.items.is_empty() {
                self.setting(&format!("{at}.items"), "items", &list(&slot.items));
            }
            self.optional(&at, "account", slot.account.as_deref());
            self.optional(&at, "secret", Some(&slot.secret));
        }
    }

    fn waivers(&mut self, policy: &Policy) {
        for (number, waiver) in policy.waivers.iter().enumerate() {
            let at = format!("waivers[{number}]");
            self.text.push_str("\n[[waivers]]\n");
            self.optional(&at, "rule", Some(waiver.rule.as_str()).filter(|r| !r.is_empty()));
            for (key, value) in [
                ("site", &waiver.site),
                ("pool", &waiver.pool),
                ("server", &waiver.server),
                ("slot", &waiver.slot),
                ("subject", &waiver.subject),
                ("fingerprint", &waiver.fingerprint),
            ] {
                self.optional(&at, key, value.as_deref());
            }
            self.optional(&at, "reason", Some(&waiver.reason));
            self.optional(&at, "owner", waiver.owner.as_deref());
            self.optional(&at, "approver", waiver.approver.as_deref());
            self.optional(&at, "ticket", waiver.ticket.as_deref());
            for (key, day) in [("not_before", waiver.not_before), ("expires", waiver.expires)] {
                if let Some(day) = day {
                    self.setting(&format!("{at}.{key}"), key, &day.to_string());
                }
            }
        }
    }

    /// A line with where it comes from; the columns of short ones stand below each other.
    fn line(&mut self, line: &str, origin: &str) {
        self.text.push_str(&format!("{line:<44}  # {origin}\n"));
    }

    /// A setting that has a value: from the file where its key stands there, from the file of waivers, or the default.
    fn setting(&mut self, key: &str, name: &str, value: &str) {
        let origin = match (self.settings.lines.get(key), self.further) {
            (Some(line), _) => format!("{}:{line}", self.file),
            (None, Some(file)) if key.starts_with("waivers[") => file.to_owned(),
            (None, _) => "default".to_owned(),
        };
        self.line(&format!("{name} = {value}"), &origin);
    }

    fn optional(&mut self, table: &str, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.setting(&format!("{table}.{key}"), key, &text(value));
        }
    }

    fn or_not(&mut self, key: &str, value: Option<&str>, otherwise: &str) {
        match value {
            Some(value) => self.setting(key, key, &text(value)),
            None => self.unset(key, otherwise),
        }
    }

    fn unset(&mut self, key: &str, otherwise: &str) {
        self.line(&format!("#{key} ="), &format!("not set: {otherwise}"));
    }
}

fn list(values: &[String]) -> String {
    format!("[{}]", values.iter().map(|v| text(v)).collect::<Vec<_>>().join(", "))
}

/// A value of the settings; one that looks like a secret is masked, since somebody may have written it into the wrong place.
fn text(value: &str) -> String {
    toml_text(&shown(value))
}

fn shown(value: &str) -> Cow<'_, str> {
    if Shown::masks(value) { Cow::Owned(Shown::of(value).into_string()) } else { Cow::Borrowed(value) }
}
