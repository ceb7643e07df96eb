//! The public catalogues whose controls rules serve, as taxonomies: the guides of DISA in full, of the others what is named.

use crate::format::Report;
use crate::render::uuid::Uuids;
use kerbsync_audit::Rule;
use kerbsync_audit::controls::{Catalogue, Guide, Item};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io;

/// Taxonomies, in the order of catalogues.
pub(super) struct Taxa {
    catalogues: Vec<(Catalogue, Vec<String>)>,
}

impl Taxa {
    /// Of the rules that a report tells of; of both guides every item.
    pub(super) fn of(report: &Report) -> Self {
        let told: BTreeSet<&str> = report.verdicts.iter().map(|v| &*v.rule).collect();
        let rules = kerbsync_audit::rules::RULES.iter().filter(|r| told.contains(r.id));
        let named: BTreeSet<(Catalogue, &str)> = rules.flat_map(|r| r.controls).filter_map(|c| Catalogue::of(c)).collect();
        let ids = |catalogue: Catalogue| -> Vec<String> {
            match guide(catalogue) {
                Some(guide) => guide.items().iter().map(|i| i.group.to_owned()).collect(),
                None => named.iter().filter(|(of, _)| *of == catalogue).map(|(_, id)| (*id).to_owned()).collect(),
            }
        };
        let all = Catalogue::ALL.iter().map(|catalogue| (*catalogue, ids(*catalogue)));
        Self { catalogues: all.filter(|(_, ids)| !ids.is_empty()).collect() }
    }

    /// The documents of the catalogues.
    ///
    /// # Errors
    /// Never: identifiers are made in memory.
    pub(super) fn taxonomies(&self, report: &Report) -> io::Result<Vec<Value>> {
        let uuids = Uuids::of(report)?;
        let taxonomy = |(catalogue, ids): &(Catalogue, Vec<String>)| {
            json!({
                "name": catalogue.name(),
                "organization": catalogue.organization(),
                "version": catalogue.release(),
                "informationUri": catalogue.source(),
                "guid": uuids.uuid(catalogue.name()),
                "isComprehensive": guide(*catalogue).is_some(),
                "taxa": ids.iter().map(|id| taxon(*catalogue, id)).collect::<Vec<_>>(),
            })
        };
        Ok(self.catalogues.iter().map(taxonomy).collect())
    }

    /// References to the taxonomies, for the driver.
    pub(super) fn references(&self) -> Vec<Value> {
        self.catalogues.iter().enumerate().map(|(at, (catalogue, _))| json!({ "name": catalogue.name(), "index": at })).collect()
    }

    /// What a rule serves of them.
    pub(super) fn relationships(&self, rule: &Rule) -> Vec<Value> {
        let target = |control: &&str| {
            let (catalogue, id) = Catalogue::of(control)?;
            let at = self.catalogues.iter().position(|(of, _)| *of == catalogue)?;
            let index = self.catalogues[at].1.iter().position(|known| known == id)?;
            let component = json!({ "name": catalogue.name(), "index": at });
            Some(json!({ "target": { "id": id, "index": index, "toolComponent": component }, "kinds": ["relevant"] }))
        };
        rule.controls.iter().filter_map(target).collect()
    }
}

fn guide(catalogue: Catalogue) -> Option<Guide> {
    Guide::ALL.iter().copied().find(|g| g.catalogue() == catalogue)
}

fn taxon(catalogue: Catalogue, id: &str) -> Value {
    let item = guide(catalogue).and_then(|g| g.items().iter().find(|i| i.group == id));
    item.map_or_else(|| json!({ "id": id }), of_guide)
}

fn of_guide(item: &Item) -> Value {
    json!({
        "id": item.group,
        "name": item.version,
        "shortDescription": { "text": format!("{}.", item.topic) },
        "defaultConfiguration": { "level": item.severity.name() },
        "properties": {
            "rule": item.rule,
            "cci": item.cci,
            "standing": item.standing.name(),
            "note": item.standing.note(),
            "conflict": item.conflict.map(|c| json!({ "why": c.why, "certainty": c.certainty.name() })),
        },
    })
}
