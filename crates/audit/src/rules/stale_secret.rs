use crate::declare::declare_rule;
use crate::view::test_of;
use crate::{Policy, Verdicts, View, WebServer};
use kerbsync_inventory::state::{Naming, State};
use kerbsync_source::text;

declare_rule! {
    /// A web server holds another secret than the others.
    ///
    /// ## What it checks
    /// Every web server of a site with an account holds, in each slot that names the account, the same secret as the reference: the
    /// password that the product's own test report proved, or that of the server named by `--reference`, or that of the largest group of
    /// servers with equal secrets. Servers are compared over all sites of the account. Only equality is looked at, by tags that mean
    /// nothing outside of this run.
    ///
    /// ## Why it matters
    /// A ticket is encrypted with the account's password in Active Directory. A server with another one cannot open it and answers
    /// 401; the client logs KRB_AP_ERR_MODIFIED and does not go back to NTLM. In a pool only some requests fail, by server.
    /// Servers that were unreachable, restored, rebuilt or upgraded while the password changed end up here.
    ///
    /// ## What to do
    /// Copy the password from a server that is in sync, then let the product check:
    ///
    /// ```powershell
    /// Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com
    /// Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Report C:\Logs\Test.html
    /// ```
    ///
    /// | server | before | after |
    /// |---|---|---|
    /// | fe01.contoso.com | in-sync, group A | in-sync, group A |
    /// | fe02.contoso.com | stale, group B | in-sync, group A |
    ///
    /// ## Sources
    /// - [Synchronize a Kerberos authentication account password to IIS](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-synchronize-a-kerberos-authentication-account-password-to-iis)
    /// - [Set-CsKerberosAccountPassword](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Set-CsKerberosAccountPassword.md)
    /// - [Test-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Test-CsKerberosAccountAssignment.md)
    number: 201,
    severity: Error,
    confidence: Documented,
    family: Servers,
    subject: Server,
    product_error: Some("InvalidKerberosConfiguration"),
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 SC-12", "NIST SP 800-53 CM-2"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.web_servers() {
        match server.state() {
            State::Stale => fail(view, verdicts, server),
            State::InSync => verdicts.pass(server.subject(), server.reason()),
            State::Unknown => verdicts.unknown_told_elsewhere(server.subject(), server.reason(), test_of(server.site)),
            State::NotApplicable | State::NotConfigured | State::DifferentAccount => {
                verdicts.not_applicable(server.subject(), server.reason());
            }
        }
    }
}

fn fail(view: &View<'_>, verdicts: &mut Verdicts<'_>, server: &WebServer<'_>) {
    let account = server.expected().map(ToString::to_string).unwrap_or_default();
    let is_proved = server.basis().is_proof();
    // Most servers may be wrong together: without proof the finding says no more than that this one differs.
    let message = match is_proved {
        true => text!("{} does not hold the current secret of {account}. {}", server.host, server.reason()),
        false => text!("{} holds another secret of {account} than most of its servers. {}", server.host, server.reason()),
    };
    let mut finding = verdicts.fail(server.subject(), message);
    let reference = server.account.and_then(|a| view.in_sync_server(a));
    for (slot, naming) in server.counted_slots() {
        let differs = slot.secret.tag().is_some_and(|tag| reference.is_none_or(|(_, reference)| tag != reference));
        if naming == Naming::Expected && differs {
            finding = finding.at(slot.secret_origin.as_ref().unwrap_or(&slot.account.origin), "this secret differs");
        }
    }
    if let Some((other, _)) = reference
        && let Some((slot, _)) = other.counted_slots().first()
    {
        finding = finding.at(
            slot.secret_origin.as_ref().unwrap_or(&slot.account.origin),
            if is_proved { text!("{} is in sync", other.host) } else { text!("{} agrees with the majority", other.host) },
        );
    }
    finding.help(view.set_password(server));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate, opened, sealed, set_secret};

    #[test]
    fn a_server_with_another_secret_fails() {
        let mut inventory = estate();
        set_secret(&mut inventory, "fe02", &opened("old"));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe01.contoso.com: The secret of the kerberosCredential in 'Skype for Business Server Internal Web Site' agrees with 2 others; not proved against Active Directory.
        fail fe02.contoso.com: fe02.contoso.com holds another secret of CONTOSO\KerbAuth than most of its servers. The secret of the kerberosCredential in 'Skype for Business Server Internal Web Site' differs from that of the majority (3 servers hold the same).
          error servers/fe02.contoso.com/applicationHost.config:60 this secret differs
          error servers/fe02.contoso.com/applicationHost.config:70 this secret differs
          error servers/fe01.contoso.com/applicationHost.config:60 fe01.contoso.com agrees with the majority
          help: Nothing proves yet what fe01.contoso.com holds: let the product test its site first.
              Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html
            If it is found valid, copy the password from there:
              Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com
        pass dir01.contoso.com: The secret of the kerberosCredential in 'Skype for Business Server Internal Web Site' agrees with 2 others; not proved against Active Directory.
        pass se01.contoso.com: The secret of the kerberosCredential in 'Skype for Business Server Internal Web Site' agrees with 2 others; not proved against Active Directory.
        ");
    }

    #[test]
    fn only_the_slot_that_differs_is_shown() {
        let mut inventory = estate();
        config(&mut inventory, "se01").slots[1].secret = opened("old");
        let text = check(&RULE, inventory);
        assert!(text.contains("servers/se01.contoso.com/applicationHost.config:70 this secret differs"), "{text}");
        assert!(!text.contains("applicationHost.config:60 this secret differs"), "{text}");
    }

    #[test]
    fn what_cannot_be_compared_is_unknown_and_other_states_do_not_concern_it() {
        let mut inventory = estate();
        set_secret(&mut inventory, "fe02", &sealed());
        config(&mut inventory, "dir01").slots.clear();
        inventory.servers.retain(|s| s.computer.first_label() != "se01");
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown fe01.contoso.com: The secret of the kerberosCredential in 'Skype for Business Server Internal Web Site' could be read, but there is no reference to compare it with. Run `Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html`.
        unknown fe02.contoso.com: The secret of the kerberosCredential in 'Skype for Business Server Internal Web Site' is encrypted by AesProvider and was not opened: no exported key fits. Run `Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html`.
        notapplicable dir01.contoso.com: No slot where it would be expected names CONTOSO\KerbAuth.
        unknown se01.contoso.com: No configuration of this server is among the inputs. Run `Test-CsKerberosAccountAssignment -Identity site:Dublin -Report C:\Logs\Test.html`.
        ");
    }
}
