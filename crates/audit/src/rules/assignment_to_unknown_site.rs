use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Verdicts, View};

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
    number: 103,
    severity: Warning,
    confidence: Documented,
    family: Names,
    subject: Assignment,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 SI-10"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let names: Vec<&str> = view.sites().iter().map(crate::SiteView::name).collect();
    for (subject, assignment) in view.assignments() {
        let text = &assignment.site_text.value;
        if let Some(site) = assignment.site_id.as_ref().and_then(|id| view.site(id)) {
            verdicts.pass(subject, format!("'{text}' is site {}.", site.name()));
        } else if view.topology_is_complete() {
            verdicts
                .fail(subject, format!("No site of the topology is named by '{text}'."))
                .at(&assignment.site_text.origin, "the identity")
                .help(format!(
                    "The sites are {}. Check with Get-CsSite, then use New-CsKerberosAccountAssignment for the site that is meant.",
                    list(&names)
                ));
        } else {
            let why = format!("The topology is not or only in part among the inputs, so '{text}' cannot be checked.");
            verdicts.unknown_with_finding(subject, why, "Run 'Get-CsSite', or add the output of 'Get-CsTopology -AsXml' to the bundle.");
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
          help: The sites are Redmond and Dublin. Check with Get-CsSite, then use New-CsKerberosAccountAssignment for the site that is meant.
        ");
    }

    #[test]
    fn a_partial_topology_proves_nothing() {
        let mut inventory = estate();
        inventory.assignments = vec![assignment("Redmnd", None, "CONTOSO\\KerbAuth", 9)];
        inventory.topologies[0].complete = false;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown Site:Redmnd -> CONTOSO\KerbAuth: The topology is not or only in part among the inputs, so 'Site:Redmnd' cannot be checked. Run 'Get-CsSite', or add the output of 'Get-CsTopology -AsXml' to the bundle.
          warning
        ");
    }
}
