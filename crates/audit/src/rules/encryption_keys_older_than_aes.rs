use crate::declare::declare_rule;
use crate::encryption::{AES, AES_FIRST, RC4};
use crate::text::day;
use crate::view::new_password;
use crate::{Attribute, Policy, Severity, Verdicts, View};
use kerbsync_advice::{Advice, Proved};
use kerbsync_inventory::directory::Moment;
use kerbsync_source::text;

declare_rule! {
    /// The password of the Kerberos account is older than AES keys.
    ///
    /// ## What it checks
    /// pwdLastSet of every assigned account is later than 27 February 2008, the day of Windows Server 2008. A later date makes AES keys
    /// plausible and no more: they exist if the domain was at functional level 2008 or higher when the password was set.
    ///
    /// ## Why it matters
    /// Keys are derived when a password is set. Before that level only RC4 and DES keys were made. An account without AES keys that is
    /// AES only, by its attribute or by the default of April 2026, gets no ticket at all; the domain controllers log the events 207
    /// or 209. A warning as long as RC4 tickets are still given.
    ///
    /// ## What to do
    /// A new password makes the keys:
    ///
    /// ```powershell
    /// Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// Before: `PasswordLastSet` in 2007. After: today.
    ///
    /// ## Sources
    /// - [KB5021131: Kerberos protocol changes](https://support.microsoft.com/help/5021131)
    /// - [msDS-SupportedEncryptionTypes ([MS-KILE] 2.2.7)](https://learn.microsoft.com/openspecs/windows_protocols/ms-kile/6cfc7b50-11ed-4b4d-846d-6f08f0812919)
    number: 417,
    severity: Error,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 SC-12", "NIST SP 800-53 SC-13"],
    reads: [PasswordLastSet, EncryptionTypes],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let Some(set) = &object.password_last_set else { return verdicts.attribute_missing(account, Attribute::PasswordLastSet) };
        let Moment::At(time) = set.value else {
            return verdicts.not_applicable(subject, text!("The password of {name} has never been set."));
        };
        if time >= AES_FIRST {
            let text = text!("The password of {name} was set on {}; AES keys exist if the domain was at level 2008 by then.", day(time));
            return verdicts.pass(subject, text);
        }
        let bits = object.encryption_types.as_ref().and_then(|t| t.value).unwrap_or(0);
        // Unset, it depends on the updates of the domain controllers, which no export tells.
        let needs_aes = bits & AES != 0 && bits & RC4 == 0;
        verdicts
            .fail(subject, text!("The password of {name} was set on {}, when no domain could make AES keys.", day(time)))
            .at(&set.origin, "the last change of the password")
            .at_most(if needs_aes { Severity::Error } else { Severity::Warning })
            .help(new_password(
                Advice::say("Keys are made when a password is set, so a copy from a peer does not mend this."),
                name,
                Proved::by(text!("The export shows that the password was set on {}.", day(time))),
            ));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check_at, estate, kerb, time};

    fn old(types: Option<u32>, now: &str) -> String {
        let mut inventory = estate();
        kerb(&mut inventory).password_last_set = Some(at(DIRECTORY, 15, Moment::At(time("2007-06-01T08:00:00Z"))));
        kerb(&mut inventory).encryption_types = Some(at(DIRECTORY, 16, types));
        check_at(&RULE, inventory, now)
    }

    #[test]
    fn it_is_graver_where_aes_is_demanded() {
        insta::assert_snapshot!(old(None, "2026-03-01T00:00:00Z"), @r"
        fail CONTOSO\KerbAuth: The password of CONTOSO\KerbAuth was set on 2007-06-01, when no domain could make AES keys.
          warning directory.ldf:15 the last change of the password
          help: Keys are made when a password is set, so a copy from a peer does not mend this. The export shows that the password was set on 2007-06-01. A new password reaches the servers one by one and Active Directory last: until then sign-in can fail on all sites of the account, and a server that cannot be reached fails afterwards. In a maintenance window, run:
              Set-CsKerberosAccountPassword -UserAccount CONTOSO\KerbAuth
        ");
        // Unset, it depends on updates that no export tells, whatever the date.
        assert!(old(None, "2026-11-23T00:00:00Z").contains("\n  warning "));
        assert!(old(Some(0x18), "2026-03-01T00:00:00Z").contains("\n  error "));
        assert!(old(Some(0x4), "2026-08-01T00:00:00Z").contains("\n  warning "));
    }

    #[test]
    fn a_later_password_passes() {
        insta::assert_snapshot!(check_at(&RULE, estate(), "2026-03-01T00:00:00Z"), @r"pass CONTOSO\KerbAuth: The password of CONTOSO\KerbAuth was set on 2026-01-10; AES keys exist if the domain was at level 2008 by then.");
        let mut inventory = estate();
        kerb(&mut inventory).password_last_set = None;
        assert!(check_at(&RULE, inventory, "2026-03-01T00:00:00Z").starts_with("unknown "));
    }
}
