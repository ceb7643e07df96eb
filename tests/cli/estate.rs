//! `inventory` and `slots`.

use super::{Shell, json};

#[test]
fn the_inventory_for_people() {
    let shell = Shell::with("");
    insta::assert_snapshot!(shell.run("inventory DIR").transcript());
}

#[test]
fn the_inventory_for_programs() {
    let shell = Shell::whole();
    let ran = shell.run("inventory DIR --format json");
    let inventory = json(&ran);
    assert_eq!(ran.code, 0);
    let site = &inventory["sites"][0];
    assert_eq!((site["name"].as_str(), site["account"].as_str()), (Some("Redmond"), Some(r"CONTOSO\KerbAuth")));
    let pool = &site["pools"][0];
    assert_eq!((pool["kind"].as_str(), pool["external_web_fqdn"].as_str()), (Some("enterprise"), Some("web.contoso.com")));
    let states: Vec<&str> = pool["computers"].as_array().unwrap().iter().map(|c| c["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["in-sync"; 3]);
}

#[test]
fn the_slots_of_a_configuration() {
    let shell = Shell::with("");
    let file = "slots DIR/servers/fe01.contoso.com/applicationHost.config";
    insta::assert_snapshot!(shell.run(file).transcript());
    let slots = json(&shell.run(&format!("{file} --format json")));
    assert_eq!((slots["slots"][0]["secret"].as_str(), slots["slots"][0]["group"].as_str()), (Some("clear"), Some("A")));
}

#[test]
fn a_slot_may_be_declared() {
    let shell = Shell::with("");
    let file = "servers/fe01.contoso.com/applicationHost.config";
    shell.change(file, "<security>", "<kerberosHolder user=\"CONTOSO\\KerbAuth\" word=\"Canary-Declared-3\" />\r\n        <security>");
    shell.put("my.toml", b"[[slots]]\nsection = \"system.webServer/kerberosHolder\"\naccount = \"user\"\nsecret = \"word\"\n");
    let ran = shell.run(&format!("slots DIR/{file} --config DIR/my.toml --format json"));
    let slots = json(&ran);
    let declared = slots["slots"].as_array().unwrap().iter().find(|s| s["evidence"] == "declared").unwrap_or_else(|| panic!("{}", ran.out));
    assert_eq!((declared["account"].as_str(), declared["secret"].as_str()), (Some(r"CONTOSO\KerbAuth"), Some("clear")));
    assert!(!ran.out.contains("Canary"));
}

#[test]
fn slots_of_something_else_is_an_error() {
    let shell = Shell::with("");
    for (line, code) in [("slots DIR/topology.xml", 4), ("slots DIR/nowhere", 4), ("slots DIR", 4)] {
        let ran = shell.run(line);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{line}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains("\nhint: "), "{line}: {}", ran.err);
    }
    shell.change("servers/fe01.contoso.com/applicationHost.config", "</configuration>", "");
    let ran = shell.run("slots DIR/servers/fe01.contoso.com/applicationHost.config");
    assert!(ran.code == 4 && ran.err.contains("applicationHost.config:") && ran.err.contains("(byte "), "{}", ran.err);
}
