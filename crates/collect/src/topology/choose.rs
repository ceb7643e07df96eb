//! Which topology is used, and what the others say differently.

use super::{Entry, Fate};
use crate::competing::{Dates, Preferred};
use kerbsync_inventory::{Gap, GapSubject, Inventory, Topology, TopologyForm};
use kerbsync_names::HostName;
use kerbsync_source::{Shown, Text, text};
use kerbsync_topology::{Deployment, Difference, Form, compare};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

/// A deployment and the entries that it comes from (several only for object exports).
pub(super) struct Candidate {
    pub(super) deployment: Deployment,
    pub(super) entries: Vec<usize>,
    /// Those of them that no other candidate is made of, where there are such; else all.
    pub(super) own: Vec<usize>,
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
        self.own.first().and_then(|at| entries.get(*at))
    }

    /// The dates of the youngest of its documents, as manifest.json says; a file's own time decides nothing.
    fn dates(&self, entries: &[Entry]) -> Dates {
        let dates = || self.own.iter().filter_map(|at| Some(entries.get(*at)?.dates));
        Dates { written: dates().filter_map(|d| d.written).max(), read_at: dates().filter_map(|d| d.read_at).max() }
    }

    fn is_preferred(&self, entries: &[Entry], preferred: &Preferred) -> bool {
        self.own.iter().filter_map(|at| entries.get(*at)).any(|e| preferred.names(&e.path))
    }

    /// How many computers it names.
    fn size(&self) -> usize {
        self.deployment.clusters.iter().map(|c| c.machines.len()).sum()
    }

    fn differs(&self, from: &Self) -> bool {
        !compare(&self.deployment, &from.deployment).is_empty()
    }
}

/// Chooses the topology, records all of them in the inventory, and returns them with the chosen one first.
///
/// What the user prefers goes first, then the better form, then the newest by a manifest. Where none of these tells two apart that differ,
/// the names in which they differ are noted as contested.
pub(super) fn choose(
    mut candidates: Vec<Candidate>,
    entries: &[Entry],
    preferred: &Preferred,
    fates: &mut [Fate],
    inventory: &mut Inventory,
) -> Vec<Candidate> {
    // The one that names more computers, and then the digest, breaks a tie, and not the path: the same bytes give the same verdicts wherever
    // they lie.
    let digest = |c: &Candidate| c.first(entries).and_then(|e| e.sha256.clone());
    candidates.sort_by_key(|c| (!c.is_preferred(entries, preferred), c.rank(), Reverse(c.size()), digest(c), c.entries.first().copied()));
    let contested = put_newest_first(&mut candidates, entries, preferred);
    let Some((used, others)) = candidates.split_first() else { return candidates };
    let used_path = used.first(entries).map_or_else(Arc::default, |e| Arc::clone(&e.path));
    for at in &used.entries {
        fates[*at].used = true;
    }
    inventory.topologies.push(record(used, entries, true, Vec::new(), false));
    incomplete(&used.deployment, inventory);
    for other in others {
        let found = compare(&used.deployment, &other.deployment);
        let differences: Vec<Text> = found.iter().map(Difference::drift).collect();
        let is_rival = contested && !found.is_empty() && is_tied(used, other, entries, preferred);
        if is_rival {
            // Whatever differs in a pool concerns the whole of it, once.
            let mut pools = HashSet::new();
            let first_of_pool = |d: &&Difference| !d.concerns().0.is_empty() || pools.insert(d.concerns().1.cloned());
            let telling = found.iter().filter(first_of_pool);
            inventory.contested_names.extend(telling.flat_map(|d| names(d, [&used.deployment, &other.deployment])));
        }
        let why = if is_rival { Why::Nothing } else { why(used, other, entries, preferred) };
        let reason = if differences.is_empty() {
            text!("it says the same as {used_path}, which is used")
        } else {
            drift(&why, other, &used_path, differences.len(), entries, inventory)
        };
        for at in &other.entries {
            fates[*at].reasons.push(reason.clone());
        }
        inventory.topologies.push(record(other, entries, false, differences, is_rival));
    }
    candidates
}

/// Whether neither the user nor the form puts one before the other.
fn is_tied(one: &Candidate, other: &Candidate, entries: &[Entry], preferred: &Preferred) -> bool {
    (one.is_preferred(entries, preferred), one.rank()) == (other.is_preferred(entries, preferred), other.rank())
}

/// Puts the newest by the manifests first, of those that nothing else tells apart; says whether they contradict each other and no date
/// tells which is the newest.
fn put_newest_first(candidates: &mut [Candidate], entries: &[Entry], preferred: &Preferred) -> bool {
    let Some(first) = candidates.first() else { return false };
    let tied: Vec<usize> =
        (0..candidates.len()).filter(|at| candidates.get(*at).is_some_and(|c| is_tied(first, c, entries, preferred))).collect();
    let is_newest = |one: &Candidate| {
        let rivals = tied.iter().filter_map(|at| candidates.get(*at)).filter(|other| one.differs(other));
        let dates = one.dates(entries);
        rivals.into_iter().all(|other| dates.is_newer(other.dates(entries)))
    };
    let newest = tied.iter().copied().find(|at| candidates.get(*at).is_some_and(is_newest));
    let contested = newest.is_none();
    if let Some(newest) = newest {
        candidates[..=newest].rotate_right(1);
    }
    contested
}

/// The names that a difference puts in doubt, in small letters: sites, pools and their computers.
fn names(difference: &Difference, deployments: [&Deployment; 2]) -> Vec<String> {
    let (sites, pool) = difference.concerns();
    let clusters = deployments.into_iter().flat_map(|d| &d.clusters).filter(|c| Some(&c.fqdn.value) == pool);
    let computers = clusters.flat_map(|c| &c.machines).map(|m| m.fqdn.value.to_key());
    sites.into_iter().map(|s| s.to_lowercase()).chain(pool.map(HostName::to_key)).chain(computers).collect()
}

/// Why one topology is used and not the other.
enum Why {
    Preferred,
    Form(Text),
    /// The dates of both.
    Newer(Text, Text),
    Nothing,
}

fn why(used: &Candidate, other: &Candidate, entries: &[Entry], preferred: &Preferred) -> Why {
    if used.is_preferred(entries, preferred) && !other.is_preferred(entries, preferred) {
        Why::Preferred
    } else if used.rank() < other.rank() {
        Why::Form(text!("it is {} and this is {}", form_phrase(&used.deployment), form_phrase(&other.deployment)))
    } else {
        Why::Newer(used.dates(entries).told(), other.dates(entries).told())
    }
}

/// Reports two topologies that do not agree, and says why the one is used.
fn drift(why: &Why, other: &Candidate, used_path: &str, count: usize, entries: &[Entry], inventory: &mut Inventory) -> Text {
    let facts = if count == 1 { Text::from("1 fact differs") } else { text!("{count} facts differ") };
    let why = match why {
        Why::Preferred => "since it was asked for".into(),
        Why::Form(forms) => text!("because {forms}"),
        Why::Newer(used, other) => text!("because manifest.json says that it was {used}, and this {other}"),
        Why::Nothing => "although nothing says which is newer, and what they differ in is not judged".into(),
    };
    let other_path = Shown::naming(other.first(entries).map_or("", |e| &*e.path));
    let used_path = Shown::naming(used_path);
    inventory.gaps.push(Gap {
        subject: GapSubject::Document(other.deployment.document),
        code: "topology-differs",
        reason: text!("{other_path} and {used_path} describe different topologies ({facts}); {used_path} is used {why}."),
        remedy: Some(
            "Export the live topology with (Get-CsTopology -AsXml).ToString() > topology.xml, and remove the files that are out of date; or name the one that holds with --topology."
                .into(),
        ),
        document: Some(other.deployment.document),
    });
    text!("{used_path} is used instead, {why}; {facts}")
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
    let mut gap = |subject, code, reason: Text| {
        let document = Some(deployment.document);
        inventory.gaps.push(Gap { subject, code, reason, remedy: Some(text!("Add the whole topology: {REMEDY}")), document });
    };
    gap(
        GapSubject::Estate,
        "topology-incomplete",
        match deployment.form {
            Form::Objects => {
                "the exports of objects do not show that every pool of the deployment is among them: sites or servers may be missing."
            }
            Form::Published | Form::Builder | Form::ConfigurationExport => {
                "the topology has holes (its problems tell where): sites, pools or web servers are missing in it, or have no usable name."
            }
        }
        .into(),
    );
    for cluster in deployment.clusters.iter().filter(|c| !c.machines_known && deployment.services.iter().any(|s| runs_web(s, c))) {
        gap(
            GapSubject::Pool(cluster.fqdn.value.clone()),
            "pool-computers-unknown",
            text!("{} runs Web Services, and no export names its computers.", cluster.fqdn.value),
        );
    }
}

fn runs_web(service: &kerbsync_topology::Service, cluster: &kerbsync_topology::Cluster) -> bool {
    service.role == "WebServices" && matches!(&service.host.value, kerbsync_topology::Host::Cluster(key) if *key == cluster.key)
}

fn record(candidate: &Candidate, entries: &[Entry], used: bool, differences: Vec<Text>, contested: bool) -> Topology {
    let deployment = &candidate.deployment;
    Topology {
        document: deployment.document,
        documents: candidate.entries.iter().filter_map(|at| Some(entries.get(*at)?.document)).collect(),
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
        contested,
        pending_changes: deployment.pending_changes.clone(),
        service_versions: deployment.service_versions(),
        sip_domains: deployment.sip_domains.iter().map(|d| d.value.clone()).collect(),
        complete: deployment.complete,
    }
}
