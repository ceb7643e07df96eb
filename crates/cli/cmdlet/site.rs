//! The one site that a line is about.

use crate::Exit;
use crate::commands::resolve::no_topology;
use crate::failure::{Failure, nearest};
use kerbsync_audit::{Audit, Finding, Subject};
use kerbsync_inventory::{Inventory, Site};
use kerbsync_names::{HostName, SiteIdentity, SiteIdentityError};

/// The site of an -Identity: `site:<name>`, where `site:` may be left out.
pub(super) fn find<'i>(inventory: &'i Inventory, cmdlet: &str, identity: &str) -> Result<&'i Site, Failure> {
    let refused = |why: String| Failure::new(Exit::Refused, format!("{cmdlet} : -Identity '{identity}': {why}"));
    let wanted = match SiteIdentity::parse(identity) {
        Err(SiteIdentityError::NoScope) => SiteIdentity::parse(&format!("site:{identity}")),
        parsed => parsed,
    };
    let wanted = wanted.map_err(|e| refused(e.to_string()))?;
    if inventory.sites.is_empty() {
        return Err(no_topology(inventory).unwrap_or_else(|| {
            Failure::new(Exit::Input, "nothing could be opened, so no site is known").hint("check the path of --bundle")
        }));
    }
    inventory.sites.iter().find(|s| wanted.names(&s.name.value)).ok_or_else(|| {
        let names: Vec<&str> = inventory.sites.iter().map(|s| s.name.value.as_str()).collect();
        let near = nearest(wanted.site_name(), names.iter().copied());
        let failure = refused("no site of the topology has that name".to_owned());
        if !near.is_empty() {
            let near: Vec<String> = near.iter().map(|n| format!("site:{n}")).collect();
            return failure.hint(format!("did you mean {}?", near.join(" or ")));
        }
        let more = if names.len() > 8 { ", …" } else { "" };
        failure.hint(format!("the sites are {}{more}", names.iter().take(8).copied().collect::<Vec<_>>().join(", ")))
    })
}

/// Keeps what an audit says of one site: of itself, its pools, servers, account and assignments, and of documents and the estate unless they
/// are about another site.
pub(super) fn narrow(audit: &mut Audit, inventory: &Inventory, site: &Site) {
    let scope = Scope::new(inventory, site);
    audit.verdicts.retain(|v| scope.has(&v.subject));
    audit.findings.retain(|f| scope.has_finding(f));
}

struct Scope<'i> {
    inventory: &'i Inventory,
    site: &'i Site,
    pools: Vec<&'i HostName>,
    computers: Vec<&'i HostName>,
    accounts: Vec<String>,
}

impl<'i> Scope<'i> {
    fn new(inventory: &'i Inventory, site: &'i Site) -> Self {
        let id = &site.id.value;
        let mut accounts: Vec<String> = inventory.account_of(id).map(ToString::to_string).into_iter().collect();
        accounts.extend(inventory.assignments_of(id).map(|a| a.account_text.value.clone()));
        Self {
            inventory,
            site,
            pools: inventory.pools_of(id).map(|p| &p.fqdn.value).collect(),
            computers: inventory.pools_of(id).flat_map(|p| &p.computers).map(|c| &c.fqdn.value).collect(),
            accounts,
        }
    }

    fn has(&self, subject: &Subject) -> bool {
        match subject {
            Subject::Estate | Subject::Waiver(_) => true,
            Subject::Site(site) => site.holder == self.site.id.value,
            Subject::Pool(host) => self.pools.contains(&host),
            Subject::Server(host) => self.computers.contains(&host),
            Subject::Slot(slot) => self.computers.contains(&&slot.holder),
            Subject::Account(text) => self.accounts.iter().any(|a| a.eq_ignore_ascii_case(text)),
            Subject::Assignment(assignment) => {
                let mut all = self.inventory.assignments_of(&self.site.id.value);
                all.any(|a| *a.site_text.value == *assignment.holder && *a.account_text.value == *assignment.name)
            }
            Subject::Document(id, _) => {
                let other = |l: &kerbsync_inventory::ManagementLog| {
                    l.document == *id
                        && l.tested_site.as_ref().is_some_and(|s| !SiteIdentity::parse(s).is_ok_and(|s| s.names(&self.site.name.value)))
                };
                self.concerns(self.inventory.document(*id).and_then(|d| d.computer.as_ref())) && !self.inventory.logs.iter().any(other)
            }
        }
    }

    fn has_finding(&self, finding: &Finding) -> bool {
        let elsewhere = matches!(finding.subject, Subject::Estate | Subject::Document(..))
            && finding.site.as_ref().is_some_and(|s| *s != self.site.id.value);
        self.has(&finding.subject) && !elsewhere
    }

    /// Whether something of that server, or of none, concerns the site.
    fn concerns(&self, server: Option<&HostName>) -> bool {
        server.is_none_or(|s| self.computers.contains(&s))
    }
}
