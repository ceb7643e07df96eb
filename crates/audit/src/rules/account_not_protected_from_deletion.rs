use crate::declare::declare_rule;
use crate::{Policy, Verdicts, View};

declare_rule! {
    /// The Kerberos account can be deleted by accident.
    ///
    /// ## What it checks
    /// ProtectedFromAccidentalDeletion is set on the object of every assigned account. Only PowerShell exports tell it.
    ///
    /// ## Why it matters
    /// Nobody logs on with the account and its time stamps look stale, so clean-up of old computers reaches for it. With the object
    /// goes the sign-in of every site of the account.
    ///
    /// ## What to do
    /// ```powershell
    /// Get-ADComputer KerbAuth | Set-ADObject -ProtectedFromAccidentalDeletion $true
    /// ```
    ///
    /// Before: `ProtectedFromAccidentalDeletion: False`. After: `True`.
    number: 427,
    severity: Note,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 CP-9"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        match &object.protected_from_deletion {
            Some(set) if set.value => verdicts.pass(subject, format!("{name} is protected from accidental deletion.")),
            Some(set) => {
                verdicts
                    .fail(subject, format!("{name} is not protected from accidental deletion."))
                    .at(&set.origin, "not protected")
                    .help(format!("Run 'Get-ADComputer {} | Set-ADObject -ProtectedFromAccidentalDeletion $true'.", name.account()));
            }
            None => {
                let why = format!("The directory export does not tell whether {name} is protected from accidental deletion.");
                let command = format!("Run 'Get-ADComputer {} -Properties ProtectedFromAccidentalDeletion'.", name.account());
                verdicts.unknown_told_elsewhere(subject, why, command);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb};

    #[test]
    fn only_what_the_export_tells_fails() {
        let mut inventory = estate();
        kerb(&mut inventory).protected_from_deletion = Some(at(DIRECTORY, 19, false));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is not protected from accidental deletion.
          note directory.ldf:19 not protected
          help: Run 'Get-ADComputer KerbAuth | Set-ADObject -ProtectedFromAccidentalDeletion $true'.
        ");
        let mut inventory = estate();
        kerb(&mut inventory).protected_from_deletion = None;
        assert!(check(&RULE, inventory).starts_with("unknown CONTOSO\\KerbAuth: "));
        assert!(check(&RULE, estate()).starts_with("pass CONTOSO\\KerbAuth: "));
    }
}
