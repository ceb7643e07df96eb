//! A small estate without a fault, to be spoilt by the tests of the rules, and a way to show what a rule says of it.
//!
//! Two sites share the account `CONTOSO\KerbAuth`. Redmond has an Enterprise pool (fe01, fe02), a Director pool (dir01) and a SQL server;
//! Dublin has a Standard Edition server (se01). All hold the same secret, the directory export is complete, nothing is overdue.

mod directory;
mod dropped;
mod servers;

pub(crate) use directory::*;
pub(crate) use dropped::{assert_kept, drop_places};
pub(crate) use servers::*;

use crate::{Outcome, Policy, Rule, run_one};
use jiff::Timestamp;
use kerbsync_inventory::citable::Cited;
use kerbsync_inventory::state::{self, EqualityTag};
use kerbsync_inventory::{
    Assignment, Computer, Document, DocumentKind, DocumentStatus, Inventory, ManagementLog, Pool, PoolKind, Site, SiteKind, Topology,
    WebPort, WebSiteRole,
};
use kerbsync_names::{DownLevelName, HostName, SiteId};
use kerbsync_secret::{Secret, Tagger};
use kerbsync_source::{DocumentId, Location, Origin, Position, Spanned, Spot};
use std::sync::{Arc, OnceLock};

pub(crate) const NOW: &str = "2026-03-01T12:00:00Z";
pub(crate) const TOPOLOGY: u32 = 0;
pub(crate) const ASSIGNMENTS: u32 = 1;
pub(crate) const DIRECTORY: u32 = 2;
pub(crate) const LOG: u32 = 3;

/// The tag of a secret, the same for the same text in one test run.
pub(crate) fn tag(secret: &str) -> EqualityTag {
    static TAGGER: OnceLock<Tagger> = OnceLock::new();
    TAGGER.get_or_init(|| Tagger::new().unwrap()).tag(&Secret::new(secret.to_owned()))
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn host(text: &str) -> HostName {
    HostName::new(text).unwrap()
}

pub(crate) fn origin(document: u32, line: u32, element: &str) -> Origin {
    let byte = u64::from(line) * 100;
    let location =
        Location { position: Position { line, column: 5 }, end: Position { line, column: 15 }, byte_start: byte, byte_end: byte + 10 };
    Origin::new(DocumentId(document), Spot { location: Some(location), element: Arc::from(element), excerpt: None })
}

pub(crate) fn at<T>(document: u32, line: u32, value: T) -> Spanned<T> {
    Spanned::new(value, origin(document, line, ""))
}

pub(crate) fn cited<T>(document: u32, line: u32, value: T) -> Cited<T> {
    Cited::new(value, origin(document, line, "").into_parts().1)
}

/// Appends a document and returns its number.
pub(crate) fn add_document(inventory: &mut Inventory, path: &str, kind: DocumentKind) -> u32 {
    let id = u32::try_from(inventory.documents.len()).unwrap();
    inventory.documents.push(Document {
        id: DocumentId(id),
        path: path.into(),
        root: 0,
        sha256: Some("0".repeat(64).into()),
        bytes: 1000,
        kind,
        status: DocumentStatus::Used,
        computer: None,
        written: None,
        read_at: Some(time("2026-02-20T09:00:00Z")),
        modified: None,
        problems: Vec::new(),
    });
    id
}

pub(crate) fn estate() -> Inventory {
    let mut inventory = Inventory::default();
    add_document(&mut inventory, "topology.xml", DocumentKind::Topology);
    add_document(&mut inventory, "assignments.xml", DocumentKind::Clixml);
    add_document(&mut inventory, "directory.ldf", DocumentKind::Ldif);
    add_document(&mut inventory, "Enable-CsTopology.xml", DocumentKind::ManagementLog);
    inventory.topologies.push(Topology { sip_domains: vec!["contoso.com".to_owned()], ..Topology::in_use(DocumentId(TOPOLOGY)) });
    inventory.sites = vec![site("1", "Redmond", 3), site("2", "Dublin", 4)];
    inventory.pools = vec![
        pool("1", "pool01.contoso.com", PoolKind::Enterprise, 10, &["fe01.contoso.com", "fe02.contoso.com"]),
        pool("1", "dirpool01.contoso.com", PoolKind::Director, 20, &["dir01.contoso.com"]),
        pool("1", "sql01.contoso.com", PoolKind::Other, 30, &["sql01.contoso.com"]),
        pool("2", "se01.contoso.com", PoolKind::StandardEdition, 40, &["se01.contoso.com"]),
    ];
    inventory.assignments =
        vec![assignment("Redmond", Some("1"), "CONTOSO\\KerbAuth", 5), assignment("Dublin", Some("2"), "contoso\\kerbauth", 6)];
    inventory.assignments_known = true;
    inventory.directory = Some(directory());
    inventory.logs.push(log(LOG, "Enable-CsTopology", "2026-02-01T10:00:00Z"));
    for name in ["dir01", "fe01", "fe02", "se01"] {
        let path = format!("servers/{name}.contoso.com/applicationHost.config");
        let document = add_document(&mut inventory, &path, DocumentKind::ApplicationHost);
        inventory.documents[document as usize].computer = HostName::new(&format!("{name}.contoso.com"));
        inventory.servers.push(server(&format!("{name}.contoso.com"), document));
    }
    inventory
}

pub(crate) fn site(id: &str, name: &str, line: u32) -> Site {
    let id = at(TOPOLOGY, line, SiteId::new(id).unwrap());
    Site { id, name: at(TOPOLOGY, line, name.to_owned()), kind: SiteKind::Central, parent: None }
}

pub(crate) fn pool(site: &str, fqdn: &str, kind: PoolKind, line: u32, computers: &[&str]) -> Pool {
    Pool {
        key: format!("{site}:{line}"),
        site: SiteId::new(site),
        fqdn: at(TOPOLOGY, line, host(fqdn)),
        kind,
        web_services: kind != PoolKind::Other,
        web_fqdns_known: true,
        internal_web_override: None,
        external_web_fqdn: None,
        web_ports: if kind == PoolKind::Other { Vec::new() } else { web_ports() },
        web_components: if kind == PoolKind::Other { Vec::new() } else { vec!["WebTicket".to_owned()] },
        computers: computers.iter().zip(line + 1..).map(|(c, line)| Computer { fqdn: at(TOPOLOGY, line, host(c)) }).collect(),
        roles: Vec::new(),
        version: Some(7),
    }
}

fn web_ports() -> Vec<WebPort> {
    let sides = [(WebSiteRole::Internal, 80, 443), (WebSiteRole::External, 8080, 4443)];
    sides
        .into_iter()
        .flat_map(|(role, http, https)| [("http", http), ("https", https)].map(|(protocol, port)| WebPort { role, protocol, port }))
        .collect()
}

pub(crate) fn assignment(site: &str, id: Option<&str>, account: &str, line: u32) -> Assignment {
    let parsed = DownLevelName::parse(account);
    Assignment {
        site_text: at(ASSIGNMENTS, line, format!("Site:{site}")),
        site_id: id.and_then(SiteId::new),
        account_text: at(ASSIGNMENTS, line, account.to_owned()),
        notes: parsed.as_ref().map_or(Vec::new(), |p| p.notes.clone()),
        account: parsed.map(|p| p.name),
        origin: origin(ASSIGNMENTS, line, "KerberosAccountAssignment"),
    }
}

pub(crate) fn log(document: u32, cmdlet: &str, ended: &str) -> ManagementLog {
    ManagementLog {
        document: DocumentId(document),
        cmdlet: cmdlet.to_owned(),
        started: Some(time(ended)),
        ended: Some(time(ended)),
        complete: true,
        entries: Vec::new(),
        unassigned_sites: Vec::new(),
        spns_added: Vec::new(),
        spns_missing: Vec::new(),
        tested_site: None,
        computers: Vec::new(),
        test_verdicts: Vec::new(),
    }
}

/// The estate without any directory export.
pub(crate) fn without_directory() -> Inventory {
    Inventory { directory: None, ..estate() }
}

/// Runs one rule at [`NOW`] and shows every verdict with its finding. States are computed first.
pub(crate) fn check(rule: &'static Rule, inventory: Inventory) -> String {
    check_at(rule, inventory, NOW)
}

pub(crate) fn check_at(rule: &'static Rule, mut inventory: Inventory, now: &str) -> String {
    drop_places(&mut inventory);
    state::compute(&mut inventory, None);
    let (verdicts, findings) = run_one(rule, &inventory, &Policy::at(time(now)));
    findings.iter().for_each(assert_kept);
    let mut out = String::new();
    for verdict in &verdicts {
        assert_eq!(verdict.subject.kind(), rule.subject, "{}", verdict.subject);
        out += &format!("{} {}: {}\n", verdict.outcome.name(), verdict.subject, verdict.reason());
        for finding in findings.iter().filter(|f| f.subject == verdict.subject) {
            assert_eq!(finding.outcome, verdict.outcome);
            let severity = finding.severity.name();
            for related in &finding.locations {
                let document = &inventory.document(related.at.origin.document).unwrap().path;
                let line = related.at.origin.location().map_or(String::new(), |l| format!(":{}", l.position.line));
                out += &format!("  {severity} {document}{line} {}\n", related.note);
            }
            if finding.locations.is_empty() {
                out += &format!("  {severity}\n");
            }
            if finding.outcome == Outcome::Fail {
                out += &format!(
                    "  help: {}\n",
                    finding.help.as_ref().map_or_else(|| "none".to_owned(), |h| h.to_string().replace('\n', "\n    "))
                );
            }
        }
    }
    assert_eq!(findings.len(), findings.iter().filter(|f| verdicts.iter().any(|v| v.subject == f.subject)).count());
    out
}
