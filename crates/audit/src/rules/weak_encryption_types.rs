use crate::declare::declare_rule;
use crate::encryption::{AES, DES, RC4, aes, names};
use crate::{Attribute, Policy, Severity, Verdicts, View};
use kerbsync_inventory::directory::uac;
use kerbsync_source::{hex_bits, text};

declare_rule! {
    /// The Kerberos account is limited to RC4 or DES.
    ///
    /// ## What it checks
    /// Where msDS-SupportedEncryptionTypes is set, it has a bit of AES (0x8, 0x10) and none of DES (0x1, 0x2), and userAccountControl does
    /// not demand DES (USE_DES_KEY_ONLY). RC4 beside AES is told for information: the domain controllers take the strongest type that
    /// the account has keys for.
    ///
    /// ## Why it matters
    /// RC4 tickets can be attacked offline with the speed of a plain hash, and current systems refuse DES. From July 2026 RC4 works only
    /// by an explicit bit like this one, and only if the policy of the domain controllers allows it: sign-in then depends on it.
    ///
    /// ## What to do
    /// ```powershell
    /// Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType RC4,AES128,AES256
    /// Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType AES128,AES256
    /// ```
    ///
    /// The second line only after clients have been seen to get AES tickets: an account without AES keys gets no ticket then.
    /// Before: 4 (RC4). After: 24 (AES128, AES256).
    ///
    /// ## Sources
    /// - [KB5021131: Kerberos protocol changes](https://support.microsoft.com/help/5021131)
    /// - [msDS-SupportedEncryptionTypes ([MS-KILE] 2.2.7)](https://learn.microsoft.com/openspecs/windows_protocols/ms-kile/6cfc7b50-11ed-4b4d-846d-6f08f0812919)
    /// - [MITRE ATT&CK T1558.003 Kerberoasting](https://attack.mitre.org/techniques/T1558/003/)
    number: 411,
    severity: Error,
    confidence: Documented,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 SC-13", "NIST SP 800-53 IA-7"],
    reads: [UserAccountControl, EncryptionTypes],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let help = aes(object, name);
        if let Some(bits) = object.user_account_control.as_ref().filter(|b| b.value & uac::USE_DES_KEY_ONLY != 0) {
            let message = text!("{name} is limited to DES keys by userAccountControl (USE_DES_KEY_ONLY).");
            verdicts.fail(subject, message).at(&bits.origin, "USE_DES_KEY_ONLY is set").help(help);
            return;
        }
        let Some(types) = &object.encryption_types else {
            return verdicts.attribute_missing(account, Attribute::EncryptionTypes);
        };
        let Some(bits) = types.value.filter(|bits| *bits != 0) else {
            return verdicts.not_applicable(subject, text!("{name} has no msDS-SupportedEncryptionTypes."));
        };
        let (list, shown) = (names(bits), hex_bits(bits));
        let message = if bits & (AES | RC4 | DES) == 0 {
            text!(
                "{name} names no encryption type of tickets, only {list} ({shown}); what domain controllers make of that is not documented."
            )
        } else if bits & AES == 0 {
            let later = "domain controllers with the update of July 2026 give such tickets only if their own policy allows them";
            text!("{name} supports no AES, only {list} ({shown}); {later}.")
        } else if bits & DES != 0 {
            text!("{name} allows DES: {list} ({shown}).")
        } else if bits & RC4 != 0 {
            return verdicts.informational(subject, text!("{name} allows RC4 beside AES: {list} ({shown})."));
        } else {
            return verdicts.pass(subject, text!("{name} supports {list} ({shown})."));
        };
        // No Windows since 2008 R2 offers DES by itself.
        let severity = if bits & DES != 0 && bits & (AES | RC4) == 0 { Severity::Error } else { Severity::Warning };
        verdicts.fail(subject, message).at_most(severity).at(&types.origin, text!("the value {shown}")).help(help);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb};

    fn with(bits: Option<u32>) -> String {
        let mut inventory = estate();
        kerb(&mut inventory).encryption_types = Some(at(DIRECTORY, 16, bits));
        check(&RULE, inventory)
    }

    #[test]
    fn sets_of_types() {
        insta::assert_snapshot!(with(Some(0x4)), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth supports no AES, only RC4 (0x4); domain controllers with the update of July 2026 give such tickets only if their own policy allows them.
          warning directory.ldf:16 the value 0x4
          help: AES keys exist if the domain was at functional level 2008 or later when the password was set (2026-01-10). Allow AES beside RC4, which takes nothing away:
              Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType RC4,AES128,AES256
            Take RC4 away only after clients have been seen to get AES tickets (klist on a client).
        ");
        insta::assert_snapshot!(with(Some(0x1f)), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth allows DES: DES-CBC-CRC, DES-CBC-MD5, RC4, AES128, AES256 (0x1f).
          warning directory.ldf:16 the value 0x1f
          help: AES keys exist if the domain was at functional level 2008 or later when the password was set (2026-01-10). Allow AES beside RC4, which takes nothing away:
              Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType RC4,AES128,AES256
            Take RC4 away only after clients have been seen to get AES tickets (klist on a client).
        ");
        insta::assert_snapshot!(with(Some(0x1c)), @r"informational CONTOSO\KerbAuth: CONTOSO\KerbAuth allows RC4 beside AES: RC4, AES128, AES256 (0x1c).");
        insta::assert_snapshot!(with(Some(0x38)), @r"pass CONTOSO\KerbAuth: CONTOSO\KerbAuth supports AES128, AES256, AES256 session keys (0x38).");
        insta::assert_snapshot!(with(Some(0x20)), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth names no encryption type of tickets, only AES256 session keys (0x20); what domain controllers make of that is not documented.
          warning directory.ldf:16 the value 0x20
          help: AES keys exist if the domain was at functional level 2008 or later when the password was set (2026-01-10). Allow AES beside RC4, which takes nothing away:
              Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType RC4,AES128,AES256
            Take RC4 away only after clients have been seen to get AES tickets (klist on a client).
        ");
        insta::assert_snapshot!(with(None), @r"notapplicable CONTOSO\KerbAuth: CONTOSO\KerbAuth has no msDS-SupportedEncryptionTypes.");
    }

    #[test]
    fn the_flag_for_des_alone_fails() {
        let mut inventory = estate();
        kerb(&mut inventory).user_account_control.as_mut().unwrap().value |= uac::USE_DES_KEY_ONLY;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is limited to DES keys by userAccountControl (USE_DES_KEY_ONLY).
          error directory.ldf:13 USE_DES_KEY_ONLY is set
          help: AES keys exist if the domain was at functional level 2008 or later when the password was set (2026-01-10). Allow AES beside RC4, which takes nothing away:
              Set-ADComputer -Identity 'KerbAuth$' -KerberosEncryptionType RC4,AES128,AES256
            Take RC4 away only after clients have been seen to get AES tickets (klist on a client).
        ");
        let mut inventory = estate();
        kerb(&mut inventory).encryption_types = None;
        assert!(check(&RULE, inventory).starts_with("unknown "));
    }
}
