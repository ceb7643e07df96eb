use crate::declare::declare_rule;
use crate::view::identity;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::text;

declare_rule! {
    /// Somebody has given the Kerberos account a key of its own.
    ///
    /// ## What it checks
    /// msDS-KeyCredentialLink of an assigned account is empty.
    ///
    /// ## Why it matters
    /// Whoever holds the private key behind a value of this attribute can log on as the account without its password, and a new
    /// password does not end it. Devices write it about themselves, but no machine stands behind this account, so somebody else wrote
    /// it.
    ///
    /// ## What to do
    /// ```powershell
    /// Get-ADComputer KerbAuth -Properties msDS-KeyCredentialLink
    /// Set-ADComputer KerbAuth -Clear msDS-KeyCredentialLink
    /// ```
    ///
    /// Before: one value. After: none. Find out who may write the attribute, and keep the value as evidence before you clear it.
    ///
    /// ## Sources
    /// - [ms-DS-Key-Credential-Link attribute](https://learn.microsoft.com/windows/win32/adschema/a-msds-keycredentiallink)
    /// - [MITRE ATT&CK T1098 Account manipulation](https://attack.mitre.org/techniques/T1098/)
    number: 424,
    severity: Warning,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 AC-6"],
    reads: [KeyCredentialLink],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let command = commands::show_computer(&identity(object, name), "msDS-KeyCredentialLink");
        match &object.key_credential {
            Some(set) if set.value => {
                verdicts
                    .fail(subject, text!("{name} can log on by a key that is not its password (msDS-KeyCredentialLink is set)."))
                    .at(&set.origin, "the key")
                    .help(Advice::say("Find out who wrote the value, and keep it as evidence:").then_run(command));
            }
            Some(_) => verdicts.pass(subject, text!("{name} has no msDS-KeyCredentialLink.")),
            None => {
                let why = text!("The directory exports do not tell msDS-KeyCredentialLink of {name}.");
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
    fn a_key_fails_and_an_attribute_that_was_not_exported_is_unknown() {
        let mut inventory = estate();
        kerb(&mut inventory).key_credential = Some(at(DIRECTORY, 19, true));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth can log on by a key that is not its password (msDS-KeyCredentialLink is set).
          warning directory.ldf:19 the key
          help: Find out who wrote the value, and keep it as evidence:
              Get-ADComputer -Identity 'KerbAuth$' -Properties msDS-KeyCredentialLink
        ");
        let mut inventory = estate();
        kerb(&mut inventory).key_credential = None;
        assert!(check(&RULE, inventory).starts_with("unknown CONTOSO\\KerbAuth: "));
        assert!(check(&RULE, estate()).starts_with("pass CONTOSO\\KerbAuth: "));
    }
}
