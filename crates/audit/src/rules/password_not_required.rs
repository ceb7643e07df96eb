use crate::declare::declare_rule;
use crate::view::identity;
use crate::{Attribute, Policy, Verdicts, View};
use kerbsync_advice::commands;
use kerbsync_inventory::directory::uac;
use kerbsync_source::text;

declare_rule! {
    /// The Kerberos account may have an empty password.
    ///
    /// ## What it checks
    /// The bit PASSWD_NOTREQD (0x20) of userAccountControl is not set on an assigned account.
    ///
    /// ## Why it matters
    /// With the bit, an empty password is accepted for the account, whatever the policy of the domain says. Computer objects that
    /// were made by a script often have it (4128 = 4096 + 32), and keep it if nobody looks.
    ///
    /// ## What to do
    /// ```powershell
    /// Set-ADAccountControl -Identity 'KerbAuth$' -PasswordNotRequired $false
    /// ```
    ///
    /// Before: `userAccountControl: 4128`. After: `userAccountControl: 4096`.
    ///
    /// ## Sources
    /// - [Flags of userAccountControl](https://learn.microsoft.com/troubleshoot/windows-server/active-directory/useraccountcontrol-manipulate-account-properties)
    number: 414,
    severity: Warning,
    confidence: Documented,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 IA-5(1)", "NIST SP 800-53 CM-6"],
    reads: [UserAccountControl],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| match &object.user_account_control {
        None => verdicts.attribute_missing(account, Attribute::UserAccountControl),
        Some(bits) if bits.value & uac::PASSWD_NOTREQD != 0 => {
            verdicts
                .fail(account.subject(), text!("{} needs no password: PASSWD_NOTREQD is set ({}).", account.name, bits.value))
                .at(&bits.origin, "PASSWD_NOTREQD is set")
                .help(commands::account_control(&identity(object, account.name), "-PasswordNotRequired $false"));
        }
        Some(bits) => verdicts.pass(account.subject(), text!("{} needs a password ({}).", account.name, bits.value)),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, estate, kerb};

    #[test]
    fn the_bit_fails() {
        let mut inventory = estate();
        kerb(&mut inventory).user_account_control.as_mut().unwrap().value = 4128;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth needs no password: PASSWD_NOTREQD is set (4128).
          warning directory.ldf:13 PASSWD_NOTREQD is set
          help: Run:
              Set-ADAccountControl -Identity 'KerbAuth$' -PasswordNotRequired $false
        ");
        let mut inventory = estate();
        kerb(&mut inventory).user_account_control = None;
        assert!(check(&RULE, inventory).starts_with("unknown "));
        assert!(check(&RULE, estate()).starts_with("pass CONTOSO\\KerbAuth: CONTOSO\\KerbAuth needs a password (4096)."));
    }
}
