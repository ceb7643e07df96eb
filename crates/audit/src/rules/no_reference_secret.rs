use crate::declare::declare_rule;
use crate::text::{count, list};
use crate::view::test_of;
use crate::{AccountView, Policy, Verdicts, View, WebServer};
use kerbsync_inventory::state::{EqualityTag, Naming, State};
use kerbsync_names::HostName;
use kerbsync_source::{Shown, Text, text};
use std::collections::BTreeMap;

declare_rule! {
    /// Nothing says which secret of an account is the right one.
    ///
    /// ## What it checks
    /// For every account that servers hold readable secrets of, there is a reference: a test report of the product that found a server
    /// valid, or the server named by `--reference`, or a largest group of two or more servers with equal secrets. Servers that hold
    /// different secrets without a reference are a failure, since one of them at least is wrong; a single readable secret proves nothing
    /// and is unknown.
    ///
    /// ## Why it matters
    /// Without a reference all servers of the account are unknown. If two halves of the servers disagree, about half of all requests
    /// fail, and a copy from the wrong half would spread the wrong password.
    ///
    /// ## What to do
    /// Let the product say which server is right, and add its report to the bundle; or name a server that is known to work:
    ///
    /// ```powershell
    /// Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Report C:\Logs\Test.html
    /// ```
    ///
    /// ```text
    /// kerbsync audit bundle --reference fe01.contoso.com
    /// ```
    ///
    /// If none is known to be right, `Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth"` makes a new password for all.
    /// Before: fe01 group A, fe02 group B, both unknown. After: fe01 in-sync, fe02 stale.
    ///
    /// ## Sources
    /// - [Test-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Test-CsKerberosAccountAssignment.md)
    /// - [Synchronize a Kerberos authentication account password to IIS](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-synchronize-a-kerberos-authentication-account-password-to-iis)
    number: 210,
    severity: Error,
    confidence: Inferred,
    family: Servers,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 CM-2"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut servers: BTreeMap<usize, Vec<&WebServer<'_>>> = BTreeMap::new();
    for server in view.web_servers() {
        if let Some(account) = server.account {
            servers.entry(account).or_default().push(server);
        }
    }
    for (index, account) in view.accounts().iter().enumerate() {
        judge(verdicts, account, servers.get(&index).map_or(&[], Vec::as_slice));
    }
}

fn judge(verdicts: &mut Verdicts<'_>, account: &AccountView<'_>, servers: &[&WebServer<'_>]) {
    let (subject, name) = (account.subject(), account.name);
    let Some(first) = servers.first() else {
        return verdicts.not_applicable(subject, text!("No web server is to hold {name}."));
    };
    if let Some(compared) = servers.iter().find(|s| matches!(s.state(), State::InSync | State::Stale)) {
        let basis = compared.state.map_or("none", |s| s.basis.name());
        return verdicts.pass(subject, text!("The secrets of {name} are compared with a reference (basis: {basis})."));
    }
    let mut groups: BTreeMap<EqualityTag, Vec<&WebServer<'_>>> = BTreeMap::new();
    for server in servers {
        for (slot, naming) in server.counted_slots() {
            if let (Naming::Expected, Some(tag)) = (naming, slot.secret.tag()) {
                let group = groups.entry(tag).or_default();
                if !group.iter().any(|s| s.host == server.host) {
                    group.push(server);
                }
            }
        }
    }
    // The order of tags is chance: the topology's order makes the text the same in every run.
    let mut groups: Vec<Vec<&WebServer<'_>>> = groups.into_values().collect();
    groups.sort_by_key(|group| servers.iter().position(|s| group.first().is_some_and(|g| g.host == s.host)));
    match groups.as_slice() {
        [] => {
            let why = text!("No secret of {name} could be read on any of {}.", count(servers.len(), "web server"));
            verdicts.unknown_told_elsewhere(subject, why, test_of(first.site));
        }
        [group] => {
            let hosts: Vec<&HostName> = group.iter().map(|s| s.host).collect();
            let why = text!("Only {} holds a secret of {name} that could be read, so there is nothing to compare it with.", list(&hosts));
            verdicts.unknown_with_finding(
                subject,
                why,
                test_of(first.site).then_say("Or name a server that is known to work with --reference."),
            );
        }
        several => {
            let sides = several.iter().map(|g| list(&g.iter().map(|s| s.host).collect::<Vec<_>>()));
            let message = text!(
                "The web servers hold {} different secrets of {name}, and nothing says which is right: {}.",
                several.len(),
                Text::join(sides, "; ")
            );
            let mut finding = verdicts.fail(subject, message);
            for server in several.iter().filter_map(|group| group.first()) {
                if let Some((slot, _)) = server.counted_slots().iter().find(|(s, n)| *n == Naming::Expected && s.secret.tag().is_some()) {
                    let group = Shown::naming(server.state.and_then(|s| s.group.as_deref()).unwrap_or("-"));
                    let origin = slot.secret_origin.as_ref().unwrap_or(&slot.account.origin);
                    finding = finding.at(origin, text!("group {group}: {}", server.host));
                }
            }
            finding.help(
                test_of(first.site).then_say("Add its report to the bundle, or name a server that is known to work with --reference."),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, estate, opened, sealed, set_secret};

    #[test]
    fn two_halves_that_disagree_fail() {
        let mut inventory = estate();
        for server in ["fe02", "se01"] {
            set_secret(&mut inventory, server, &opened("old"));
        }
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: The web servers hold 2 different secrets of CONTOSO\KerbAuth, and nothing says which is right: fe01.contoso.com and dir01.contoso.com; fe02.contoso.com and se01.contoso.com.
          error servers/fe01.contoso.com/applicationHost.config:60 group A: fe01.contoso.com
          error servers/fe02.contoso.com/applicationHost.config:60 group B: fe02.contoso.com
          help: Run:
              Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html
            Add its report to the bundle, or name a server that is known to work with --reference.
        ");
    }

    #[test]
    fn one_readable_secret_is_unknown_and_none_is_told_elsewhere() {
        let mut inventory = estate();
        for server in ["fe02", "se01", "dir01"] {
            set_secret(&mut inventory, server, &sealed());
        }
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: Only fe01.contoso.com holds a secret of CONTOSO\KerbAuth that could be read, so there is nothing to compare it with. Run `Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html`. Or name a server that is known to work with --reference.
          warning
        ");
        let mut inventory = estate();
        for server in ["fe01", "fe02", "se01", "dir01"] {
            set_secret(&mut inventory, server, &sealed());
        }
        insta::assert_snapshot!(check(&RULE, inventory), @r"unknown CONTOSO\KerbAuth: No secret of CONTOSO\KerbAuth could be read on any of 4 web servers. Run `Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html`.");
    }

    #[test]
    fn a_reference_passes_and_an_account_without_servers_is_not_concerned() {
        let mut inventory = estate();
        inventory.assignments.push(crate::testing::assignment("Nowhere", None, "CONTOSO\\KerbOther", 9));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass CONTOSO\KerbAuth: The secrets of CONTOSO\KerbAuth are compared with a reference (basis: plurality).
        notapplicable CONTOSO\KerbOther: No web server is to hold CONTOSO\KerbOther.
        ");
    }
}
