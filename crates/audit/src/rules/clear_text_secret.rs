use crate::declare::declare_rule;
use crate::{Policy, Verdicts, View};
use kerbsync_inventory::SecretState;
use kerbsync_source::text;

declare_rule! {
    /// A secret stands in clear in a configuration.
    ///
    /// ## What it checks
    /// No slot of a server's applicationHost.config holds its secret as plain text, also not in a place that is not in force. The value
    /// is never shown.
    ///
    /// ## Why it matters
    /// Everyone who can read the file, its backups or its history snapshots has the password of the account. IIS takes a password that
    /// was typed into the file and leaves it as it is until some tool saves the section again.
    ///
    /// ## What to do
    /// Set the value through IIS, which encrypts it, and then change the password, since the old one has been readable:
    ///
    /// ```powershell
    /// Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `password="..."` | `password="[enc:AesProvider:...:enc]"` |
    ///
    /// ## Sources
    /// - [processModel of application pools](https://learn.microsoft.com/iis/configuration/system.applicationhost/applicationpools/add/processmodel)
    /// - [MITRE ATT&CK T1552.001 Credentials in files](https://attack.mitre.org/techniques/T1552/001/)
    number: 208,
    severity: Warning,
    confidence: Documented,
    family: Servers,
    subject: Slot,
    product_error: None,
    controls: ["NIST SP 800-53 SC-28", "NIST SP 800-53 IA-5(7)", "CIS Controls v8 3.11"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for slot in view.slots() {
        let (subject, host, label) = (slot.subject(), &slot.server.computer, &slot.slot.label);
        match &slot.slot.secret {
            SecretState::Empty => verdicts.not_applicable(subject, text!("The {label} of {host} holds no secret.")),
            SecretState::Opened { provider, .. } | SecretState::Sealed { provider, .. } => {
                verdicts.pass(subject, text!("The secret of the {label} of {host} is encrypted by {provider}."));
            }
            SecretState::Clear(_) | SecretState::TakenOut => {
                let account = &slot.slot.account.value.text;
                let attribute = &slot.slot.secret_attribute;
                verdicts
                    .fail(subject, text!("The {label} of {host} holds the secret of {account} in clear, in '{attribute}'."))
                    .at(slot.origin(), "plain text instead of [enc:...:enc]")
                    .help("Set the value through IIS, which encrypts it, then change the password of the account on all servers.");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate, tag};

    #[test]
    fn a_secret_in_clear_fails_wherever_it_stands() {
        let mut inventory = estate();
        inventory.servers.retain(|s| s.computer.first_label() == "fe02");
        let slots = &mut config(&mut inventory, "fe02").slots;
        slots.push(slots[0].clone());
        slots[0].secret = SecretState::Clear(tag("current"));
        (slots[2].secret, slots[2].relevance) = (SecretState::Clear(tag("other")), kerbsync_inventory::SlotRelevance::Elsewhere);
        let mut empty = slots[1].clone();
        empty.secret = SecretState::Empty;
        empty.key = kerbsync_inventory::SlotKey::ApplicationPoolDefaults;
        empty.label = empty.key.label();
        slots.push(empty);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail fe02.contoso.com: kerberosCredential in 'Skype for Business Server Internal Web Site': The kerberosCredential in 'Skype for Business Server Internal Web Site' of fe02.contoso.com holds the secret of CONTOSO\KerbAuth in clear, in 'password'.
          warning servers/fe02.contoso.com/applicationHost.config:60 plain text instead of [enc:...:enc]
          help: Set the value through IIS, which encrypts it, then change the password of the account on all servers.
        fail fe02.contoso.com: kerberosCredential in 'Skype for Business Server Internal Web Site' (2): The kerberosCredential in 'Skype for Business Server Internal Web Site' of fe02.contoso.com holds the secret of CONTOSO\KerbAuth in clear, in 'password'.
          warning servers/fe02.contoso.com/applicationHost.config:60 plain text instead of [enc:...:enc]
          help: Set the value through IIS, which encrypts it, then change the password of the account on all servers.
        pass fe02.contoso.com: kerberosCredential in 'Skype for Business Server External Web Site': The secret of the kerberosCredential in 'Skype for Business Server External Web Site' of fe02.contoso.com is encrypted by AesProvider.
        notapplicable fe02.contoso.com: application pool defaults: The application pool defaults of fe02.contoso.com holds no secret.
        ");
    }
}
