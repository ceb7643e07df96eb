//! Documents are well-formed, and say what the deployment holds.

use crate::log::{Failure, Spn, Tested};
use crate::*;
use quick_xml::events::Event;
use std::collections::BTreeMap;

fn cluster(site: &str, number: u32, fqdn: &str, machines: &[&str], role: Role) -> Cluster {
    Cluster { site: site.into(), number, fqdn: fqdn.into(), machines: machines.iter().map(|m| (*m).into()).collect(), role }
}

fn web(internal: Option<&str>, external: &str) -> Web {
    Web { internal_override: internal.map(Into::into), external: Some(external.into()) }
}

fn deployment(version: u32) -> Deployment {
    let site = |id: &str, name: &str, kind| Site { id: id.into(), name: name.into(), kind, place: None };
    Deployment {
        version,
        signature: "5f3c1c40-0000-4000-8000-0000000000aa".into(),
        sip_domain: "contoso.com".into(),
        sites: vec![
            site("1", "Redmond", SiteKind::Central),
            site("2", "São Paulo", SiteKind::Central),
            site("3", "Portland <Branch> & \"Co\"", SiteKind::Branch("1".into())),
        ],
        clusters: vec![
            cluster(
                "1",
                1,
                "pool01.contoso.com",
                &["fe01.contoso.com", "fe02.contoso.com"],
                Role::Enterprise { web: web(Some("web.contoso.com"), "ext.contoso.com"), sql: 3, file_store: 4 },
            ),
            cluster(
                "1",
                2,
                "dir01.contoso.com",
                &["dir01.contoso.com"],
                Role::Director { web: web(None, "extdir.contoso.com"), file_store: Some(4) },
            ),
            cluster("1", 3, "sql01.contoso.com", &["sql01.contoso.com"], Role::Sql { instance: String::new() }),
            cluster("1", 4, "fs01.contoso.com", &["fs01.contoso.com"], Role::FileStore { share: "Share".into() }),
            cluster("1", 5, "edge01.contoso.com", &["edge01.contoso.com"], Role::Edge { external: "sip.contoso.com".into() }),
            cluster("1", 6, "wac01.contoso.com", &["wac01.contoso.com"], Role::Wac),
            cluster("1", 7, "med01.contoso.com", &["med01.contoso.com"], Role::Mediation),
            cluster("1", 8, "sbc01.contoso.com", &["sbc01.contoso.com"], Role::Gateway),
            cluster("2", 1, "se01.contoso.com", &["se01.contoso.com"], Role::StandardEdition(web(None, "se01.contoso.com"))),
            cluster("3", 1, "sba01.contoso.com", &["sba01.contoso.com"], Role::SurvivableBranch),
        ],
        simple_urls: vec![SimpleUrl { component: "Meet".into(), domain: "contoso.com".into(), url: "https://meet.contoso.com".into() }],
        assignments: vec![
            Assignment { site: "1".into(), account: r"CONTOSO\KerbAuth".into() },
            Assignment { site: "2".into(), account: r"CONTOSO\KerbAuth".into() },
        ],
    }
}

/// Path of names, attributes.
type Element = (String, BTreeMap<String, String>);

/// Every element; fails on anything that is not well-formed.
fn elements(text: &str) -> Vec<Element> {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut stack, mut out): (Vec<String>, Vec<Element>) = (Vec::new(), Vec::new());
    loop {
        let event = reader.read_event().unwrap();
        let (start, empty) = match &event {
            Event::Start(e) => (e, false),
            Event::Empty(e) => (e, true),
            Event::End(_) => {
                stack.pop().unwrap();
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let unescape = |v: &str| quick_xml::escape::unescape(v).unwrap().into_owned();
        let attributes = start.attributes().map(|a| a.unwrap()).map(|a| (a.key.as_ref().to_owned(), unescape(&a.value))).collect();
        stack.push(start.name().as_ref().to_owned());
        out.push((stack.join("/"), attributes));
        if empty {
            stack.pop();
        }
    }
    assert!(stack.is_empty());
    out
}

#[test]
fn published_documents_hold_together() {
    for version in 5..=8 {
        let d = deployment(version);
        let text = published(&d);
        assert!(!text.starts_with("<?xml"), "real documents have no declaration");
        let all = elements(&text);
        let id = |a: &BTreeMap<String, String>| format!("{}-{}-{}", a["SiteId"], a["RoleName"], a["Instance"]);
        let own: Vec<String> = all.iter().filter(|e| e.0 == "Topology/Services/Service/ServiceId").map(|e| id(&e.1)).collect();
        let mut unique = own.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), own.len(), "every service has an id of its own");
        for (path, a) in all.iter().filter(|e| e.0.ends_with("Dependency/ServiceId")) {
            assert!(own.contains(&id(a)), "{path} leads to {}", id(a));
        }
        for (_, a) in all.iter().filter(|e| e.0.starts_with("Topology/Services") && e.0.ends_with("ClusterId")) {
            assert!(d.clusters.iter().any(|c| c.site == a["SiteId"] && c.number.to_string() == a["Number"]));
        }
        assert!(all.iter().filter(|e| e.0 == "Topology/Services/Service").all(|e| e.1["ServiceVersion"] == version.to_string()));
        let has = |wanted: &str| own.iter().any(|o| o == wanted);
        assert!(has("1-WebServices-1") && has("1-WebServices-2") && has("2-WebServices-1") && !has("3-WebServices-1"));
        let hosts: Vec<_> = all.iter().filter(|e| e.0.ends_with("InternalSettings")).map(|e| e.1["Host"].clone()).collect();
        assert_eq!(hosts, ["web.contoso.com"]);
        let directors = all.iter().filter(|e| e.0.ends_with("RegistrarService") && e.1.get("IsDirector").is_some_and(|v| v == "true"));
        assert_eq!(directors.count(), usize::from(version >= 6));
    }
}

#[test]
fn the_user_store_of_an_enterprise_pool_is_on_the_sql_cluster_and_of_standard_edition_on_its_own() {
    let d = deployment(7);
    let all = services::services(&d);
    let store = |fqdn: &str| {
        let user = all.iter().find(|s| s.cluster.fqdn == fqdn && s.role == "UserServices").unwrap();
        let wanted = user.depends.iter().find(|d| d.1 == "UserStore").unwrap();
        all.iter().find(|s| (s.site, s.role, s.instance) == *wanted).unwrap().cluster.fqdn.clone()
    };
    assert_eq!(store("pool01.contoso.com"), "sql01.contoso.com");
    assert_eq!(store("se01.contoso.com"), "se01.contoso.com");
}

#[test]
fn builder_files_resolve_their_own_references() {
    let d = deployment(7);
    let mut old = d.clone();
    old.clusters.pop();
    for (published, original) in [(false, None), (true, Some(&old))] {
        let text = builder(&d, &BuilderOptions { published, original, file_name: r"C:\contoso.tbxml" });
        assert!(text.starts_with("<?xml") && !text.ends_with('\n'));
        let all: Vec<Element> = elements(&text).into_iter().filter(|e| e.0.contains("NewTopology")).collect();
        let keys: Vec<&String> = all.iter().filter_map(|e| e.1.get("UniqueId")).collect();
        for reference in all.iter().flat_map(|e| [e.1.get("InstalledOn"), e.1.get("ServiceUniqueId")]).flatten() {
            assert!(keys.contains(&reference), "{reference}");
        }
        assert_eq!(all.iter().find(|e| e.0.ends_with("PartialTopology")).unwrap().1["IsPublished"], published.to_string());
        assert_eq!(text.contains("<OriginalTopology"), original.is_some());
        let nameless = all.iter().filter(|e| e.0.ends_with("Machines/Machine") && e.1.is_empty()).count();
        assert_eq!(nameless, 9, "machines that are named like their cluster have no name of their own");
    }
}

#[test]
fn store_documents_and_the_export() {
    let d = deployment(7);
    let all = elements(&assignments_document(&d));
    let accounts: Vec<_> = all.iter().filter(|e| e.0.ends_with("Value/KerberosAccountAssignment")).map(|e| &e.1["UserAccount"]).collect();
    assert_eq!(accounts, [r"CONTOSO\KerbAuth", r"CONTOSO\KerbAuth"]);
    let set = elements(&doc_item_set(&d));
    assert_eq!(set.iter().filter(|e| e.0 == "DocItemSet/DocItem/Data/AnchoredXml").count(), 3);
    let bytes = configuration_export(&d).unwrap();
    assert_eq!(bytes, configuration_export(&d).unwrap(), "no time of day in the archive");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let text = std::io::read_to_string(zip.by_name("DocItemSet.xml").unwrap()).unwrap();
    assert_eq!(text, doc_item_set(&d));
}

#[test]
fn object_exports() {
    let d = deployment(8);
    for what in [Listing::Pools, Listing::Computers, Listing::Sites, Listing::WebServices, Listing::Assignments] {
        let objects = listing(&d, what);
        elements(&clixml(&objects));
        let parsed: serde_json::Value = serde_json::from_str(&json(&objects)).unwrap();
        assert_eq!(parsed.as_array().unwrap().len(), objects.len());
        assert_eq!(csv(&objects, ';', true, Some("; ")).lines().count(), objects.len() + 2);
    }
    let one = json(&listing(&d, Listing::Computers)[..1]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&one).unwrap()["Fqdn"], "fe01.contoso.com");
    let pools = clixml(&listing(&d, Listing::Pools));
    assert!(pools.contains("<S>Director:dir01.contoso.com</S>") && pools.contains("<S>WebServer:pool01.contoso.com</S>"));
}

#[test]
fn reports() {
    let d = deployment(7);
    let start = "2026-03-01T10:00:00Z".parse().unwrap();
    let spn = Spn {
        cluster: ("1".into(), 1),
        name: "http/pool01.contoso.com".into(),
        object: "CN=KerbAuth,CN=Computers,DC=contoso,DC=com".into(),
        added: true,
    };
    let failure = Failure { title: "X".into(), short: "a".into(), long: "b".into(), advice: "c".into() };
    let text = log::enable_topology(&d, start, &["2".into()], &[spn], Some(&failure));
    let all = elements(&text);
    assert!(all[0].1["Name"] == "Enable-CSTopology" && text.contains("The site 2 is not assigned to a Kerberos account."));
    assert!(
        text.contains("added to \"CN=KerbAuth") && text.contains("Title=\"XResolution\"") && text.contains("Time=\"2026-03-01 10:00:00Z\"")
    );
    assert!(text.ends_with("</CsMgmtLog>"));
    // every action ends with Complete
    let count = |name: &str| all.iter().filter(|e| e.0.ends_with(name)).count();
    assert_eq!(count("/Action"), count("/Action/Complete"));

    let servers = [Tested { server: "fe01.contoso.com".into(), valid: true }, Tested { server: "fe02.contoso.com".into(), valid: false }];
    let text = log::test_assignment("Redmond", r"CONTOSO\KerbAuth", start, &servers, &["http/pool01.contoso.com".into()]);
    elements(&text);
    assert!(text.contains("configuration on fe02.contoso.com is invalid") && !text.contains("configuration on fe01"));
    elements(&log::failed("Start-CsWindowsService", "Start Services", start, &failure));
}
