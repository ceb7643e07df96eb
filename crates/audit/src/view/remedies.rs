//! What is advised by several rules, and when a destroying command may be.

use super::{OWN_ACCOUNT, PoolView, View, WebServer};
use kerbsync_advice::{Advice, Proved, commands};
use kerbsync_inventory::Site;
use kerbsync_inventory::directory::{Account, ObjectClass, uac};
use kerbsync_inventory::state::{Naming, State};
use kerbsync_names::DownLevelName;
use kerbsync_source::{Shown, Text, text};
use std::collections::HashSet;

/// The command that asks the product itself about the servers of a site.
pub(crate) fn test_of(site: Option<&Site>) -> Advice {
    Advice::run(commands::test_assignment(site.map(|s| s.name.value.as_str())))
}

/// How to learn in which place a deployment holds the account.
pub(crate) fn learn_place() -> Advice {
    Advice::say(
        "To learn in which place this deployment holds it, copy applicationHost.config of one server before Set-CsKerberosAccountPassword is run on it for the next time, and again after the run; then compare the two:",
    )
    .then_run(commands::learn())
    .then_say("Put the lines that it writes into kerbsync.toml, and audit again. `kerbsync learn --history DIR` does the same with the snapshots that IIS kept of a run in the past.")
}

/// What cmdlets of Active Directory know an account by: its sAMAccountName.
pub(crate) fn identity(object: &Account, name: &DownLevelName) -> String {
    object.sam_account_name.as_ref().map_or_else(|| format!("{}$", name.account()), |sam| sam.value.clone())
}

/// A new password for all servers of an account, with what proves that nothing gentler does.
pub(crate) fn new_password(advice: Advice, name: &DownLevelName, proved: Proved) -> Advice {
    let consequence = "A new password reaches the servers one by one and Active Directory last: until then sign-in can fail on all sites of the account, and a server that cannot be reached fails afterwards. In a maintenance window, run:";
    advice.then_destroy(commands::new_password(&name.to_string()), proved, consequence)
}

impl View<'_> {
    /// How a server gets the account's password: copied from a peer. A new password for all is never the answer to one server's fault.
    pub(crate) fn set_password(&self, server: &WebServer<'_>) -> Advice {
        if server.expected().is_none() {
            return Advice::run(commands::assignments(server.site.map(|s| s.name.value.as_str())));
        }
        if self.is_real_machine(server.account) {
            return Advice::say(OWN_ACCOUNT);
        }
        let to = server.host.as_str();
        let peers = || self.web_servers().iter().filter(|w| w.account.is_some() && w.account == server.account && w.host != server.host);
        let holds = |w: &&WebServer<'_>| w.counted_slots().iter().any(|(_, naming)| *naming == Naming::Expected);
        let then_test = |advice: Advice| {
            advice.then_say("Then let the product check:").then_run(commands::test_assignment(server.site.map(|s| s.name.value.as_str())))
        };
        if let Some(from) = peers().find(|w| w.state() == State::InSync && w.basis().is_proof()) {
            let copy = commands::copy_password(from.host.as_str(), to);
            return then_test(Advice::say(text!("Copy the password from {}, which is in sync:", from.host)).then_run(copy));
        }
        let site = |w: &WebServer<'_>| commands::test_assignment(w.site.map(|s| s.name.value.as_str()));
        let test = |of| Advice::say("Let the product test the site first:").then_run(site(of));
        // Servers that merely agree may all hold an old password: a copy from one of them waits for the test of its site.
        if let Some(from) = peers().find(|w| w.state() == State::InSync) {
            return Advice::say(text!("Nothing proves yet what {} holds: let the product test its site first.", from.host))
                .then_run(site(from))
                .then_say("If it is found valid, copy the password from there:")
                .then_run(commands::copy_password(from.host.as_str(), to));
        }
        match peers().find(|w| w.state() == State::Unknown && holds(w)) {
            Some(from) => test(from)
                .then_say(text!("If it finds {} valid, copy the password from there:", from.host))
                .then_run(commands::copy_password(from.host.as_str(), to)),
            None => {
                test(server).then_say("Then copy the password from a server that it finds valid:").then_run(commands::copy_password_to(to))
            }
        }
    }

    /// For a server about which the inputs contradict each other: the product's test decides, and a copy follows only if it fails.
    pub(crate) fn test_then_copy(&self, server: &WebServer<'_>) -> Advice {
        let test =
            Advice::say("Let the product test the site:").then_run(commands::test_assignment(server.site.map(|s| s.name.value.as_str())));
        if self.is_real_machine(server.account) {
            return test;
        }
        let (host, to) = (server.host, server.host.as_str());
        let is_proved = |w: &&WebServer<'_>| w.state() == State::InSync && w.basis().is_proof();
        match self.web_servers().iter().filter(|w| w.account.is_some() && w.account == server.account).find(is_proved) {
            Some(from) if from.host != server.host => test
                .then_say(text!("Only if it does not find {host} valid, copy the password from {}, which is in sync:", from.host))
                .then_run(commands::copy_password(from.host.as_str(), to)),
            _ => test
                .then_say(text!("Only if it does not find {host} valid, copy the password from a server that it finds valid:"))
                .then_run(commands::copy_password_to(to)),
        }
    }

    /// Whether a name may be taken off an object, or the object be retired: what proves it, or why no such command is given.
    ///
    /// All of it has to be known: every object, every assignment and what it means, every site. The object must be no computer and
    /// hold nothing but names of this deployment, since other products use computer objects in the same way.
    pub(crate) fn may_retire(&self, object: &Account) -> Result<Proved, Text> {
        fn refuse(why: impl Into<Text>) -> Result<Proved, Text> {
            let why = why.into();
            Err(text!("No command that removes anything is given here: {why}."))
        }
        if !self.directory_is_complete() {
            return refuse("the directory export is not known to hold every object");
        }
        if !self.inventory.assignments_known {
            return refuse("the assignments are not known");
        }
        if !self.topology_is_complete() {
            return refuse("the topology is not known to hold every site");
        }
        let Some(directory) = &self.inventory.directory else { return refuse("there is no directory export") };
        let known =
            |domain: &str| directory.domains.iter().any(|d| d.netbios.eq_ignore_ascii_case(domain) || d.dns.eq_ignore_ascii_case(domain));
        for assignment in &self.inventory.assignments {
            match &assignment.account {
                Ok(name) if !known(name.domain()) => {
                    return refuse(text!("no input says which domain '{}' is; an assignment names it", Shown::naming(name.domain())));
                }
                Ok(name) if !self.account(name).is_some_and(|a| matches!(a.object, super::Object::Found(_) | super::Object::Absent)) => {
                    return refuse("the directory export does not tell which object an assignment means");
                }
                Ok(_) => {}
                Err(_) => return refuse("an assignment names an account in a form that is not understood"),
            }
        }
        if let Some(account) = self.may_be(object) {
            return refuse(text!(
                "the object may be {}, which is assigned, does not exist under that name, and should hold names that this object holds",
                account.name
            ));
        }
        if !object.domain.as_deref().is_some_and(known) {
            return refuse("the domain of the object is not among those that the inputs name");
        }
        if let Some(why) = self.foreign(object) {
            return refuse(why);
        }
        // An export of some of the assignments looks like one of all. A server that is to hold it says nothing of the others.
        let mut slots = self.slots().iter().filter(|s| s.counts());
        let unexplained = slots.find(|s| {
            let is_it = |name: &DownLevelName| name.account().trim_end_matches('$').eq_ignore_ascii_case(object.short_name());
            s.slot.account.value.name.as_ref().is_some_and(is_it) && !s.web_server(self).and_then(WebServer::expected).is_some_and(is_it)
        });
        if let Some(slot) = unexplained {
            return refuse(text!("{} still holds it, so an assignment may only be missing in the export", slot.server.computer));
        }
        let held: HashSet<_> = object.spns.iter().flatten().map(|s| s.value.to_key()).collect();
        for pool in self.web_pools().iter().filter(|p| p.account.is_none() && held.contains(&p.spn().to_key())) {
            self.nobody_holds_for(pool)?;
        }
        Ok(Proved::by("The exports are complete, every assignment is known, and the object holds no name beyond those of this deployment."))
    }

    /// That nothing speaks for an account of the pool's servers, although its site is known to have none: an export of some of the assignments
    /// looks like one of all after a removal.
    ///
    /// # Errors
    /// What speaks for one, or may.
    pub(crate) fn nobody_holds_for(&self, pool: &PoolView<'_>) -> Result<(), Text> {
        let refuse = |why: Text| Err(text!("No command that removes anything is given here: {why}."));
        for host in pool.pool.computers.iter().map(|c| &c.fqdn.value) {
            let Some(Ok(configuration)) = self.web_server(host).map(WebServer::configuration) else {
                return refuse(text!("what {host} holds is not known"));
            };
            if configuration.slots.iter().any(kerbsync_inventory::Slot::counts) {
                return refuse(text!("{host} still holds an account, so the assignment may only be missing in the export"));
            }
            if self.inventory.logs.iter().flat_map(|l| &l.test_verdicts).any(|v| v.valid && v.server == *host) {
                return refuse(text!("a test of the product found {host} valid, so the assignment may only be missing in the export"));
            }
        }
        Ok(())
    }

    /// Why an object is or may be more than a retired Kerberos account of this deployment.
    fn foreign(&self, object: &Account) -> Option<Text> {
        let name = text!("'{}'", Shown::naming(object.short_name()));
        if is_conflict_object(object) {
            return Some(text!(
                "{name} is a conflict object, which replication leaves where two domain controllers created objects of one name; which of the two is in use has to be found out"
            ));
        }
        if self.inventory.computers().filter_map(|(_, c)| self.machine(&c.fqdn.value)).any(|machine| std::ptr::eq(machine, object)) {
            return Some(text!("{name} is a server of the topology"));
        }
        if object.class.as_ref().is_none_or(|c| c.value != ObjectClass::Computer) {
            return Some(text!("{name} is not known to be a computer object"));
        }
        if object.dns_host_name.is_some() {
            return Some(text!("{name} has a dNSHostName, as real computers have"));
        }
        if object.user_account_control.as_ref().is_none_or(|bits| bits.value & uac::SERVER_TRUST_ACCOUNT != 0) {
            return Some(text!("{name} is or may be a domain controller"));
        }
        let Some(spns) = &object.spns else { return Some(text!("the names of {name} are not known")) };
        let ours: Vec<_> = self.web_pools().iter().flat_map(|p| [Some(p.spn()), p.override_spn()]).flatten().collect();
        let other = spns.iter().find(|s| !ours.contains(&s.value))?;
        Some(text!("{name} also holds {}, which is no name of this deployment: another product or a real computer may use it", other.value))
    }
}

/// Whether replication renamed the object because another had its name: `CNF:` and an objectGUID behind a line feed (documented).
pub(crate) fn is_conflict_object(object: &Account) -> bool {
    let first = object.distinguished_name.value.split(',').next().unwrap_or_default();
    first.contains("\\0ACNF:") || first.contains("\nCNF:")
}
