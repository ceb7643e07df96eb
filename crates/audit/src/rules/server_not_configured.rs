use crate::declare::declare_rule;
use crate::view::{learn_place, test_of};
use crate::{ConfigurationStatus, Policy, Verdicts, View};
use kerbsync_inventory::SlotRelevance;
use kerbsync_inventory::state::State;
use kerbsync_source::{Origin, text};

declare_rule! {
    /// A web server does not hold the Kerberos account at all.
    ///
    /// ## What it checks
    /// The configuration of every web server of a site with an account has a slot with a secret where the account would be expected. An
    /// empty secret is none. Where the product keeps the account is not documented; kerbsync looks for pairs of an account and a secret
    /// in the product's web sites, in the pools that serve them and where kerbsync.toml declares them. Where no server holds the account in
    /// such a place and none is declared, the place is unknown and so is the verdict; `kerbsync learn` finds the place.
    ///
    /// ## Why it matters
    /// A server that was added to a site is not picked up by itself. Clients get a ticket for the pool from Active Directory, the
    /// server cannot open it, and sign-in fails with 401 whenever the load balancer picks this server. The documentation of an
    /// in-place upgrade also demands that accounts are assigned again and the password is set again.
    ///
    /// ## What to do
    /// ```powershell
    /// Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe03.contoso.com
    /// Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Report C:\Logs\Test.html
    /// ```
    ///
    /// | server | before | after |
    /// |---|---|---|
    /// | fe03.contoso.com | not-configured | in-sync |
    ///
    /// ## Sources
    /// - [Set a Kerberos authentication account password on a server](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-set-a-kerberos-authentication-account-password-on-a-server)
    /// - [Synchronize a Kerberos authentication account password to IIS](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-synchronize-a-kerberos-authentication-account-password-to-iis)
    number: 203,
    severity: Error,
    confidence: Inferred,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 CM-2", "NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.web_servers() {
        let (subject, reason) = (server.subject(), server.reason());
        match (server.state(), server.status) {
            (State::NotApplicable, _) => verdicts.not_applicable(subject, reason),
            (State::NotConfigured, ConfigurationStatus::InForce(configuration)) => {
                let account = server.expected().map(ToString::to_string).unwrap_or_default();
                let mut finding = verdicts.fail(subject, text!("{} does not hold {account}. {reason}", server.host));
                let empty = configuration.slots.iter().find(|s| s.relevance == SlotRelevance::Expected);
                finding = match (empty, configuration.document) {
                    (Some(slot), _) => finding.at(&slot.account.origin, "a slot without a secret, or not in force"),
                    (None, Some(document)) => finding.at(Origin::document(document), "no slot in this configuration"),
                    (None, None) => finding,
                };
                finding.at(server.origin, "the topology names the server").help(view.set_password(server));
            }
            (State::Unknown, ConfigurationStatus::InForce(_)) if server.place_unknown() => {
                verdicts.unknown_with_finding(subject, reason, test_of(server.site).then(learn_place()));
            }
            (State::Unknown, ConfigurationStatus::InForce(configuration)) if server.counted_slots().is_empty() => {
                let empty = configuration.slots.iter().find(|s| s.relevance == SlotRelevance::Expected);
                // Where the place is known, something speaks for a server that holds nothing there, and no other rule tells of that.
                if empty.is_some() || view.web_servers().iter().any(|w| w.account == server.account && !w.counted_slots().is_empty()) {
                    let finding = verdicts.unknown_with_finding(subject, reason, view.test_then_copy(server));
                    match (empty, configuration.document) {
                        (Some(slot), _) => finding.at(&slot.account.origin, "a slot without a secret, or not in force"),
                        (None, Some(document)) => finding.at(Origin::document(document), "no slot in this configuration"),
                        (None, None) => finding,
                    };
                } else {
                    verdicts.unknown_told_elsewhere(subject, reason, test_of(server.site));
                }
            }
            (
                State::Unknown,
                ConfigurationStatus::Missing(_)
                | ConfigurationStatus::Unreadable(..)
                | ConfigurationStatus::NotItsOwn(..)
                | ConfigurationStatus::Redirected(..),
            ) => {
                let remedy = server.configuration().err().map_or_else(|| test_of(server.site), |(_, remedy)| remedy.into());
                verdicts.unknown_told_elsewhere(subject, reason, remedy);
            }
            _ => verdicts.pass(subject, text!("{} holds an account where it is expected.", server.host)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_document, check, config, estate, host, log, origin, sealed, set_secret};
    use kerbsync_inventory::{DocumentKind, TestVerdict};

    #[test]
    fn no_slot_and_an_empty_one_fail() {
        let mut inventory = estate();
        config(&mut inventory, "fe02").slots.clear();
        set_secret(&mut inventory, "dir01", &kerbsync_inventory::SecretState::Empty);
        set_secret(&mut inventory, "fe01", &sealed());
        inventory.servers.retain(|s| s.computer.first_label() != "se01");
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe01.contoso.com: fe01.contoso.com holds an account where it is expected.
        fail fe02.contoso.com: fe02.contoso.com does not hold CONTOSO\KerbAuth. No slot where it would be expected names CONTOSO\KerbAuth.
          error servers/fe02.contoso.com/applicationHost.config no slot in this configuration
          error topology.xml:12 the topology names the server
          help: Let the product test the site first:
              Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html
            If it finds fe01.contoso.com valid, copy the password from there:
              Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com
        fail dir01.contoso.com: dir01.contoso.com does not hold CONTOSO\KerbAuth. The kerberosCredential in 'Skype for Business Server Internal Web Site' names CONTOSO\KerbAuth, but its secret is empty.
          error servers/dir01.contoso.com/applicationHost.config:60 a slot without a secret, or not in force
          error topology.xml:21 the topology names the server
          help: Let the product test the site first:
              Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html
            If it finds fe01.contoso.com valid, copy the password from there:
              Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer dir01.contoso.com
        unknown se01.contoso.com: No configuration of this server is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of se01.contoso.com to servers/se01.contoso.com/applicationHost.config in the bundle.
        ");
    }

    #[test]
    fn a_server_that_the_product_finds_valid_and_that_holds_nothing_is_tested_before_a_copy() {
        let mut inventory = estate();
        config(&mut inventory, "fe02").slots.clear();
        let document = add_document(&mut inventory, "Test.xml", DocumentKind::ManagementLog);
        let mut report = log(document, "Test-CsKerberosAccountAssignment", "2026-02-20T10:00:00Z");
        let origin = origin(document, 12, "Info");
        report.test_verdicts.push(TestVerdict { server: host("fe02.contoso.com"), valid: true, account: None, time: None, origin });
        inventory.logs.push(report);
        let told = check(&RULE, inventory);
        let (test, copy) = (told.find("Test-CsKerberosAccountAssignment"), told.find("-ToComputer fe02.contoso.com"));
        assert!(told.contains("unknown fe02.contoso.com") && test.is_some() && test < copy && !told.contains("-UserAccount"), "{told}");
    }
}
