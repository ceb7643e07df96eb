//! `diff`: bundles, topology documents and reports.

use super::{Shell, json};
use serde_json::Value;

/// The estate of the other tests as `old` and as `new`.
fn shell() -> Shell {
    let (shell, from) = (Shell::empty(), Shell::whole());
    let files = ["topology.xml", "assignments.json"];
    for side in ["old", "new"] {
        for file in files {
            shell.put(&format!("{side}/{file}"), from.read(file).as_bytes());
        }
        for server in ["fe01", "fe02", "fe03"] {
            let file = format!("servers/{server}.contoso.com/applicationHost.config");
            shell.put(&format!("{side}/{file}"), from.read(&file).as_bytes());
        }
    }
    shell
}

fn kinds(report: &Value) -> Vec<String> {
    let word =
        |c: &Value| format!("{} {} {}", c["severity"].as_str().unwrap(), c["kind"].as_str().unwrap(), c["subject"].as_str().unwrap());
    report["consequences"].as_array().unwrap().iter().map(word).collect()
}

#[test]
fn equal_states_differ_in_nothing() {
    let ran = shell().run("diff DIR/old DIR/new");
    assert_eq!(ran.code, 0, "{}", ran.transcript());
    assert!(ran.out.contains("Nothing follows that must be done."), "{}", ran.out);
}

/// A Director pool of one computer in the assigned site, as a pull request adds it to the new topology.
fn add_dir02(shell: &Shell, topology: &str) {
    let cluster = r#"<Cluster RequiresReplication="true" RequiresSetup="true" Fqdn="dir02.contoso.com">
      <ClusterId SiteId="1" Number="2" />
      <Machine OrdinalInCluster="1" Fqdn="dir02.contoso.com" />
    </Cluster>
  </Clusters>"#;
    let service = r#"<Service RoleVersion="1" ServiceVersion="7">
      <ServiceId SiteId="1" RoleName="WebServices" Instance="2" />
      <DependsOn />
      <InstalledOn><ClusterId SiteId="1" Number="2" /></InstalledOn>
    </Service>
  </Services>"#;
    shell.change(topology, "</Clusters>", cluster);
    shell.change(topology, "</Services>", service);
}

#[test]
fn a_server_that_a_change_adds_to_an_assigned_site_must_be_synced_first() {
    let shell = shell();
    add_dir02(&shell, "new/topology.xml");
    let ran = shell.run("diff DIR/old DIR/new");
    assert_eq!(ran.code, 1, "{}", ran.transcript());
    insta::assert_snapshot!(ran.transcript());
    let report = json(&shell.run("diff DIR/old DIR/new --format json"));
    assert_eq!(kinds(&report)[0], "error sync-before-serving dir02.contoso.com");
    let help = report["consequences"][0]["help"].as_str().unwrap();
    assert!(help.contains("Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer dir02.contoso.com"), "{help}");
    let markdown = shell.run("diff DIR/old DIR/new --format markdown");
    assert!(markdown.code == 1 && markdown.out.find("dir02").unwrap() < markdown.out.find("## What changed").unwrap(), "{}", markdown.out);
    // Taking it away again obliges nobody to sync anything.
    let back = json(&shell.run("diff DIR/new DIR/old --format json"));
    assert!(!kinds(&back).iter().any(|k| k.starts_with("error")), "{:?}", kinds(&back));
}

#[test]
fn once_the_new_server_is_shown_in_sync_the_change_may_go() {
    let shell = shell();
    add_dir02(&shell, "new/topology.xml");
    let fe01 = shell.read("new/servers/fe01.contoso.com/applicationHost.config");
    // No two servers have the same file.
    let own = format!("{fe01}<!-- dir02 -->\r\n");
    shell.put("new/servers/dir02.contoso.com/applicationHost.config", own.as_bytes());
    let ran = shell.run("diff DIR/old DIR/new");
    assert!(ran.code == 0 && !ran.out.contains("sync-before-serving"), "{}", ran.transcript());
}

#[test]
fn two_topology_documents_ask_for_the_assignments_they_do_not_hold() {
    let shell = shell();
    add_dir02(&shell, "new/topology.xml");
    let ran = shell.run("diff DIR/old/topology.xml DIR/new/topology.xml --format json");
    let report = json(&ran);
    assert_eq!((ran.code, kinds(&report)[0].as_str()), (0, "warning sync-before-serving dir02.contoso.com"));
    assert!(report["notes"][0].as_str().unwrap().starts_with("Neither side holds an export of the assignments"));
    // With those of the old side they are taken to hold.
    let ran = shell.run("diff DIR/old DIR/new/topology.xml");
    assert!(ran.code == 1 && ran.out.contains("those of OLD are taken to hold"), "{}", ran.transcript());
}

#[test]
fn two_reports_are_compared_by_their_findings_too() {
    let shell = shell();
    shell.change("new/servers/fe02.contoso.com/applicationHost.config", "Canary-Reference-1", "Canary-Stale-2");
    for side in ["old", "new"] {
        shell.run(&format!("audit DIR/{side} --quiet --fail-on never --output json=DIR/{side}.json"));
    }
    let ran = shell.run("diff DIR/old.json DIR/new.json --format json");
    let report = json(&ran);
    assert_eq!((ran.code, kinds(&report)), (1, vec!["error new-error fe02.contoso.com".to_owned()]));
    let changes: Vec<&str> = report["changes"].as_array().unwrap().iter().map(|c| c["kind"].as_str().unwrap()).collect();
    assert_eq!(changes, ["configuration-changed", "state-changed"]);
    // A report and a bundle can be compared as well, in the other direction without an error.
    let back = shell.run("diff DIR/new.json DIR/old");
    assert!(back.code == 0 && back.out.contains("Findings that are gone: 1"), "{}", back.transcript());
    assert!(!(ran.out + &back.out).contains("Canary"));
}

#[test]
fn what_cannot_be_compared_is_no_equality() {
    let shell = shell();
    shell.put("empty/notes.txt", b"nothing\n");
    let ran = shell.run("diff DIR/empty DIR/empty");
    assert!(ran.code == 3 && ran.out.contains("Nothing was compared."), "{}", ran.transcript());
    assert_eq!(shell.run("diff DIR/old DIR/nowhere").code, 4);
    shell.put("r.json", br#"{"schema": "kerbsync.inventory/v1"}"#);
    let ran = shell.run("diff DIR/old DIR/r.json");
    assert!(ran.code == 4 && ran.err.contains("a document of another kind"), "{}", ran.transcript());
    let whole = shell.read("new/topology.xml");
    shell.put("new/topology.xml", &whole.as_bytes()[..whole.len() / 2]);
    assert_eq!(shell.run("diff DIR/old DIR/new").code, 4);
}

/// The assignments of both sides are those of the old name: that the renamed site lost its account does not follow.
#[test]
fn a_renamed_site_has_not_lost_its_account() {
    let shell = shell();
    shell.change("new/topology.xml", "<Name>Redmond</Name>", "<Name>Cork</Name>");
    let ran = shell.run("diff DIR/old DIR/new --format json");
    let report = json(&ran);
    let kinds = kinds(&report);
    assert!(!kinds.iter().any(|k| k.contains("may-still-hold") || k.contains("spn-to-remove")), "{kinds:?}");
    let changes = report["changes"].as_array().unwrap();
    assert!(changes.iter().any(|c| c["kind"] == "site-renamed"), "{changes:?}");
    assert!(!changes.iter().any(|c| c["kind"] == "account-changed" && c["after"] == "none"), "{changes:?}");
}
