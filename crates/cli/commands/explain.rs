//! `explain`: the manual page of a rule, what a word means, or how a finding follows, with the page of its rule.

use super::audit::audit;
use crate::args::ExplainArgs;
use crate::config::{self, Bundle, Gate};
use crate::failure::{Failure, nearest};
use crate::glossary;
use crate::reading::read_paths;
use crate::{Exit, Io};
use kerbsync_audit::Profiles;
use kerbsync_audit::controls;
use kerbsync_audit::rules::RULES;
use kerbsync_report::format::Rule;
use kerbsync_report::render;

pub(super) fn run(args: ExplainArgs, quiet: bool, io: &mut Io<'_>) -> Result<Exit, Failure> {
    if let Some(item) = controls::item(&args.what) {
        io.out(&render::explain_item(item, &io.view(1)));
        return Ok(Exit::Done);
    }
    let meanings = glossary::meanings(&args.what);
    let rule_meant = rule(&args.what);
    if !meanings.is_empty() || rule_meant.is_some() {
        let view = io.view(1);
        let mut pages: Vec<String> = rule_meant.map(|rule| render::explain(&Rule::from(rule), &view)).into_iter().collect();
        pages.extend((!meanings.is_empty()).then(|| render::meanings(&meanings, &view)));
        io.out(&pages.join("\n"));
        return Ok(Exit::Done);
    }
    if !is_fingerprint(&args.what) {
        return Err(unknown(&args.what));
    }
    if args.bundle.is_empty() {
        return Err(Failure::usage(format!("'{}' looks like the fingerprint of a finding: say where it was made", args.what))
            .hint(format!("kerbsync explain {} --bundle PATH", args.what)));
    }
    let now = config::now(args.now.as_deref(), io)?;
    let reference = args.reference.as_deref().map(config::reference).transpose()?;
    let read = read_paths(Bundle { config: args.config, reference, hardening: true, ..Bundle::of(args.bundle) }, quiet, io)?;
    let report = audit(&read, now, &Gate { profiles: Profiles::All, ..Gate::default() })?;
    let finding = report.findings.iter().find(|f| f.fingerprint.eq_ignore_ascii_case(&args.what));
    let found = finding.and_then(|f| Some((f, rule(&f.rule)?)));
    let Some((finding, rule)) = found else {
        return Err(Failure::usage(format!("no finding of this bundle has the fingerprint {}", args.what))
            .hint("it may be mended by now; give --now, --reference and --config as in the audit that made it"));
    };
    let text = render::explain_finding(&Rule::from(rule), &report, finding, &io.view(1));
    io.out(&text);
    Ok(Exit::Done)
}

/// By `KS101`, `101` or id, in any case.
fn rule(name: &str) -> Option<&'static kerbsync_audit::Rule> {
    RULES.iter().copied().find(|r| {
        let code = r.code();
        name.eq_ignore_ascii_case(r.id) || name.eq_ignore_ascii_case(&code) || code.strip_prefix("KS") == Some(name)
    })
}

/// 16 hex digits.
fn is_fingerprint(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn unknown(name: &str) -> Failure {
    let words = glossary::entries().flat_map(glossary::words);
    let near = nearest(name, RULES.iter().map(|r| r.id).chain(words));
    let failure = Failure::usage(format!("'{name}' is no rule, no word of this program and no fingerprint"));
    let failure = if near.is_empty() { failure } else { failure.hint(format!("did you mean {}?", near.join(" or "))) };
    failure.hint("`kerbsync rules` lists the rules; a fingerprint has 16 hex digits")
}
