use crate::declare::declare_rule;
use crate::{Policy, Verdicts, View};
use kerbsync_names::AccountNote;
use kerbsync_source::{Shown, text};

declare_rule! {
    /// The name of an assigned account has more than 15 characters.
    ///
    /// ## What it checks
    /// The part behind the backslash is a NetBIOS name of at most 15 characters. A trailing `$` is not counted.
    ///
    /// ## Why it matters
    /// The documentation of the assignment cmdlets demands it: the account is a computer object, and computers have NetBIOS names. A
    /// longer name is refused or cut, and then names another account.
    ///
    /// ## What to do
    /// Create an account with a shorter name and assign that one:
    ///
    /// ```powershell
    /// New-CsKerberosAccount -UserAccount "CONTOSO\KerbAuth" -ContainerDN "OU=Kerberos,DC=contoso,DC=com"
    /// Set-CsKerberosAccountAssignment -Identity "site:Redmond" -UserAccount "CONTOSO\KerbAuth"
    /// Enable-CsTopology
    /// Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// Before: `CONTOSO\KerberosWebAuth01` (17 characters). After: `CONTOSO\KerbAuth`.
    ///
    /// ## Sources
    /// - [Naming conventions in Active Directory](https://learn.microsoft.com/troubleshoot/windows-server/active-directory/naming-conventions-for-computer-domain-site-ou)
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    number: 106,
    severity: Error,
    confidence: Documented,
    family: Names,
    subject: Assignment,
    product_error: None,
    controls: ["NIST SP 800-53 SI-10", "NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for (subject, assignment) in view.assignments() {
        let Ok(name) = &assignment.account else {
            verdicts.not_applicable(subject, text!("'{}' is not of the form DOMAIN\\name.", assignment.account_text.value));
            continue;
        };
        let length = name.account().chars().count();
        if assignment.notes.contains(&AccountNote::LongAccount) {
            let finding = verdicts
                .fail(
                    subject,
                    text!("The account name '{}' has {length} characters: at most 15 are allowed.", Shown::naming(name.account())),
                )
                .at(&assignment.account_text.origin, "the account");
            let finding = match &assignment.site_id {
                Some(id) => finding.site(id),
                None => finding,
            };
            finding.help(
                "Create an account with a shorter name with New-CsKerberosAccount, and assign it with Set-CsKerberosAccountAssignment.",
            );
        } else {
            verdicts.pass(subject, text!("The account name '{}' has {length} characters.", Shown::naming(name.account())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assignment, check, estate};

    #[test]
    fn sixteen_characters_are_one_too_many() {
        let mut inventory = estate();
        inventory.assignments[0] = assignment("Redmond", Some("1"), "CONTOSO\\KerberosWebAuth1", 5);
        inventory.assignments[1] = assignment("Dublin", Some("2"), "CONTOSO\\KerberosWebAut1$", 6);
        inventory.assignments.push(assignment("Dublin", Some("2"), "KerberosWebAuthentication", 7));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail Site:Redmond -> CONTOSO\KerberosWebAuth1: The account name 'KerberosWebAuth1' has 16 characters: at most 15 are allowed.
          error assignments.xml:5 the account
          help: Create an account with a shorter name with New-CsKerberosAccount, and assign it with Set-CsKerberosAccountAssignment.
        pass Site:Dublin -> CONTOSO\KerberosWebAut1$: The account name 'KerberosWebAut1' has 15 characters.
        notapplicable Site:Dublin -> KerberosWebAuthentication: 'KerberosWebAuthentication' is not of the form DOMAIN\name.
        ");
    }
}
