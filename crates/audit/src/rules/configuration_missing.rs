use crate::declare::declare_rule;
use crate::{ConfigurationStatus, Policy, Verdicts, View};
use kerbsync_inventory::state::Expectation;
use kerbsync_source::text;

declare_rule! {
    /// The configuration of a web server is not among the inputs.
    ///
    /// ## What it checks
    /// For every web server of a site with an account there is an applicationHost.config. Where there is none, the outcome is unknown,
    /// never a failure: nothing has been proved about the server.
    ///
    /// ## Why it matters
    /// A server that was not looked at is not in sync; it is merely not known to be out of sync. Every other rule about servers is
    /// undecided for it.
    ///
    /// ## What to do
    /// Copy the file from the server into the bundle. History snapshots (`inetpub\history`) are shown as evidence, but do not stand in
    /// for the file that is in force.
    ///
    /// ```powershell
    /// Copy-Item \\fe02.contoso.com\admin$\System32\inetsrv\config\applicationHost.config bundle\servers\fe02.contoso.com\
    /// ```
    ///
    /// Before: `bundle/servers/` has fe01.contoso.com only. After: it has fe01.contoso.com and fe02.contoso.com. A 32-bit program sees
    /// another folder in place of System32; it must copy from Sysnative.
    ///
    /// ## Sources
    /// - [Set a Kerberos authentication account password on a server](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-set-a-kerberos-authentication-account-password-on-a-server)
    /// - [Synchronize a Kerberos authentication account password to IIS](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-synchronize-a-kerberos-authentication-account-password-to-iis)
    number: 204,
    severity: Warning,
    confidence: Inferred,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CA-7", "NIST SP 800-53 CM-8"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.web_servers() {
        let subject = server.subject();
        match (&server.expectation, server.status, server.configuration()) {
            (Expectation::NoAccount(why), ..) => verdicts.not_applicable(subject, why.clone()),
            // The rule about the site makes the finding; one for each of its servers would only repeat it.
            (Expectation::Unknown(_), ConfigurationStatus::Missing(_), Err((why, remedy))) => {
                verdicts.unknown_told_elsewhere(subject, why, remedy)
            }
            (Expectation::Account(_), ConfigurationStatus::Missing(_), Err((why, remedy))) => {
                verdicts.unknown_with_finding(subject, why, remedy).at(server.origin, "the topology names the server");
            }
            _ => verdicts.pass(subject, text!("The configuration of {} is among the inputs.", server.host)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate};
    use kerbsync_inventory::ServerStatus;
    use kerbsync_source::DocumentId;

    #[test]
    fn a_server_without_configuration_is_unknown() {
        let mut inventory = estate();
        inventory.servers.retain(|s| s.computer.first_label() != "fe02");
        let director = config(&mut inventory, "dir01");
        (director.status, director.history) = (ServerStatus::Missing, vec![DocumentId(4)]);
        inventory.assignments.pop();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe01.contoso.com: The configuration of fe01.contoso.com is among the inputs.
        unknown fe02.contoso.com: No configuration of fe02.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of fe02.contoso.com to servers/fe02.contoso.com/applicationHost.config in the bundle.
          warning topology.xml:12 the topology names the server
        unknown dir01.contoso.com: The folder of dir01.contoso.com holds no applicationHost.config (its history snapshots are no substitute). Copy C:\Windows\System32\inetsrv\config\applicationHost.config of dir01.contoso.com to servers/dir01.contoso.com/applicationHost.config in the bundle.
          warning topology.xml:21 the topology names the server
        notapplicable se01.contoso.com: Site Dublin has no Kerberos account.
        ");
    }

    #[test]
    fn where_the_account_is_not_known_either_the_site_s_rule_speaks() {
        let mut inventory = estate();
        (inventory.assignments_known, inventory.assignments) = (false, Vec::new());
        inventory.servers.clear();
        assert!(
            check(&RULE, inventory)
                .starts_with("unknown fe01.contoso.com: No configuration of fe01.contoso.com is among the inputs. Copy ")
        );
    }
}
