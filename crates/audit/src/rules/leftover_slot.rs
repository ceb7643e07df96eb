use crate::declare::declare_rule;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::state::Expectation;
use kerbsync_source::text;

declare_rule! {
    /// A server holds an account although its site has none.
    ///
    /// ## What it checks
    /// A slot that holds an account and a secret where the product's account would be expected stands on a web server of a site that
    /// has an account. Slots of servers that the whole topology does not know are left over, too.
    ///
    /// ## Why it matters
    /// Removing an assignment does not touch the servers: they keep a valid credential of the account that nobody looks after, and
    /// every administrator of the server can read it.
    ///
    /// ## What to do
    /// If the site is to have the account, assign it again. If not, run Enable-CsTopology so that the SPNs go, retire the account in
    /// Active Directory, and clear the slot on the server (no cmdlet is documented for that).
    ///
    /// ```powershell
    /// Get-CsKerberosAccountAssignment -Identity "site:Dublin"
    /// Enable-CsTopology
    /// Disable-ADAccount -Identity 'KerbOld$'
    /// ```
    ///
    /// Before: site Dublin has no assignment, se01 holds `CONTOSO\KerbOld`. After: se01 holds nothing, or Dublin has the account.
    ///
    /// ## Sources
    /// - [Set a Kerberos authentication account password on a server](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-set-a-kerberos-authentication-account-password-on-a-server)
    /// - [Setting up Kerberos authentication](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-setting-up-kerberos-authentication)
    number: 207,
    severity: Warning,
    confidence: Inferred,
    family: Servers,
    subject: Slot,
    product_error: None,
    controls: ["NIST SP 800-53 AC-2", "NIST SP 800-53 IA-5", "CIS Controls v8 5.3"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for slot in view.slots().iter().filter(|s| s.counts()) {
        let (subject, host) = (slot.subject(), &slot.server.computer);
        let text = &slot.slot.account.value.text;
        let expectation = slot.web_server(view).map(|s| (&s.expectation, s));
        match expectation {
            Some((Expectation::Account(account), _)) => {
                verdicts.pass(subject, text!("The site of {host} has the account {account}."));
            }
            Some((Expectation::Unknown(why), _)) => {
                verdicts.unknown_told_elsewhere(subject, why.clone(), commands::assignments(None));
            }
            Some((Expectation::NoAccount(why), server)) => {
                let site = server.site.map(|s| s.name.value.as_str());
                let help = Advice::say("See what is in force:")
                    .then_run(commands::assignments(site))
                    .then_say(text!("If the site is to have an account, assign it again with New-CsKerberosAccountAssignment. If not, {host} keeps a credential that nobody looks after: no cmdlet is documented that clears it."));
                verdicts
                    .fail(subject, text!("The {} of {host} holds {text}. {why}", slot.slot.label))
                    .at(&slot.slot.account.origin, "the account that is left over")
                    .help(help);
            }
            None if view.topology_is_complete() => {
                verdicts
                    .fail(subject, text!("The {} of {host} holds {text}, but {host} is no web server of the topology.", slot.slot.label))
                    .at(&slot.slot.account.origin, "the account that is left over")
                    .help(
                        Advice::say("Look whether the topology knows the server now:")
                            .then_run(commands::computer(host.as_str()))
                            .then_say("If it is retired, it still keeps a credential: treat its disks and backups like the password."),
                    );
            }
            None => {
                let why = text!("The topology is not or only in part among the inputs, so the site of {host} is not known.");
                verdicts.unknown_told_elsewhere(
                    subject,
                    why,
                    Advice::say("Export the topology into the bundle:").then_run(commands::export_topology()),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate, host};

    #[test]
    fn slots_in_unassigned_sites_and_on_unknown_servers_fail() {
        let mut inventory = estate();
        inventory.assignments.pop();
        let mut retired = config(&mut inventory, "fe01").clone();
        retired.computer = host("old01.contoso.com");
        retired.slots.truncate(1);
        inventory.servers.push(retired);
        inventory.servers.retain(|s| !matches!(s.computer.first_label(), "fe01" | "dir01"));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe02.contoso.com: kerberosCredential in 'Skype for Business Server Internal Web Site': The site of fe02.contoso.com has the account CONTOSO\KerbAuth.
        pass fe02.contoso.com: kerberosCredential in 'Skype for Business Server External Web Site': The site of fe02.contoso.com has the account CONTOSO\KerbAuth.
        fail se01.contoso.com: kerberosCredential in 'Skype for Business Server Internal Web Site': The kerberosCredential in 'Skype for Business Server Internal Web Site' of se01.contoso.com holds CONTOSO\KerbAuth. Site Dublin has no Kerberos account.
          warning servers/se01.contoso.com/applicationHost.config:60 the account that is left over
          help: See what is in force:
              Get-CsKerberosAccountAssignment -Identity site:Dublin
            If the site is to have an account, assign it again with New-CsKerberosAccountAssignment. If not, se01.contoso.com keeps a credential that nobody looks after: no cmdlet is documented that clears it.
        fail se01.contoso.com: kerberosCredential in 'Skype for Business Server External Web Site': The kerberosCredential in 'Skype for Business Server External Web Site' of se01.contoso.com holds CONTOSO\KerbAuth. Site Dublin has no Kerberos account.
          warning servers/se01.contoso.com/applicationHost.config:70 the account that is left over
          help: See what is in force:
              Get-CsKerberosAccountAssignment -Identity site:Dublin
            If the site is to have an account, assign it again with New-CsKerberosAccountAssignment. If not, se01.contoso.com keeps a credential that nobody looks after: no cmdlet is documented that clears it.
        fail old01.contoso.com: kerberosCredential in 'Skype for Business Server Internal Web Site': The kerberosCredential in 'Skype for Business Server Internal Web Site' of old01.contoso.com holds CONTOSO\KerbAuth, but old01.contoso.com is no web server of the topology.
          warning servers/fe01.contoso.com/applicationHost.config:60 the account that is left over
          help: Look whether the topology knows the server now:
              Get-CsComputer -Identity old01.contoso.com
            If it is retired, it still keeps a credential: treat its disks and backups like the password.
        ");
    }

    #[test]
    fn without_assignments_or_topology_it_is_unknown() {
        let mut inventory = estate();
        (inventory.assignments_known, inventory.assignments) = (false, Vec::new());
        assert!(check(&RULE, inventory).lines().all(|l| l.starts_with("unknown ")));
        let mut inventory = estate();
        (inventory.topologies, inventory.sites, inventory.pools) = (Vec::new(), Vec::new(), Vec::new());
        assert!(check(&RULE, inventory).lines().all(|l| l.starts_with("unknown ")));
    }
}
