use crate::declare::declare_rule;
use crate::text::{count, day, days_between};
use crate::view::SiteView;
use crate::{Policy, Severity, Verdicts, View};
use jiff::Timestamp;
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::SiteKind;
use kerbsync_inventory::state::Expectation;
use kerbsync_names::SiteId;
use kerbsync_source::{Origin, Text, text};

declare_rule! {
    /// A site has web servers but no Kerberos account.
    ///
    /// ## What it checks
    /// Every central site in which a pool runs Web Services has a Kerberos account assigned to it. Where the inputs hold no export of
    /// the assignments, a report of the product that names the site as unassigned decides, as long as it is fresh; else the outcome is
    /// unknown. Branch sites are left alone: the documentation speaks of central sites only.
    ///
    /// ## Why it matters
    /// Web Services run as Network Service, which cannot hold service principal names. Without an account there is nothing that clients
    /// could ask a Kerberos ticket for, and web sign-in falls back to NTLM: slower, and gone as soon as NTLM is switched off.
    ///
    /// ## What to do
    /// Assign an account, put its SPNs into Active Directory, give the servers its password:
    ///
    /// ```powershell
    /// New-CsKerberosAccountAssignment -Identity "site:Redmond" -UserAccount "CONTOSO\KerbAuth"
    /// Enable-CsTopology
    /// Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// | | before | after |
    /// |---|---|---|
    /// | `Get-CsKerberosAccountAssignment` | nothing for `Site:Redmond` | `Site:Redmond`, `CONTOSO\KerbAuth` |
    ///
    /// If a site is meant to go without, waive the finding with a reason. If no site is meant to have an account, write
    /// `assignments = "none"` into kerbsync.toml.
    ///
    /// ## Sources
    /// - [Add Kerberos authentication to other sites](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-add-kerberos-authentication-to-other-sites)
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    number: 101,
    severity: Warning,
    confidence: Documented,
    family: Names,
    subject: Site,
    product_error: None,
    controls: ["NIST SP 800-53 IA-9", "NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    for site in view.sites() {
        judge(view, policy, verdicts, site);
    }
}

fn judge(view: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>, site: &SiteView<'_>) {
    let (subject, name) = (site.subject(), site.name());
    if !site.assignments.is_empty() {
        return verdicts.pass(subject, text!("Site {name} has an assignment."));
    }
    if view.inventory.assignments_declined {
        return verdicts.not_applicable(subject, text!("kerbsync.toml says that site {name} is meant to have no Kerberos account."));
    }
    if site.site.kind == SiteKind::Branch {
        return verdicts
            .not_applicable(subject, text!("Site {name} is a branch site, and accounts are documented for central sites only."));
    }
    if site.web_pools.is_empty() {
        let command = commands::web_services();
        return if view.topology_is_complete() {
            verdicts.not_applicable(subject, text!("No pool of site {name} runs Web Services."));
        } else {
            let why = text!("The topology is only in part among the inputs, so site {name} may have web servers that are not in it.");
            verdicts.unknown_told_elsewhere(subject, why, command);
        };
    }
    if let (true, Expectation::Unknown(why)) = (view.inventory.assignments_known, &site.expectation) {
        return verdicts.unknown_told_elsewhere(subject, why.clone(), commands::assignments(Some(name)));
    }
    // A deployment may do without Kerberos; with it at one site, the others were forgotten or are yet to come.
    let severity = if view.accounts().is_empty() { Severity::Note } else { Severity::Warning };
    let servers = count(site.web_pools.iter().map(|p| p.computers.len()).sum(), "web server");
    let help = Advice::say("If the site is to use Kerberos, assign an account:")
        .then_run(commands::assign(name, None))
        .then_say("Then let the product write its names:")
        .then_run(commands::enable_topology());
    if view.inventory.assignments_known {
        let message = text!("Site {name} has {servers}, but no Kerberos account is assigned to it.");
        verdicts.fail(subject, message).at_most(severity).at(&site.site.name.origin, "the site").help(help);
        return;
    }
    match reported_unassigned(view, &site.site.id.value) {
        Some((origin, ended)) if days_between(ended, policy.now) <= i64::from(policy.evidence_age_days) => {
            let day = day(ended);
            let message =
                text!("Site {name} has {servers}, and the product's report of {day} says that no Kerberos account is assigned to it.");
            verdicts
                .fail(subject, message)
                .at_most(severity)
                .at(&origin, "the product says so")
                .at(&site.site.name.origin, "the site")
                .help(help);
        }
        old => {
            let then =
                old.as_ref().map_or_else(|| Text::EMPTY, |(_, ended)| text!(" A report of {} found it without an account.", day(*ended)));
            let why = text!("Site {name} has {servers}, but the assignments are not among the inputs.{then}");
            let remedy = Advice::say("Export the assignments into the bundle:").then_run(commands::export_assignments());
            let finding = verdicts.unknown_with_finding(subject, why, remedy).at(&site.site.name.origin, "the site");
            if let Some((origin, _)) = &old {
                finding.at(origin, "the old report says so");
            }
        }
    }
}

/// The newest report of Enable-CsTopology says that the site is not assigned: where, and when.
fn reported_unassigned(view: &View<'_>, site: &SiteId) -> Option<(Origin, Timestamp)> {
    let runs = view.inventory.logs.iter().filter(|l| l.cmdlet.eq_ignore_ascii_case("Enable-CsTopology"));
    let (ended, log) = runs.filter_map(|l| Some((l.ended.or(l.started)?, l))).max_by_key(|(ended, _)| *ended)?;
    let named = log.unassigned_sites.iter().find(|s| s.value == *site)?;
    Some((named.origin.clone(), ended))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LOG, at, check, estate};

    #[test]
    fn a_site_without_assignment_fails() {
        let mut inventory = estate();
        inventory.assignments.remove(0);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail site:Redmond: Site Redmond has 3 web servers, but no Kerberos account is assigned to it.
          warning topology.xml:3 the site
          help: If the site is to use Kerberos, assign an account:
              New-CsKerberosAccountAssignment -Identity site:Redmond -UserAccount 'DOMAIN\name'
            Then let the product write its names:
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
        pass site:Dublin: Site Dublin has an assignment.
        ");
    }

    #[test]
    fn without_an_export_it_is_unknown_unless_the_product_says_so() {
        let mut inventory = estate();
        (inventory.assignments_known, inventory.assignments) = (false, Vec::new());
        inventory.logs[0].unassigned_sites = vec![at(LOG, 7, SiteId::new("1").unwrap())];
        inventory.logs[0].ended = "2026-02-20T10:00:00Z".parse().ok();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail site:Redmond: Site Redmond has 3 web servers, and the product's report of 2026-02-20 says that no Kerberos account is assigned to it.
          note Enable-CsTopology.xml:7 the product says so
          note topology.xml:3 the site
          help: If the site is to use Kerberos, assign an account:
              New-CsKerberosAccountAssignment -Identity site:Redmond -UserAccount 'DOMAIN\name'
            Then let the product write its names:
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
        unknown site:Dublin: Site Dublin has 1 web server, but the assignments are not among the inputs. Export the assignments into the bundle `Get-CsKerberosAccountAssignment | Export-Clixml assignments.xml`.
          warning topology.xml:4 the site
        ");
    }

    #[test]
    fn an_old_report_is_only_mentioned() {
        let mut inventory = estate();
        (inventory.assignments_known, inventory.assignments) = (false, Vec::new());
        inventory.logs[0].unassigned_sites = vec![at(LOG, 7, SiteId::new("1").unwrap())];
        inventory.logs[0].ended = "2025-02-20T10:00:00Z".parse().ok();
        insta::assert_snapshot!(check(&RULE, inventory).lines().take(3).collect::<Vec<_>>().join("\n"), @r"
        unknown site:Redmond: Site Redmond has 3 web servers, but the assignments are not among the inputs. A report of 2025-02-20 found it without an account. Export the assignments into the bundle `Get-CsKerberosAccountAssignment | Export-Clixml assignments.xml`.
          warning topology.xml:3 the site
          warning Enable-CsTopology.xml:7 the old report says so
        ");
    }

    #[test]
    fn branch_sites_and_sites_without_web_servers_are_left_alone() {
        let mut inventory = estate();
        inventory.assignments.clear();
        inventory.sites[0].kind = SiteKind::Branch;
        inventory.pools.pop();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        notapplicable site:Redmond: Site Redmond is a branch site, and accounts are documented for central sites only.
        notapplicable site:Dublin: No pool of site Dublin runs Web Services.
        ");
        let mut inventory = estate();
        inventory.assignments.clear();
        inventory.pools.pop();
        inventory.topologies[0].complete = false;
        assert!(check(&RULE, inventory).contains("unknown site:Dublin: The topology is only in part"));
    }
}
