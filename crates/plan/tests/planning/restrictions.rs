//! Locks, and sections that may not stand somewhere.

use crate::estate::{ACCOUNT, Builder, Holds};
use crate::{common, computer, refused, sync};
use kerbsync_inventory::citable::Cited;
use kerbsync_inventory::{Inventory, PathStep, Restriction, RestrictionKind};
use kerbsync_plan::{Plan, PreconditionOutcome, plan_set_password};
use kerbsync_source::{Location, Position, SharedSpot, Spot};

/// The usual estate, with something said on dir01.
fn with(kind: RestrictionKind, location: Option<&str>, path: &[&str]) -> Inventory {
    let mut builder = Builder::with(&[]);
    let server = builder.server("dir01.contoso.com", Holds::Nothing);
    let position = Position { line: 12, column: 40 };
    let spot =
        Spot { location: Some(Location { position, end: position, byte_start: 0, byte_end: 1 }), element: "x".into(), excerpt: None };
    server.restrictions.push(Restriction {
        kind: Cited::new(kind, Some(SharedSpot::new(spot))),
        location: location.map(str::to_owned),
        path: path.iter().map(|e| PathStep { element: (*e).to_owned(), item: None }).collect(),
    });
    builder.build()
}

fn planned(inventory: &Inventory) -> Result<Plan, String> {
    sync(inventory, "fe01.contoso.com", &[computer("dir01.contoso.com")]).map_err(|e| e.to_string())
}

fn unknown(plan: &Plan) -> Vec<String> {
    let locked = plan.preconditions.iter().filter(|p| p.id == "slot-unlocked");
    locked.map(|p| format!("{:?} {}: {} ({})", p.outcome, p.subject, p.reason, p.remedy.as_deref().unwrap_or(""))).collect()
}

const SITE: &str = "Lync Server Internal Web Site";

#[test]
fn what_iis_refuses_is_refused_with_its_place() {
    use RestrictionKind::{BothOverrides, HigherFile, NoLocation};
    let all: Vec<String> =
        [(BothOverrides, Some(SITE), &[][..]), (NoLocation, None, &["kerberosAccount"]), (HigherFile, None, &["kerberosAccount"])]
            .into_iter()
            .map(|(kind, location, path)| planned(&with(kind, location, path)).unwrap_err())
            .collect();
    insta::assert_snapshot!(all.join("\n\n"), @r#"
    dir01.contoso.com: The kerberosAccount in 'Lync Server Internal Web Site' cannot be set there: IIS refuses a <location> that says both (overrideMode beside allowOverride at servers/dir01.contoso.com/applicationHost.config:12:40). [slot-allowed]
      correct what stands there, or declare another place as [[slots]] in kerbsync.toml

    dir01.contoso.com: The kerberosAccount in 'Lync Server External Web Site' cannot be set there: IIS takes this section in no <location> (allowLocation="false" at servers/dir01.contoso.com/applicationHost.config:12:40). [slot-allowed]
      correct what stands there, or declare another place as [[slots]] in kerbsync.toml
    dir01.contoso.com: The kerberosAccount in 'Lync Server Internal Web Site' cannot be set there: IIS takes this section in no <location> (allowLocation="false" at servers/dir01.contoso.com/applicationHost.config:12:40). [slot-allowed]
      correct what stands there, or declare another place as [[slots]] in kerbsync.toml

    dir01.contoso.com: The kerberosAccount in 'Lync Server External Web Site' cannot be set there: IIS takes this section only in a file above applicationHost.config (allowDefinition at servers/dir01.contoso.com/applicationHost.config:12:40). [slot-allowed]
      correct what stands there, or declare another place as [[slots]] in kerbsync.toml
    dir01.contoso.com: The kerberosAccount in 'Lync Server Internal Web Site' cannot be set there: IIS takes this section only in a file above applicationHost.config (allowDefinition at servers/dir01.contoso.com/applicationHost.config:12:40). [slot-allowed]
      correct what stands there, or declare another place as [[slots]] in kerbsync.toml
    "#);
    let inventory = with(NoLocation, None, &["kerberosAccount"]);
    assert!(refused(plan_set_password(&inventory, ACCOUNT, &common())).contains("[slot-allowed]"));
}

#[test]
fn what_comes_near_is_planned_without_a_word() {
    use RestrictionKind::{Attributes, BothOverrides, Denied, Item, NoLocation};
    let near: [(RestrictionKind, Option<&str>, &[&str]); 5] = [
        (BothOverrides, Some("Default Web Site"), &[]),
        (Denied, Some(""), &[]),
        (NoLocation, None, &["kerberosAccounts"]),
        (Attributes(vec!["enabled".to_owned()]), None, &["kerberosAccount"]),
        (Item, Some("Lync Server Internal Web Site/Abs"), &["kerberosAccount"]),
    ];
    for (kind, location, path) in near {
        let plan = planned(&with(kind.clone(), location, path)).unwrap();
        assert!(!plan.preconditions.iter().any(|p| p.id.starts_with("slot-")), "{kind:?}: {:?}", plan.preconditions);
    }
}

#[test]
fn a_lock_for_the_files_below_is_told_with_what_is_not_known() {
    let plan = planned(&with(RestrictionKind::Attributes(vec!["password".to_owned()]), Some(SITE), &["kerberosAccount"])).unwrap();
    assert!(plan.preconditions.iter().all(|p| p.outcome != PreconditionOutcome::Fail));
    insta::assert_snapshot!(unknown(&plan).join("\n"), @"Unknown dir01.contoso.com: The kerberosAccount in 'Lync Server Internal Web Site' is locked (lockAttributes at servers/dir01.contoso.com/applicationHost.config:12:40). Such a lock is documented to bind the web.config files below, and not the file that holds it; that IIS takes this edit was not tried on a Windows machine. (take the lock out if nobody needs it; else look at the server after the first step, with Test-CsKerberosAccountAssignment)");
    let plan = planned(&with(RestrictionKind::Denied, Some(SITE), &[])).unwrap();
    assert_eq!(unknown(&plan).len(), 1, "{:?}", plan.preconditions);
    let plan = planned(&with(RestrictionKind::Item, None, &["kerberosAccount"])).unwrap();
    assert_eq!(unknown(&plan).len(), 2, "both sites are below it: {:?}", plan.preconditions);
}
