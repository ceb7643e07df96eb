//! The join as a whole: documents of every kind in, an estate out.

use super::{TopologyFacts, join, read_objects, read_xml};
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus, Inventory};
use kerbsync_source::{DocumentId, Source};
use kerbsync_xml::Limits;
use proptest::prelude::*;
use std::fmt::Write as _;

/// A file: path, when manifest.json says it was read (seconds), bytes.
type File = (&'static str, Option<i64>, Vec<u8>);

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../../fixtures/documents/topology/", $name)).to_vec()
    };
}

fn part(bytes: Vec<u8>, document: &mut Document) -> Option<TopologyFacts> {
    let source = Source::decode(document.id, bytes).unwrap();
    let problems = &mut document.problems;
    let objects = match source.text().trim_start().chars().next() {
        Some('<') => {
            let xml = kerbsync_xml::Document::parse(source, &Limits::default()).unwrap();
            if let Some((kind, part)) = read_xml(&xml, problems) {
                document.kind = kind;
                return Some(part);
            }
            kerbsync_objects::read_clixml(&xml, problems)
        }
        Some('[' | '{') => kerbsync_objects::read_json(&source, problems),
        _ => kerbsync_objects::read_csv(&source, problems),
    };
    read_objects(&objects, document.id, problems)
}

fn joined(files: &[File]) -> Inventory {
    let mut inventory = Inventory::default();
    let mut parts = Vec::new();
    for (number, (path, read_at, bytes)) in (0..).zip(files) {
        let id = DocumentId(number);
        let mut document = Document {
            id,
            path: (*path).into(),
            // Stands for the digest: equal bytes, equal text.
            root: 0,
            sha256: Some(format!("{:x}", bytes.iter().fold(7u64, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(*b)))).into()),
            bytes: bytes.len() as u64,
            kind: DocumentKind::Unrecognised,
            status: DocumentStatus::Used,
            computer: None,
            written: None,
            read_at: read_at.map(|s| jiff::Timestamp::from_second(s).unwrap()),
            modified: None,
            problems: Vec::new(),
        };
        if let Some(part) = part(bytes.clone(), &mut document) {
            parts.push((id, part));
        }
        inventory.documents.push(document);
    }
    join(parts, &crate::competing::Preferred::new(&[]), &mut inventory);
    inventory
}

/// Everything that the join decides, with paths in place of document numbers.
fn show(inventory: &Inventory) -> String {
    let path = |id: DocumentId| inventory.document(id).map_or("?", |d| &*d.path);
    let mut out = String::new();
    let mut documents: Vec<String> = inventory
        .documents
        .iter()
        .map(|d| {
            let status = match &d.status {
                DocumentStatus::Used => "used".to_owned(),
                DocumentStatus::SetAside(why) => format!("set aside: {why}"),
                DocumentStatus::Noise(why) => format!("noise: {why}"),
                DocumentStatus::Unreadable(p) => format!("unreadable: {}", p.message),
            };
            format!("{} ({}) {status}\n", d.path, d.kind.name())
        })
        .collect();
    documents.sort();
    out.extend(documents);
    for t in &inventory.topologies {
        let _ = writeln!(out, "topology {} {:?} used {} draft {}", path(t.document), t.form, t.used, t.draft);
        for d in &t.differences {
            let _ = writeln!(out, "  {d}");
        }
    }
    for s in &inventory.sites {
        let _ = writeln!(out, "site {} '{}' {:?}", s.id.value, s.name.value, s.kind);
    }
    for p in &inventory.pools {
        let computers: Vec<&str> = p.computers.iter().map(|c| c.fqdn.value.as_str()).collect();
        let site = p.site.as_ref().map_or("-", |s| s.as_str());
        let _ = writeln!(out, "pool {} in {site}: {} web {} {computers:?}", p.fqdn.value, p.kind.name(), p.web_services);
    }
    for a in &inventory.assignments {
        let site = a.site_id.as_ref().map_or("-", |s| s.as_str());
        let account = a.account.as_ref().map_or_else(ToString::to_string, ToString::to_string);
        let _ = writeln!(out, "assignment {} -> {site}: {account} {:?} ({})", a.site_text.value, a.notes, path(a.origin.document));
    }
    let _ = writeln!(out, "assignments known: {}", inventory.assignments_known);
    for u in &inventory.simple_urls {
        let _ = writeln!(out, "url {} {} {}", u.component, u.domain, u.host.value);
    }
    for l in &inventory.logs {
        let _ = writeln!(out, "log {} {:?} added {} missing {}", l.cmdlet, l.started, l.spns_added.len(), l.spns_missing.len());
    }
    for g in &inventory.gaps {
        let _ = writeln!(out, "gap {}: {}", g.code, g.reason);
    }
    out
}

fn topology(computer: &str, site: &str) -> Vec<u8> {
    format!(
        "<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\"><Sites><CentralSite SiteId=\"1\"><Name>{site}</Name>\
         </CentralSite></Sites><Clusters><Cluster Fqdn=\"pool01.contoso.com\"><ClusterId SiteId=\"1\" Number=\"1\"/>\
         <Machine OrdinalInCluster=\"1\" Fqdn=\"{computer}\"/></Cluster></Clusters><Services><Service ServiceVersion=\"7\">\
         <ServiceId SiteId=\"1\" RoleName=\"WebServices\" Instance=\"1\"/><InstalledOn><ClusterId SiteId=\"1\" Number=\"1\"/></InstalledOn>\
         </Service></Services></Topology>"
    )
    .into_bytes()
}

#[test]
fn a_published_topology_comes_before_a_draft_and_the_draft_says_what_differs() {
    let files = [
        ("a/draft.tbxml", Some(900), fixture!("builder-draft.tbxml")),
        ("b/topology.xml", Some(100), topology("fe01.contoso.com", "Redmond")),
    ];
    insta::assert_snapshot!(show(&joined(&files)), @r#"
    a/draft.tbxml (topology-builder) set aside: b/topology.xml is used instead, because it is the published topology and this is a draft; 2 facts differ
    b/topology.xml (topology) used
    topology b/topology.xml Published used true draft false
    topology a/draft.tbxml Builder used false draft true
      In it pool01.contoso.com does not run Web Services; in the used topology it does.
      It has se01.contoso.com, a Standard Edition server, in site 'Redmond'; the used topology does not.
    site 1 'Redmond' Central
    pool pool01.contoso.com in 1: other web true ["fe01.contoso.com"]
    assignments known: false
    gap topology-differs: a/draft.tbxml and b/topology.xml describe different topologies (2 facts differ); b/topology.xml is used because it is the published topology and this is a draft.
    "#);
}

#[test]
fn a_copy_is_set_aside_without_drift() {
    let files = [
        ("new/topology.xml", None, topology("fe01.contoso.com", "Redmond")),
        ("old/topology.xml", None, topology("FE01.contoso.com", "REDMOND")),
    ];
    insta::assert_snapshot!(show(&joined(&files)), @r#"
    new/topology.xml (topology) used
    old/topology.xml (topology) set aside: it says the same as new/topology.xml, which is used
    topology new/topology.xml Published used true draft false
    topology old/topology.xml Published used false draft false
    site 1 'Redmond' Central
    pool pool01.contoso.com in 1: other web true ["fe01.contoso.com"]
    assignments known: false
    "#);
}

#[test]
fn of_two_that_differ_the_later_is_used_and_without_times_the_first_by_path() {
    let one = topology("fe01.contoso.com", "Redmond");
    let two = topology("fe02.contoso.com", "Redmond");
    let later = joined(&[("a.xml", Some(100), one.clone()), ("b.xml", Some(200), two.clone())]);
    insta::assert_snapshot!(show(&later), @r#"
    a.xml (topology) used
    b.xml (topology) set aside: a.xml is used instead, although nothing says which is newer, and what they differ in is not judged; 2 facts differ
    topology a.xml Published used true draft false
    topology b.xml Published used false draft false
      It lacks server fe01.contoso.com in pool01.contoso.com of the used topology.
      It has server fe02.contoso.com in pool01.contoso.com; the used topology does not.
    site 1 'Redmond' Central
    pool pool01.contoso.com in 1: other web true ["fe01.contoso.com"]
    assignments known: false
    gap topology-differs: b.xml and a.xml describe different topologies (2 facts differ); a.xml is used although nothing says which is newer, and what they differ in is not judged.
    "#);
    let timeless = joined(&[("b.xml", None, two), ("a.xml", None, one)]);
    assert_eq!(timeless.pools[0].computers[0].fqdn.value.as_str(), "fe01.contoso.com");
}

#[test]
fn exports_of_several_cmdlets_are_one_topology() {
    let files = [
        ("assignments.xml", None, fixture!("objects-assignments.xml")),
        ("computers.csv", None, fixture!("objects-computers.csv")),
        ("pools.xml", None, fixture!("objects-pools.xml")),
        ("services.json", None, fixture!("objects-services.json")),
        ("sites.json", None, fixture!("objects-sites.json")),
    ];
    insta::assert_snapshot!(show(&joined(&files)), @r#"
    assignments.xml (unrecognised) used
    computers.csv (unrecognised) used
    pools.xml (unrecognised) used
    services.json (unrecognised) used
    sites.json (unrecognised) used
    topology pools.xml Objects used true draft false
    site 1 'Redmond' Central
    site north-2 'New York' Central
    site 3 'Oslo' Branch
    pool pool01.contoso.com in 1: enterprise web true ["fe01.contoso.com", "fe02.contoso.com"]
    pool sql01.contoso.com in 1: other web false ["sql01.contoso.com"]
    pool SE01.contoso.com in north-2: standard-edition web true ["se01.contoso.com"]
    pool dir01.contoso.com in 1: director web true ["dir01.contoso.com"]
    pool sba01.contoso.com in 3: survivable-branch web false ["sba01.contoso.com"]
    assignment Site:Redmond -> 1: CONTOSO\KerbAuth [] (assignments.xml)
    assignment Site:New York -> north-2: contoso\KerbNY [] (assignments.xml)
    assignments known: true
    "#);
}

#[test]
fn assignments_find_their_sites_by_id_and_by_name() {
    let files = [
        ("anchored.xml", None, fixture!("assignments.xml")),
        ("clixml.xml", None, fixture!("objects-assignments.xml")),
        ("topology.xml", None, fixture!("multi-site.xml")),
    ];
    let inventory = joined(&files);
    let shown: String =
        show(&inventory).lines().filter(|l| l.starts_with("assign") || l.starts_with("gap")).map(|l| format!("{l}\n")).collect();
    insta::assert_snapshot!(shown, @r#"
    assignment 1 -> 1: CONTOSO\KerbAuth [Dollar] (anchored.xml)
    assignment 2 -> 2: contoso\kerbny [] (anchored.xml)
    assignment Site:Oslo -> -: user principal names are not supported here: give the account as DOMAIN\name [] (anchored.xml)
    assignment site:1 -> 1: the account name is empty: give it as DOMAIN\name [] (anchored.xml)
    assignment 2 -> 2: contoso\other [] (anchored.xml)
    assignments known: true
    gap assignment-site-unknown: an assignment names site 'Site:Oslo', which is not in the topology.
    "#);
}

#[test]
fn the_same_assignment_in_two_documents_is_one_and_in_one_document_stays_two() {
    let twice = |name: &str| {
        let item = "<Item><Key SiteId=\"1\"/><Value><KerberosAccountAssignment UserAccount=\"contoso\\kerbauth\"/></Value></Item>";
        format!("<AnchoredXml><Key ScopeClass=\"Site\"><SchemaId ElementName=\"{name}\"/></Key><Dictionary>{item}{item}</Dictionary></AnchoredXml>").into_bytes()
    };
    let inventory = joined(&[("a.xml", None, twice("KerberosAccountAssignment")), ("b.xml", None, twice("KerberosAccountAssignment"))]);
    assert_eq!(inventory.assignments.len(), 2);
    assert_eq!(inventory.documents[0].status, DocumentStatus::Used);
    assert_eq!(inventory.documents[1].status, DocumentStatus::SetAside("its assignments stand in another document too".into()));
}

/// Which of two exports is the later one, no file tells; that one lacks what the other has is told.
#[test]
fn an_export_that_lacks_what_another_has_is_told() {
    let csv = |sites: &[&str]| {
        let rows: String = sites.iter().map(|site| format!("\"Site:{site}\",\"CONTOSO\\KerbAuth\"\n")).collect();
        format!("\"Identity\",\"UserAccount\"\n{rows}").into_bytes()
    };
    let gaps = |one: &[&str], other: &[&str]| {
        let files = [("a.csv", None, csv(one)), ("b.csv", None, csv(other)), ("topology.xml", None, fixture!("multi-site.xml"))];
        let gaps = joined(&files).gaps.into_iter().filter(|g| g.code == "assignments-differ");
        gaps.map(|g| g.reason.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        gaps(&["Redmond", "New York"], &["Redmond"]),
        ["it lacks the assignment of 'Site:New York', which a.csv has: one of them is older, or holds only some. What each has is taken."]
    );
    assert!(gaps(&["Redmond"], &["New York"]).is_empty(), "one export for each site");
    assert!(gaps(&["Redmond", "New York"], &["New York", "Redmond"]).is_empty());
}

#[test]
fn an_empty_export_of_assignments_is_known_to_be_empty() {
    let empty = "<AnchoredXml><Key ScopeClass=\"Site\"><SchemaId ElementName=\"KerberosAccountAssignment\"/></Key><Dictionary Count=\"0\"/></AnchoredXml>";
    let inventory = joined(&[("a.xml", None, empty.as_bytes().to_vec())]);
    assert!(inventory.assignments_known && inventory.assignments.is_empty());
    assert_eq!(inventory.documents[0].status, DocumentStatus::Used);
    assert!(!joined(&[("t.xml", None, topology("fe01.contoso.com", "Redmond"))]).assignments_known);
}

#[test]
fn a_configuration_export_gives_topology_assignments_and_urls() {
    insta::assert_snapshot!(show(&joined(&[("config.zip!/DocItemSet.xml", None, fixture!("doc-item-set.xml"))])), @r#"
    config.zip!/DocItemSet.xml (doc-item-set) used
    topology config.zip!/DocItemSet.xml ConfigurationExport used true draft false
    site 1 'Redmond' Central
    pool se01.contoso.com in 1: standard-edition web true ["se01.contoso.com"]
    assignment 1 -> 1: contoso\KerbAuth [] (config.zip!/DocItemSet.xml)
    assignments known: true
    url Meet contoso.com meet.contoso.com
    "#);
}

#[test]
fn reports_are_dated_and_copies_are_set_aside() {
    let log = fixture!("log-enable-cstopology.xml");
    let files = [("logs/1.xml", None, log.clone()), ("logs/2.xml", None, log), ("logs/3.xml", None, fixture!("log-test-assignment.xml"))];
    let inventory = joined(&files);
    // http/se01 was first missing and then added, so in the end it is not missing.
    insta::assert_snapshot!(show(&inventory), @r#"
    logs/1.xml (management-log) used
    logs/2.xml (management-log) set aside: it is a copy of logs/1.xml
    logs/3.xml (management-log) used
    assignments known: false
    log Enable-CsTopology Some(2024-03-05T10:00:01Z) added 1 missing 0
    log Test-CsKerberosAccountAssignment Some(2024-03-05T10:00:01Z) added 0 missing 1
    "#);
    assert_eq!(inventory.logs[1].test_verdicts.len(), 4);
}

#[test]
fn documents_that_give_nothing_say_why() {
    let other = "<AnchoredXml><Key ScopeClass=\"Global\"><SchemaId ElementName=\"ServiceAssignments\"/></Key><Dictionary/></AnchoredXml>";
    let hollow = "<TopologyBuilder xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.TopologyBuilder.2008\"/>";
    let files = [
        ("a.tbxml", None, hollow.as_bytes().to_vec()),
        ("b.xml", None, other.as_bytes().to_vec()),
        ("c.xml", None, fixture!("user-data.xml")),
    ];
    insta::assert_snapshot!(show(&joined(&files)), @r#"
    a.tbxml (topology-builder) unreadable: The Topology Builder file holds no topology: NewTopology/PartialTopology was expected.
    b.xml (anchored-xml) set aside: nothing in it bears on sites, servers or the Kerberos account
    c.xml (doc-item-set) set aside: an export of user data, not of the configuration: remove it, it holds personal data
    assignments known: false
    "#);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn the_order_of_documents_changes_nothing(order in Just((0..9usize).collect::<Vec<_>>()).prop_shuffle(), times in proptest::collection::vec(proptest::option::of(0..3i64), 9)) {
        let all: Vec<File> = vec![
            ("a/topology.xml", times[0], topology("fe01.contoso.com", "Redmond")),
            ("b/topology.xml", times[1], topology("fe02.contoso.com", "Redmond")),
            ("c/topology.xml", times[2], topology("fe01.contoso.com", "Redmond")),
            ("d/pools.xml", times[3], fixture!("objects-pools.xml")),
            ("e/sites.json", times[4], fixture!("objects-sites.json")),
            ("f/services.json", times[5], fixture!("objects-services.json")),
            ("g/assignments.xml", times[6], fixture!("objects-assignments.xml")),
            ("h/anchored.xml", times[7], fixture!("assignments.xml")),
            ("i/log.xml", times[8], fixture!("log-enable-cstopology.xml")),
        ];
        let shuffled: Vec<File> = order.iter().map(|i| all[*i].clone()).collect();
        prop_assert_eq!(show(&joined(&all)), show(&joined(&shuffled)));
    }
}

/// Paths do not choose: both say as much.
#[test]
fn of_two_exports_of_objects_that_differ_neither_is_believed() {
    let pools = |computers: &str| {
        let text = format!(
            r#"[{{"Identity": "pool01.contoso.com", "Services": ["WebServer:pool01.contoso.com"], "Computers": [{computers}], "Site": "Site:Redmond"}}]"#
        );
        text.into_bytes()
    };
    let (one, both) = (pools(r#""fe01.contoso.com""#), pools(r#""fe01.contoso.com", "fe02.contoso.com""#));
    let files = [("a.json", one.clone()), ("b.json", both.clone())];
    let other_way = [("a.json", both), ("b.json", one)];
    for files in [files, other_way] {
        let inventory = joined(&files.map(|(path, text)| (path, None, text)));
        assert!(["pool01.contoso.com", "fe02.contoso.com"].iter().all(|name| inventory.contested_names.contains(*name)));
        assert_eq!(inventory.pools[0].computers.len(), 2);
        assert_eq!(inventory.topologies.iter().map(|t| t.documents.len()).collect::<Vec<_>>(), [1, 1]);
    }
}
