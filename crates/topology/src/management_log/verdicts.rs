//! What a report of Test-CsKerberosAccountAssignment says per server.
//!
//! No such report was ever seen. Documented are the sentences of its errors, and that rows of servers in order read "Successful".
//! Everything here is therefore inferred.

use super::{LogTime, ManagementLog, TestVerdict, sentences};
use crate::context::{Context, plain};
use kerbsync_names::HostName;
use kerbsync_xml::Element;
use std::collections::HashSet;

/// Reads the verdicts of a report into it.
pub(super) fn read(root: Element<'_>, context: &Context<'_>, log: &mut ManagementLog) {
    let mut said: HashSet<(HostName, bool)> = HashSet::new();
    let mut push = |log: &mut ManagementLog, verdict: TestVerdict| {
        if said.insert((verdict.server.clone(), verdict.valid)) {
            log.verdicts.push(verdict);
        }
    };
    for element in root.descendants() {
        let text = element.text();
        let texts = [plain(element, "Name"), plain(element, "Description"), Some(text.trim().to_owned()), plain(element, "Message")];
        for text in texts.iter().flatten() {
            if log.tested_site.is_none() {
                log.tested_site = sentences::site_identity(text);
            }
            if let Some((server, valid, account)) = sentences::configuration(text) {
                push(log, TestVerdict { server, valid, account, time: time(element), origin: context.origin(element) });
            }
        }
        if element.local_name() == "Action"
            && let Some((server, valid)) = row(element)
        {
            push(log, TestVerdict { server, valid, account: None, time: time(element), origin: context.origin(element) });
        }
    }
    // A server that is called invalid anywhere is invalid.
    let invalid: HashSet<HostName> = log.verdicts.iter().filter(|v| !v.valid).map(|v| v.server.clone()).collect();
    log.verdicts.retain(|v| !v.valid || !invalid.contains(&v.server));
}

fn time(element: Element<'_>) -> Option<LogTime> {
    element.attribute("Time").and_then(|t| LogTime::parse(&t.value()))
}

/// An action about one server, with its result directly in it: "Successful", where there is no error at any depth, or a word that says the
/// opposite.
fn row(action: Element<'_>) -> Option<(HostName, bool)> {
    let says = |words: &[&str]| {
        let said = |i: Element<'_>| words.iter().any(|word| i.text().trim().trim_end_matches('.').eq_ignore_ascii_case(word));
        action.children_named("Info").any(said)
    };
    let failed = action.descendants().any(|e| matches!(e.local_name(), "Error" | "Exception"));
    let valid = match (says(&["Successful"]), says(&["Failed", "Failure", "Unsuccessful", "Invalid"])) {
        (_, true) => false,
        (true, false) if !failed => true,
        _ => return None,
    };
    let text = [plain(action, "Name"), plain(action, "Description")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let mut servers = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ':' | ',' | '(' | ')')).filter_map(|word| {
        let word = word.trim_end_matches('.');
        HostName::new(word).filter(|h| h.to_fqdn().is_ok())
    });
    let server = servers.next()?;
    servers.next().is_none().then_some((server, valid))
}
