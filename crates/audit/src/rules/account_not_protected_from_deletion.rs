use crate::declare::declare_rule;
use crate::view::identity;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::commands;
use kerbsync_source::text;

declare_rule! {
    /// The Kerberos account can be deleted by mistake.
    ///
    /// ## What it checks
    /// ProtectedFromAccidentalDeletion of an assigned account is true, in an export of PowerShell that holds it. LDAP exports do not:
    /// there the rule stays open.
    ///
    /// ## Why it matters
    /// A computer object that stands for no computer looks like one that nobody needs: it never logs on. Whoever tidies up deletes it,
    /// and Kerberos sign-in ends on all servers of its sites at once.
    ///
    /// ## What to do
    /// ```powershell
    /// Get-ADComputer KerbAuth -Properties ProtectedFromAccidentalDeletion
    /// Get-ADComputer KerbAuth | Set-ADObject -ProtectedFromAccidentalDeletion $true
    /// ```
    ///
    /// Before: False. After: True. Whoever is to delete the account takes the protection away first.
    ///
    /// ## Sources
    /// - [Set-ADObject](https://learn.microsoft.com/powershell/module/activedirectory/set-adobject)
    number: 427,
    severity: Note,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 CP-10", "NIST SP 800-53 AC-2"],
    profile: Stig,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let command = || commands::show_computer(&identity(object, name), "ProtectedFromAccidentalDeletion");
        match &object.protected_from_deletion {
            Some(set) if set.value => verdicts.pass(subject, text!("{name} is protected from accidental deletion.")),
            Some(set) => {
                verdicts
                    .fail(subject, text!("{name} is not protected from accidental deletion."))
                    .at(&set.origin, "the protection")
                    .help(text!("Protect it: see 'kerbsync explain KS427'."));
            }
            None => {
                let why = text!("The directory exports do not tell ProtectedFromAccidentalDeletion of {name}.");
                verdicts.unknown_told_elsewhere(subject, why, command());
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb};

    #[test]
    fn a_switch_that_is_off_fails_and_one_that_was_not_exported_is_unknown() {
        for (protected, outcome) in [(Some(false), "fail"), (Some(true), "pass"), (None, "unknown")] {
            let mut inventory = estate();
            kerb(&mut inventory).protected_from_deletion = protected.map(|p| at(DIRECTORY, 21, p));
            let told = check(&RULE, inventory);
            assert!(told.starts_with(&format!("{outcome} CONTOSO\\KerbAuth: ")), "{told}");
        }
    }
}
