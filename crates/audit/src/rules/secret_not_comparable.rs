use crate::declare::declare_rule;
use crate::text::list;
use crate::view::test_of;
use crate::{Policy, Verdicts, View, WebServer};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::state::{Expectation, Naming};
use kerbsync_inventory::{ProviderKey, SecretState, ServerConfiguration, Slot};
use kerbsync_source::{Text, text};

declare_rule! {
    /// A web server's secret is encrypted and could not be opened.
    ///
    /// ## What it checks
    /// Every slot that counts and may name the account of the site holds a secret that is in clear, or that was opened with a key which
    /// the administrator exported. A value that was not opened is unknown: two encrypted values are never compared as text, since the
    /// keys differ from server to server. A value that is itself damaged is a failure: IIS cannot read it either.
    ///
    /// ## Why it matters
    /// Without the clear secret nobody can tell from files whether the server is in sync.
    ///
    /// ## What to do
    /// Either let the product test the site, or export the key container on the server and put it into the bundle. The exported file is
    /// a private key: keep it as safe as the password itself, and delete it afterwards.
    ///
    /// ```powershell
    /// Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Report C:\Logs\Test.html
    /// & $env:windir\Microsoft.NET\Framework64\v4.0.30319\aspnet_regiis.exe -px iisConfigurationKey C:\keys\fe02.xml -pri
    /// ```
    ///
    /// Before: no `keys` folder, state unknown. After: `servers/fe02.contoso.com/keys/fe02.xml`, state in-sync or stale.
    ///
    /// ## Sources
    /// - [[MC-IISA]: IIS application host COM protocol](https://learn.microsoft.com/openspecs/windows_protocols/mc-iisa/)
    number: 211,
    severity: Error,
    confidence: Documented,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CA-7", "NIST SP 800-53 SC-12"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.web_servers() {
        let subject = server.subject();
        match (&server.expectation, server.configuration()) {
            (Expectation::NoAccount(why), _) => verdicts.not_applicable(subject, why.clone()),
            (Expectation::Unknown(why), _) => verdicts.unknown_told_elsewhere(subject, why.clone(), commands::assignments(None)),
            (Expectation::Account(_), Err((why, remedy))) => verdicts.unknown_told_elsewhere(subject, why, remedy),
            (Expectation::Account(_), Ok(configuration)) => judge(view, verdicts, server, configuration),
        }
    }
}

fn judge(view: &View<'_>, verdicts: &mut Verdicts<'_>, server: &WebServer<'_>, configuration: &ServerConfiguration) {
    let (subject, host) = (server.subject(), server.host);
    let slots: Vec<&Slot> = server.counted_slots().into_iter().filter(|(_, n)| *n != Naming::Another).map(|(s, _)| s).collect();
    if slots.is_empty() {
        return verdicts.not_applicable(subject, text!("{host} holds no secret of the account."));
    }
    let place = |slot: &Slot| slot.secret_origin.clone().unwrap_or_else(|| slot.account.origin.clone());
    if let Some(slot) = slots.iter().find(|s| matches!(s.secret, SecretState::Sealed { damaged: true, .. })) {
        let SecretState::Sealed { provider, reason, .. } = &slot.secret else { return };
        let (label, reason) = (&slot.label, reason.without_end("."));
        verdicts
            .fail(subject, text!("The encrypted secret of the {label} of {host} is damaged ({provider}): {reason}."))
            .at(place(slot), "this value cannot be decrypted")
            .help(
                Advice::say("Copy the file again, in case only the copy is damaged. If it is damaged on the server:")
                    .then(view.set_password(server)),
            );
        return;
    }
    let in_clear = "in clear".to_owned();
    let sealed: Vec<(&Slot, &String, Text)> = slots
        .iter()
        .filter_map(|s| match &s.secret {
            SecretState::Sealed { provider, reason, .. } => Some((*s, provider, reason.without_end("."))),
            SecretState::TakenOut => Some((*s, &in_clear, "it was taken out of this copy of the bundle".into())),
            _ => None,
        })
        .collect();
    let Some((_, provider, reason)) = sealed.first() else {
        let inferred = slots.iter().any(|s| matches!(s.secret, SecretState::Opened { inferred: true, .. }));
        let note = if inferred { " The layout of a CNG value is inferred." } else { "" };
        return verdicts.pass(subject, text!("The secrets of {host} could be read.{note}"));
    };
    let labels: Vec<&Text> = sealed.iter().map(|(s, ..)| &s.label).collect();
    let why = text!("On {host}, the secret of {} was not opened ({provider}): {}.", list(&labels), reason);
    let mut finding = verdicts.unknown_with_finding(subject, why, remedy(server, configuration, provider));
    for (slot, ..) in &sealed {
        finding = finding.at(place(slot), "encrypted");
    }
}

fn remedy(server: &WebServer<'_>, configuration: &ServerConfiguration, provider: &str) -> Advice {
    let test = test_of(server.site);
    let known = configuration.providers.iter().find(|p| p.name.value.eq_ignore_ascii_case(provider));
    match known.and_then(|p| Some((p.key_container.as_deref()?, &p.key))) {
        Some((_, ProviderKey::Unsupported)) | None => test,
        Some((container, _)) => test
            .then_say(text!(
                "Or export its key on {} and put the file below servers/{}/keys/; it is as secret as the password, so delete it afterwards:",
                server.host,
                server.host.to_key()
            ))
            .then_run(commands::export_key(container)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{at, check, config, estate, sealed, set_secret};
    use kerbsync_inventory::Provider;

    #[test]
    fn sealed_is_unknown_and_damaged_fails() {
        let mut inventory = estate();
        set_secret(&mut inventory, "fe01", &sealed());
        config(&mut inventory, "fe01").providers.push(Provider {
            name: at(4, 8, "AesProvider".into()),
            key_container: Some("iisConfigurationKey".into()),
            key: ProviderKey::NoKey,
            session_key: None,
        });
        config(&mut inventory, "fe02").slots[1].secret =
            SecretState::Sealed { provider: "AesProvider".to_owned(), reason: "the length is no multiple of 16".into(), damaged: true };
        config(&mut inventory, "dir01").slots.clear();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown fe01.contoso.com: On fe01.contoso.com, the secret of kerberosCredential in 'Skype for Business Server Internal Web Site' and kerberosCredential in 'Skype for Business Server External Web Site' was not opened (AesProvider): no exported key fits. Run `Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html`. Or export its key on fe01.contoso.com and put the file below servers/fe01.contoso.com/keys/; it is as secret as the password, so delete it afterwards `& $env:windir\Microsoft.NET\Framework64\v4.0.30319\aspnet_regiis.exe -px iisConfigurationKey C:\keys\key.xml -pri`.
          warning servers/fe01.contoso.com/applicationHost.config:60 encrypted
          warning servers/fe01.contoso.com/applicationHost.config:70 encrypted
        fail fe02.contoso.com: The encrypted secret of the kerberosCredential in 'Skype for Business Server External Web Site' of fe02.contoso.com is damaged (AesProvider): the length is no multiple of 16.
          error servers/fe02.contoso.com/applicationHost.config:70 this value cannot be decrypted
          help: Copy the file again, in case only the copy is damaged. If it is damaged on the server: Nothing proves yet what se01.contoso.com holds: let the product test its site first.
              Test-CsKerberosAccountAssignment -Identity site:Dublin -Report C:\Logs\Test.html
            If it is found valid, copy the password from there:
              Set-CsKerberosAccountPassword -FromComputer se01.contoso.com -ToComputer fe02.contoso.com
        notapplicable dir01.contoso.com: dir01.contoso.com holds no secret of the account.
        pass se01.contoso.com: The secrets of se01.contoso.com could be read.
        ");
    }

    #[test]
    fn a_server_without_account_or_configuration() {
        let mut inventory = estate();
        inventory.assignments.pop();
        inventory.servers.remove(0);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe01.contoso.com: The secrets of fe01.contoso.com could be read.
        pass fe02.contoso.com: The secrets of fe02.contoso.com could be read.
        unknown dir01.contoso.com: No configuration of dir01.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of dir01.contoso.com to servers/dir01.contoso.com/applicationHost.config in the bundle.
        notapplicable se01.contoso.com: Site Dublin has no Kerberos account.
        ");
    }
}
