//! Which topology is used, and what the others say differently.

use super::{Entry, Fate};
use kerbsync_inventory::{Gap, GapSubject, Inventory, Topology, TopologyForm};
use kerbsync_topology::{Deployment, Form, compare};
use std::cmp::Reverse;

/// A deployment and the entries that it comes from (several only for object exports).
pub(super) struct Candidate {
    pub(super) deployment: Deployment,
    pub(super) entries: Vec<usize>,
}

impl Candidate {
    /// Lower is better: what the product published comes before what was once saved, whole deployments before parts, drafts last.
    fn rank(&self) -> u8 {
        match (self.deployment.form, self.deployment.draft) {
            (_, true) => 5,
            (Form::Published, _) => 0,
            (Form::ConfigurationExport, _) => 1,
            (Form::Objects, _) if self.deployment.complete => 2,
            // A builder file holds what may not have been published yet, but it is whole.
            (Form::Builder, _) => 3,
            (Form::Objects, _) => 4,
        }
    }

    /// The document that stands for it.
    fn first<'e>(&self, entries: &'e [Entry]) -> Option<&'e Entry> {
        self.entries.first().and_then(|at| entries.get(*at))
    }

    /// When the youngest of its documents was read, as manifest.json says; a file's own time decides nothing.
    fn read_at(&self, entries: &[Entry]) -> Option<jiff::Timestamp> {
        self.entries.iter().filter_map(|at| entries.get(*at)?.read_at).max()
    }
}

/// Chooses the topology, records all of them in the inventory, and returns them with the chosen one first.
pub(super) fn choose(mut candidates: Vec<Candidate>, entries: &[Entry], fates: &mut [Fate], inventory: &mut Inventory) -> Vec<Candidate> {
    // Of the same rank the one read last, else the first by path; entries are sorted by path and content.
    candidates.sort_by_key(|c| (c.rank(), Reverse(c.read_at(entries)), c.entries.first().copied()));
    let Some((used, others)) = candidates.split_first() else { return candidates };
    let used_path = used.first(entries).map_or_else(String::new, |e| e.path.clone());
    for at in &used.entries {
        fates[*at].used = true;
    }
    inventory.topologies.push(record(used, true, Vec::new()));
    incomplete(&used.deployment, inventory);
    for other in others {
        let differences: Vec<String> = compare(&used.deployment, &other.deployment).iter().map(|d| d.drift()).collect();
        let reason = if differences.is_empty() {
            format!("it says the same as {used_path}, which is used")
        } else {
            drift(used, other, &used_path, differences.len(), entries, inventory)
        };
        for at in &other.entries {
            fates[*at].reasons.push(reason.clone());
        }
        inventory.topologies.push(record(other, false, differences));
    }
    candidates
}

/// Reports two topologies that do not agree, and says why the one is used.
fn drift(used: &Candidate, other: &Candidate, used_path: &str, count: usize, entries: &[Entry], inventory: &mut Inventory) -> String {
    let why = if used.rank() < other.rank() {
        format!("because it is {} and this is {}", form_phrase(&used.deployment), form_phrase(&other.deployment))
    } else if used.read_at(entries) > other.read_at(entries) {
        "because manifest.json says that it was read later".to_owned()
    } else {
        "because its path comes first".to_owned()
    };
    let facts = if count == 1 { "1 fact differs".to_owned() } else { format!("{count} facts differ") };
    let other_path = other.first(entries).map_or("", |e| e.path.as_str());
    inventory.gaps.push(Gap {
        subject: GapSubject::Document(other.deployment.document),
        code: "topology-differs",
        reason: format!("{other_path} and {used_path} describe different topologies ({facts}); {used_path} is used {why}."),
        remedy: Some(
            "Export the live topology with (Get-CsTopology -AsXml).ToString() > topology.xml, and remove the files that are out of date."
                .into(),
        ),
        document: Some(other.deployment.document),
    });
    format!("{used_path} is used instead, {why}; {facts}")
}

fn form_phrase(deployment: &Deployment) -> &'static str {
    match deployment.form {
        _ if deployment.draft => "a draft",
        Form::Published => "the published topology",
        Form::ConfigurationExport => "a configuration export",
        Form::Builder => "a Topology Builder file",
        Form::Objects => "an export of objects",
    }
}

/// Gaps of a deployment put together from object exports.
fn incomplete(deployment: &Deployment, inventory: &mut Inventory) {
    if deployment.complete {
        return;
    }
    const REMEDY: &str = "(Get-CsTopology -AsXml).ToString() > topology.xml";
    let mut gap = |subject, code, reason: String| {
        let document = Some(deployment.document);
        inventory.gaps.push(Gap { subject, code, reason, remedy: Some(format!("Add the whole topology: {REMEDY}")), document });
    };
    gap(
        GapSubject::Estate,
        "topology-incomplete",
        "the exports of objects do not show that every pool of the deployment is among them: sites or servers may be missing.".into(),
    );
    for cluster in deployment.clusters.iter().filter(|c| !c.machines_known && deployment.services.iter().any(|s| runs_web(s, c))) {
        gap(
            GapSubject::Pool(cluster.fqdn.value.clone()),
            "pool-computers-unknown",
            format!("{} runs Web Services, and no export names its computers.", cluster.fqdn.value),
        );
    }
}

fn runs_web(service: &kerbsync_topology::Service, cluster: &kerbsync_topology::Cluster) -> bool {
    service.role == "WebServices" && matches!(&service.host.value, kerbsync_topology::Host::Cluster(key) if *key == cluster.key)
}

fn record(candidate: &Candidate, used: bool, differences: Vec<String>) -> Topology {
    let deployment = &candidate.deployment;
    Topology {
        document: deployment.document,
        form: match deployment.form {
            Form::Published => TopologyForm::Published,
            Form::Builder => TopologyForm::Builder,
            Form::ConfigurationExport => TopologyForm::ConfigurationExport,
            Form::Objects => TopologyForm::Objects,
        },
        draft: deployment.draft,
        signature: deployment.signature.clone(),
        used,
        differences,
        pending_changes: deployment.pending_changes.clone(),
        service_versions: deployment.service_versions(),
        sip_domains: deployment.sip_domains.iter().map(|d| d.value.clone()).collect(),
        complete: deployment.complete,
    }
}
