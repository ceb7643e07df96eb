use crate::declare::declare_rule;
use crate::encryption::{BY_UPDATES, aes};
use crate::{Attribute, Policy, Verdicts, View};
use kerbsync_source::{hex_bits, text};

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
    /// the day a domain controller is patched, and a mixture of patched and unpatched ones gives a mixture of tickets. Which
    /// updates the domain controllers have, no export tells, so the finding is the same whatever the date.
    ///
    /// ## What to do
    /// Make sure that the account has AES keys: its password was set when the domain was at functional level 2008 or later. Then allow AES
    /// beside RC4, and AES alone only after clients have been seen to get AES tickets:
    ///
    /// ```powershell
    /// Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType RC4,AES128,AES256
    /// Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType AES128,AES256
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | not set, or 0 | `msDS-SupportedEncryptionTypes: 24` |
    ///
    /// ## Sources
    /// - [KB5021131: Kerberos protocol changes](https://support.microsoft.com/help/5021131)
    /// - [KB5073381: encryption types of Kerberos](https://support.microsoft.com/help/5073381)
    /// - [msDS-SupportedEncryptionTypes ([MS-KILE] 2.2.7)](https://learn.microsoft.com/openspecs/windows_protocols/ms-kile/6cfc7b50-11ed-4b4d-846d-6f08f0812919)
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
            return verdicts.pass(subject, text!("{name} supports {}.", hex_bits(bits)));
        }
        verdicts
            .fail(subject, text!("{name} has no msDS-SupportedEncryptionTypes: {BY_UPDATES}."))
            .at(&types.origin, "the attribute is not set")
            .help(aes(object, name));
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
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth has no msDS-SupportedEncryptionTypes: domain controllers without the update of 14 April 2026 (KB5073381) give it RC4 tickets, those with it AES tickets only unless RC4DefaultDisablementPhase puts that back, and those with the update of July 2026 AES tickets only.
          warning directory.ldf:16 the attribute is not set
          help: AES keys exist if the domain was at functional level 2008 or later when the password was set (2026-01-10). Allow AES beside RC4, which takes nothing away:
              Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType RC4,AES128,AES256
            Take RC4 away only after clients have been seen to get AES tickets (klist on a client).
        ");
        insta::assert_snapshot!(unset("2026-04-14T00:00:00Z", Some(0)), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth has no msDS-SupportedEncryptionTypes: domain controllers without the update of 14 April 2026 (KB5073381) give it RC4 tickets, those with it AES tickets only unless RC4DefaultDisablementPhase puts that back, and those with the update of July 2026 AES tickets only.
          warning directory.ldf:16 the attribute is not set
          help: AES keys exist if the domain was at functional level 2008 or later when the password was set (2026-01-10). Allow AES beside RC4, which takes nothing away:
              Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType RC4,AES128,AES256
            Take RC4 away only after clients have been seen to get AES tickets (klist on a client).
        ");
        insta::assert_snapshot!(unset("2026-07-01T00:00:00Z", None), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth has no msDS-SupportedEncryptionTypes: domain controllers without the update of 14 April 2026 (KB5073381) give it RC4 tickets, those with it AES tickets only unless RC4DefaultDisablementPhase puts that back, and those with the update of July 2026 AES tickets only.
          warning directory.ldf:16 the attribute is not set
          help: AES keys exist if the domain was at functional level 2008 or later when the password was set (2026-01-10). Allow AES beside RC4, which takes nothing away:
              Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType RC4,AES128,AES256
            Take RC4 away only after clients have been seen to get AES tickets (klist on a client).
        ");
    }

    #[test]
    fn a_value_passes_and_no_attribute_is_unknown() {
        assert!(check(&RULE, estate()).starts_with("pass CONTOSO\\KerbAuth: CONTOSO\\KerbAuth supports 0x18."));
        let mut inventory = estate();
        kerb(&mut inventory).encryption_types = None;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: The directory exports do not tell msDS-SupportedEncryptionTypes of CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties msDS-SupportedEncryptionTypes`.
          warning
        ");
    }
}
