use crate::declare::declare_rule;
use crate::{Attribute, Policy, Verdicts, View};

declare_rule! {
    /// The Kerberos account does not say which encryption types it supports.
    ///
    /// ## What it checks
    /// msDS-SupportedEncryptionTypes of every assigned account is set to a value other than 0. A computer writes the attribute on its own
    /// object; this object stands for no computer, so it stays unset until somebody sets it.
    ///
    /// ## Why it matters
    /// Until the update of 14 April 2026, an account without the attribute gets RC4 tickets by default. That update makes it
    /// AES only (0x18), with a way back; from July 2026 the way back is gone. An unset account thus changes its behaviour on
    /// the day a domain controller is patched, and a mixture of patched and unpatched ones gives a mixture of tickets. After the
    /// change the finding is a note.
    ///
    /// ## What to do
    /// Set AES, and set a new password if the present one may be older than the AES keys:
    ///
    /// ```powershell
    /// Set-ADComputer KerbAuth -KerberosEncryptionType AES128,AES256
    /// Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | not set, or 0 | `msDS-SupportedEncryptionTypes: 24` |
    number: 410,
    severity: Warning,
    confidence: Documented,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 SC-13", "NIST SP 800-53 CM-6"],
    reads: [EncryptionTypes],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let Some(types) = &object.encryption_types else {
            return verdicts.attribute_missing(account, Attribute::EncryptionTypes);
        };
        if let Some(bits) = types.value.filter(|bits| *bits != 0) {
            return verdicts.pass(subject, format!("{name} supports {bits:#x}."));
        }
        let message = format!(
            "{name} has no msDS-SupportedEncryptionTypes: domain controllers without the update of April 2026 give it RC4 tickets, those \
             with it AES tickets only (a registry value leads back until the update of July 2026)."
        );
        verdicts
            .fail(subject, message)
            .at(&types.origin, "the attribute is not set")
            .help(format!("Run 'Set-ADComputer {} -KerberosEncryptionType AES128,AES256'.", name.account()));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, check_at, estate, kerb};

    fn unset(now: &str, value: Option<u32>) -> String {
        let mut inventory = estate();
        kerb(&mut inventory).encryption_types = Some(at(DIRECTORY, 16, value));
        check_at(&RULE, inventory, now)
    }

    #[test]
    fn what_it_means_depends_on_updates_and_the_day_says_nothing_of_them() {
        insta::assert_snapshot!(unset("2026-04-13T23:59:59Z", None), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth has no msDS-SupportedEncryptionTypes: domain controllers without the update of April 2026 give it RC4 tickets, those with it AES tickets only (a registry value leads back until the update of July 2026).
          warning directory.ldf:16 the attribute is not set
          help: Run 'Set-ADComputer KerbAuth -KerberosEncryptionType AES128,AES256'.
        ");
        assert_eq!(unset("2026-08-01T00:00:00Z", Some(0)), unset("2026-04-13T23:59:59Z", None));
    }

    #[test]
    fn a_value_passes_and_no_attribute_is_unknown() {
        assert!(check(&RULE, estate()).starts_with("pass CONTOSO\\KerbAuth: CONTOSO\\KerbAuth supports 0x18."));
        let mut inventory = estate();
        kerb(&mut inventory).encryption_types = None;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: The directory export does not hold msDS-SupportedEncryptionTypes of CONTOSO\KerbAuth. Run 'Get-ADComputer KerbAuth -Properties msDS-SupportedEncryptionTypes'.
          warning
        ");
    }
}
