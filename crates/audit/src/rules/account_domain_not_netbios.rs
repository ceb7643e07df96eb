use crate::declare::declare_rule;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_names::AccountNote;
use kerbsync_source::{Shown, text};

declare_rule! {
    /// The domain of an assigned account is written as a DNS name.
    ///
    /// ## What it checks
    /// The part before the backslash is a NetBIOS domain name: it has no dot.
    ///
    /// ## Why it matters
    /// Every example of the documentation has a NetBIOS name. Whether the product takes a DNS name is not known, so this is a warning
    /// and no more; tools that compare the texts of accounts will see two different ones.
    ///
    /// ## What to do
    /// ```powershell
    /// Set-CsKerberosAccountAssignment -Identity "site:Redmond" -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// Before: `contoso.com\KerbAuth`. After: `CONTOSO\KerbAuth`.
    ///
    /// ## Sources
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    /// - [Set a Kerberos authentication account password on a server](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-set-a-kerberos-authentication-account-password-on-a-server)
    number: 107,
    severity: Warning,
    confidence: Inferred,
    family: Names,
    subject: Assignment,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for (subject, assignment) in view.assignments() {
        let Ok(name) = &assignment.account else {
            verdicts.not_applicable(subject, text!("'{}' is not of the form DOMAIN\\name.", assignment.account_text.value));
            continue;
        };
        if !assignment.notes.contains(&AccountNote::DnsDomain) {
            verdicts.pass(subject, text!("'{}' is a NetBIOS name.", Shown::naming(name.domain())));
            continue;
        }
        let domains = view.inventory.directory.iter().flat_map(|d| &d.domains);
        let netbios = domains.filter(|d| d.dns.eq_ignore_ascii_case(name.domain())).map(|d| &d.netbios).next();
        let better = netbios.map(|domain| text!("{domain}\\{}", Shown::naming(name.account())));
        let finding = verdicts
            .fail(
                subject,
                text!(
                    "The domain '{}' of the account is a DNS name; every documented example has a NetBIOS name.",
                    Shown::naming(name.domain())
                ),
            )
            .at(&assignment.account_text.origin, "the account");
        let finding = match &assignment.site_id {
            Some(id) => finding.site(id),
            None => finding,
        };
        let site = &assignment.site_text.value;
        let advice = match better {
            Some(better) => Advice::run(commands::reassign(site, Some(&better))),
            None => Advice::say("No input says which NetBIOS name the domain has. Add it to the bundle, or to [domains] in kerbsync.toml:")
                .then_run(commands::domains()),
        };
        finding.help(advice);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assignment, check, estate};

    #[test]
    fn a_dns_domain_is_told_with_the_netbios_name_where_it_is_known() {
        let mut inventory = estate();
        inventory.assignments[0] = assignment("Redmond", Some("1"), "contoso.com\\KerbAuth", 5);
        inventory.assignments.push(assignment("Dublin", Some("2"), "KerbAuth", 7));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail Site:Redmond -> contoso.com\KerbAuth: The domain 'contoso.com' of the account is a DNS name; every documented example has a NetBIOS name.
          warning assignments.xml:5 the account
          help: Run:
              Set-CsKerberosAccountAssignment -Identity Site:Redmond -UserAccount CONTOSO\KerbAuth
        pass Site:Dublin -> contoso\kerbauth: 'contoso' is a NetBIOS name.
        notapplicable Site:Dublin -> KerbAuth: 'KerbAuth' is not of the form DOMAIN\name.
        ");
    }
}
