//! The facts of a document as JSON, to be compared with the expected ones.

use kerbsync_source::{DocumentId, Level, Problem, Source};
use kerbsync_topology::{
    Deployment, Kind, LogLevel, ObjectFacts, Reading, SiteKind, SpnEvent, dangling_references, derive, has_cycle, read_objects, read_xml,
};
use kerbsync_xml::{Document, Limits};
use serde_json::{Value, json};

/// Reads a file as the program does: XML by its root, else JSON or CSV.
pub(crate) fn read(bytes: Vec<u8>, id: DocumentId) -> (Reading, Vec<Problem>) {
    let source = Source::decode(id, bytes).unwrap();
    let mut problems = Vec::new();
    let first = source.text().trim_start().chars().next();
    let reading = match first {
        Some('<') => {
            let document = Document::parse(source, &Limits::default()).unwrap();
            if document.root().local_name() == "Objs" {
                let objects = kerbsync_objects::read_clixml(&document, &mut problems);
                read_objects(&objects, id, &mut problems)
            } else {
                read_xml(&document, &mut problems)
            }
        }
        Some('{' | '[') => {
            let objects = kerbsync_objects::read_json(&source, &mut problems);
            read_objects(&objects, id, &mut problems)
        }
        _ => {
            let objects = kerbsync_objects::read_csv(&source, &mut problems);
            read_objects(&objects, id, &mut problems)
        }
    };
    (reading.expect("one of our forms"), problems)
}

/// Everything that a document says, in a fixed form.
pub(crate) fn facts(bytes: Vec<u8>) -> Value {
    let (mut reading, mut problems) = read(bytes, DocumentId(0));
    let mut out = serde_json::Map::new();
    if let Some(objects) = reading.objects.take() {
        reading.deployment = ObjectFacts::merge(&[&objects], &mut problems);
    }
    if let Some(d) = &reading.deployment {
        out.insert("deployment".into(), deployment(d));
    }
    if reading.assignments_exported || !reading.assignments.is_empty() {
        let list: Vec<Value> = reading
            .assignments
            .iter()
            .map(|a| json!({"site": a.site.value, "account": a.account.value, "line": line(&a.account.origin)}))
            .collect();
        out.insert("assignments".into(), json!({"exported": reading.assignments_exported, "list": list}));
    }
    if !reading.simple_urls.is_empty() {
        out.insert("simpleUrls".into(), urls(&reading.simple_urls));
    }
    if let Some(log) = &reading.log {
        out.insert("log".into(), log_facts(log));
    }
    let problems: Vec<String> = problems.iter().map(problem).collect();
    out.insert("problems".into(), json!(problems));
    Value::Object(out)
}

fn line(origin: &kerbsync_source::Origin) -> Option<u32> {
    origin.location().map(|l| l.position.line)
}

fn problem(problem: &Problem) -> String {
    let level = match problem.level {
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Error => "error",
    };
    let line = problem.location.map_or(0, |l| l.position.line);
    format!("{level} {} line {line}: {}", problem.code, problem.message)
}

fn urls(urls: &[kerbsync_topology::SimpleUrl]) -> Value {
    urls.iter().map(|u| json!({"component": u.component, "domain": u.domain, "host": u.host.value.as_str()})).collect()
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::StandardEdition => "standard-edition",
        Kind::Enterprise => "enterprise",
        Kind::Director => "director",
        Kind::SurvivableBranch => "survivable-branch",
        Kind::Edge => "edge",
        Kind::Other => "other",
    }
}

fn deployment(d: &Deployment) -> Value {
    let derived = derive(d);
    let sites: Vec<Value> = d
        .sites
        .iter()
        .map(|s| {
            json!({
                "id": s.id.value.as_str(), "name": s.name.value, "parent": s.parent.as_ref().map(|p| p.as_str()),
                "kind": match s.kind { SiteKind::Central => "central", SiteKind::Branch => "branch" },
            })
        })
        .collect();
    let pools: Vec<Value> = d
        .clusters
        .iter()
        .zip(&derived.pools)
        .map(|(c, p)| {
            let mut pool = json!({
                "cluster": c.key.as_str(), "fqdn": c.fqdn.value.as_str(), "site": c.site.as_ref().map(|s| s.as_str()), "kind": kind(p.kind),
                "machines": c.machines.iter().map(|m| m.fqdn.value.as_str()).collect::<Vec<_>>(),
                "roles": p.roles, "stores": p.stores,
            });
            if p.web_services {
                pool["web"] = json!({
                    "internalOverride": p.internal_web_override.as_ref().map(|h| h.value.as_str()),
                    "external": p.external_web_fqdn.as_ref().map(|h| h.value.as_str()),
                    "version": p.version,
                    "components": p.web_components,
                    "ports": p.web_ports.iter().map(|w| format!("{} {} {}", w.side, w.protocol, w.port)).collect::<Vec<_>>(),
                });
            }
            if !(c.machines_known && c.services_known) {
                pool["known"] = json!({"machines": c.machines_known, "services": c.services_known});
            }
            pool
        })
        .collect();
    json!({
        "form": format!("{:?}", d.form), "draft": d.draft, "complete": d.complete,
        "signature": d.signature.as_ref().map(|s| &s.value),
        "sipDomains": d.sip_domains.iter().map(|s| &s.value).collect::<Vec<_>>(),
        "sites": sites, "pools": pools,
        "fileShares": derived.file_shares,
        "activeCentralManagement": derived.active_cms.iter().map(|h| h.as_str()).collect::<Vec<_>>(),
        "serviceVersions": d.service_versions(),
        "simpleUrls": urls(&d.simple_urls),
        "cyclic": has_cycle(d),
        "dangling": dangling_references(d).iter().map(|d| format!("{} -> {}", d.from, d.to)).collect::<Vec<_>>(),
        "pendingChanges": d.pending_changes,
    })
}

fn log_facts(log: &kerbsync_topology::ManagementLog) -> Value {
    let entries: Vec<String> = log
        .entries
        .iter()
        .map(|e| {
            let level = match e.level {
                LogLevel::Warning => "warning",
                LogLevel::Error => "error",
            };
            format!("{level} {}: {}", e.title.as_ref().map(|t| t.as_str()).unwrap_or("-"), e.message)
        })
        .collect();
    let spns: Vec<String> = log
        .spns
        .iter()
        .map(|s| match &s.value {
            SpnEvent::Added { spn, object } => format!("added {spn} to {object}"),
            SpnEvent::Present { spn, object } => format!("present {spn} on {object}"),
            SpnEvent::Missing { spn, expected_on } => format!("missing {spn} on {}", expected_on.as_deref().unwrap_or("any object")),
        })
        .collect();
    let verdicts: Vec<Value> = log
        .verdicts
        .iter()
        .map(|v| json!({"server": v.server.as_str(), "valid": v.valid, "account": v.account, "time": v.time.as_ref().map(|t| t.as_str())}))
        .collect();
    json!({
        "cmdlet": log.cmdlet, "started": log.started.as_ref().map(|t| t.as_str()), "ended": log.ended.as_ref().map(|t| t.as_str()),
        "complete": log.complete, "entries": entries,
        "unassignedSites": log.unassigned_sites.iter().map(|s| s.value.as_str()).collect::<Vec<_>>(),
        "spns": spns, "testedSite": log.tested_site, "verdicts": verdicts,
    })
}
