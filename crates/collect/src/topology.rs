//! Topologies, assignments and reports of all documents, joined into one estate.
//!
//! Exactly one topology is used. The result does not depend on the order in which documents were taken in: everything is sorted by rank,
//! path and content first.

mod assignments;
mod choose;
mod convert;
mod logs;
#[cfg(test)]
mod tests;

use crate::competing::{Dates, Preferred};
use choose::Candidate;
use kerbsync_inventory::{DocumentKind, DocumentStatus, Inventory};
use kerbsync_names::HostName;
use kerbsync_source::{DocumentId, Level, Problem, Text};
use kerbsync_topology::{ObjectFacts, Reading, XmlForm};
use std::sync::Arc;

/// What one document says about the deployment.
#[derive(Debug)]
pub(crate) struct TopologyFacts(Reading);

/// Reads an XML document; `None` when it is none of the topology's forms (PowerShell objects are read by [`read_objects`]).
pub(crate) fn read_xml(document: &kerbsync_xml::Document, problems: &mut Vec<Problem>) -> Option<(DocumentKind, TopologyFacts)> {
    let kind = match kerbsync_topology::sniff_xml(document)? {
        XmlForm::Topology => DocumentKind::Topology,
        XmlForm::TopologyBuilder => DocumentKind::TopologyBuilder,
        XmlForm::AnchoredXml | XmlForm::KerberosAccountAssignment | XmlForm::SimpleUrlConfiguration => DocumentKind::AnchoredXml,
        XmlForm::DocItemSet => DocumentKind::DocItemSet,
        XmlForm::ManagementLog => DocumentKind::ManagementLog,
        XmlForm::Html | XmlForm::Clixml | XmlForm::Configuration => return None,
    };
    Some((kind, TopologyFacts(kerbsync_topology::read_xml(document, problems)?)))
}

/// Reads PowerShell objects; `None` when none of them is of the product's topology.
pub(crate) fn read_objects(objects: &[kerbsync_objects::Object], id: DocumentId, problems: &mut Vec<Problem>) -> Option<TopologyFacts> {
    kerbsync_topology::read_objects(objects, id, problems).map(TopologyFacts)
}

/// What an empty export of the assignments says: that there are none.
pub(crate) fn no_assignments() -> TopologyFacts {
    TopologyFacts(Reading::no_assignments())
}

impl TopologyFacts {
    /// About how many bytes of memory it takes, with what is made of it.
    pub(crate) fn weight(&self) -> u64 {
        self.0.weight() as u64
    }

    /// The computers that it names.
    pub(crate) fn computers(&self) -> impl Iterator<Item = HostName> {
        let clusters = self.0.deployment.iter().flat_map(|d| &d.clusters);
        clusters.flat_map(|c| &c.machines).map(|m| m.fqdn.value.clone())
    }

    /// What a document that was read in part says: what stands in it counts, what does not stand in it proves nothing.
    pub(crate) fn in_part(mut self) -> Self {
        self.0.assignments_exported = false;
        self
    }
}

/// One part with what decides its place.
struct Entry {
    document: DocumentId,
    path: Arc<str>,
    sha256: Option<Arc<str>>,
    dates: Dates,
    reading: Reading,
}

/// What became of a document: whether anything of it is used, and if not, why.
#[derive(Default)]
struct Fate {
    used: bool,
    reasons: Vec<Text>,
}

/// Fills sites, pools, assignments, simple URLs, reports and gaps of an inventory whose documents are in it already.
pub(crate) fn join(parts: Vec<(DocumentId, TopologyFacts)>, preferred: &Preferred, inventory: &mut Inventory) {
    let mut entries: Vec<Entry> = parts.into_iter().map(|(id, TopologyFacts(reading))| entry(id, reading, inventory)).collect();
    entries.sort_by(|a, b| (&a.path, &a.sha256, a.document).cmp(&(&b.path, &b.sha256, b.document)));
    let mut fates: Vec<Fate> = entries.iter().map(|_| Fate::default()).collect();

    let candidates = candidates(&mut entries, inventory);
    let ranked = choose::choose(candidates, &entries, preferred, &mut fates, inventory);
    if let Some(used) = ranked.first() {
        convert::estate(&used.deployment, inventory);
    }
    assignments::join(&entries, &mut fates, inventory);
    assignments::drop_outdated(preferred, inventory);
    simple_urls(&entries, &ranked, &mut fates, inventory);
    logs::join(&entries, &mut fates, inventory);
    for (entry, fate) in entries.iter().zip(fates) {
        record_fate(entry, fate, inventory);
    }
}

fn entry(document: DocumentId, reading: Reading, inventory: &Inventory) -> Entry {
    let record = inventory.document(document);
    Entry {
        document,
        path: record.map_or_else(Arc::default, |d| Arc::clone(&d.path)),
        sha256: record.and_then(|d| d.sha256.clone()),
        dates: record.map_or_else(Dates::default, Dates::from),
        reading,
    }
}

/// Every deployment that the documents give; object exports are put together into one, or into several where they contradict each other.
fn candidates(entries: &mut [Entry], inventory: &mut Inventory) -> Vec<Candidate> {
    let mut out = Vec::new();
    let mut facts: Vec<ObjectFacts> = Vec::new();
    let mut members = Vec::new();
    for (at, entry) in entries.iter_mut().enumerate() {
        if let Some(deployment) = entry.reading.deployment.take() {
            out.push(Candidate { deployment, entries: vec![at], own: vec![at] });
        }
        if let Some(objects) = entry.reading.objects.take() {
            facts.push(objects);
            members.push(at);
        }
    }
    let mut problems = Vec::new();
    let groups = ObjectFacts::consistent(&facts);
    for group in &groups {
        let parts: Vec<&ObjectFacts> = group.iter().filter_map(|at| facts.get(*at)).collect();
        let Some(mut deployment) = ObjectFacts::merge(&parts, &mut problems) else { continue };
        let members_of = |at: &mut dyn Iterator<Item = &usize>| at.filter_map(|at| members.get(*at).copied()).collect::<Vec<_>>();
        let entries_of = members_of(&mut group.iter());
        let own = members_of(&mut group.iter().filter(|at| groups.iter().any(|other| !other.contains(at))));
        let own = if own.is_empty() { entries_of.clone() } else { own };
        if let Some(first) = own.first().and_then(|at| entries.get(*at)).filter(|_| groups.len() > 1) {
            deployment.document = first.document;
        }
        out.push(Candidate { deployment, entries: entries_of, own });
    }
    for problem in problems {
        if let Some(document) = inventory.documents.get_mut(problem.document.0 as usize).filter(|d| !d.problems.contains(&problem)) {
            document.problems.push(problem);
        }
    }
    out
}

/// Simple URLs: those of configuration documents, else of the topology that is used, else of the next published one that has any.
fn simple_urls(entries: &[Entry], ranked: &[Candidate], fates: &mut [Fate], inventory: &mut Inventory) {
    let mut urls: Vec<kerbsync_topology::SimpleUrl> = Vec::new();
    for (entry, fate) in entries.iter().zip(fates.iter_mut()) {
        if !entry.reading.simple_urls.is_empty() {
            fate.used = true;
            urls.extend(entry.reading.simple_urls.iter().cloned());
        }
    }
    let holder = ranked.iter().enumerate().find(|(at, c)| !c.deployment.simple_urls.is_empty() && (*at == 0 || !c.deployment.draft));
    if let (true, Some((at, candidate))) = (urls.is_empty(), holder) {
        urls.clone_from(&candidate.deployment.simple_urls);
        for entry in candidate.entries.iter().filter(|_| at > 0) {
            fates[*entry].reasons.push("only its simple URLs are used".into());
        }
    }
    for url in urls {
        let known = inventory.simple_urls.iter().any(|u| {
            u.component.eq_ignore_ascii_case(&url.component) && u.domain.eq_ignore_ascii_case(&url.domain) && u.host.value == url.host.value
        });
        if !known {
            inventory.simple_urls.push(kerbsync_inventory::SimpleUrl { component: url.component, domain: url.domain, host: url.host });
        }
    }
}

/// Writes down what became of a document.
fn record_fate(entry: &Entry, fate: Fate, inventory: &mut Inventory) {
    let Some(document) = inventory.documents.get_mut(entry.document.0 as usize) else { return };
    // Read in part: what stands in it is used, and that it was cut stays told.
    if matches!(document.status, DocumentStatus::Unreadable(_)) {
        return;
    }
    if fate.used {
        document.status = DocumentStatus::Used;
        return;
    }
    if !fate.reasons.is_empty() {
        document.status = DocumentStatus::SetAside(Text::join(fate.reasons, "; "));
        return;
    }
    // Nothing came of it: because of a fault, or because nothing in it matters.
    let error = document.problems.iter().find(|p| p.level == Level::Error).cloned();
    let user_data = document.problems.iter().any(|p| p.code == "user-data");
    document.status = match error {
        Some(problem) => DocumentStatus::Unreadable(problem),
        None if user_data => {
            DocumentStatus::SetAside("an export of user data, not of the configuration: remove it, it holds personal data".into())
        }
        None => DocumentStatus::SetAside("nothing in it bears on sites, servers or the Kerberos account".into()),
    };
}
