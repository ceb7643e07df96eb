//! Laws: no document makes a reader panic, and order that means nothing changes nothing.

use kerbsync_source::{DocumentId, Source};
use kerbsync_topology::{Deployment, Reading, compare, dangling_references, derive, has_cycle, read_xml};
use kerbsync_xml::{Document, Limits, escape_attribute, escape_text};
use proptest::prelude::*;
use proptest::sample::select;

const NAMES: &[&str] = &[
    "Topology",
    "TopologyBuilder",
    "NewTopology",
    "OriginalTopology",
    "PartialTopology",
    "Sites",
    "CentralSites",
    "CentralSite",
    "RemoteSite",
    "RemoteSites",
    "Name",
    "Clusters",
    "Cluster",
    "ClusterId",
    "Machines",
    "Machine",
    "SqlInstances",
    "SqlInstance",
    "SqlInstanceId",
    "Services",
    "Service",
    "ServiceId",
    "DependsOn",
    "Dependency",
    "InstalledOn",
    "Ports",
    "Port",
    "WebService",
    "InternalSettings",
    "ExternalSettings",
    "OverrideUrls",
    "RegistrarService",
    "FileStoreService",
    "CentralMgmtService",
    "InternalDomains",
    "InternalDomain",
    "SimpleUrlConfiguration",
    "SimpleUrl",
    "AnchoredXml",
    "Key",
    "SchemaId",
    "Dictionary",
    "Item",
    "Value",
    "KerberosAccountAssignment",
    "UserAccount",
    "DocItemSet",
    "DocItem",
    "Data",
    "CsMgmtLog",
    "Action",
    "Info",
    "Warning",
    "Error",
    "Exception",
    "Complete",
];
const ATTRIBUTES: &[&str] = &[
    "SiteId",
    "OriginalSiteId",
    "Number",
    "Fqdn",
    "Name",
    "UniqueId",
    "RoleName",
    "Instance",
    "InstalledOn",
    "ServiceUniqueId",
    "ServiceVersion",
    "OrdinalInCluster",
    "RequiresSetup",
    "IsPublished",
    "IsSingleMachineOnly",
    "IsDirector",
    "IsActive",
    "ShareName",
    "Host",
    "ActiveUrl",
    "Component",
    "Domain",
    "Url",
    "UserAccount",
    "Identity",
    "ScopeClass",
    "ElementName",
    "Time",
    "Title",
    "Message",
    "Port",
    "ConfiguredPort",
    "Owner",
    "Usage",
    "ParentSiteId",
    "Signature",
];
const VALUES: &[&str] = &[
    "",
    " ",
    "1",
    "2",
    "-1",
    "99999999999999999999",
    "true",
    "FALSE",
    "maybe",
    "1-1",
    "sql1-1rtc",
    "WebServices",
    "Registrar",
    "UserServices",
    "UserStore",
    "EdgeServer",
    "fe01.contoso.com",
    "FE01.contoso.com.",
    "$Fqdn",
    "10.0.0.1",
    "::1",
    "urn:component:OCSWebSite",
    "WebSite",
    "https://meet.contoso.com/x",
    "://",
    "Site:Redmond",
    "site:",
    "urn:lcd:x",
    "KerberosAccountAssignment",
    "CONTOSO\\Kerb$",
    "\\",
    "é",
    "2024-01-01 00:00:00Z",
    "The site  is not assigned to a Kerberos account.",
    "The Kerberos configuration on a.b is invalid.",
    "Service principal name (SPN) \"a\" added to \"b\"",
    "<DocItemSet><Topology/></DocItemSet>",
    "<Topology",
    "Successful",
    "BackCompatSite",
];

/// An element of the vocabulary with anything in it.
fn element() -> impl Strategy<Value = String> {
    let attributes = || proptest::collection::btree_map(select(ATTRIBUTES), select(VALUES), 0..5);
    let shown = |name: &str, attributes: std::collections::BTreeMap<&str, &str>, inner: &str| {
        let attributes: String = attributes.iter().map(|(k, v)| format!(" {k}=\"{}\"", escape_attribute(v, '"'))).collect();
        if inner.is_empty() { format!("<{name}{attributes}/>") } else { format!("<{name}{attributes}>{inner}</{name}>") }
    };
    let leaf = (select(NAMES), attributes(), select(VALUES)).prop_map(move |(n, a, t)| shown(n, a, &escape_text(t)));
    leaf.prop_recursive(5, 40, 5, move |inner| {
        (select(NAMES), attributes(), proptest::collection::vec(inner, 0..6)).prop_map(move |(n, a, c)| shown(n, a, &c.concat()))
    })
}

fn read(text: &str) -> Option<Reading> {
    let source = Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap();
    let document = Document::parse(source, &Limits::default()).unwrap();
    read_xml(&document, &mut Vec::new())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn no_document_of_the_vocabulary_makes_a_reader_panic(root in select(NAMES), inner in proptest::collection::vec(element(), 0..6)) {
        let text = format!("<{root} xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\">{}</{root}>", inner.concat());
        if let Some(reading) = read(&text)
            && let Some(deployment) = &reading.deployment
        {
            let derived = derive(deployment);
            prop_assert_eq!(derived.pools.len(), deployment.clusters.len());
            let _ = (dangling_references(deployment), has_cycle(deployment));
            // Nothing differs from itself.
            prop_assert_eq!(compare(deployment, deployment), vec![]);
        }
    }
}

/// A small deployment of two sites; `shuffle` decides the order of everything whose order means nothing.
fn deployment(pools: &[(u8, u8, bool)], shuffle: &[u8]) -> String {
    let mut at = 0;
    let mut pick = |parts: Vec<String>| -> String {
        let mut parts = parts;
        let mut out = String::new();
        while !parts.is_empty() {
            let choice = shuffle.get(at % shuffle.len().max(1)).copied().unwrap_or(0) as usize % parts.len();
            at += 1;
            out += &parts.remove(choice);
        }
        out
    };
    let (mut clusters, mut services, mut sql) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (site, machines, standard)) in pools.iter().enumerate() {
        let (site, number) = (1 + site % 2, number + 1);
        let id = pick(vec![format!(" SiteId=\"{site}\""), format!(" Number=\"{number}\"")]);
        let mut inside = vec![format!("<ClusterId{id}/>")];
        for m in 0..=machines % 3 {
            let attributes = pick(vec![format!(" Fqdn=\"m{m}.p{number}.contoso.com\""), format!(" OrdinalInCluster=\"{m}\"")]);
            inside.push(format!("<Machine{attributes}/>"));
        }
        clusters.push(format!("<Cluster Fqdn=\"p{number}.contoso.com\">{}</Cluster>", pick(inside)));
        let on = format!("<ClusterId SiteId=\"{site}\" Number=\"{number}\"/>");
        let store = if *standard { number } else { 0 };
        let sql_id = format!("<SqlInstanceId Name=\"rtc\"><ClusterId SiteId=\"{site}\" Number=\"{store}\"/></SqlInstanceId>");
        sql.push(format!("<SqlInstance>{sql_id}</SqlInstance>"));
        for (role, host) in [("WebServices", &on), ("UserServices", &on), ("UserStore", &sql_id)] {
            let inside = vec![
                format!("<ServiceId SiteId=\"{site}\" RoleName=\"{role}\" Instance=\"{number}\"/>"),
                format!("<InstalledOn>{host}</InstalledOn>"),
                format!(
                    "<DependsOn><Dependency><ServiceId SiteId=\"{site}\" RoleName=\"UserStore\" Instance=\"{number}\"/></Dependency></DependsOn>"
                ),
            ];
            services.push(format!("<Service ServiceVersion=\"7\">{}</Service>", pick(inside)));
        }
    }
    let sites = (1..3).map(|s| format!("<CentralSite SiteId=\"{s}\"><Name>Site {s}</Name></CentralSite>")).collect();
    let sections = vec![
        format!("<Sites>{}</Sites>", pick(sites)),
        format!("<Clusters>{}</Clusters>", pick(clusters)),
        format!("<SqlInstances>{}</SqlInstances>", pick(sql)),
        format!("<Services>{}</Services>", pick(services)),
    ];
    let namespace = " xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\"".to_owned();
    format!("<Topology{}>{}</Topology>", pick(vec![namespace, " Signature=\"x\"".into()]), pick(sections))
}

/// Pools by name with their machines in order and everything derived.
fn pools(deployment: &Deployment) -> Vec<String> {
    let mut out: Vec<String> = deployment
        .clusters
        .iter()
        .zip(derive(deployment).pools)
        .map(|(c, p)| {
            let machines: Vec<&str> = c.machines.iter().map(|m| m.fqdn.value.as_str()).collect();
            format!("{} {:?} {machines:?} {:?} {} {:?} {:?}", c.fqdn.value, c.site, p.kind, p.web_services, p.roles, p.stores)
        })
        .collect();
    out.sort();
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn order_that_means_nothing_changes_nothing(pools_given in proptest::collection::vec(any::<(u8, u8, bool)>(), 1..5), shuffle: [u8; 32]) {
        let plain = read(&deployment(&pools_given, &[])).unwrap().deployment.unwrap();
        let mixed = read(&deployment(&pools_given, &shuffle)).unwrap().deployment.unwrap();
        prop_assert_eq!(pools(&plain), pools(&mixed));
        prop_assert_eq!(compare(&plain, &mixed), vec![]);
        prop_assert_eq!(plain.clusters.len(), pools_given.len());
    }

    #[test]
    fn a_difference_is_seen_from_both_sides(a in proptest::collection::vec(any::<(u8, u8, bool)>(), 1..5), b in proptest::collection::vec(any::<(u8, u8, bool)>(), 1..5)) {
        let one = read(&deployment(&a, &[])).unwrap().deployment.unwrap();
        let two = read(&deployment(&b, &[])).unwrap().deployment.unwrap();
        prop_assert_eq!(compare(&one, &two).len(), compare(&two, &one).len());
        prop_assert_eq!(compare(&one, &two).is_empty(), pools(&one) == pools(&two));
    }
}
