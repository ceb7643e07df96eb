use crate::declare::declare_rule;
use crate::view::identity;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::commands;
use kerbsync_inventory::directory::uac;
use kerbsync_source::text;

declare_rule! {
    /// The Kerberos account needs no pre-authentication.
    ///
    /// ## What it checks
    /// userAccountControl of an assigned account does not have DONT_REQ_PREAUTH (0x400000).
    ///
    /// ## Why it matters
    /// Without pre-authentication anybody on the network may ask for data that is encrypted with the key of the account, and guess at
    /// the password offline. No page of the product asks for it.
    ///
    /// ## What to do
    /// ```powershell
    /// Set-ADAccountControl -Identity 'KerbAuth$' -DoesNotRequirePreAuth $false
    /// ```
    ///
    /// Before: `userAccountControl: 4198400`. After: `userAccountControl: 4096`.
    ///
    /// ## Sources
    /// - [Flags of userAccountControl](https://learn.microsoft.com/troubleshoot/windows-server/active-directory/useraccountcontrol-manipulate-account-properties)
    /// - [MITRE ATT&CK T1558.004 AS-REP Roasting](https://attack.mitre.org/techniques/T1558/004/)
    number: 423,
    severity: Warning,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 IA-5"],
    reads: [UserAccountControl],
}

/// The flags that this rule asks for.
const FLAGS: u32 = uac::DONT_REQ_PREAUTH;

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_flag(view, FLAGS, "needs Kerberos pre-authentication", |verdicts, account, object, flags| {
        let (subject, name) = (account.subject(), account.name);
        verdicts
            .fail(subject, text!("{name} needs no Kerberos pre-authentication (DONT_REQ_PREAUTH)."))
            .at(&flags.origin, "DONT_REQ_PREAUTH is set")
            .help(commands::account_control(&identity(object, name), "-DoesNotRequirePreAuth $false"));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb};

    #[test]
    fn the_flag_fails() {
        let mut inventory = estate();
        kerb(&mut inventory).user_account_control = Some(at(DIRECTORY, 13, uac::WORKSTATION_TRUST_ACCOUNT | uac::DONT_REQ_PREAUTH));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth needs no Kerberos pre-authentication (DONT_REQ_PREAUTH).
          warning directory.ldf:13 DONT_REQ_PREAUTH is set
          help: Run:
              Set-ADAccountControl -Identity 'KerbAuth$' -DoesNotRequirePreAuth $false
        ");
        assert!(check(&RULE, estate()).starts_with("pass CONTOSO\\KerbAuth: "));
    }

    #[test]
    fn a_flag_that_was_not_exported_is_unknown() {
        let mut inventory = estate();
        kerb(&mut inventory).flags_not_told = u32::MAX;
        assert!(check(&RULE, inventory).starts_with("unknown CONTOSO\\KerbAuth: The directory export tells some switches"));
        let mut inventory = estate();
        kerb(&mut inventory).user_account_control = None;
        assert!(check(&RULE, inventory).starts_with("unknown CONTOSO\\KerbAuth: The directory exports do not tell"));
    }
}
