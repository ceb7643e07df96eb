//! Evidence that contradicts itself: the newest by content wins and is told, the user may choose, and else nothing is said.

use super::{NOW, base};
use crate::support::audited::{Audited, Files, audit_at};
use crate::support::program::Program;
use kerbsync_audit::Outcome;
use kerbsync_inventory::DocumentStatus;
use kerbsync_inventory::state::State;
use sha2::Digest;

fn audited(files: &Files) -> Audited {
    audit_at(&[("", files)], NOW.parse().unwrap())
}

fn state(audited: &Audited, host: &str) -> State {
    audited.inventory.states.iter().find(|(h, _)| h.first_label() == host).unwrap().1.state
}

fn outcome(audited: &Audited, rule: &str, subject: &str) -> Option<Outcome> {
    audited.audit.verdicts.iter().find(|v| v.rule.id == rule && v.subject.to_string().contains(subject)).map(|v| v.outcome)
}

/// A manifest of files, each with the time of its last change.
fn manifest(files: &Files, dates: &[(&str, &str)]) -> (String, Vec<u8>) {
    let entry = |(path, written): &(&str, &str)| {
        let bytes = &files.iter().find(|(p, _)| p == path).unwrap().1;
        let digest: String = sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        format!(r#"{{"path": "{path}", "sha256": "{digest}", "written": "{written}"}}"#)
    };
    let entries: Vec<String> = dates.iter().map(entry).collect();
    ("manifest.json".to_owned(), format!(r#"{{"schema": "kerbsync.manifest/v1", "files": [{}]}}"#, entries.join(",")).into_bytes())
}

fn text<'f>(files: &'f Files, path: &str) -> &'f str {
    std::str::from_utf8(&files.iter().find(|(p, _)| p == path).unwrap().1).unwrap()
}

const TOPOLOGY: &str = "topology/topology.xml";

/// The estate with a second topology at a path, in which the Director has another external name.
fn two_topologies(path: &str) -> Files {
    let mut files = base("");
    let other = text(&files, TOPOLOGY).replace("webdir.contoso.com", "webdir.fabrikam.com").into_bytes();
    files.push((path.to_owned(), other));
    files
}

#[test]
fn two_topologies_that_nothing_dates_leave_unknown_what_they_differ_in() {
    let mut verdicts = Vec::new();
    for path in ["a/topology.xml", "z/topology.xml"] {
        let audited = audited(&two_topologies(path));
        assert_eq!(state(&audited, "dir01"), State::Unknown, "{path}");
        assert_eq!(state(&audited, "fe01"), State::InSync, "what both say is judged");
        assert_eq!(audited.of(Outcome::Fail).iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), ["topology-drift"]);
        let web = audited.inventory.pools.iter().find(|p| p.fqdn.value.first_label() == "dir01").unwrap();
        verdicts.push(web.external_web_fqdn.as_ref().map(|f| f.value.clone()));
    }
    assert_eq!(verdicts[0], verdicts[1], "the path decides nothing");
}

#[test]
fn of_two_topologies_the_newest_by_the_manifest_wins_with_both_dates() {
    let mut files = two_topologies("old/topology.xml");
    files.push(manifest(&files, &[(TOPOLOGY, "2026-02-20T08:00:00Z"), ("old/topology.xml", "2026-01-20T08:00:00Z")]));
    let audited = audited(&files);
    assert_eq!(state(&audited, "dir01"), State::InSync);
    let aside = audited.inventory.documents.iter().find(|d| &*d.path == "old/topology.xml").unwrap();
    let DocumentStatus::SetAside(why) = &aside.status else { panic!("{aside:?}") };
    assert!(why.contains("2026-02-20 08:00 UTC") && why.contains("2026-01-20 08:00 UTC"), "{why}");
}

#[test]
fn the_user_chooses_the_topology() {
    let program = Program::at(NOW);
    for (path, bytes) in two_topologies("other/topology.xml") {
        program.put(&format!("b/{path}"), &bytes);
    }
    for (chosen, name) in [("topology/topology.xml", "webdir.contoso.com"), ("other/topology.xml", "webdir.fabrikam.com")] {
        for option in [format!("--topology DIR/b/{chosen}"), format!("--prefer {chosen}")] {
            let ran = program.run(&format!("inventory DIR/b {option} --format json"));
            assert!(ran.out.contains(&format!("\"external_web_fqdn\": \"{name}\"")), "{option}: {}", ran.err);
        }
    }
    let ran = program.run("inventory DIR/b --prefer no/such.xml");
    assert_eq!(ran.code, 4, "{}", ran.err);
    // A topology from outside of the bundle is taken in, and holds.
    let outside = text(&base(""), TOPOLOGY).replace("webdir.contoso.com", "webdir.outside.com");
    program.put("elsewhere.xml", outside.as_bytes());
    let ran = program.run("inventory DIR/b --topology DIR/elsewhere.xml --format json");
    assert!(ran.out.contains("\"external_web_fqdn\": \"webdir.outside.com\""), "{}", ran.err);
}

fn moved(files: &Files, from: &str, to: &str) -> Files {
    files.iter().map(|(path, bytes)| (path.replacen(from, to, 1), bytes.clone())).collect()
}

#[test]
fn a_server_spread_over_folders_under_both_its_names_is_one_server() {
    let files = moved(&base(""), "servers/fe02.contoso.com/keys/", "servers/FE02/keys/");
    let one = audited(&files);
    assert_eq!(state(&one, "fe02"), State::InSync, "{}", one.told());
    assert_eq!(one.inventory.servers.len(), 4);
    // Also where no topology tells the full name.
    let without: Files = files.into_iter().filter(|(path, _)| path != TOPOLOGY).collect();
    assert_eq!(audited(&without).inventory.servers.len(), 4);
}

const OLD: &str = "servers/FE02/applicationHost.config";
const OWN: &str = "servers/fe02.contoso.com/applicationHost.config";

/// The estate with a second configuration of fe02, in which a path differs.
fn two_configurations(path: &str) -> Files {
    let mut files = base("");
    let other = text(&files, OWN).replacen("LyncIntFeature", "LyncOldFeature", 1).into_bytes();
    files.push((path.to_owned(), other));
    files
}

#[test]
fn of_two_configurations_of_one_server_none_is_chosen_by_its_path() {
    for path in [
        OLD,
        "servers/fe02.contoso.com/Windows/System32/inetsrv/config/applicationHost.config",
        "servers/fe02.contoso.com/x/applicationHost.config",
    ] {
        let audited = audited(&two_configurations(path));
        assert_eq!(state(&audited, "fe02"), State::Unknown, "{path}");
        assert_eq!(outcome(&audited, "several-configurations", "fe02"), Some(Outcome::Fail));
        assert_eq!(audited.of(Outcome::Fail).len(), 1, "{}", audited.told());
    }
    let mut same = base("");
    same.push((OLD.to_owned(), text(&same, OWN).as_bytes().to_vec()));
    let same = audited(&same);
    assert_eq!((state(&same, "fe02"), outcome(&same, "several-configurations", "fe02")), (State::InSync, Some(Outcome::Pass)));
}

#[test]
fn of_two_configurations_the_newest_by_the_manifest_or_the_preferred_one_counts() {
    let mut files = two_configurations(OLD);
    files.push(manifest(&files, &[(OWN, "2026-02-20T08:00:00Z"), (OLD, "2026-01-20T08:00:00Z")]));
    let newest = audited(&files);
    assert_eq!(state(&newest, "fe02"), State::InSync, "{}", newest.told());
    let told = newest.audit.verdicts.iter().find(|v| v.rule.id == "several-configurations" && v.outcome == Outcome::Informational).unwrap();
    assert!(told.reason().contains("2026-02-20 08:00 UTC") && told.reason().contains("2026-01-20 08:00 UTC"), "{}", told.reason());
    let mut chosen = two_configurations(OLD);
    let toml = chosen.iter_mut().find(|(path, _)| path == "kerbsync.toml").unwrap();
    toml.1 = [format!("prefer = [\"{OWN}\"]\n").as_bytes(), &toml.1].concat();
    assert_eq!(state(&audited(&chosen), "fe02"), State::InSync);
}

/// What is in no place of its own is told by its content: a configuration that IIS generates for one pool.
#[test]
fn copies_that_are_never_in_force_compete_with_nothing() {
    let pool = "<configuration><system.applicationHost><applicationPools><add name=\"LyncIntFeature\" /></applicationPools>\
                <sites /></system.applicationHost></configuration>";
    for path in [
        "servers/fe02.contoso.com/Windows/WinSxS/amd64_iis/applicationHost.config",
        "servers/fe02/Windows/SysWOW64/inetsrv/config/applicationHost.config",
        "servers/fe02.contoso.com/Windows/System32/inetsrv/backup/before/applicationHost.config",
        "servers/fe02.contoso.com/inetpub/temp/appPools/LyncIntFeature/LyncIntFeature.config",
        "servers/fe02.contoso.com/saved/LyncIntFeature.config",
    ] {
        let mut files = base("");
        files.push((path.to_owned(), pool.as_bytes().to_vec()));
        let audited = audited(&files);
        assert_eq!(audited.told(), "", "{path}");
    }
}

#[test]
fn two_exports_of_the_assignments_that_contradict_each_other() {
    let own = "topology/assignments.xml";
    let with_old = || {
        let mut files = base("");
        let old = text(&files, own).replacen("KerbAuth", "KerbOld", 1).into_bytes();
        files.push(("old/assignments.xml".to_owned(), old));
        files
    };
    let undated = audited(&with_old());
    assert_eq!(undated.audit.findings.iter().filter(|f| f.severity == kerbsync_audit::Severity::Error).count(), 0, "{}", undated.told());
    assert_eq!(outcome(&undated, "conflicting-assignments", "Redmond"), Some(Outcome::Fail));
    assert_eq!(state(&undated, "fe01"), State::Unknown);
    let mut files = with_old();
    files.push(manifest(&files, &[(own, "2026-02-20T08:00:00Z"), ("old/assignments.xml", "2025-02-20T08:00:00Z")]));
    let dated = audited(&files);
    assert_eq!((state(&dated, "fe01"), outcome(&dated, "conflicting-assignments", "Redmond")), (State::InSync, Some(Outcome::Pass)));
    let gap = dated.inventory.gaps.iter().find(|g| g.code == "assignments-differ").unwrap();
    assert!(gap.reason.contains("2026-02-20 08:00 UTC") && gap.reason.contains("2025-02-20 08:00 UTC"), "{}", gap.reason);
}

/// The file of one server in the folder of another says nothing of the other.
#[test]
fn a_configuration_in_the_wrong_folder_is_told() {
    let with = |keys: bool| {
        let mut files = base("");
        let bytes = text(&files, "servers/fe01.contoso.com/applicationHost.config").as_bytes().to_vec();
        files.iter_mut().find(|(path, _)| path == OWN).unwrap().1 = bytes;
        files.retain(|(path, _)| keys || !path.contains("/keys/"));
        audited(&files)
    };
    let with_keys = with(true);
    assert_eq!((state(&with_keys, "fe02"), state(&with_keys, "fe01")), (State::Unknown, State::InSync));
    assert_eq!(outcome(&with_keys, "foreign-configuration", "fe02"), Some(Outcome::Fail));
    assert_eq!(outcome(&with_keys, "foreign-configuration", "fe01"), Some(Outcome::Pass));
    let without = with(false);
    assert_eq!((state(&without, "fe02"), state(&without, "fe01")), (State::Unknown, State::Unknown), "nothing says whose it is");
    assert_eq!(outcome(&without, "foreign-configuration", "fe01"), Some(Outcome::Fail));
}

/// A whole folder that was copied, key and all: the key opens both files, and nothing says whose they are.
#[test]
fn a_folder_that_was_copied_whole_proves_nothing_of_either_server() {
    let mut files = base("");
    let (one, other) = ("servers/fe01.contoso.com/", "servers/fe02.contoso.com/");
    files.retain(|(path, _)| !path.starts_with(other));
    let copies: Vec<_> =
        files.iter().filter_map(|(path, bytes)| Some((format!("{other}{}", path.strip_prefix(one)?), bytes.clone()))).collect();
    assert!(copies.iter().any(|(path, _)| path.contains("/keys/")));
    files.extend(copies);
    let audited = audited(&files);
    assert_eq!((state(&audited, "fe01"), state(&audited, "fe02")), (State::Unknown, State::Unknown));
    let told = ["fe01", "fe02"].map(|server| outcome(&audited, "foreign-configuration", server));
    assert_eq!(told, [Some(Outcome::Fail); 2]);
}
