use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::text;

declare_rule! {
    /// An assignment names a site that the topology does not hold.
    ///
    /// ## What it checks
    /// The identity of every assignment (`site:<name>`) is that of a site of the topology; letter case does not matter.
    ///
    /// ## Why it matters
    /// The site that was meant has no account, and the cmdlets refuse the identity. Most often a site was renamed or removed, or the
    /// exports come from two deployments or two points in time.
    ///
    /// ## What to do
    /// Compare the two lists, and assign the account to the site that was meant:
    ///
    /// ```powershell
    /// Get-CsSite | Select-Object Identity
    /// Get-CsKerberosAccountAssignment
    /// New-CsKerberosAccountAssignment -Identity "site:Redmond" -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// Before: `Site:Redmnd -> CONTOSO\KerbAuth`. After: `Site:Redmond -> CONTOSO\KerbAuth`.
    ///
    /// ## Sources
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    /// - [Get-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Get-CsKerberosAccountAssignment.md)
    number: 103,
    severity: Warning,
    confidence: Documented,
    family: Names,
    subject: Assignment,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 SI-10"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let names: Vec<&String> = view.sites().iter().map(crate::SiteView::name).collect();
    for (subject, assignment) in view.assignments() {
        let text = &assignment.site_text.value;
        if let Some(site) = assignment.site_id.as_ref().and_then(|id| view.site(id)) {
            verdicts.pass(subject, text!("'{text}' is site {}.", site.name()));
        } else if view.topology_is_complete() {
            verdicts
                .fail(subject, text!("No site of the topology is named by '{text}'."))
                .at(&assignment.site_text.origin, "the identity")
                .help(
                    Advice::say(text!("The topology names {}. Compare with what is there now:", list(&names)))
                        .then_run(commands::sites())
                        .then_say("Then assign the account to the site that is meant with New-CsKerberosAccountAssignment."),
                );
        } else {
            let why = text!("The topology is not or only in part among the inputs, so '{text}' cannot be checked.");
            verdicts.unknown_with_finding(
                subject,
                why,
                Advice::run(commands::sites()).then_say("Or export the topology into the bundle:").then_run(commands::export_topology()),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assignment, check, estate};

    #[test]
    fn an_unknown_site_fails_where_all_sites_are_known() {
        let mut inventory = estate();
        inventory.assignments.push(assignment("Redmnd", None, "CONTOSO\\KerbAuth", 9));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass Site:Redmond -> CONTOSO\KerbAuth: 'Site:Redmond' is site Redmond.
        pass Site:Dublin -> contoso\kerbauth: 'Site:Dublin' is site Dublin.
        fail Site:Redmnd -> CONTOSO\KerbAuth: No site of the topology is named by 'Site:Redmnd'.
          warning assignments.xml:9 the identity
          help: The topology names Redmond and Dublin. Compare with what is there now:
              Get-CsSite | Select-Object Identity
            Then assign the account to the site that is meant with New-CsKerberosAccountAssignment.
        ");
    }

    #[test]
    fn a_partial_topology_proves_nothing() {
        let mut inventory = estate();
        inventory.assignments = vec![assignment("Redmnd", None, "CONTOSO\\KerbAuth", 9)];
        inventory.topologies[0].complete = false;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown Site:Redmnd -> CONTOSO\KerbAuth: The topology is not or only in part among the inputs, so 'Site:Redmnd' cannot be checked. Run `Get-CsSite | Select-Object Identity`. Or export the topology into the bundle `(Get-CsTopology -AsXml).ToString() | Out-File topology.xml`.
          warning
        ");
    }
}
