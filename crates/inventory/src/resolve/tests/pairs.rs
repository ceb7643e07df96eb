//! Copying from one server to another.

use super::estate::{assign, configuration, estate, state};
use crate::Inventory;
use crate::resolve::{check_pair, resolve_pair};
use crate::state::{Expectations, State};

fn pair(inventory: &Inventory, from: &str, to: &str) -> String {
    let refusals = match resolve_pair(inventory, from, to) {
        Ok((from, to)) => check_pair(inventory, &Expectations::of(inventory), &from, &to),
        Err(refusals) => refusals,
    };
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn assigned() -> Inventory {
    let mut inventory = estate();
    assign(&mut inventory, "1", "contoso\\KerbAuth");
    assign(&mut inventory, "2", "CONTOSO\\kerbauth");
    state(&mut inventory, "fe01.contoso.com", State::InSync, "The secrets are equal.");
    state(&mut inventory, "fe02.contoso.com", State::Stale, "The secret of the anonymous user differs from that of 2 servers.");
    state(&mut inventory, "dir01.contoso.com", State::NotConfigured, "No slot where it would be expected names contoso\\KerbAuth.");
    state(
        &mut inventory,
        "se01.contoso.com",
        State::DifferentAccount,
        "The anonymous user names contoso\\old instead of contoso\\KerbAuth.",
    );
    inventory
}

#[test]
fn a_source_in_sync_may_be_copied_within_and_across_sites() {
    assert_eq!(pair(&assigned(), "fe01.contoso.com", "dir01.contoso.com"), "");
    assert_eq!(pair(&assigned(), "FE01.contoso.com.", "fe11.contoso.com"), "");
}

#[test]
fn n10_one_server() {
    insta::assert_snapshot!(pair(&assigned(), "fe01.contoso.com", "FE01.contoso.com."), @r"
    N10: Source and target are the same server, fe01.contoso.com.
    Use instead:
      dir01.contoso.com
      FE02.contoso.com
      se01.contoso.com
    ");
    let (from, _) = resolve_pair(&assigned(), "fe01.contoso.com", "fe02.contoso.com").unwrap();
    let inventory = assigned();
    assert_eq!(check_pair(&inventory, &Expectations::of(&inventory), &from, &from)[0].rule(), "N10");
}

#[test]
fn both_names_are_judged() {
    insta::assert_snapshot!(pair(&assigned(), "pool02.contoso.com", "edge01"), @r"
    N02: pool02.contoso.com is a pool of 2 computers, not a server.
    Use instead:
      fe11.contoso.com
      fe12.contoso.com
    N01: 'edge01' is a single label (a NetBIOS name); a server is named by its fully qualified domain name.
    Use instead:
      br01.contoso.com
      dir01.contoso.com
      fe01.contoso.com
      FE02.contoso.com
      fe11.contoso.com
      fe12.contoso.com
      se01.contoso.com
    ");
}

#[test]
fn n11_accounts() {
    let mut inventory = assigned();
    inventory.assignments.truncate(1);
    insta::assert_snapshot!(pair(&inventory, "fe01.contoso.com", "fe11.contoso.com"), @r#"
    N11: fe11.contoso.com cannot take part: site Dublin has no Kerberos account.
    Use instead:
      a server of a site that has an account
      or assign one: New-CsKerberosAccountAssignment -Identity "site:Dublin" -UserAccount DOMAIN\name
    "#);
    assign(&mut inventory, "2", "contoso\\KerbDublin");
    insta::assert_snapshot!(pair(&inventory, "fe01.contoso.com", "fe11.contoso.com"), @r"
    N11: The two servers have different accounts: fe01.contoso.com (site Redmond) has contoso\KerbAuth, fe11.contoso.com (site Dublin) has contoso\KerbDublin.
    Use instead:
      a source that holds contoso\KerbDublin, or a new password: set-password --user-account 'contoso\KerbDublin'
    ");
    state(&mut inventory, "fe12.contoso.com", State::InSync, "The secrets are equal.");
    insta::assert_snapshot!(pair(&inventory, "fe01.contoso.com", "fe11.contoso.com"), @r"
    N11: The two servers have different accounts: fe01.contoso.com (site Redmond) has contoso\KerbAuth, fe11.contoso.com (site Dublin) has contoso\KerbDublin.
    Use instead:
      fe12.contoso.com
    ");
    inventory.assignments.clear();
    inventory.assignments_known = false;
    insta::assert_snapshot!(pair(&inventory, "fe01.contoso.com", "fe02.contoso.com"), @r"
    N11: fe01.contoso.com cannot take part: no input says whether site Redmond has a Kerberos account.
    Use instead:
      inputs with the assignments: Get-CsKerberosAccountAssignment | Export-Clixml assignments.xml
    ");
}

#[test]
fn n12_sources() {
    insta::assert_snapshot!(pair(&assigned(), "fe02.contoso.com", "fe01.contoso.com"), @r"
    N12: FE02.contoso.com cannot be the source for contoso\KerbAuth: the secret of the anonymous user differs from that of 2 servers.
    Use instead:
      fe01.contoso.com
    ");
    insta::assert_snapshot!(pair(&assigned(), "dir01.contoso.com", "fe01.contoso.com"), @r"
    N12: dir01.contoso.com cannot be the source for contoso\KerbAuth: no slot where it would be expected names contoso\KerbAuth.
    Use instead:
      fe01.contoso.com
    ");
    insta::assert_snapshot!(pair(&assigned(), "se01.contoso.com", "fe01.contoso.com"), @r"
    N12: se01.contoso.com cannot be the source for contoso\KerbAuth: the anonymous user names contoso\old instead of contoso\KerbAuth.
    Use instead:
      fe01.contoso.com
    ");
    let mut inventory = assigned();
    inventory.states.clear();
    insta::assert_snapshot!(pair(&inventory, "fe01.contoso.com", "fe02.contoso.com"), @r"
    N12: fe01.contoso.com cannot be the source for contoso\KerbAuth: no configuration of this server is among the inputs.
    Use instead:
      a new password on all servers: set-password --user-account 'contoso\KerbAuth'
    ");
}

/// Where nothing is there to compare with, a source may be copied if it holds some secret of the account.
#[test]
fn an_unknown_source_needs_a_secret() {
    for (account, secret, allowed) in
        [("contoso\\KerbAuth", true, true), ("contoso\\KerbAuth", false, false), ("contoso\\other", true, false)]
    {
        let mut inventory = assigned();
        inventory.states.clear();
        state(&mut inventory, "fe01.contoso.com", State::Unknown, "There is no reference.");
        configuration(&mut inventory, "fe01.contoso.com", account, secret);
        assert_eq!(pair(&inventory, "fe01.contoso.com", "fe02.contoso.com").is_empty(), allowed, "{account} {secret}");
    }
}
