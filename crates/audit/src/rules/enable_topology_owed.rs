use crate::declare::declare_rule;
use crate::text::day;
use crate::{AccountView, Object, Policy, SiteView, Verdicts, View};
use jiff::Timestamp;
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::state::Expectation;
use kerbsync_inventory::{ManagementLog, Pool};
use kerbsync_names::{HostName, ServicePrincipalName};
use kerbsync_source::text;
use std::collections::HashSet;

declare_rule! {
    /// Enable-CsTopology has not been run since the account was assigned.
    ///
    /// ## What it checks
    /// For every site with an account, the service principal names of its pools have reached Active Directory. If none of them is on the
    /// account, or the newest report of Enable-CsTopology still found the site without an account, the run is owed. Single missing names
    /// are the matter of spn-missing.
    ///
    /// ## Why it matters
    /// The documentation demands the run after every use of the assignment cmdlets: it is what creates and removes the names. Until
    /// then the assignment exists on paper only, and clients fall back to NTLM. That missing names mean a missing run is
    /// inferred; the run may also have lacked the rights to the account's container.
    ///
    /// ## What to do
    /// ```powershell
    /// Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
    /// setspn -L KerbAuth
    /// ```
    ///
    /// | | before | after |
    /// |---|---|---|
    /// | `setspn -L KerbAuth` | no `http/` name | `http/pool01.contoso.com` and the others |
    ///
    /// ## Sources
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    /// - [Setting up Kerberos authentication](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-setting-up-kerberos-authentication)
    number: 501,
    severity: Warning,
    confidence: Inferred,
    family: Process,
    subject: Site,
    product_error: None,
    controls: ["NIST SP 800-53 CM-3", "NIST SP 800-53 CM-6"],
    reads: [ServicePrincipalName],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let runs = view.inventory.logs.iter().filter(|l| l.cmdlet.eq_ignore_ascii_case("Enable-CsTopology"));
    let newest = runs.filter_map(|l| Some((l.ended.or(l.started)?, l))).max_by_key(|(ended, _)| *ended);
    for site in view.sites() {
        let subject = site.subject();
        match (&site.expectation, site.account.and_then(|a| view.accounts().get(a))) {
            (Expectation::NoAccount(why), _) => verdicts.not_applicable(subject, why.clone()),
            (Expectation::Account(_), Some(_)) if site.web_pools.is_empty() => {
                verdicts.not_applicable(subject, text!("No pool of site {} runs Web Services.", site.name()));
            }
            (Expectation::Account(_), Some(account)) => judge(verdicts, site, account, newest),
            (Expectation::Unknown(why), _) => verdicts.unknown_told_elsewhere(subject, why.clone(), commands::assignments(None)),
            (Expectation::Account(name), None) => {
                verdicts.unknown_told_elsewhere(subject, text!("Nothing is known about {name}."), commands::assignments(None));
            }
        }
    }
}

fn judge(verdicts: &mut Verdicts<'_>, site: &SiteView<'_>, account: &AccountView<'_>, newest: Option<(Timestamp, &ManagementLog)>) {
    let (subject, name, pools) = (site.subject(), account.name, site.web_pools.len());
    let spns = match account.object {
        Object::Found(object) => object.spns.as_ref().map(|spns| (object, spns)),
        Object::Absent => return verdicts.not_applicable(subject, text!("{name} does not exist in Active Directory.")),
        Object::NotInExport | Object::NoExport => None,
    };
    let expected = site.web_pools.iter().map(|p| ServicePrincipalName::http(&p.fqdn.value));
    let there = spns.map(|(_, spns)| {
        let held: HashSet<_> = spns.iter().map(|s| &s.value).collect();
        expected.filter(|spn| held.contains(spn)).count()
    });
    // A name with a port, or an overridden one, was registered for a pool of the site too.
    let touched = || {
        let names: HashSet<_> = site.web_pools.iter().flat_map(|pool| names(pool)).collect();
        spns.is_some_and(|(_, spns)| spns.iter().any(|s| names.contains(&s.value.host())))
    };
    let unassigned = newest.and_then(|(ended, log)| Some((ended, log.unassigned_sites.iter().find(|s| s.value == site.site.id.value)?)));
    let help = Advice::run(commands::enable_topology()).then_say("Then check the names:").then_run(commands::spn_list(name.account()));
    match (there, unassigned, newest) {
        (Some(n), ..) if n == pools => verdicts.pass(subject, text!("The names of all pools of site {} are on {name}.", site.name())),
        (_, Some((ended, said)), _) => {
            let message = text!(
                "The newest report of Enable-CsTopology ({}) found site {} without an account, but {name} is assigned to it now.",
                day(ended),
                site.name()
            );
            let mut finding = verdicts.fail(subject, message).at(&said.origin, "the site had no account then");
            if let Some(assignment) = site.assignments.first() {
                finding = finding.at(&assignment.origin, "it has one now");
            }
            finding.help(help);
        }
        (Some(0), ..) if !touched() => {
            let message = text!(
                "{name} is assigned to site {}, but holds no name of its pools: Enable-CsTopology seems not to have run since.",
                site.name()
            );
            let mut finding = verdicts.fail(subject, message);
            if let Some(assignment) = site.assignments.first() {
                finding = finding.at(&assignment.origin, "the assignment");
            }
            if let Some((object, spns)) = spns {
                finding = finding.at(spns.first().map_or(&object.origin, |s| &s.origin), text!("the names on {name}"));
            }
            finding.help(help);
        }
        (Some(n), ..) => {
            verdicts.pass(subject, text!("{n} of {pools} names of site {} are on {name}; spn-missing tells of the others.", site.name()))
        }
        (None, None, Some((ended, log))) if log.complete => {
            verdicts
                .pass(subject, text!("Enable-CsTopology ran on {} and did not find site {} without an account.", day(ended), site.name()));
        }
        (None, ..) => {
            let why = text!("No input says whether Enable-CsTopology has run since {name} was assigned to site {}.", site.name());
            verdicts.unknown_told_elsewhere(subject, why, commands::spn_list(name.account()));
        }
    }
}

/// Under which names a pool is called.
fn names(pool: &Pool) -> impl Iterator<Item = &HostName> {
    let external = pool.external_web_fqdn.as_ref().map(|h| &h.value);
    [Some(&pool.fqdn.value), pool.internal_web_fqdn(), external].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LOG, at, check, estate, kerb, without_directory};
    use kerbsync_names::SiteId;

    #[test]
    fn no_name_at_all_means_that_the_run_is_owed() {
        let mut inventory = estate();
        kerb(&mut inventory).spns.as_mut().unwrap().retain(|s| s.value.host().first_label() == "se01");
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail site:Redmond: CONTOSO\KerbAuth is assigned to site Redmond, but holds no name of its pools: Enable-CsTopology seems not to have run since.
          warning assignments.xml:5 the assignment
          warning directory.ldf:19 the names on CONTOSO\KerbAuth
          help: Run:
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
            Then check the names:
              setspn -L KerbAuth
        pass site:Dublin: The names of all pools of site Dublin are on CONTOSO\KerbAuth.
        ");
        // Names of another form show that somebody registered names for the site.
        let mut inventory = estate();
        let spns = kerb(&mut inventory).spns.as_mut().unwrap();
        spns.retain(|s| s.value.host().first_label() == "se01");
        spns.push(crate::testing::spn(19, "http/pool01.contoso.com:443"));
        assert!(check(&RULE, inventory).contains("pass site:Redmond: 0 of 2 names of site Redmond are on CONTOSO\\KerbAuth"));
        let mut inventory = estate();
        kerb(&mut inventory).spns.as_mut().unwrap().remove(0);
        assert!(check(&RULE, inventory).contains("pass site:Redmond: 1 of 2 names of site Redmond are on CONTOSO\\KerbAuth"));
    }

    #[test]
    fn without_directory_the_product_s_report_decides() {
        let mut inventory = without_directory();
        inventory.logs[0].unassigned_sites = vec![at(LOG, 7, SiteId::new("1").unwrap())];
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail site:Redmond: The newest report of Enable-CsTopology (2026-02-01) found site Redmond without an account, but CONTOSO\KerbAuth is assigned to it now.
          warning Enable-CsTopology.xml:7 the site had no account then
          warning assignments.xml:5 it has one now
          help: Run:
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
            Then check the names:
              setspn -L KerbAuth
        pass site:Dublin: Enable-CsTopology ran on 2026-02-01 and did not find site Dublin without an account.
        ");
        let mut inventory = without_directory();
        inventory.logs.clear();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown site:Redmond: No input says whether Enable-CsTopology has run since CONTOSO\KerbAuth was assigned to site Redmond. Run `setspn -L KerbAuth`.
        unknown site:Dublin: No input says whether Enable-CsTopology has run since CONTOSO\KerbAuth was assigned to site Dublin. Run `setspn -L KerbAuth`.
        ");
    }

    #[test]
    fn names_in_the_directory_outweigh_an_older_report() {
        let mut inventory = estate();
        inventory.logs[0].unassigned_sites = vec![at(LOG, 7, SiteId::new("1").unwrap())];
        assert!(check(&RULE, inventory).starts_with("pass site:Redmond"));
    }
}
