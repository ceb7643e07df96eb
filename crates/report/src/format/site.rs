//! A report on one site alone.

use super::{InventorySummary, Report};

impl Report {
    /// The part of the estate that one site is, with the documents of its servers and those of no server. Verdicts, findings and coverage stay
    /// as they are: who makes a report on one site gives it those of that site.
    #[must_use]
    pub fn of_site(mut self, id: &str) -> Self {
        let same = |other: &str| other.eq_ignore_ascii_case(id);
        self.inventory.sites.retain(|s| same(&s.id));
        self.inventory.unplaced_pools.clear();
        self.inventory.other_servers.clear();
        self.inventory.assignments.retain(|a| a.site.as_deref().is_some_and(same));
        let computers: Vec<String> =
            self.inventory.sites.iter().flat_map(|s| &s.pools).flat_map(|p| &p.computers).map(|c| c.fqdn.to_lowercase()).collect();
        self.inputs.retain(|i| i.computer.as_ref().is_none_or(|c| computers.contains(&c.to_lowercase())));
        let InventorySummary { sites, pools, computers, web_servers, states } = InventorySummary::of(&self.inventory.sites, &[]);
        let summary = &mut self.summary;
        (summary.sites, summary.pools, summary.computers, summary.web_servers, summary.states) =
            (sites, pools, computers, web_servers, states);
        self
    }
}
