//! Assignments of all documents, resolved to sites.

use super::{Entry, Fate};
use crate::competing::{self, Dates, Preferred, Reason};
use kerbsync_inventory::{Assignment, Gap, GapSubject, Inventory, Site};
use kerbsync_names::{DownLevelName, SiteId, SiteIdentity};
use kerbsync_source::{DocumentId, Shown, Text, text};
use std::collections::{BTreeMap, HashSet};

/// Fills the assignments. The same assignment in two documents is one; two in one document stay two, for that is a fault.
pub(super) fn join(entries: &[Entry], fates: &mut [Fate], inventory: &mut Inventory) {
    let mut known: HashSet<(String, String)> = HashSet::new();
    let mut exports: Vec<Export<'_>> = Vec::new();
    for (entry, fate) in entries.iter().zip(fates) {
        let reading = &entry.reading;
        inventory.assignments_known |= reading.assignments_exported;
        let mut fresh = Vec::new();
        let mut sites = BTreeMap::new();
        for assignment in &reading.assignments {
            let assignment = resolve(assignment, &inventory.sites);
            sites.insert(key(&assignment).0, assignment.site_text.value.clone());
            if !known.contains(&key(&assignment)) {
                fresh.push(assignment);
            }
        }
        if !fresh.is_empty() || (reading.assignments_exported && reading.assignments.is_empty()) {
            fate.used = true;
        } else if !reading.assignments.is_empty() {
            fate.reasons.push("its assignments stand in another document too".into());
        }
        for assignment in &fresh {
            if assignment.site_id.is_none() {
                inventory.gaps.push(unresolved(assignment));
            }
        }
        known.extend(fresh.iter().map(key));
        inventory.assignments.extend(fresh);
        if reading.assignments_exported {
            exports.push(Export { document: entry.document, path: &entry.path, sites });
        }
    }
    inventory.gaps.extend(lacking(&exports));
}

/// An export of assignments: which sites it has, each with its text.
struct Export<'e> {
    document: DocumentId,
    path: &'e str,
    sites: BTreeMap<String, String>,
}

/// Exports that lack what others have, though both look as if they held every assignment: they have a site in common, or one is empty. Exports of
/// one site each stand beside each other.
fn lacking(exports: &[Export<'_>]) -> Vec<Gap> {
    let lacks = |one: &Export<'_>, other: &Export<'_>| {
        let beside = one.sites.is_empty() || one.sites.keys().any(|site| other.sites.contains_key(site));
        let missing: Vec<Text> = other
            .sites
            .iter()
            .filter(|(site, _)| !one.sites.contains_key(*site))
            .map(|(_, text)| text!("'{}'", Shown::naming(text)))
            .collect();
        (beside && !missing.is_empty()).then_some(missing)
    };
    let gaps = exports.iter().filter_map(|one| {
        let (other, missing) = exports.iter().find_map(|other| Some((other, lacks(one, other)?)))?;
        Some(Gap {
            subject: GapSubject::Document(one.document),
            code: "assignments-differ",
            reason: text!(
                "it lacks the assignment of {}, which {} has: one of them is older, or holds only some. What each has is taken.",
                Text::join(missing, ", "),
                Shown::naming(other.path)
            ),
            remedy: Some("Export the assignments afresh, and remove the files that are out of date.".into()),
            document: Some(one.document),
        })
    });
    gaps.collect()
}

/// Of exports that assign different accounts to one site, the one that the user prefers or that is the newest by a manifest speaks; where
/// neither tells, all stay, and a rule says so.
pub(super) fn drop_outdated(preferred: &Preferred, inventory: &mut Inventory) {
    for site in inventory.sites.iter().map(|s| s.id.value.clone()).collect::<Vec<_>>() {
        let of_site = |a: &&Assignment| a.site_id.as_ref() == Some(&site);
        let accounts: HashSet<_> = inventory.assignments.iter().filter(of_site).map(|a| key(a).1).collect();
        let mut documents: Vec<DocumentId> = inventory.assignments.iter().filter(of_site).map(|a| a.origin.document).collect();
        documents.dedup();
        if accounts.len() < 2 || documents.len() < 2 {
            continue;
        }
        let told: Vec<(&str, Dates)> =
            documents.iter().map(|id| inventory.document(*id).map_or(("", Dates::default()), |d| (&*d.path, Dates::from(d)))).collect();
        let Some((at, reason)) = competing::first(preferred, &told) else { continue };
        let (Some(chosen), Some((path, _))) = (documents.get(at).copied(), told.get(at)) else { continue };
        let path = Shown::naming(path);
        let why = match reason {
            Reason::Preferred => text!("{path} is used, since it was asked for"),
            Reason::Newest => {
                let dated = told.iter().map(|(path, dates)| text!("{} was {}", Shown::naming(path), dates.told()));
                text!("{path} is used, since manifest.json says that {}", Text::join(dated, ", "))
            }
        };
        inventory.gaps.push(Gap {
            subject: GapSubject::Site(site.clone()),
            code: "assignments-differ",
            reason: text!("several exports assign different accounts to it; {why}."),
            remedy: Some("Export the assignments afresh, and remove the files that are out of date.".into()),
            document: Some(chosen),
        });
        inventory.assignments.retain(|a| a.site_id.as_ref() != Some(&site) || a.origin.document == chosen);
    }
}

fn resolve(assignment: &kerbsync_topology::Assignment, sites: &[Site]) -> Assignment {
    let (account, notes) = match DownLevelName::parse(&assignment.account.value) {
        Ok(parsed) => (Ok(parsed.name), parsed.notes),
        Err(error) => (Err(error), Vec::new()),
    };
    Assignment {
        site_id: site_of(&assignment.site.value, sites),
        site_text: assignment.site.clone(),
        account_text: assignment.account.clone(),
        account,
        notes,
        origin: assignment.origin.clone(),
    }
}

/// The site that a text means: `Site:<name>` by name, anything else by id and then by name; case ignored. A name that two sites share
/// means neither.
fn site_of(text: &str, sites: &[Site]) -> Option<SiteId> {
    let by_name = |identity: &SiteIdentity| {
        let mut found = sites.iter().filter(|s| identity.names(&s.name.value));
        let first = found.next()?;
        found.next().is_none().then(|| first.id.value.clone())
    };
    let by_id = |id: &str| SiteId::new(id).and_then(|id| sites.iter().find(|s| s.id.value == id)).map(|s| s.id.value.clone());
    match SiteIdentity::parse(text) {
        Ok(identity) => by_name(&identity).or_else(|| {
            let named = sites.iter().any(|s| identity.names(&s.name.value));
            if named { None } else { by_id(identity.site_name()) }
        }),
        Err(_) => by_id(text).or_else(|| by_name(&SiteIdentity::parse(&format!("site:{text}")).ok()?)),
    }
}

/// What an assignment says: assignments with equal keys say the same.
fn key(assignment: &Assignment) -> (String, String) {
    let site = match &assignment.site_id {
        Some(id) => format!("id {}", id.to_key()),
        None => format!("text {}", assignment.site_text.value.to_lowercase()),
    };
    let account = match &assignment.account {
        Ok(name) => format!("name {}", name.to_key()),
        Err(_) => format!("text {}", assignment.account_text.value.to_lowercase()),
    };
    (site, account)
}

fn unresolved(assignment: &Assignment) -> Gap {
    Gap {
        subject: GapSubject::Document(assignment.origin.document),
        code: "assignment-site-unknown",
        reason: text!("an assignment names site '{}', which is not in the topology.", assignment.site_text.value),
        remedy: Some("Compare with Get-CsSite, and export topology and assignments again at the same time.".into()),
        document: Some(assignment.origin.document),
    }
}
