//! What a user may require of the inputs before a verdict counts.

use crate::coverage::Coverage;
use kerbsync_source::count;
use serde::{Deserialize, Serialize};

/// A part of the evidence that must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Requirement {
    /// A published topology of the whole deployment.
    Topology,
    /// An export of the assignments.
    Assignments,
    /// The configuration in force of every web server that must hold an account.
    Servers,
    /// Every secret where an account is expected could be read.
    Secrets,
    /// A complete directory export with every attribute that rules read.
    Directory,
    /// Every web server that must hold an account was compared with what Active Directory is proved to hold.
    Proof,
}

/// A requirement, and what is missing for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Required {
    /// What was required.
    pub requirement: Requirement,
    /// What is missing, in a sentence; null where it is met.
    pub missing: Option<String>,
}

impl Requirement {
    /// Every requirement, in the order of the coverage.
    pub const ALL: &[Self] = &[Self::Topology, Self::Assignments, Self::Servers, Self::Secrets, Self::Directory, Self::Proof];

    /// The word on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Topology => "topology",
            Self::Assignments => "assignments",
            Self::Servers => "servers",
            Self::Secrets => "secrets",
            Self::Directory => "directory",
            Self::Proof => "proof",
        }
    }

    pub(crate) fn of(self, coverage: &Coverage) -> Required {
        Required { requirement: self, missing: self.missing(coverage) }
    }

    fn missing(self, c: &Coverage) -> Option<String> {
        let servers = &c.configurations;
        let no_servers = || (servers.in_scope == 0).then(|| "No web server is known that must hold an account.".to_owned());
        let part = |have: usize, what: &str| {
            let all = servers.in_scope;
            (have < all).then(|| format!("Of {} that must hold an account, {have} {what}.", count(all, "web server")))
        };
        match self {
            Self::Topology => match &c.topology.used {
                None => Some("No topology is among the inputs.".to_owned()),
                Some(path) if c.topology.draft => Some(format!("{path} is a draft that was never published.")),
                Some(path) if !c.topology.complete => Some(format!("{path} holds a part of the deployment only.")),
                Some(_) => None,
            },
            Self::Assignments => (!c.assignments.known).then(|| "No export of the assignments is among the inputs.".to_owned()),
            Self::Servers => no_servers().or_else(|| part(servers.in_scope_read, "have a configuration in force that was read")),
            Self::Secrets => match (c.secrets.slots, c.secrets.sealed) {
                (0, _) => Some("No credential slot in force was found.".to_owned()),
                (_, 0) => None,
                (all, sealed) => Some(format!("{sealed} of {} could not be opened.", count(all, "secret"))),
            },
            Self::Directory => {
                let d = &c.directory;
                let partly: Vec<&str> = d.attributes.iter().filter(|a| a.known < d.assigned_found).map(|a| a.name.as_str()).collect();
                match () {
                    () if !d.known => Some("No directory export is among the inputs.".to_owned()),
                    () if !d.complete => Some("The directory export is not known to be complete.".to_owned()),
                    () if !partly.is_empty() => Some(format!("The directory export lacks {} of assigned accounts.", partly.join(", "))),
                    () => None,
                }
            }
            Self::Proof => no_servers().or_else(|| part(servers.in_scope_proved, "are proved against Active Directory")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, config, estate, sealed, set_secret, time};
    use crate::{FailOn, Terms};
    use kerbsync_inventory::{Inventory, state};

    fn missing(mut inventory: Inventory) -> Vec<&'static str> {
        state::compute(&mut inventory, None);
        let terms = Terms { now: time(NOW), waivers: &[], fail_on: FailOn::default(), require: &[], not_opened: &[], servers: None };
        let coverage = Coverage::new(&inventory, &[], &terms);
        Requirement::ALL.iter().filter(|r| r.of(&coverage).missing.is_some()).map(|r| r.name()).collect()
    }

    #[test]
    fn equal_secrets_are_no_proof_and_all_else_is_met() {
        assert_eq!(missing(estate()), ["proof"]);
    }

    #[test]
    fn each_requirement_misses_its_own_evidence() {
        let spoilt = |spoil: &dyn Fn(&mut Inventory)| {
            let mut inventory = estate();
            spoil(&mut inventory);
            missing(inventory)
        };
        assert_eq!(spoilt(&|i| i.topologies[0].complete = false), ["topology", "proof"]);
        assert_eq!(spoilt(&|i| i.topologies[0].draft = true), ["topology", "proof"]);
        assert_eq!(spoilt(&|i| drop(i.servers.pop())), ["servers", "proof"]);
        assert_eq!(spoilt(&|i| set_secret(i, "fe01", &sealed())), ["secrets", "proof"]);
        assert_eq!(spoilt(&|i| crate::testing::kerb(i).spns = None), ["directory", "proof"]);
        assert_eq!(spoilt(&|i| i.directory = None), ["directory", "proof"]);
        assert_eq!(spoilt(&|i| i.servers.iter_mut().for_each(|s| s.slots.clear())), ["secrets", "proof"]);
        assert_eq!(missing(Inventory::default()), ["topology", "assignments", "servers", "secrets", "directory", "proof"]);
        let shared = |i: &mut Inventory| config(i, "fe02").redirected_to = Some(crate::testing::at(0, 1, "elsewhere".to_owned()));
        assert_eq!(spoilt(&shared), ["servers", "proof"]);
    }
}
