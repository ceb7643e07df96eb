//! Who may do it.

use crate::estate::{account, dn};
use crate::{computer, usual};
use kerbsync_inventory::Inventory;
use kerbsync_inventory::directory::Completeness;
use kerbsync_plan::{Precondition, PreconditionOutcome, Request, SyncRequest, plan_sync};
use kerbsync_source::Spanned;

fn judged(inventory: &Inventory, operator: Option<&str>) -> Precondition {
    judged_with(inventory, operator, false)
}

fn judged_with(inventory: &Inventory, operator: Option<&str>, operator_unproved: bool) -> Precondition {
    let common = Request { operator: operator.map(Into::into), operator_unproved, ..Request::default() };
    let request = SyncRequest {
        from: "fe01.contoso.com".into(),
        to: vec![computer("dir01.contoso.com")],
        except: Vec::new(),
        ready_only: false,
        common,
    };
    let all = plan_sync(inventory, &request).map_or_else(|r| r.preconditions, |p| p.preconditions);
    all.into_iter().find(|p| p.id == "operator").unwrap()
}

#[test]
fn members_of_nested_groups_may_and_others_may_not() {
    let mut inventory = usual();
    for (operator, outcome) in [
        ("CONTOSO\\ann", PreconditionOutcome::Pass),
        ("contoso\\ANN", PreconditionOutcome::Pass),
        ("CONTOSO\\bob", PreconditionOutcome::Fail),
        ("CONTOSO\\cleo", PreconditionOutcome::Fail),
        ("CONTOSO\\nobody", PreconditionOutcome::Fail),
        ("ann@contoso.com", PreconditionOutcome::Fail),
    ] {
        assert_eq!(judged(&inventory, Some(operator)).outcome, outcome, "{operator}");
    }
    for (operator, groups) in [("CONTOSO\\bob", "the 2 groups that it belongs to."), ("CONTOSO\\cleo", "a group that it belongs to.")] {
        let reason = judged(&inventory, Some(operator)).reason.to_string();
        assert!(reason.ends_with(groups), "{reason}");
    }
    // By the account's own attribute, of a group that the export does not hold.
    let directory = inventory.directory.as_mut().unwrap();
    let mut dora = account("dora");
    dora.member_of = Some(vec![Spanned::new(dn("RTCUniversalServerAdmins").to_uppercase(), crate::estate::at(0))]);
    directory.groups.clear();
    directory.accounts.push(dora.into());
    assert_eq!(judged(&inventory, Some("CONTOSO\\dora")).outcome, PreconditionOutcome::Pass);
    // By that of a group that the account is in, likewise.
    let directory = inventory.directory.as_mut().unwrap();
    directory.accounts.last_mut().unwrap().member_of = Some(vec![Spanned::new(dn("Web Team"), crate::estate::at(0))]);
    directory.groups.push(kerbsync_inventory::directory::Group {
        origin: kerbsync_source::Origin::document(crate::estate::at(0).document),
        distinguished_name: dn("Web Team"),
        name: "Web Team".to_owned(),
        members: None,
        shown_members: Vec::new(),
        shown_member_of: vec![Spanned::new(dn("RTCUniversalServerAdmins"), crate::estate::at(0))],
        sid: None,
        created: None,
    });
    assert_eq!(judged(&inventory, Some("CONTOSO\\dora")).outcome, PreconditionOutcome::Pass);
    // Another group that the export does not hold shows nothing.
    let dora = inventory.directory.as_mut().unwrap().accounts.last_mut().unwrap();
    dora.member_of = Some(vec![Spanned::new(dn("CSHelpDesk"), crate::estate::at(0))]);
    assert_eq!(judged(&inventory, Some("CONTOSO\\dora")).outcome, PreconditionOutcome::Fail);
}

#[test]
fn an_operator_whom_the_export_does_not_show_is_refused_until_that_is_accepted() {
    let mut inventory = usual();
    assert_eq!(judged(&inventory, None).outcome, PreconditionOutcome::Unknown, "nobody was named");
    let unproved = |inventory: &Inventory, operator: &str| {
        let refused = judged(inventory, Some(operator));
        assert_eq!(refused.outcome, PreconditionOutcome::Fail, "{operator}");
        let remedy = refused.remedy.unwrap();
        assert!(remedy.ends_with("--operator-unproved\nGet-ADGroupMember RTCUniversalServerAdmins -Recursive"), "{remedy}");
        let accepted = judged_with(inventory, Some(operator), true);
        assert_eq!(accepted.outcome, PreconditionOutcome::Unknown, "{operator}");
        assert!(accepted.reason.ends_with("That was accepted (--operator-unproved)."), "{}", accepted.reason);
    };
    inventory.directory.as_mut().unwrap().completeness = Completeness::Partial;
    unproved(&inventory, "CONTOSO\\nobody");
    let other = judged_with(&inventory, Some("CONTOSO\\cleo"), true);
    assert_eq!(other.outcome, PreconditionOutcome::Fail, "both ends of the membership are there: that is proved, and not accepted");
    // Nor does it tell, where the members of a group in that group are not known.
    let operators = inventory.directory.as_mut().unwrap().groups[1].members.take();
    assert!(operators.is_some());
    unproved(&inventory, "CONTOSO\\cleo");
    inventory.directory.as_mut().unwrap().groups[1].members = operators;
    assert_eq!(judged_with(&inventory, Some("CONTOSO\\cleo"), true).outcome, PreconditionOutcome::Fail);
    inventory.directory.as_mut().unwrap().groups[0].members = None;
    unproved(&inventory, "CONTOSO\\cleo");
    inventory.directory = None;
    unproved(&inventory, "CONTOSO\\ann");
}

/// A list that lacks members proves who is in it, and not who is not.
#[test]
fn a_list_that_lacks_members_proves_those_it_shows() {
    let mut inventory = usual();
    let directory = inventory.directory.as_mut().unwrap();
    directory.completeness = Completeness::Partial;
    for group in &mut directory.groups {
        group.shown_members = group.members.take().unwrap();
    }
    assert_eq!(judged(&inventory, Some("CONTOSO\\ann")).outcome, PreconditionOutcome::Pass);
    let cleo = judged_with(&inventory, Some("CONTOSO\\cleo"), true);
    assert_eq!(cleo.outcome, PreconditionOutcome::Unknown, "{}", cleo.reason);
    let directory = inventory.directory.as_mut().unwrap();
    directory.groups.clear();
    let cleo = directory.accounts.iter_mut().find(|a| a.short_name() == "cleo").unwrap();
    (cleo.member_of, cleo.shown_member_of) = (None, vec![Spanned::new(dn("RTCUniversalServerAdmins"), crate::estate::at(0))]);
    assert_eq!(judged(&inventory, Some("CONTOSO\\cleo")).outcome, PreconditionOutcome::Pass);
}

#[test]
fn a_disabled_account_may_not() {
    let mut inventory = usual();
    inventory.directory.as_mut().unwrap().accounts[0].enabled = Some(Spanned::new(false, crate::estate::at(0)));
    assert_eq!(judged(&inventory, Some("CONTOSO\\ann")).outcome, PreconditionOutcome::Fail);
}
