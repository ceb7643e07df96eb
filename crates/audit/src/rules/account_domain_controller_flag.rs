use crate::declare::declare_rule;
use crate::view::identity;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::directory::uac;
use kerbsync_source::{hex_bits, text};

declare_rule! {
    /// The Kerberos account is marked as a domain controller.
    ///
    /// ## What it checks
    /// userAccountControl of an assigned account has neither SERVER_TRUST_ACCOUNT (0x2000) nor PARTIAL_SECRETS_ACCOUNT (0x4000000).
    /// Both mark domain controllers.
    ///
    /// ## Why it matters
    /// An object with this mark may replicate the directory like a domain controller. Its secret lies on every web server, so whoever
    /// administers a web server could read every password of the domain.
    ///
    /// ## What to do
    /// ```powershell
    /// Set-ADObject -Identity 'CN=KerbAuth,CN=Computers,DC=contoso,DC=com' -Replace @{userAccountControl=4096}
    /// Get-ADComputer KerbAuth -Properties userAccountControl, primaryGroupID
    /// ```
    ///
    /// Before: `userAccountControl: 8192`. After: `userAccountControl: 4096`. Find out who set the mark before you take it away.
    ///
    /// ## Sources
    /// - [Flags of userAccountControl](https://learn.microsoft.com/troubleshoot/windows-server/active-directory/useraccountcontrol-manipulate-account-properties)
    number: 422,
    severity: Error,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 AC-6", "NIST SP 800-53 AC-2"],
    reads: [UserAccountControl],
}

/// The flags that this rule asks for.
const FLAGS: u32 = uac::SERVER_TRUST_ACCOUNT | uac::PARTIAL_SECRETS_ACCOUNT;

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_flag(view, FLAGS, "is not marked as a domain controller", |verdicts, account, object, flags| {
        let (subject, name) = (account.subject(), account.name);
        let command = commands::show_computer(&identity(object, name), "userAccountControl");
        verdicts
            .fail(subject, text!("{name} is marked as a domain controller (userAccountControl {}).", hex_bits(flags.value)))
            .at(&flags.origin, "the mark of a domain controller")
            .help(Advice::say("Find out who set the mark and what relies on it before it is taken away:").then_run(command));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb};

    #[test]
    fn the_flag_fails() {
        let mut inventory = estate();
        kerb(&mut inventory).user_account_control = Some(at(DIRECTORY, 13, uac::WORKSTATION_TRUST_ACCOUNT | uac::SERVER_TRUST_ACCOUNT));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is marked as a domain controller (userAccountControl 0x3000).
          error directory.ldf:13 the mark of a domain controller
          help: Find out who set the mark and what relies on it before it is taken away:
              Get-ADComputer -Identity 'KerbAuth$' -Properties userAccountControl
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
