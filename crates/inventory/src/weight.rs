//! About how much memory the facts of a server take, with what an audit makes of them.

use crate::{HardeningFact, ServerConfiguration, WebSite};

/// A server with its record, its states and the verdicts of all rules that pass.
const SERVER: usize = 8 << 10;
/// A slot with a finding of its own: as much as 400 servers of 2,000 unprotected slots each were seen to take.
const SLOT: usize = 3_600;
/// A web site or pool, with its settings and their places.
const SITE: usize = 600;
/// A binding, an application, a path with its authentication, a provider, a lock: one value or a few, with their places.
const PART: usize = 200;
/// A finding about another document of the server.
const COPY: usize = 1_500;

impl ServerConfiguration {
    /// About how many bytes of memory it takes, with what is made of it. Never too little by much for what many small facts take.
    #[must_use]
    pub fn weight(&self) -> usize {
        let sites: usize = self.web_sites.iter().map(site).sum();
        let others: usize = self.other_web_sites.iter().map(|s| SITE + PART * s.bindings.len()).sum();
        let hardening: usize = self.hardening.iter().flat_map(|h| &*h.facts).map(fact).sum();
        let besides = &self.besides;
        let kept: usize = besides.kept.iter().map(|k| 1 + k.clear.len()).sum();
        SERVER
            + sites
            + others
            + hardening
            + SITE * self.application_pools.len()
            + SLOT * self.slots.len()
            + PART * (self.providers.len() + self.restrictions.len() + self.history.len())
            + COPY * (besides.others.len() + besides.clear_copies.len() + kept)
    }
}

fn site(site: &WebSite) -> usize {
    SITE + PART * (site.bindings.len() + site.applications.len() + site.authentication.len())
}

fn fact(fact: &HardeningFact) -> usize {
    PART + fact.value.len()
}
