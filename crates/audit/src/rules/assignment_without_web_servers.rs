use crate::declare::declare_rule;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, Proved, commands};
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::text;
use std::collections::HashSet;

declare_rule! {
    /// A Kerberos account is assigned to a site without web servers.
    ///
    /// ## What it checks
    /// The site of every assignment has a pool that runs Web Services. An assignment that leads to no site at all is the matter of
    /// assignment-to-unknown-site.
    ///
    /// ## Why it matters
    /// Such an assignment does nothing. It hides that the account is not in use, and it makes an inventory of service accounts wrong.
    ///
    /// ## What to do
    /// Remove it, and let Enable-CsTopology take the account's SPNs out of Active Directory:
    ///
    /// ```powershell
    /// Remove-CsKerberosAccountAssignment -Identity "site:Dublin"
    /// Enable-CsTopology
    /// ```
    ///
    /// Before, `Get-CsKerberosAccountAssignment` lists `Site:Dublin`; after, it does not. Keep it if pools are about to be deployed there.
    ///
    /// ## Sources
    /// - [Prerequisites for enabling Kerberos authentication](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-prerequisites-for-enabling-kerberos-authentication)
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    number: 102,
    severity: Warning,
    confidence: Inferred,
    family: Names,
    subject: Assignment,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 AC-2"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for (subject, assignment) in view.assignments() {
        let Some(site) = assignment.site_id.as_ref().and_then(|id| view.site(id)) else {
            verdicts.not_applicable(subject, text!("'{}' leads to no site of the topology.", assignment.site_text.value));
            continue;
        };
        let name = site.name();
        if !site.web_pools.is_empty() {
            verdicts.pass(subject, text!("Site {name} has web servers."));
        } else if view.topology_is_complete() {
            let message = text!("{} is assigned to site {name}, but no pool of the site runs Web Services.", assignment.account_text.value);
            verdicts
                .fail(subject, message)
                .at(&assignment.origin, "the assignment")
                .at(&site.site.name.origin, "the site")
                .site(&site.site.id.value)
                .help(
                    match held_in(view, &site.site.id.value) {
                        Some(host) => Advice::say("Look first whether any are there now:").then_run(commands::web_services()).then_say(text!(
                            "No command that removes anything is given here: {host} of this site holds an account as web servers do, so the topology may be older."
                        )),
                        None => Advice::say("Keep it if pools are about to be deployed there. Look first whether any are there now:")
                        .then_run(commands::web_services())
                        .then_destroy(
                            commands::unassign(name),
                            Proved::by("The topology is complete and no pool of the site runs Web Services, so no client loses anything that works."),
                            "The next Enable-CsTopology takes the names of the site off the account. To sever the link, run:",
                        ),
                    },
                );
        } else {
            let why = text!("The topology is only in part among the inputs, so site {name} may have web servers that are not in it.");
            verdicts.unknown_with_finding(
                subject,
                why,
                Advice::run(commands::web_services())
                    .then_say("Or export the topology into the bundle:")
                    .then_run(commands::export_topology()),
            );
        }
    }
}

/// A computer of the site that holds an account where web servers do, although the topology has no Web Services on it.
fn held_in<'i>(view: &View<'i>, site: &SiteId) -> Option<&'i HostName> {
    let pools = view.inventory.pools.iter().filter(|p| p.site.as_ref() == Some(site));
    let of_site: HashSet<&HostName> = pools.flat_map(|p| &p.computers).map(|c| &c.fqdn.value).collect();
    view.slots().iter().filter(|s| s.counts()).map(|s| &s.server.computer).find(|host| of_site.contains(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assignment, check, estate};

    /// A server that holds the account speaks against a topology that has no Web Services on it.
    #[test]
    fn no_link_is_severed_where_a_server_of_the_site_holds_the_account() {
        let mut inventory = estate();
        let pool = inventory.pools.last_mut().unwrap();
        pool.web_services = false;
        let told = check(&RULE, inventory);
        assert!(told.contains("se01.contoso.com of this site holds an account as web servers do"), "{told}");
        assert!(!told.contains("Remove-Cs"), "{told}");
    }

    #[test]
    fn it_fires_only_where_the_whole_topology_is_known() {
        let mut inventory = estate();
        inventory.pools.pop();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass Site:Redmond -> CONTOSO\KerbAuth: Site Redmond has web servers.
        fail Site:Dublin -> contoso\kerbauth: contoso\kerbauth is assigned to site Dublin, but no pool of the site runs Web Services.
          warning assignments.xml:6 the assignment
          warning topology.xml:4 the site
          help: Keep it if pools are about to be deployed there. Look first whether any are there now:
              Get-CsService -WebServer
            The topology is complete and no pool of the site runs Web Services, so no client loses anything that works. The next Enable-CsTopology takes the names of the site off the account. To sever the link, run:
              Remove-CsKerberosAccountAssignment -Identity site:Dublin
        ");
        let mut inventory = estate();
        inventory.pools.pop();
        inventory.topologies[0].complete = false;
        inventory.assignments.push(assignment("Nowhere", None, "CONTOSO\\KerbAuth", 9));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass Site:Redmond -> CONTOSO\KerbAuth: Site Redmond has web servers.
        unknown Site:Dublin -> contoso\kerbauth: The topology is only in part among the inputs, so site Dublin may have web servers that are not in it. Run `Get-CsService -WebServer`. Or export the topology into the bundle `(Get-CsTopology -AsXml).ToString() | Out-File topology.xml`.
          warning
        notapplicable Site:Nowhere -> CONTOSO\KerbAuth: 'Site:Nowhere' leads to no site of the topology.
        ");
    }
}
