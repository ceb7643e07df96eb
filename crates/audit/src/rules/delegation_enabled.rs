use crate::declare::declare_rule;
use crate::text::list;
use crate::view::identity;
use crate::{Attribute, Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::directory::uac;
use kerbsync_source::text;

declare_rule! {
    /// The Kerberos account is trusted for delegation.
    ///
    /// ## What it checks
    /// None of these is set on an assigned account: TRUSTED_FOR_DELEGATION (0x80000), TRUSTED_TO_AUTH_FOR_DELEGATION (0x1000000),
    /// msDS-AllowedToDelegateTo, msDS-AllowedToActOnBehalfOfOtherIdentity.
    ///
    /// ## Why it matters
    /// No page of the documentation asks for delegation. The secret lies on every web server, where every server administrator can
    /// read it: with delegation, whoever has it can act as other users towards other services, without limit in the first case.
    ///
    /// ## What to do
    /// ```powershell
    /// Set-ADAccountControl -Identity 'KerbAuth$' -TrustedForDelegation $false -TrustedToAuthForDelegation $false
    /// Set-ADComputer KerbAuth -Clear msDS-AllowedToDelegateTo, msDS-AllowedToActOnBehalfOfOtherIdentity
    /// ```
    ///
    /// Before: `userAccountControl: 528384`. After: `userAccountControl: 4096`.
    ///
    /// ## Sources
    /// - [Kerberos constrained delegation](https://learn.microsoft.com/windows-server/security/kerberos/kerberos-constrained-delegation-overview)
    /// - [Flags of userAccountControl](https://learn.microsoft.com/troubleshoot/windows-server/active-directory/useraccountcontrol-manipulate-account-properties)
    number: 412,
    severity: Warning,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 AC-6", "NIST SP 800-53 AC-3"],
    reads: [UserAccountControl, AllowedToActOnBehalf, AllowedToDelegateTo],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let mut found: Vec<(&str, &kerbsync_source::Origin)> = Vec::new();
        if let Some(bits) = &object.user_account_control {
            if bits.value & uac::TRUSTED_FOR_DELEGATION != 0 {
                found.push(("TRUSTED_FOR_DELEGATION", &bits.origin));
            }
            if bits.value & uac::TRUSTED_TO_AUTH_FOR_DELEGATION != 0 {
                found.push(("TRUSTED_TO_AUTH_FOR_DELEGATION", &bits.origin));
            }
        }
        found.extend(object.delegates_to.iter().flatten().next().map(|to| ("msDS-AllowedToDelegateTo", &to.origin)));
        let acted_for = object.acted_for_by_others.as_ref().filter(|a| a.value);
        found.extend(acted_for.map(|a| ("msDS-AllowedToActOnBehalfOfOtherIdentity", &a.origin)));
        if !found.is_empty() {
            let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
            let message = text!("Delegation is set up for {name}: {}.", list(&names));
            let mut finding = verdicts.fail(subject, message);
            for (what, origin) in &found {
                finding = finding.at(*origin, *what);
            }
            let identity = identity(object, name);
            let mut advice = Advice::say("Make sure that nobody set it up on purpose: what uses it stops.");
            if found.iter().any(|(what, _)| what.starts_with("TRUSTED")) {
                let bits = "-TrustedForDelegation $false -TrustedToAuthForDelegation $false";
                advice = advice.then_say("Then run:").then_run(commands::account_control(&identity, bits));
            }
            if found.iter().any(|(what, _)| what.starts_with("msDS")) {
                let attributes = "msDS-AllowedToDelegateTo, msDS-AllowedToActOnBehalfOfOtherIdentity";
                advice = advice.then_say("Clear the attributes:").then_run(commands::clear_attributes(&identity, attributes));
            }
            finding.help(advice);
        } else if object.user_account_control.is_none() {
            verdicts.attribute_missing(account, Attribute::UserAccountControl);
        } else if object.acted_for_by_others.is_none() {
            verdicts.attribute_missing(account, Attribute::AllowedToActOnBehalf);
        } else if object.delegates_to.is_none() {
            verdicts.attribute_missing(account, Attribute::AllowedToDelegateTo);
        } else {
            verdicts.pass(subject, text!("No delegation is set up for {name}."));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb};

    #[test]
    fn every_kind_of_delegation_fails() {
        let mut inventory = estate();
        let account = kerb(&mut inventory);
        account.user_account_control.as_mut().unwrap().value |= uac::TRUSTED_FOR_DELEGATION | uac::TRUSTED_TO_AUTH_FOR_DELEGATION;
        account.delegates_to = Some(vec![at(DIRECTORY, 20, "cifs/fs01.contoso.com".to_owned())]);
        account.acted_for_by_others = Some(at(DIRECTORY, 21, true));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: Delegation is set up for CONTOSO\KerbAuth: TRUSTED_FOR_DELEGATION, TRUSTED_TO_AUTH_FOR_DELEGATION, msDS-AllowedToDelegateTo and msDS-AllowedToActOnBehalfOfOtherIdentity.
          warning directory.ldf:13 TRUSTED_FOR_DELEGATION
          warning directory.ldf:13 TRUSTED_TO_AUTH_FOR_DELEGATION
          warning directory.ldf:20 msDS-AllowedToDelegateTo
          warning directory.ldf:21 msDS-AllowedToActOnBehalfOfOtherIdentity
          help: Make sure that nobody set it up on purpose: what uses it stops. Then run:
              Set-ADAccountControl -Identity 'KerbAuth$' -TrustedForDelegation $false -TrustedToAuthForDelegation $false
            Clear the attributes:
              Set-ADComputer -Identity 'KerbAuth$' -Clear msDS-AllowedToDelegateTo, msDS-AllowedToActOnBehalfOfOtherIdentity
        ");
    }

    #[test]
    fn what_is_not_exported_is_unknown() {
        let mut inventory = estate();
        kerb(&mut inventory).user_account_control = None;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: The directory exports do not tell userAccountControl of CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties userAccountControl`.
          warning
        ");
        let mut inventory = estate();
        kerb(&mut inventory).acted_for_by_others = None;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: The directory exports do not tell msDS-AllowedToActOnBehalfOfOtherIdentity of CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties msDS-AllowedToActOnBehalfOfOtherIdentity`.
          warning
        ");
        let mut inventory = estate();
        kerb(&mut inventory).delegates_to = None;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: The directory exports do not tell msDS-AllowedToDelegateTo of CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties msDS-AllowedToDelegateTo`.
          warning
        ");
    }
}
