//! `simulate faults`: a plan of the user's own under seeded misfortune.

use crate::support::program::Program;
use serde_json::Value;

fn planned() -> Program {
    let program = Program::at("2026-05-01T12:00:00Z");
    assert_eq!(program.run("simulate estate --seed 7 --sites 2 --servers 8 --now 2026-05-01 -o DIR/estate").code, 0);
    let ran = program.run("plan sync DIR/estate --from-computer fe01.contoso.com --to-computer dir01.contoso.com -o DIR/plan.json");
    assert_eq!(ran.code, 0, "{}", ran.err);
    program
}

#[test]
fn a_plan_is_tried_and_nothing_is_written() {
    let program = planned();
    let before = program.files(".");
    let ran = program.run("simulate faults DIR/plan.json --bundle DIR/estate --seeds 40");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.contains("seeds 1 to 40 over 1 configurations") && ran.out.ends_with("Every invariant held.\n"), "{}", ran.out);
    assert!(program.files(".") == before);
}

#[test]
fn a_seed_is_replayed_and_fits_the_schema() {
    let program = planned();
    let run = || {
        let ran = program.run("simulate faults DIR/plan.json --bundle DIR/estate --seeds 5 --seed 11 --compare --format json");
        assert_eq!(ran.code, 0, "{}", ran.err);
        serde_json::from_str::<Value>(&ran.out).unwrap()
    };
    let (one, two) = (run(), run());
    let counts = |v: &Value| ["states", "faults_injected", "survived", "refused", "foreign_edits"].map(|n| v[n].as_u64().unwrap());
    assert_eq!(counts(&one), counts(&two));
    let schema = serde_json::from_str(kerbsync_faults::runner::JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&one).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let ours = one["comparison"].as_array().unwrap().last().unwrap();
    assert_eq!(ours["strategy"], "kerbsync");
    assert_eq!(ours["score"]["consistent"], ours["score"]["states"]);
    let naive = &one["comparison"][0]["score"];
    assert!(naive["consistent"].as_u64() < naive["states"].as_u64());
}

#[test]
fn a_stale_plan_is_not_tried() {
    let program = planned();
    let file = "estate/servers/dir01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config";
    program.put(file, &[program.read(file), b" ".to_vec()].concat());
    let ran = program.run("simulate faults DIR/plan.json --bundle DIR/estate --seeds 1");
    assert_eq!(ran.code, 5, "{}", ran.out);
    insta::assert_snapshot!(ran.err, @r"
    error: the plan is stale: servers/dir01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config changed since it was made
    hint: plan again
    ");
}
