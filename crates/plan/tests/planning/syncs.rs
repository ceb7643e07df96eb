//! Copies.

use crate::estate::{Builder, CANARY, Holds, assignment};
use crate::shown::shown;
use crate::{computer, refused, sync, usual};
use kerbsync_inventory::state::{Basis, State};
use kerbsync_inventory::{ProviderKey, SecretState};
use kerbsync_plan::{CopyTarget, Plan, PreconditionOutcome, Refused, SyncRequest, changed_sites, inputs_now, plan_sync};

#[test]
fn a_copy_to_a_server_that_holds_nothing() {
    let plan = sync(&usual(), "fe01.contoso.com", &[computer("dir01.contoso.com")]).unwrap();
    insta::assert_snapshot!(shown(&plan), @r#"
    1. dir01.contoso.com servers/dir01.contoso.com/applicationHost.config
       create kerberosAccount in 'Lync Server External Web Site' <- fe01.contoso.com, kerberosAccount in 'Lync Server External Web Site'
         userName: (nothing) -> CONTOSO\KerbAuth
         password: (nothing) -> (the secret of fe01.contoso.com, encrypted for this server)
       create kerberosAccount in 'Lync Server Internal Web Site' <- fe01.contoso.com, kerberosAccount in 'Lync Server Internal Web Site'
         userName: (nothing) -> CONTOSO\KerbAuth
         password: (nothing) -> (the secret of fe01.contoso.com, encrypted for this server)
    unknown: source-current fe01.contoso.com: No input proves that it holds the current password: The secret of the kerberosAccount in 'Lync Server External Web Site' agrees with 1 other; not proved against Active Directory. (before this, run
    Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html)
    then: recycle dir01.contoso.com: Worker processes may go on with what they read at their start (what the product does here is unknown). [-]
    then: test-assignment site Redmond: Only a live test proves that the password is that of Active Directory. [Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html]
    then: sync-further se01.contoso.com: These servers are to hold the same account, are not in this plan and are not known to be in sync. [Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer se01.contoso.com]
    after 0: 2 refuse, 0 unknown; begins ["dir01.contoso.com", "se01.contoso.com"], ends []
    after 1: 1 refuse, 0 unknown; begins [], ends ["dir01.contoso.com"]
    "#);
    assert!(!plan.to_json().unwrap().contains(CANARY));
}

#[test]
fn a_site_whose_name_a_shell_could_run_gets_no_command() {
    let mut inventory = usual();
    for site in &mut inventory.sites {
        site.name.value = "Dub$(calc)\"; calc #".to_owned();
    }
    let plan = sync(&inventory, "fe01.contoso.com", &[computer("dir01.contoso.com")]).unwrap();
    let follow_up = plan.follow_ups.iter().find(|f| f.id == "test-assignment").unwrap();
    assert!(follow_up.command.is_none() && follow_up.reason.len() > 80, "{follow_up:?}");
    assert!(!shown(&plan).contains("-Identity"), "{}", shown(&plan));
}

#[test]
fn all_servers_of_the_account_and_no_others() {
    let plan = sync(&usual(), "FE01.contoso.com.", &[CopyTarget::All]).unwrap();
    insta::assert_snapshot!(shown(&plan), @r#"
    1. dir01.contoso.com servers/dir01.contoso.com/applicationHost.config
       create kerberosAccount in 'Lync Server External Web Site' <- fe01.contoso.com, kerberosAccount in 'Lync Server External Web Site'
         userName: (nothing) -> CONTOSO\KerbAuth
         password: (nothing) -> (the secret of fe01.contoso.com, encrypted for this server)
       create kerberosAccount in 'Lync Server Internal Web Site' <- fe01.contoso.com, kerberosAccount in 'Lync Server Internal Web Site'
         userName: (nothing) -> CONTOSO\KerbAuth
         password: (nothing) -> (the secret of fe01.contoso.com, encrypted for this server)
    2. se01.contoso.com servers/se01.contoso.com/applicationHost.config
       kerberosAccount in 'Lync Server External Web Site' <- fe01.contoso.com, kerberosAccount in 'Lync Server External Web Site'
         password: (another secret, under AesProvider) -> (the secret of fe01.contoso.com, encrypted for this server)
       kerberosAccount in 'Lync Server Internal Web Site' <- fe01.contoso.com, kerberosAccount in 'Lync Server Internal Web Site'
         password: (another secret, under AesProvider) -> (the secret of fe01.contoso.com, encrypted for this server)
    unknown: source-current fe01.contoso.com: No input proves that it holds the current password: The secret of the kerberosAccount in 'Lync Server External Web Site' agrees with 1 other; not proved against Active Directory. (before this, run
    Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html)
    unchanged: fe02.contoso.com: It holds the secret of fe01.contoso.com in every place already.
    then: recycle dir01.contoso.com, se01.contoso.com: Worker processes may go on with what they read at their start (what the product does here is unknown). [-]
    then: test-assignment site Dublin: Only a live test proves that the password is that of Active Directory. [Test-CsKerberosAccountAssignment -Identity site:Dublin -Report C:\Logs\Test.html]
    then: test-assignment site Redmond: Only a live test proves that the password is that of Active Directory. [Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html]
    after 0: 2 refuse, 0 unknown; begins ["dir01.contoso.com", "se01.contoso.com"], ends []
    after 1: 1 refuse, 0 unknown; begins [], ends ["dir01.contoso.com"]
    after 2: 0 refuse, 0 unknown; begins [], ends ["se01.contoso.com"]
    note: fe01.contoso.com: a trailing dot was dropped.
    "#);
}

#[test]
fn a_fleet_in_sync_plans_nothing() {
    let inventory = Builder::with(&[("dir01.contoso.com", Holds::Current), ("se01.contoso.com", Holds::Current)]).build();
    let plan = sync(&inventory, "fe01.contoso.com", &[CopyTarget::All]).unwrap();
    assert!(plan.is_empty() && plan.inputs.is_empty() && plan.follow_ups.is_empty() && plan.outage.is_empty());
    assert_eq!(plan.report.unchanged.len(), 3);
}

#[test]
fn a_pool_or_a_site_means_its_members() {
    let servers = |target: CopyTarget| -> Vec<String> {
        let plan = sync(&usual(), "fe01.contoso.com", &[target]).unwrap();
        plan.steps.iter().map(|s| s.server.clone()).collect()
    };
    assert_eq!(servers(CopyTarget::Pool("DIRPOOL.contoso.com".into())), ["dir01.contoso.com"]);
    assert_eq!(servers(CopyTarget::Site("dublin".into())), ["se01.contoso.com"]);
    assert_eq!(servers(CopyTarget::Site("site:Redmond".into())), ["dir01.contoso.com"]);
}

#[test]
fn another_account_on_the_target_is_replaced_and_owes_enable_topology() {
    let inventory = Builder::with(&[("dir01.contoso.com", Holds::Other)]).build();
    let plan = sync(&inventory, "fe01.contoso.com", &[computer("dir01.contoso.com")]).unwrap();
    assert!(
        plan.follow_ups
            .iter()
            .any(|f| f.id == "enable-topology" && f.command.as_deref().is_some_and(|c| c.starts_with("Enable-CsTopology ")))
    );
    let fields: Vec<_> = plan.steps[0].changes[0].fields.iter().map(|f| (f.attribute.as_str(), f.before.as_str())).collect();
    assert_eq!(fields, [("userName", "CONTOSO\\Retired"), ("password", "(another secret, under AesProvider)")]);
}

#[test]
fn names_are_judged_by_the_naming_rules() {
    let inventory = usual();
    insta::assert_snapshot!(refused(sync(&inventory, "pool01.contoso.com", &[computer("dir01.contoso.com")])), @r"
    pool01.contoso.com: pool01.contoso.com is a pool of 2 computers, not a server. (N02) [server-name]
      fe01.contoso.com
      fe02.contoso.com
    ");
    insta::assert_snapshot!(refused(sync(&inventory, "fe01", &[computer("sql01.contoso.com")])), @r"
    fe01: 'fe01' is a single label (a NetBIOS name); a server is named by its fully qualified domain name. (N01) [server-name]
      fe01.contoso.com
    sql01.contoso.com: sql01.contoso.com is a database, file or other server: it runs no Web Services and never holds the Kerberos account. (N08) [server-name]
      dir01.contoso.com
      fe01.contoso.com
      fe02.contoso.com
    ");
    insta::assert_snapshot!(refused(sync(&inventory, "fe01.contoso.com", &[computer("fe01.contoso.com.")])), @r"
    fe01.contoso.com: Source and target are the same server, fe01.contoso.com. (N10) [different-servers]
      dir01.contoso.com
      fe02.contoso.com
    ");
    // A Standard Edition pool has the name of its computer.
    assert!(sync(&inventory, "fe01.contoso.com", &[computer("se01.contoso.com")]).is_ok());
}

#[test]
fn targets_that_are_none() {
    let inventory = usual();
    insta::assert_snapshot!(refused(sync(&inventory, "fe01.contoso.com", &[])), @r"
    the targets: No target was named. [target]
      name servers with --to-computer, a site, a pool or --all
    ");
    insta::assert_snapshot!(refused(sync(&inventory, "fe01.contoso.com", &[CopyTarget::Site("Rome".into())])), @r"
    Rome: The topology has no site of this name. [target]
      the sites are: Dublin, Paris, Redmond
    ");
    let mut without = usual();
    without.pools.iter_mut().filter(|p| p.site.as_ref().is_some_and(|s| s.as_str() == "3")).for_each(|p| p.web_services = false);
    insta::assert_snapshot!(refused(sync(&without, "fe01.contoso.com", &[CopyTarget::Site("Paris".into())])), @r"
    Paris: No server of this site runs Web Services. [target]
      name another site
    ");
    insta::assert_snapshot!(refused(sync(&inventory, "fe01.contoso.com", &[CopyTarget::Pool("sql01.contoso.com".into())])), @r"
    sql01.contoso.com: This pool runs no Web Services. [target]
      pools with Web Services are: dirpool.contoso.com, pool01.contoso.com, pool09.contoso.com, se01.contoso.com
    ");
}

#[test]
fn both_sites_need_the_same_account() {
    let mut builder = Builder::with(&[("fe09.contoso.com", Holds::Nothing)]);
    insta::assert_snapshot!(refused(sync(&builder.inventory, "fe01.contoso.com", &[computer("fe09.contoso.com")])), @r"
    fe09.contoso.com: The two servers have different accounts: fe01.contoso.com (site Redmond) has CONTOSO\KerbAuth, fe09.contoso.com (site Paris) has CONTOSO\Paris. (N11) [same-account]
      a source that holds CONTOSO\Paris, or a new password: set-password --user-account 'CONTOSO\Paris'
    ");
    builder.inventory.assignments.truncate(2);
    let text = refused(sync(&builder.build(), "fe01.contoso.com", &[CopyTarget::Site("Paris".into())]));
    assert!(text.contains("[same-account]"), "{text}");
}

#[test]
fn a_source_without_a_secret_is_never_copied() {
    for holds in [Holds::Nothing, Holds::Empty, Holds::Other, Holds::Sealed] {
        let mut builder = Builder::new();
        builder.server("fe01.contoso.com", holds);
        builder.server("dir01.contoso.com", Holds::Nothing);
        let text = refused(sync(&builder.build(), "fe01.contoso.com", &[computer("dir01.contoso.com")]));
        let wanted = if holds == Holds::Sealed { "[source-readable]" } else { "[source-configured]" };
        assert!(text.contains(wanted), "{holds:?}: {text}");
    }
}

#[test]
fn a_source_that_disagrees_with_itself_is_refused() {
    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing)]);
    let other = builder.tag("another");
    builder.inventory.servers[0].slots[1].secret = SecretState::Clear(other);
    let text = refused(sync(&builder.inventory, "fe01.contoso.com", &[computer("dir01.contoso.com")]));
    assert!(text.contains("Its places hold different secrets"), "{text}");
}

#[test]
fn a_target_that_cannot_be_written_refuses_the_whole_plan() {
    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing)]);
    builder.inventory.servers[2].providers[0].key = ProviderKey::NoKey;
    let text = refused(sync(&builder.build(), "fe01.contoso.com", &[CopyTarget::All]));
    insta::assert_snapshot!(text, @r"
    dir01.contoso.com: No key of AesProvider (container iisConfigurationKey) is at hand. [keys]
      export the server's key containers with aspnet_regiis -px <container> <file> -pri and put the files below servers/<fqdn>/keys/
    se01.contoso.com: No configuration of this server is among the inputs. [target-readable]
      add its applicationHost.config to the bundle, below servers/<fqdn>/
    ");
}

#[test]
fn inferred_protection_has_to_be_accepted() {
    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing)]);
    let tag = builder.tag(CANARY);
    for slot in &mut builder.inventory.servers[0].slots {
        slot.secret = SecretState::Opened { tag, provider: "IISCngProvider".into(), inferred: true };
    }
    let inventory = builder.build();
    let text = refused(sync(&inventory, "fe01.contoso.com", &[computer("dir01.contoso.com")]));
    assert!(text.contains("[inferred-protection]") && text.contains("--accept-inferred-protection"), "{text}");
    let mut common = crate::common();
    common.accept_inferred_protection = true;
    let request = kerbsync_plan::SyncRequest {
        from: "fe01.contoso.com".into(),
        to: vec![computer("dir01.contoso.com")],
        except: Vec::new(),
        ready_only: false,
        common,
    };
    assert!(kerbsync_plan::plan_sync(&inventory, &request).is_ok());
}

#[test]
fn shared_configurations_and_archives_are_not_written() {
    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing)]);
    let id = builder.inventory.servers[2].document.unwrap().0 as usize;
    builder.inventory.documents[id].path = "dir01.zip!/applicationHost.config".into();
    let text = refused(sync(&builder.build(), "fe01.contoso.com", &[computer("dir01.contoso.com")]));
    assert!(text.contains("[target-readable]") && text.contains("unpack the archive"), "{text}");
    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing)]);
    builder.inventory.assignments.push(assignment("9", "CONTOSO\\x"));
    builder.inventory.servers[2].redirected_to = Some(kerbsync_source::Spanned::new("\\\\nas\\iis".into(), crate::estate::at(0)));
    let text = refused(sync(&builder.build(), "fe01.contoso.com", &[computer("dir01.contoso.com")]));
    assert!(text.contains("shared") && text.contains("[target-readable]"), "{text}");
}

fn set_state(inventory: &mut kerbsync_inventory::Inventory, computer: &str, state: State, basis: Basis) {
    let own = inventory.states.iter_mut().find(|(c, _)| c.as_str() == computer).unwrap();
    (own.1.state, own.1.basis, own.1.reason) = (state, basis, "A made-up reason.".into());
}

#[test]
fn a_source_that_is_proved_not_to_be_current_is_refused_and_an_unproved_one_names_the_test() {
    let mut inventory = usual();
    let judged = |inventory: &kerbsync_inventory::Inventory| {
        let all =
            sync(inventory, "fe01.contoso.com", &[computer("dir01.contoso.com")]).map_or_else(|r| r.preconditions, |p| p.preconditions);
        all.into_iter().find(|p| p.id == "source-current").unwrap()
    };
    for (state, basis, outcome) in [
        (State::InSync, Basis::Directory, PreconditionOutcome::Pass),
        (State::InSync, Basis::ProductReport, PreconditionOutcome::Pass),
        (State::InSync, Basis::Plurality, PreconditionOutcome::Unknown),
        (State::InSync, Basis::Named, PreconditionOutcome::Unknown),
        (State::Stale, Basis::Plurality, PreconditionOutcome::Unknown),
        (State::Unknown, Basis::None, PreconditionOutcome::Unknown),
        (State::Stale, Basis::Directory, PreconditionOutcome::Fail),
        (State::Stale, Basis::ProductReport, PreconditionOutcome::Fail),
    ] {
        set_state(&mut inventory, "fe01.contoso.com", state, basis);
        let own = judged(&inventory);
        assert_eq!(own.outcome, outcome, "{state:?} by {basis:?}");
        let test = "\nTest-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\\Logs\\Test.html";
        assert_eq!(own.remedy.is_some_and(|r| r.ends_with(test)), outcome != PreconditionOutcome::Pass);
    }
}

/// A copy to all, with servers left out.
fn sync_without(inventory: &kerbsync_inventory::Inventory, except: &[&str], ready_only: bool) -> Result<Plan, Refused> {
    let except = except.iter().map(ToString::to_string).collect();
    plan_sync(
        inventory,
        &SyncRequest { from: "fe01.contoso.com".into(), to: vec![CopyTarget::All], except, ready_only, common: crate::common() },
    )
}

fn told(plan: &Plan) -> (Vec<&str>, Vec<String>) {
    let left = plan.report.waiting_on.iter().map(|r| format!("{}: {}", r.subject, r.text)).collect();
    (plan.steps.iter().map(|s| s.server.as_str()).collect(), left)
}

#[test]
fn servers_are_left_out_by_name_and_are_named() {
    let plan = sync_without(&usual(), &["DIR01.contoso.com"], false).unwrap();
    assert_eq!(told(&plan), (vec!["se01.contoso.com"], vec!["dir01.contoso.com: Left out (--except).".to_owned()]));
    // A name that protects nothing was misspelt, or its server is not among the targets.
    assert!(sync_without(&usual(), &["dir09.contoso.com"], false).is_err());
    let refused = sync_without(&usual(), &["fe01.contoso.com"], false).unwrap_err();
    assert!(refused.failed().any(|p| p.id == "except"), "{refused}");
}

#[test]
fn servers_that_cannot_be_done_are_left_out_when_that_is_asked_for() {
    let mut inventory = usual();
    inventory.servers.retain(|s| s.computer.as_str() != "se01.contoso.com");
    assert!(sync_without(&inventory, &[], false).is_err(), "one server that cannot be done refuses all");
    let plan = sync_without(&inventory, &[], true).unwrap();
    let (steps, left) = told(&plan);
    assert_eq!(steps, ["dir01.contoso.com"]);
    insta::assert_snapshot!(left.join("\n"), @"se01.contoso.com: Left out (--ready-only): No configuration of this server is among the inputs. [target-readable]");
    // The source is no target: what is wrong with it is never passed over.
    set_state(&mut inventory, "fe01.contoso.com", State::Stale, Basis::Directory);
    assert!(sync_without(&inventory, &[], true).is_err());
}

#[test]
fn a_copy_that_is_never_in_force_is_neither_source_nor_target() {
    let path = |name: &str| format!("servers/{name}/Windows/WinSxS/amd64_iis/applicationHost.config");
    for name in ["fe01.contoso.com", "dir01.contoso.com"] {
        let mut inventory = usual();
        let document = inventory.servers.iter().find(|s| s.computer.as_str() == name).and_then(|s| s.document).unwrap();
        inventory.documents[document.0 as usize].path = path(name).into();
        let refused = sync(&inventory, "fe01.contoso.com", &[computer("dir01.contoso.com")]).unwrap_err();
        let one = refused.failed().find(|p| p.subject == name).unwrap();
        assert_eq!(one.reason, "The configuration at hand is never in force: it lies in the component store.");
    }
}

#[test]
fn a_pool_that_runs_as_something_else_is_switched_and_that_is_listed() {
    use kerbsync_inventory::citable::Cited;
    use kerbsync_inventory::{ApplicationPool, ApplicationPoolIdentity as Runs, Creation, LayoutId, ProviderPurpose, SlotKey};
    let fields = |identity: Runs| {
        let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Old)]);
        for server in &mut builder.inventory.servers {
            server.slots.truncate(1);
            let slot = &mut server.slots[0];
            slot.key = SlotKey::ApplicationPool { pool: "LyncIntFeature".to_owned() };
            (slot.layout, slot.creation, slot.label) = (LayoutId::AppPoolIdentity, Creation::InPool, slot.key.label());
            slot.purpose = ProviderPurpose::General;
            server.application_pools.push(ApplicationPool {
                name: Cited::new("LyncIntFeature".to_owned(), None),
                identity: Cited::new(identity, None),
                is_product: true,
                starts: Cited::new(true, None),
                user_name: None,
            });
        }
        let plan = sync(&builder.build(), "fe01.contoso.com", &[computer("dir01.contoso.com")]).unwrap();
        plan.steps[0].changes[0].fields.iter().map(|f| format!("{}: {} -> {}", f.attribute, f.before, f.after)).collect::<Vec<_>>()
    };
    assert_eq!(fields(Runs::SpecificUser).len(), 1, "{:?}", fields(Runs::SpecificUser));
    let switched = fields(Runs::NetworkService);
    assert_eq!((switched.len(), switched[0].as_str()), (2, "identityType: NetworkService -> SpecificUser"));
}

#[test]
fn inputs_are_in_the_order_of_paths_whatever_order_they_were_read_in() {
    let mut inventory = usual();
    // The topology is read first, and its path is the last.
    assert!(inventory.documents[0].path.starts_with("topology"));
    inventory.documents[0].path = "zz/topology.xml".into();
    let plan = sync(&inventory, "fe01.contoso.com", &[CopyTarget::All]).unwrap();
    let paths: Vec<&str> = plan.inputs.iter().map(|i| i.path.as_str()).collect();
    assert!(paths.len() > 2 && paths.is_sorted() && paths.last() == Some(&"zz/topology.xml"), "{paths:?}");
}

#[test]
fn a_source_that_is_not_opened_says_which_key_it_wants() {
    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing)]);
    builder.server("se01.contoso.com", Holds::Sealed);
    insta::assert_snapshot!(refused(sync(&builder.build(), "se01.contoso.com", &[computer("dir01.contoso.com")])), @r"
    se01.contoso.com: The secret of its kerberosAccount in 'Lync Server External Web Site' is under AesProvider and was not opened: no key fits. [source-readable]
      export the source's key containers below servers/<fqdn>/keys/
    ");
}

/// A plan rests on the configurations of its servers and its source; one that changes nothing rests on none.
#[test]
fn a_plan_says_what_it_rests_on_and_whose_sites_it_changes() {
    let inventory = usual();
    let one = sync(&inventory, "fe01.contoso.com", &[computer("se01.contoso.com")]).unwrap();
    let paths = |plan: &Plan| inputs_now(&inventory, plan).into_iter().map(|i| i.path).collect::<Vec<_>>();
    assert_eq!(
        paths(&one),
        ["servers/fe01.contoso.com/applicationHost.config", "servers/se01.contoso.com/applicationHost.config", "topology.xml"]
    );
    assert_eq!(changed_sites(&inventory, &one), ["Dublin"]);
    let none = sync(&inventory, "fe01.contoso.com", &[computer("fe02.contoso.com")]).unwrap();
    assert!(none.steps.is_empty() && paths(&none).is_empty() && changed_sites(&inventory, &none).is_empty());
    assert!(none.is_empty() && !one.is_empty());
}

/// Two servers that lead to one file would each undo what was written for the other.
#[test]
fn two_servers_with_one_configuration_are_refused() {
    let mut builder = Builder::with(&[("dir01.contoso.com", Holds::Nothing), ("se01.contoso.com", Holds::Old)]);
    let path = "servers/se01.contoso.com/applicationHost.config";
    for document in builder.inventory.documents.iter_mut().filter(|d| d.path.contains("dir01")) {
        document.path = path.into();
    }
    let text = refused(sync(&builder.build(), "fe01.contoso.com", &[computer("dir01.contoso.com"), computer("se01.contoso.com")]));
    assert!(text.contains("[plan]") && text.contains("two servers must not share one"), "{text}");
}
