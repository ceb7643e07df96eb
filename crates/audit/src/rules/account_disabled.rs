use crate::declare::declare_rule;
use crate::view::identity;
use crate::{Attribute, Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::text;

declare_rule! {
    /// The Kerberos account is disabled.
    ///
    /// ## What it checks
    /// The object of every assigned account is enabled: the bit ACCOUNTDISABLE (0x2) of userAccountControl is not set.
    ///
    /// ## Why it matters
    /// The domain controllers give no ticket for a disabled account. Every client of every site of the account is refused Kerberos at
    /// once. Stale-computer clean-up disables such objects first, since nobody ever logs on with them.
    ///
    /// ## What to do
    /// ```powershell
    /// Enable-ADAccount -Identity 'KerbAuth$'
    /// Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Report C:\Logs\Test.html
    /// ```
    ///
    /// Before: `userAccountControl: 4098`. After: `userAccountControl: 4096`. Take the object out of the reach of the clean-up.
    ///
    /// ## Sources
    /// - [Flags of userAccountControl](https://learn.microsoft.com/troubleshoot/windows-server/active-directory/useraccountcontrol-manipulate-account-properties)
    /// - [Prerequisites for enabling Kerberos authentication](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-prerequisites-for-enabling-kerberos-authentication)
    number: 402,
    severity: Error,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 AC-2", "NIST SP 800-53 IA-9"],
    reads: [UserAccountControl],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| match object.is_enabled() {
        Some(true) => verdicts.pass(account.subject(), text!("{} is enabled.", account.name)),
        Some(false) => {
            let place = object.enabled.as_ref().map(|e| &e.origin).or(object.user_account_control.as_ref().map(|u| &u.origin));
            verdicts
                .fail(account.subject(), text!("{} is disabled in Active Directory.", account.name))
                .at(place.unwrap_or(&object.origin), "the account is disabled")
                .help(
                    Advice::say("Find out first who disabled it and why. Then run:")
                        .then_run(commands::enable_account(&identity(object, account.name))),
                );
        }
        None => verdicts.attribute_missing(account, Attribute::UserAccountControl),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb};
    use kerbsync_inventory::directory::uac;

    #[test]
    fn a_disabled_account_fails() {
        let mut inventory = estate();
        kerb(&mut inventory).user_account_control = Some(at(DIRECTORY, 13, uac::WORKSTATION_TRUST_ACCOUNT | uac::ACCOUNTDISABLE));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is disabled in Active Directory.
          error directory.ldf:13 the account is disabled
          help: Find out first who disabled it and why. Then run:
              Enable-ADAccount -Identity 'KerbAuth$'
        ");
        let mut inventory = estate();
        kerb(&mut inventory).user_account_control = None;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: The directory exports do not tell userAccountControl of CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties userAccountControl`.
          warning
        ");
    }

    #[test]
    fn the_export_s_own_word_counts_too() {
        let mut inventory = estate();
        kerb(&mut inventory).enabled = Some(at(DIRECTORY, 17, false));
        assert!(check(&RULE, inventory).starts_with("fail CONTOSO\\KerbAuth: "));
        assert!(check(&RULE, estate()).starts_with("pass CONTOSO\\KerbAuth: "));
    }
}
