//! A plan, an outcome and a status with something in every list, and how they are told.

use crate::sample::tool;
use kerbsync_inventory::{LayoutId, SlotKey};
use kerbsync_plan::outcome::{
    ControllerSeen, ControllerState, End, NextStep, PasswordProof, ProofOutcome, Replication, RunOutcome, RunSummary, ServerOutcome,
    StepResult,
};
use kerbsync_plan::{
    Change, DirectoryStep, FieldChange, FollowUp, Intent, OutageWindow, Plan, PlanInput, PlanReport, Precondition, PreconditionOutcome,
    Reason, Refused, SCHEMA, SecretFrom, SlotAddress, Step,
};
use kerbsync_report::format::{RunsReport, StatusReport};
use kerbsync_report::render::{self, TextOptions};

const SHA: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

fn slot() -> SlotAddress {
    SlotAddress {
        layout: LayoutId::AppPoolIdentity,
        evidence: "documented".into(),
        key: SlotKey::ApplicationPool { pool: "LyncIntFeature".into() },
        account_attribute: "userName".into(),
        secret_attribute: "password".into(),
    }
}

fn step(number: u32, server: &str, secret: SecretFrom) -> Step {
    let field = |attribute: &str, before: &str, after: &str| FieldChange {
        attribute: attribute.into(),
        before: before.into(),
        after: after.into(),
    };
    let fields = vec![
        field("userName", "CONTOSO\\old\u{1b}[31m", "CONTOSO\\KerbAuth"),
        field("password", "(another secret, under AesProvider)", "(the secret of fe01.contoso.com, encrypted for this server)"),
    ];
    let change = Change { slot: slot(), create: number == 2, account: "CONTOSO\\KerbAuth".into(), secret, fields };
    let path = format!("servers/{server}/applicationHost.config");
    Step { number, stage: 1, server: server.into(), path, sha256: SHA.into(), bytes: 130_000, changes: vec![change] }
}

/// A plan that copies, and sets a password too, which no real one does: every field is filled.
pub(crate) fn plan() -> Plan {
    let condition = |id: &'static str, outcome, reason: &'static str, remedy: Option<&'static str>| Precondition {
        id: id.into(),
        subject: "dir01.contoso.com".into(),
        outcome,
        reason: reason.into(),
        remedy: remedy.map(Into::into),
    };
    let reason = |subject: &'static str, text: &'static str| Reason { subject: subject.into(), text: text.into() };
    let server = SecretFrom::Server {
        server: "fe01.contoso.com".into(),
        path: "servers/fe01.contoso.com/applicationHost.config".into(),
        sha256: SHA.into(),
        slot: Box::new(slot()),
    };
    let window = |after, refusing, begins: &[&str], ends: &[&str]| OutageWindow {
        after,
        refusing,
        begins: begins.iter().map(ToString::to_string).collect(),
        ends: ends.iter().map(ToString::to_string).collect(),
        unknown: 1,
    };
    Plan {
        schema: SCHEMA.into(),
        tool: "0.1.0".into(),
        digest: SHA.into(),
        bundle: None,
        intent: Intent::Sync { from: "fe01.contoso.com".into(), to: vec!["site Redmond".into(), "dir01.contoso.com".into()] },
        operator: Some("CONTOSO\\olivia".into()),
        account: "CONTOSO\\KerbAuth".into(),
        accept_inferred_protection: true,
        inputs: vec![PlanInput { path: "topology.xml".into(), sha256: SHA.into(), bytes: 7 }],
        preconditions: vec![
            condition("keys", PreconditionOutcome::Pass, "A key fits.", None),
            condition("operator", PreconditionOutcome::Unknown, "Nobody was named as the operator.", Some("name one with --operator")),
            condition("target-readable", PreconditionOutcome::Fail, "There is no configuration of it.", Some("export it")),
        ],
        steps: vec![step(1, "dir01.contoso.com", server), step(2, "fe02.contoso.com", SecretFrom::Generated)],
        directory: Some(DirectoryStep { account: "CONTOSO\\KerbAuth".into() }),
        follow_ups: vec![FollowUp {
            id: "enable-topology".into(),
            subject: "CONTOSO\\KerbAuth".into(),
            reason: "The assignment was changed.".into(),
            command: Some("Enable-CsTopology".into()),
        }],
        outage: vec![
            window(0, 2, &["dir01.contoso.com", "fe02.contoso.com"], &[]),
            window(1, 1, &[], &["dir01.contoso.com"]),
            window(2, 0, &[], &["fe02.contoso.com"]),
        ],
        report: PlanReport {
            planned: vec![reason("dir01.contoso.com", "It is stale.")],
            unchanged: vec![reason("fe03.contoso.com", "It holds the secret already.")],
            waiting_on: vec![reason("se01.contoso.com", "Its configuration is not in the bundle.")],
            notes: vec!["The pool has the name of its computer.".into()],
        },
    }
}

fn proof() -> PasswordProof {
    PasswordProof {
        account: "CONTOSO\\KerbAuth".into(),
        controller: Some("dc01.contoso.com".into()),
        at: "2026-05-01T12:00:09Z".into(),
        server: None,
        outcome: ProofOutcome::Proved,
        reason: None,
        key_version: Some(4),
    }
}

fn replication() -> Replication {
    let seen = |name: &str, state, after_seconds, reason: Option<&str>, key_version| ControllerSeen {
        controller: format!("{name}.contoso.com"),
        state,
        at: Some("2026-05-01T12:00:39Z".into()),
        after_seconds,
        reason: reason.map(str::to_owned),
        key_version,
    };
    Replication {
        watched_seconds: Some(30),
        not_known: None,
        controllers: vec![
            seen("dc02", ControllerState::HasIt, Some(30), None, Some(4)),
            seen("dc03", ControllerState::Late, None, None, Some(3)),
            seen("dc04", ControllerState::NotReached, None, Some("it does not answer"), None),
        ],
    }
}

/// Whoever watches a change by a program reads fields, not sentences.
#[test]
fn the_proof_and_the_other_controllers_are_fields_of_a_run() {
    let text = render::json(&RunsReport::new(tool(), vec![outcome(End::AllNew)])).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let run = &document["runs"][0];
    insta::assert_json_snapshot!([&run["proof"], &run["replication"]], @r#"
    [
      {
        "account": "CONTOSO\\KerbAuth",
        "at": "2026-05-01T12:00:09Z",
        "controller": "dc01.contoso.com",
        "key_version": 4,
        "outcome": "proved",
        "reason": null,
        "server": null
      },
      {
        "controllers": [
          {
            "after_seconds": 30,
            "at": "2026-05-01T12:00:39Z",
            "controller": "dc02.contoso.com",
            "key_version": 4,
            "reason": null,
            "state": "has-it"
          },
          {
            "after_seconds": null,
            "at": "2026-05-01T12:00:39Z",
            "controller": "dc03.contoso.com",
            "key_version": 3,
            "reason": null,
            "state": "late"
          },
          {
            "after_seconds": null,
            "at": "2026-05-01T12:00:39Z",
            "controller": "dc04.contoso.com",
            "key_version": null,
            "reason": "it does not answer",
            "state": "not-reached"
          }
        ],
        "not_known": null,
        "watched_seconds": 30
      }
    ]
    "#);
}

pub(crate) fn outcome(end: End) -> RunOutcome {
    let server = |name: &str, result, detail: &str| ServerOutcome {
        server: name.into(),
        path: format!("servers/{name}/applicationHost.config"),
        result,
        detail: detail.into(),
    };
    RunOutcome {
        run: Some("r0001-20260501T120000Z".into()),
        end,
        servers: vec![
            server("dir01.contoso.com", StepResult::Done, ""),
            server("fe02.contoso.com", StepResult::Failed, "the disk is full; it is as it was"),
        ],
        directory: Some(StepResult::Skipped),
        proof: Some(proof()),
        replication: Some(replication()),
        notes: vec!["The journal cannot be written.".into()],
        next: vec![
            NextStep {
                purpose: "finish it".into(),
                servers: 1,
                command: "kerbsync apply plan.json --bundle b --resume r0001-20260501T120000Z".into(),
            },
            NextStep { purpose: "take back what was written".into(), servers: 1, command: "kerbsync recover b".into() },
        ],
    }
}

pub(crate) fn status() -> StatusReport {
    let mut status = StatusReport::new(tool(), true);
    status.writer = Some("bob (apply, process 4 on admin02)".into());
    status.damaged.push(".kerbsync/journal/r0002.jsonl is damaged in line 3".into());
    status.runs.push(RunSummary {
        run: "r0001-20260501T120000Z".into(),
        summary: "copy CONTOSO\\KerbAuth from fe01.contoso.com".into(),
        operator: "CONTOSO\\olivia".into(),
        host: "admin01".into(),
        at: "2026-05-01T12:00:00Z".into(),
        end: End::Open,
        rolled_back: false,
        servers: 2,
        copies: vec!["servers/dir01.contoso.com/applicationHost.config.kerbsync-r0001-20260501T120000Z.orig".into()],
    });
    status
}

#[test]
fn a_plan_is_told_for_people() {
    insta::assert_snapshot!(render::plan(&plan(), &TextOptions::PLAIN), @r"
    Copy the credential of fe01.contoso.com to site Redmond, dir01.contoso.com
      account   CONTOSO\KerbAuth
      operator  CONTOSO\olivia
      plan      0123456789ab

    Preconditions: 1 holds, 1 unknown, 1 does not
      fail[target-readable] dir01.contoso.com: There is no configuration of it.
          help: export it
      unknown[operator] dir01.contoso.com: Nobody was named as the operator.
          help: name one with --operator

    To change: 2 servers of 3
      1. dir01.contoso.com
         servers/dir01.contoso.com/applicationHost.config
         why: It is stale.
         set in application pool 'LyncIntFeature', from the same place of fe01.contoso.com
           userName  CONTOSO\old\u{1b}[31m                ->  CONTOSO\KerbAuth
           password  (another secret, under AesProvider)  ->  (the secret of fe01.contoso.com, encrypted
                                                              for this server)
      2. fe02.contoso.com
         servers/fe02.contoso.com/applicationHost.config
         create in application pool 'LyncIntFeature'
           userName  CONTOSO\old\u{1b}[31m                ->  CONTOSO\KerbAuth
           password  (another secret, under AesProvider)  ->  (the secret of fe01.contoso.com, encrypted
                                                              for this server)
      last. Active Directory: the password of CONTOSO\KerbAuth
      unchanged: fe03.contoso.com: It holds the secret already.
      waiting on: se01.contoso.com: Its configuration is not in the bundle.

    Who refuses a client with a current ticket on the way
      now           2 servers (of 1 more nothing is known); begins: dir01.contoso.com, fe02.contoso.com
      after step 1  1 server (of 1 more nothing is known); ends: dir01.contoso.com
      after step 2  none (of 1 more nothing is known); ends: fe02.contoso.com
      worst: 2 servers

    Afterwards
      enable-topology: CONTOSO\KerbAuth: The assignment was changed.
          Enable-CsTopology

    note: The pool has the name of its computer.
    ");
}

#[test]
fn long_plans_are_cut_unless_asked_for() {
    let mut plan = plan();
    plan.steps = (1..=40).map(|n| step(n, &format!("fe{n:02}.contoso.com"), SecretFrom::Generated)).collect();
    plan.outage.clear();
    let (short, long) =
        (render::plan(&plan, &TextOptions::PLAIN), render::plan(&plan, &TextOptions { verbosity: 1, ..TextOptions::PLAIN }));
    assert!(short.contains("… and 28 more servers (-v shows them)") && !short.contains("fe13"));
    assert!(long.contains("40. fe40.contoso.com") && !long.contains('…') && long.contains("pass[keys]"));
}

#[test]
fn a_refusal_an_outcome_and_a_status_are_told_for_people() {
    let refused = Refused { preconditions: plan().preconditions };
    let texts = [
        render::refused(&refused, &TextOptions::PLAIN),
        render::outcome(&outcome(End::Open), &TextOptions::PLAIN),
        render::status(&status(), &TextOptions::PLAIN),
    ];
    insta::assert_snapshot!(texts.join("--\n"), @r"
    refused: nothing is planned, since a precondition does not hold

    Preconditions: 1 holds, 1 unknown, 1 does not
      fail[target-readable] dir01.contoso.com: There is no configuration of it.
          help: export it
      unknown[operator] dir01.contoso.com: Nobody was named as the operator.
          help: name one with --operator
    --
    run r0001-20260501T120000Z: open: it failed on the way; `kerbsync recover` mends it
      dir01.contoso.com  done
      fe02.contoso.com   failed  the disk is full; it is as it was
      Active Directory  skipped
    note: The journal cannot be written.
    next: finish it (1 server)
          kerbsync apply plan.json --bundle b --resume r0001-20260501T120000Z
    or: take back what was written (1 server)
          kerbsync recover b
    --
    r0001-20260501T120000Z  open
      copy CONTOSO\KerbAuth from fe01.contoso.com (2 servers at 2026-05-01T12:00:00Z, by CONTOSO\olivia
      on admin01)
      secret in clear, kept:
        servers/dir01.contoso.com/applicationHost.config.kerbsync-r0001-20260501T120000Z.orig
    damaged: .kerbsync/journal/r0002.jsonl is damaged in line 3
    the lock is held by, or was left by: bob (apply, process 4 on admin02)
    next: a run has no end yet: when that writer is done, or runs no more, run `kerbsync recover` on the
          bundle
    ");
}

#[test]
fn a_long_run_names_who_needs_attention_and_counts_the_rest() {
    let mut outcome = outcome(End::Open);
    outcome.servers.extend((1..=30).map(|n| ServerOutcome {
        server: format!("fe{n}"),
        path: String::new(),
        result: StepResult::Done,
        detail: String::new(),
    }));
    let text = render::outcome(&outcome, &TextOptions::PLAIN);
    assert!(
        text.contains("fe02.contoso.com  failed") && text.contains("31 servers done (-v shows them)") && !text.contains("fe17"),
        "{text}"
    );
}

#[test]
fn what_is_left_to_do_is_told_behind_a_run_that_did_something() {
    let told = |end| render::runs(&RunsReport::of_plan(tool(), &plan(), outcome(end)), &TextOptions::PLAIN);
    insta::assert_snapshot!(told(End::AllNew), @r"
    run r0001-20260501T120000Z: all-new: every step is done
      dir01.contoso.com  done
      fe02.contoso.com   failed  the disk is full; it is as it was
      Active Directory  skipped
    note: The journal cannot be written.
    next: finish it (1 server)
          kerbsync apply plan.json --bundle b --resume r0001-20260501T120000Z
    or: take back what was written (1 server)
          kerbsync recover b

    Not proved by the inputs
      unknown[operator] dir01.contoso.com: Nobody was named as the operator.
          help: name one with --operator

    Afterwards
      enable-topology: CONTOSO\KerbAuth: The assignment was changed.
          Enable-CsTopology
    ");
    let open = told(End::Open);
    assert!(!open.contains("Afterwards") && open.contains("Not proved"), "{open}");
    let back = render::runs(&RunsReport::new(tool(), vec![outcome(End::AllOld)]), &TextOptions::PLAIN);
    assert!(!back.contains("Afterwards") && !back.contains("Not proved"), "{back}");
}
