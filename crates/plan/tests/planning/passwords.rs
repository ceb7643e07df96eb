//! New passwords.

use crate::estate::{ACCOUNT, Builder, Holds, at, host};
use crate::shown::shown;
use crate::{common, refused, usual};
use kerbsync_inventory::Computer;
use kerbsync_inventory::directory::Completeness;
use kerbsync_plan::{PreconditionOutcome, plan_set_password};
use kerbsync_source::Spanned;

#[test]
fn every_server_first_and_the_directory_last() {
    let plan = plan_set_password(&usual(), "contoso\\KerbAuth$", &common()).unwrap();
    insta::assert_snapshot!(shown(&plan), @r#"
    1. dir01.contoso.com servers/dir01.contoso.com/applicationHost.config
       create kerberosAccount in 'Lync Server External Web Site' <- generated
         userName: (nothing) -> contoso\KerbAuth
         password: (nothing) -> (the new password, encrypted for this server)
       create kerberosAccount in 'Lync Server Internal Web Site' <- generated
         userName: (nothing) -> contoso\KerbAuth
         password: (nothing) -> (the new password, encrypted for this server)
    2. fe01.contoso.com servers/fe01.contoso.com/applicationHost.config
       kerberosAccount in 'Lync Server External Web Site' <- generated
         password: (another secret, under AesProvider) -> (the new password, encrypted for this server)
       kerberosAccount in 'Lync Server Internal Web Site' <- generated
         password: (another secret, under AesProvider) -> (the new password, encrypted for this server)
    3. fe02.contoso.com servers/fe02.contoso.com/applicationHost.config
       kerberosAccount in 'Lync Server External Web Site' <- generated
         password: (another secret, under AesProvider) -> (the new password, encrypted for this server)
       kerberosAccount in 'Lync Server Internal Web Site' <- generated
         password: (another secret, under AesProvider) -> (the new password, encrypted for this server)
    4. se01.contoso.com servers/se01.contoso.com/applicationHost.config
       kerberosAccount in 'Lync Server External Web Site' <- generated
         password: (another secret, under AesProvider) -> (the new password, encrypted for this server)
       kerberosAccount in 'Lync Server Internal Web Site' <- generated
         password: (another secret, under AesProvider) -> (the new password, encrypted for this server)
    last: Active Directory, contoso\KerbAuth
    then: recycle dir01.contoso.com, fe01.contoso.com, fe02.contoso.com, se01.contoso.com: Worker processes may go on with what they read at their start (what the product does here is unknown). [-]
    then: test-assignment site Dublin: Only a live test proves that the password is that of Active Directory. [Test-CsKerberosAccountAssignment -Identity site:Dublin -Report C:\Logs\Test.html]
    then: test-assignment site Redmond: Only a live test proves that the password is that of Active Directory. [Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html]
    after 0: 2 refuse, 0 unknown; begins ["dir01.contoso.com", "se01.contoso.com"], ends []
    after 1: 2 refuse, 0 unknown; begins [], ends []
    after 2: 3 refuse, 0 unknown; begins ["fe01.contoso.com"], ends []
    after 3: 4 refuse, 0 unknown; begins ["fe02.contoso.com"], ends []
    after 4: 4 refuse, 0 unknown; begins [], ends []
    after 5: 0 refuse, 0 unknown; begins [], ends ["dir01.contoso.com", "fe01.contoso.com", "fe02.contoso.com", "se01.contoso.com"]
    note: While the servers are done one by one, and until the new password has reached every domain controller, clients can be refused (inferred).
    note: Tickets issued before the change need the old key for up to 10 hours (inferred).
    "#);
}

#[test]
fn one_server_that_cannot_be_written_is_enough_to_refuse() {
    let inventory = Builder::with(&[("dir01.contoso.com", Holds::Nothing)]).build();
    insta::assert_snapshot!(refused(plan_set_password(&inventory, ACCOUNT, &common())), @r"
    se01.contoso.com: No configuration of this server is among the inputs. [target-readable]
      add its applicationHost.config to the bundle, below servers/<fqdn>/
    ");
}

#[test]
fn accounts_that_are_none() {
    insta::assert_snapshot!(refused(plan_set_password(&usual(), "kerbauth@contoso.com", &common())), @r"
    kerbauth@contoso.com: User principal names are not supported here: give the account as DOMAIN\name. (N13) [account-name]
      CONTOSO\kerbauth, if CONTOSO is the NetBIOS name of contoso.com
    ");
    insta::assert_snapshot!(refused(plan_set_password(&usual(), "CONTOSO\\Nobody", &common())), @r"
    CONTOSO\Nobody: No site with web servers has this account. [account-assigned]
      Get-CsKerberosAccountAssignment lists the assignments; export them into the bundle
    ");
}

#[test]
fn where_no_server_shows_the_place_none_is_guessed() {
    let mut builder = Builder::new();
    for name in ["fe01.contoso.com", "fe02.contoso.com", "dir01.contoso.com", "se01.contoso.com"] {
        builder.server(name, Holds::Nothing);
    }
    let text = refused(plan_set_password(&builder.build(), ACCOUNT, &common()));
    assert!(text.contains("[slot-known]") && text.contains("not public"), "{text}");
}

/// What the directory shows of the account decides whether its password may be set, and what it does not show is said to be unknown.
#[test]
fn an_account_that_is_disabled_or_not_there_gets_no_password() {
    let judged = |inventory: &kerbsync_inventory::Inventory| {
        let all = plan_set_password(inventory, ACCOUNT, &common()).map_or_else(|r| r.preconditions, |p| p.preconditions);
        let one = all.into_iter().find(|p| p.id == "account-in-directory").unwrap();
        (one.outcome, one.reason.to_string())
    };
    let mut inventory = usual();
    assert_eq!(judged(&inventory).0, PreconditionOutcome::Pass);
    let accounts = |i: &mut kerbsync_inventory::Inventory| std::mem::take(&mut i.directory.as_mut().unwrap().accounts);
    let mut all = accounts(&mut inventory);
    let own = all.iter().position(|a| a.distinguished_name.value.contains("KerbAuth")).unwrap();
    all[own].enabled = Some(Spanned::new(false, at(0)));
    inventory.directory.as_mut().unwrap().accounts = all;
    assert_eq!(judged(&inventory), (PreconditionOutcome::Fail, "The account is disabled.".to_owned()));
    assert!(refused(plan_set_password(&inventory, ACCOUNT, &common())).contains("Enable-ADAccount -Identity 'KerbAuth$'"));
    let mut all = accounts(&mut inventory);
    all.remove(own);
    inventory.directory.as_mut().unwrap().accounts = all;
    assert_eq!(judged(&inventory), (PreconditionOutcome::Fail, "The directory holds no such account.".to_owned()));
    inventory.directory.as_mut().unwrap().completeness = Completeness::Partial;
    assert_eq!(judged(&inventory), (PreconditionOutcome::Unknown, "The directory export does not hold it.".to_owned()));
    inventory.directory = None;
    assert_eq!(judged(&inventory).0, PreconditionOutcome::Unknown);
}

/// The server that holds the account in most places is the pattern for those that hold it nowhere, wherever it stands in the order of names.
#[test]
fn a_server_with_fewer_places_is_no_pattern_for_others() {
    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing)]);
    builder.server("se01.contoso.com", Holds::Old).slots.truncate(1);
    let plan = plan_set_password(&builder.build(), ACCOUNT, &common()).unwrap();
    let created = plan.steps.iter().find(|s| s.server == "dir01.contoso.com").unwrap();
    assert_eq!(created.changes.len(), 2, "{:?}", created.changes);
}

/// A place of a server that the pattern has not, and that names the account, gets the new password with the rest: once, and it is changed.
#[test]
fn a_place_of_a_servers_own_is_not_left_behind_and_none_is_set_twice() {
    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing), ("se01.contoso.com", Holds::Old)]);
    let server = builder.inventory.servers.iter_mut().find(|s| s.computer.to_string() == "fe02.contoso.com").unwrap();
    let mut further = server.slots[0].clone();
    further.key = kerbsync_inventory::SlotKey::Section {
        section: "kerberosAccount".to_owned(),
        element: None,
        location: Some("Another Web Site".to_owned()),
    };
    further.label = further.key.label();
    server.slots = vec![server.slots[0].clone(), further];
    let plan = plan_set_password(&builder.build(), ACCOUNT, &common()).unwrap();
    for step in &plan.steps {
        let mut places: Vec<String> = step.changes.iter().map(|c| c.slot.label().to_string()).collect();
        let all = places.len();
        places.sort();
        places.dedup();
        assert_eq!(places.len(), all, "{}: a place is set twice: {places:?}", step.server);
        let others = places.iter().any(|p| p.contains("Another Web Site"));
        assert_eq!((others, all), if step.server == "fe02.contoso.com" { (true, 3) } else { (false, 2) }, "{}: {places:?}", step.server);
    }
}

/// A server for which no secret can be encrypted, or which lacks a place that nobody can create, refuses the whole change.
#[test]
fn a_server_without_its_key_or_its_place_refuses_every_plan() {
    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing), ("se01.contoso.com", Holds::Old)]);
    let server = builder.inventory.servers.iter_mut().find(|s| s.computer.to_string() == "se01.contoso.com").unwrap();
    server.providers[0].key = kerbsync_inventory::ProviderKey::NoneFits;
    let text = refused(plan_set_password(&builder.build(), ACCOUNT, &common()));
    assert!(text.contains("None of the keys at hand fits AesProvider") && text.contains("[keys]"), "{text}");

    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing), ("se01.contoso.com", Holds::Old)]);
    for slot in builder.inventory.servers.iter_mut().flat_map(|s| &mut s.slots) {
        slot.creation = kerbsync_inventory::Creation::Never;
    }
    let inventory = builder.build();
    for text in [
        refused(plan_set_password(&inventory, ACCOUNT, &common())),
        refused(crate::sync(&inventory, "fe01.contoso.com", &[crate::computer("dir01.contoso.com")])),
    ] {
        assert!(text.contains("dir01.contoso.com: It has no ") && text.contains("[slot-creatable]"), "{text}");
    }
}

/// What is to be recycled after a plan of many servers is one sentence: some names, and how many more.
#[test]
fn many_servers_are_counted_where_they_are_named_in_a_sentence() {
    let recycled = |more: usize| {
        let names: Vec<String> = (10..10 + more).map(|n| format!("fe{n}.contoso.com")).collect();
        let all: Vec<(&str, Holds)> = ["dir01.contoso.com", "se01.contoso.com"]
            .into_iter()
            .chain(names.iter().map(String::as_str))
            .map(|n| (n, Holds::Current))
            .collect();
        let mut builder = Builder::with(&all);
        let pool = builder.inventory.pools.iter_mut().find(|p| p.fqdn.value.as_str() == "pool01.contoso.com").unwrap();
        pool.computers.extend(names.iter().map(|n| Computer { fqdn: Spanned::new(host(n), at(0)) }));
        let plan = plan_set_password(&builder.build(), ACCOUNT, &common()).unwrap();
        assert_eq!(plan.steps.len(), 4 + more);
        plan.follow_ups.iter().find(|f| f.id == "recycle").unwrap().subject.to_string()
    };
    let eight =
        "dir01.contoso.com, fe01.contoso.com, fe02.contoso.com, fe10.contoso.com, fe11.contoso.com, fe12.contoso.com, fe13.contoso.com";
    assert_eq!(recycled(4), format!("{eight}, se01.contoso.com"));
    assert_eq!(recycled(6), format!("{eight}, fe14.contoso.com and 2 others"));
}

/// A server that holds the account and is not to get the new password would be shut out by it.
#[test]
fn servers_that_hold_the_account_elsewhere_are_told_and_refused_where_their_site_may_have_it() {
    let told = |inventory: &kerbsync_inventory::Inventory| {
        let (word, all) = match plan_set_password(inventory, ACCOUNT, &common()) {
            Ok(plan) => ("planned", plan.preconditions),
            Err(refused) => ("refused", refused.preconditions),
        };
        let one = |p: &kerbsync_plan::Precondition| format!("{:?} {}: {}\n", p.outcome, p.subject, p.reason);
        all.iter().filter(|p| p.id == "account-elsewhere").map(one).fold(format!("{word}\n"), |text, line| text + &line)
    };
    assert_eq!(told(&usual()), "planned\n");
    let mut inventory = usual();
    let dublin = inventory.assignments.remove(1);
    insta::assert_snapshot!(told(&inventory), @r"
    planned
    Unknown se01.contoso.com: It holds CONTOSO\KerbAuth too, and would go on with the old password. Site Dublin has no Kerberos account.
    ");
    inventory.assignments.push(kerbsync_inventory::Assignment { site_id: None, ..dublin });
    inventory.assignments[2].site_text.value = "Site:Baile".to_owned();
    insta::assert_snapshot!(told(&inventory), @r"
    refused
    Unknown Site:Baile: It has CONTOSO\KerbAuth too, and no site of the topology is called so: servers of it would go on with the old password.
    Fail se01.contoso.com: It holds CONTOSO\KerbAuth too, and would go on with the old password. No assignment names site Dublin, but 'Site:Baile' names no site of the topology and its account contoso\kerbauth is found here: it may be this site under another name.
    ");
    let mut part = usual();
    part.topologies.iter_mut().for_each(|t| t.complete = false);
    part.assignments_known = false;
    insta::assert_snapshot!(told(&part), @r"
    planned
    Unknown CONTOSO\KerbAuth: The inputs do not hold the topology of the whole deployment: servers that are not in it would go on with the old password.
    Unknown CONTOSO\KerbAuth: The inputs do not hold every assignment: servers of a site whose assignment is missing would go on with the old password.
    ");
}
