//! Plan documents that are not what this program made.

use crate::{computer, sync, usual};
use kerbsync_plan::{Plan, read, verify};

fn plan() -> Plan {
    sync(&usual(), "fe01.contoso.com", &[computer("dir01.contoso.com"), computer("se01.contoso.com")]).unwrap()
}

/// The fault of a plan that was changed and given a fitting digest.
fn fault(change: impl FnOnce(&mut Plan)) -> String {
    let mut plan = plan();
    change(&mut plan);
    plan.digest = plan.compute_digest().unwrap();
    verify(&plan).expect_err("a fault").to_string()
}

#[test]
fn a_plan_reads_back_and_a_changed_one_does_not() {
    let json = plan().to_json().unwrap();
    assert!(read(json.as_bytes()).is_ok());
    let changed = json.replace("dir01", "dir02");
    insta::assert_snapshot!(read(changed.as_bytes()).unwrap_err(), @"the plan was changed after it was made (its digest does not fit): plan again");
}

#[test]
fn documents_that_are_no_plan() {
    insta::assert_snapshot!(read(b"{}").unwrap_err(), @"the plan has the schema '', and this program reads 'kerbsync.plan/v1': plan again with this version");
    insta::assert_snapshot!(read(b"<plan/>").unwrap_err(), @"this is no plan document: line 1, column 1; make it with `kerbsync plan`");
    insta::assert_snapshot!(read(br#"{"schema":"kerbsync.plan/v2"}"#).unwrap_err(), @"the plan has the schema 'kerbsync.plan/v2', and this program reads 'kerbsync.plan/v1': plan again with this version");
    assert!(read(br#"{"schema":"kerbsync.plan/v1"}"#).is_err());
}

#[test]
fn a_plan_whose_kind_and_steps_do_not_fit_is_refused() {
    use kerbsync_plan::{DirectoryStep, Intent, SecretFrom};
    let account = plan().account;
    let all = [
        fault(|p| p.directory = Some(DirectoryStep { account: account.clone() })),
        fault(|p| p.steps[0].changes[0].secret = SecretFrom::Generated),
        fault(|p| p.intent = Intent::Sync { from: "fe02.contoso.com".into(), to: vec![] }),
        fault(|p| p.steps[0].server = "FE01.contoso.com".into()),
        fault(|p| p.intent = Intent::SetPassword),
        fault(|p| {
            p.intent = Intent::SetPassword;
            p.directory = Some(DirectoryStep { account: account.clone() });
        }),
        fault(|p| p.steps[1].changes[0].account = "CONTOSO\\another".into()),
    ];
    insta::assert_snapshot!(all.join("\n"), @"
    the plan is no copy of a credential: it sets a password in Active Directory; plan again
    the plan is no copy of a credential: a secret comes from elsewhere than the source; plan again
    the plan is no copy of a credential: a secret comes from elsewhere than the source; plan again
    the plan is no copy of a credential: it writes the source; plan again
    the plan is no new password: it does not set the password of its account in Active Directory; plan again
    the plan is no new password: a secret is an old one of some server; plan again
    the plan is no copy of a credential: a step is about another account; plan again
    ");
}

#[test]
fn every_fault_is_named() {
    let all = [
        fault(|p| p.steps[1].path = p.steps[0].path.to_uppercase()),
        fault(|p| p.steps[1].server = p.steps[0].server.to_uppercase()),
        fault(|p| p.steps.swap(0, 1)),
        fault(|p| p.steps[0].stage = 2),
        fault(|p| p.steps[0].path = "../outside.config".into()),
        fault(|p| p.steps[0].path = "C:/Windows/x.config".into()),
        fault(|p| p.steps[0].path = "/etc/x".into()),
        fault(|p| p.steps[0].path = ".kerbsync/lock".into()),
        fault(|p| p.steps[0].path = "servers/dir01/Windows/WinSxS/x/applicationHost.config".into()),
        fault(|p| p.steps[1].sha256.clear()),
        fault(|p| p.steps[1].changes.clear()),
        fault(|p| p.preconditions[0].outcome = kerbsync_plan::PreconditionOutcome::Fail),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    two steps write SERVERS/DIR01.CONTOSO.COM/APPLICATIONHOST.CONFIG: plan again
    two steps are for DIR01.CONTOSO.COM: plan again
    step 2 is out of order: plan again
    step 2 is out of order: plan again
    step 1 writes where no configuration of the bundle is: plan again
    step 1 writes where no configuration of the bundle is: plan again
    step 1 writes where no configuration of the bundle is: plan again
    step 1 writes where no configuration of the bundle is: plan again
    step 1 writes a copy that is never in force (the component store): plan again
    step 2 is not bound to a content (its sha256 is not 64 hex digits): plan again
    step 2 changes nothing: plan again
    the precondition 'operator' does not hold: see the plan, mend it and plan again
    ");
}
