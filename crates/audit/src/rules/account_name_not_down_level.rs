use crate::declare::declare_rule;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::commands;
use kerbsync_names::AccountNote;
use kerbsync_source::text;

declare_rule! {
    /// An assigned account is not written as DOMAIN\name.
    ///
    /// ## What it checks
    /// The account of every assignment has the form `DOMAIN\name`. A trailing `$` is tolerated: no example of the documentation has one,
    /// but `CONTOSO\KerbAuth$` can only mean the same account.
    ///
    /// ## Why it matters
    /// The cmdlets take the down-level form only; user principal names are documented as not supported. Which account is meant by any
    /// other text cannot be told, so the servers of the site cannot be judged.
    ///
    /// ## What to do
    /// ```powershell
    /// Set-CsKerberosAccountAssignment -Identity "site:Redmond" -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `KerbAuth@contoso.com` | `CONTOSO\KerbAuth` |
    /// | `CN=KerbAuth,CN=Computers,DC=contoso,DC=com` | `CONTOSO\KerbAuth` |
    ///
    /// ## Sources
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    /// - [Set a Kerberos authentication account password on a server](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-set-a-kerberos-authentication-account-password-on-a-server)
    number: 105,
    severity: Error,
    confidence: Documented,
    family: Names,
    subject: Assignment,
    product_error: None,
    controls: ["NIST SP 800-53 SI-10", "NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for (subject, assignment) in view.assignments() {
        let text = &assignment.account_text.value;
        match &assignment.account {
            Ok(name) if assignment.notes.contains(&AccountNote::Dollar) => {
                verdicts.pass(subject, text!("'{text}' is {name}; the '$' at the end is in no example of the documentation."));
            }
            Ok(name) => verdicts.pass(subject, text!("{name} has the form DOMAIN\\name.")),
            Err(error) => {
                let site = &assignment.site_text.value;
                let finding = verdicts
                    .fail(subject, text!("The account '{text}' of {site} is not of the form DOMAIN\\name: {error}."))
                    .at(&assignment.account_text.origin, "the account");
                let finding = match &assignment.site_id {
                    Some(id) => finding.site(id),
                    None => finding,
                };
                finding.help(commands::reassign(site, None));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assignment, check, estate};

    #[test]
    fn other_forms_fail_and_a_dollar_is_tolerated() {
        let mut inventory = estate();
        inventory.assignments[0] = assignment("Redmond", Some("1"), "KerbAuth@contoso.com", 5);
        inventory.assignments.push(assignment("Dublin", Some("2"), "CONTOSO\\KerbAuth$", 7));
        inventory.assignments.push(assignment("Nowhere", None, "KerbAuth", 8));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail Site:Redmond -> KerbAuth@contoso.com: The account 'KerbAuth@contoso.com' of Site:Redmond is not of the form DOMAIN\name: user principal names are not supported here: give the account as DOMAIN\name.
          error assignments.xml:5 the account
          help: Run:
              Set-CsKerberosAccountAssignment -Identity Site:Redmond -UserAccount 'DOMAIN\name'
        pass Site:Dublin -> contoso\kerbauth: contoso\kerbauth has the form DOMAIN\name.
        pass Site:Dublin -> CONTOSO\KerbAuth$: 'CONTOSO\KerbAuth$' is CONTOSO\KerbAuth; the '$' at the end is in no example of the documentation.
        fail Site:Nowhere -> KerbAuth: The account 'KerbAuth' of Site:Nowhere is not of the form DOMAIN\name: the domain is missing: give the account as DOMAIN\name.
          error assignments.xml:8 the account
          help: Run:
              Set-CsKerberosAccountAssignment -Identity Site:Nowhere -UserAccount 'DOMAIN\name'
        ");
    }
}
