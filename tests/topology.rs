//! Every form and version of one deployment says the same, as far as the form can tell.

use crate::support::program::Program;
use kerbsync_topologies::Form;
use serde_json::{Value, json};

/// Sites with their pools and computers, in an order of their own: a Topology Builder file has branch sites within their central ones.
fn estate(inventory: &Value, accounts: bool) -> Value {
    let sorted = |list: &Value, key: &str| {
        let mut list = list.as_array().unwrap().clone();
        list.sort_by_key(|v| v[key].as_str().unwrap().to_owned());
        list
    };
    let computer = |c: &Value| json!([c["fqdn"], c["web_server"]]);
    let pool = |p: &Value| {
        let computers: Vec<Value> = p["computers"].as_array().unwrap().iter().map(computer).collect();
        json!([p["fqdn"], p["kind"], p["web_services"], p["internal_web_fqdn"], p["external_web_fqdn"], computers])
    };
    let site = |s: &Value| {
        let pools: Vec<Value> = sorted(&s["pools"], "fqdn").iter().map(pool).collect();
        json!([s["id"], s["name"], s["kind"], if accounts { s["account"].clone() } else { Value::Null }, pools])
    };
    Value::Array(sorted(&inventory["sites"], "id").iter().map(site).collect())
}

/// The inventory of one form.
fn inventory(program: &Program, folder: &str) -> Value {
    let ran = program.run(&format!("inventory DIR/{folder} --format json"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{folder}");
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn every_form_and_version_of_a_deployment_gives_the_same_estate() {
    let program = Program::at("2026-05-01T12:00:00Z");
    let mut whole: Option<Value> = None;
    for version in 5..=8 {
        let line = format!("simulate topology --seed 7 --sites 4 --servers 20 --form all --schema-version {version} -o DIR/v{version}");
        let ran = program.run(&line);
        assert_eq!(ran.code, 0, "{}", ran.err);
        for form in Form::ALL.into_iter().filter(|f| f.holds_topology()) {
            let found = inventory(&program, &format!("v{version}/{}", form.name()));
            assert_eq!(found["topologies"][0]["draft"], form == Form::Draft, "{}", form.name());
            let whole = whole.get_or_insert_with(|| estate(&inventory(&program, &format!("v{version}/configuration")), true));
            if form.holds_assignments() {
                assert_eq!(&estate(&found, true), whole, "{} of version {version}", form.name());
            }
            let without = |v: &Value| Value::Array(v.as_array().unwrap().iter().map(|s| json!([s[0], s[1], s[2], s[4]])).collect());
            assert_eq!(without(&estate(&found, false)), without(whole), "{} of version {version}", form.name());
        }
    }
    // it is an estate worth the name: every kind of pool, a branch, assignments
    let text = whole.unwrap().to_string();
    for part in ["enterprise", "standard-edition", "director", "edge", "survivable-branch", "branch", "KerbAuth", "webint-pool01"] {
        assert!(text.contains(part), "no {part}");
    }
}

#[test]
fn a_deployment_is_that_of_the_estate_of_its_seed() {
    let program = Program::at("2026-05-01T12:00:00Z");
    program.run("simulate estate --seed 9 --sites 3 --servers 7 --clean -o DIR/estate");
    let ran = program.run("simulate topology --seed 9 --sites 3 --servers 7 -o DIR/topology.xml");
    assert_eq!(ran.out, "wrote DIR/topology.xml\nNext: kerbsync inventory DIR/topology.xml\n");
    assert_eq!(program.read("topology.xml"), program.read("estate/topology/DefaultTopology.xml"));
}

#[test]
fn a_single_file_goes_where_it_is_told_and_nothing_is_written_over() {
    let program = Program::at("2026-05-01T12:00:00Z");
    assert_eq!(program.run("simulate topology --form configuration -o DIR/new/export.zip").code, 0);
    assert!(program.read("new/export.zip").starts_with(b"PK"));
    assert_eq!(program.run("simulate topology --form tbxml -o DIR/new").code, 0, "a folder that is there");
    assert!(program.path("new/Contoso.tbxml").is_file());
    let ran = program.run("simulate topology --form tbxml -o DIR/new/Contoso.tbxml");
    assert!(ran.code == 2 && ran.err.contains("is there already and is left as it is"), "{}", ran.err);
    let ran = program.run("simulate topology --form csv -o DIR/new");
    assert!(ran.code == 2 && ran.err.contains("name a new or empty folder"), "{}", ran.err);
    let ran = program.run("simulate topology --form tbxlm -o DIR/x");
    assert!(ran.code == 2 && ran.err.contains("the forms are: published, ") && ran.err.contains("did you mean tbxml"), "{}", ran.err);
    let ran = program.run("simulate topology --sites 0 -o DIR/x");
    assert!(ran.code == 2 && ran.err.contains("give numbers of 1 or more"), "{}", ran.err);
    assert_eq!(program.run("simulate topology --schema-version 9 -o DIR/x").code, 2);
}
