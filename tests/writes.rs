//! Plans carried out on a simulated estate by the program, and taken back.

use crate::program::Program;
use kerbsync_collect::{Collected, Input, Options, Silent, collect};
use kerbsync_inventory::{ServerConfiguration, Slot, SlotPlace};
use kerbsync_plan::{Change, Input as PlanInput, Intent, Plan, PlanReport, SCHEMA, SecretFrom, SlotAddress, Step};

const NOW: &str = "2026-05-01T12:00:00Z";

/// A program over a clean estate, in a folder `estate`.
fn estate() -> Program {
    let program = Program::at(NOW);
    let ran = program.run("simulate estate --seed 11 --sites 1 --servers 3 --defect stale-secret -o DIR/estate");
    assert_eq!(ran.code, 0, "{}", ran.err);
    program
}

fn collected(program: &Program) -> Collected {
    let store = kerbsync_store::open(&program.path("estate")).unwrap();
    let options = Options { config: None, reference: None, progress: &Silent };
    collect(&[Input { label: String::new(), store }], &options).unwrap()
}

fn address(slot: &Slot) -> SlotAddress {
    SlotAddress {
        layout: slot.layout.clone(),
        evidence: slot.evidence.name().to_owned(),
        section: slot.section.clone(),
        location_path: slot.location_path.clone(),
        label: slot.label.clone(),
        account_attribute: slot.account_attribute.clone(),
        secret_attribute: slot.secret_attribute.clone(),
    }
}

fn expected(server: &ServerConfiguration) -> impl Iterator<Item = &Slot> {
    server.slots.iter().filter(|s| s.place == SlotPlace::Expected)
}

/// A plan that copies the secret of the first server to all others.
fn plan(program: &Program) -> Plan {
    let collected = collected(program);
    let inventory = &collected.inventory;
    let document = |server: &ServerConfiguration| &inventory.documents[server.document.unwrap().0 as usize];
    let servers: Vec<&ServerConfiguration> = inventory.servers.iter().filter(|s| expected(s).next().is_some()).collect();
    let (source, targets) = servers.split_first().unwrap();
    let first = expected(source).next().unwrap();
    let account = first.account.value.name.as_ref().unwrap().to_string();
    let secret = SecretFrom::Server {
        server: source.computer.to_string(),
        path: document(source).path.clone(),
        sha256: document(source).sha256.clone().unwrap(),
        slot: Box::new(address(first)),
    };
    let change =
        |slot: &Slot| Change { slot: address(slot), create: false, account: account.clone(), secret: secret.clone(), fields: Vec::new() };
    let steps = targets.iter().zip(1..).map(|(target, number)| Step {
        number,
        stage: 1,
        server: target.computer.to_string(),
        path: document(target).path.clone(),
        sha256: document(target).sha256.clone().unwrap(),
        bytes: document(target).bytes,
        changes: expected(target).map(change).collect(),
    });
    let input = |d: &kerbsync_inventory::Document| Some(PlanInput { path: d.path.clone(), sha256: d.sha256.clone()?, bytes: d.bytes });
    let mut plan = Plan {
        schema: SCHEMA.into(),
        tool: "test".into(),
        digest: String::new(),
        intent: Intent::Sync { from: source.computer.to_string(), to: vec!["all".into()] },
        operator: Some("CONTOSO\\admin".into()),
        account: account.clone(),
        accept_inferred_protection: false,
        inputs: inventory.documents.iter().filter_map(input).collect(),
        preconditions: Vec::new(),
        steps: steps.collect(),
        directory: None,
        follow_ups: Vec::new(),
        outage: Vec::new(),
        report: PlanReport::default(),
    };
    plan.digest = plan.compute_digest().unwrap();
    plan
}

/// Whether all secrets of the estate are equal.
fn in_sync(program: &Program) -> bool {
    let collected = collected(program);
    let mut tags: Vec<_> = collected.inventory.servers.iter().flat_map(expected).map(|s| s.secret.tag().unwrap()).collect();
    tags.dedup();
    tags.len() == 1
}

#[test]
fn a_plan_is_applied_once_and_taken_back_to_the_first_bytes() {
    let program = estate();
    let plan = plan(&program);
    program.put("plan.json", plan.to_json().unwrap().as_bytes());
    let files: Vec<String> = plan.steps.iter().map(|s| format!("estate/{}", s.path)).collect();
    let first: Vec<Vec<u8>> = files.iter().map(|f| program.read(f)).collect();
    assert!(!in_sync(&program) && files.len() == 2);
    let applied = program.run("apply DIR/plan.json --bundle DIR/estate");
    assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
    assert!(in_sync(&program), "{}", applied.out);
    let again = program.run("apply DIR/plan.json --bundle DIR/estate");
    let status = program.run("status DIR/estate");
    let back = program.run("rollback --last DIR/estate");
    let after: Vec<Vec<u8>> = files.iter().map(|f| program.read(f)).collect();
    assert!(after == first, "the bytes are the first ones again");
    let recover = program.run("recover DIR/estate");
    let last = program.run("status DIR/estate");
    for ran in [&again, &status, &back, &recover, &last] {
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    }
    let text = [&applied, &again, &status, &back, &recover, &last].map(|r| r.out.as_str()).join("--\n");
    insta::assert_snapshot!(text, @"");
}

#[test]
fn a_stale_or_altered_plan_is_refused_and_writes_nothing() {
    let program = estate();
    let plan = plan(&program);
    let json = plan.to_json().unwrap();
    program.put("plan.json", json.as_bytes());
    program.put("altered.json", json.replace("CONTOSO\\\\admin", "CONTOSO\\\\other").as_bytes());
    let mut lines = vec![program.run("apply DIR/plan.json"), program.run("apply DIR/altered.json --bundle DIR/estate")];
    assert_eq!(lines[0].code, 2);
    let file = format!("estate/{}", plan.steps[0].path);
    let changed = [program.read(&file), b"<!-- of another -->".to_vec()].concat();
    program.put(&file, &changed);
    lines.push(program.run("apply DIR/plan.json --bundle DIR/estate"));
    assert!(program.read(&file) == changed);
    // The source is no step, and is watched all the same.
    let program = estate();
    program.put("plan.json", json.as_bytes());
    let SecretFrom::Server { path, .. } = &plan.steps[0].changes[0].secret else { panic!("copied") };
    let source = format!("estate/{path}");
    program.put(&source, &[program.read(&source), b" ".to_vec()].concat());
    lines.push(program.run("apply DIR/plan.json --bundle DIR/estate"));
    lines.push(program.run("rollback r0009 DIR/estate"));
    lines.push(program.run("rollback DIR/estate"));
    lines.push(program.run("status DIR/estate"));
    let text: String = lines.iter().map(|r| format!("{} {}{}", r.code, r.out, r.err)).collect();
    insta::assert_snapshot!(text, @"");
}
