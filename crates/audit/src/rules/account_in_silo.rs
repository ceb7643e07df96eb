use crate::declare::declare_rule;
use crate::view::identity;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::text;

declare_rule! {
    /// The Kerberos account is in an authentication policy or silo.
    ///
    /// ## What it checks
    /// No authentication policy and no silo is assigned to the account (msDS-AssignedAuthNPolicy, msDS-AssignedAuthNPolicySilo).
    ///
    /// ## Why it matters
    /// A policy may say from which devices the account logs on and who gets tickets for it. One that does not name every client
    /// refuses them their tickets, and Windows authentication fails for them. What the policy says is not part of these inputs.
    ///
    /// ## What to do
    /// ```powershell
    /// Get-ADComputer KerbAuth -Properties AuthenticationPolicy, AuthenticationPolicySilo
    /// Set-ADComputer KerbAuth -AuthenticationPolicy $null -AuthenticationPolicySilo $null
    /// ```
    ///
    /// Before: the name of a policy. After: none, unless the policy is known to let every client in.
    ///
    /// ## Sources
    /// - [Authentication policies and silos](https://learn.microsoft.com/windows-server/security/credentials-protection-and-management/authentication-policies-and-authentication-policy-silos)
    number: 425,
    severity: Warning,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 AC-3"],
    reads: [AuthenticationSilo],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let command = commands::show_computer(&identity(object, name), "AuthenticationPolicy, AuthenticationPolicySilo");
        match object.silos.as_deref() {
            Some([]) => verdicts.pass(subject, text!("{name} is in no authentication policy or silo.")),
            Some([first, ..]) => {
                let message =
                    text!("{name} is in an authentication policy or silo, which may refuse clients their tickets: {}.", first.value);
                verdicts
                    .fail(subject, message)
                    .at(&first.origin, "the policy or silo")
                    .help(Advice::say("Find out what the policy says of clients:").then_run(command));
            }
            None => {
                let why = text!("The directory exports do not tell the authentication policy and the silo of {name}.");
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
    fn a_silo_fails_and_what_was_not_exported_is_unknown() {
        let mut inventory = estate();
        kerb(&mut inventory).silos = Some(vec![at(DIRECTORY, 19, "CN=Tier0,CN=AuthN Silos,DC=contoso,DC=com".to_owned())]);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is in an authentication policy or silo, which may refuse clients their tickets: CN=Tier0,CN=AuthN Silos,DC=contoso,DC=com.
          warning directory.ldf:19 the policy or silo
          help: Find out what the policy says of clients:
              Get-ADComputer -Identity 'KerbAuth$' -Properties AuthenticationPolicy, AuthenticationPolicySilo
        ");
        let mut inventory = estate();
        kerb(&mut inventory).silos = None;
        assert!(check(&RULE, inventory).starts_with("unknown CONTOSO\\KerbAuth: "));
        assert!(check(&RULE, estate()).starts_with("pass CONTOSO\\KerbAuth: "));
    }
}
