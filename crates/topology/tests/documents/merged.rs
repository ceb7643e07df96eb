//! Exports of several cmdlets become one deployment.

use crate::{facts, fixture};
use kerbsync_source::DocumentId;
use kerbsync_topology::{Deployment, Kind, ObjectFacts, derive};

fn merge(names: &[&str]) -> Deployment {
    let parts: Vec<ObjectFacts> = names
        .iter()
        .zip(0..)
        .map(|(name, id)| facts::read(fixture(name), DocumentId(id)).0.objects.unwrap_or_else(|| panic!("{name} holds no objects")))
        .collect();
    ObjectFacts::merge(&parts.iter().collect::<Vec<_>>(), &mut Vec::new()).unwrap()
}

fn show(d: &Deployment) -> String {
    let mut out = format!("complete: {}\n", d.complete);
    for site in &d.sites {
        out +=
            &format!("site {} '{}' {:?} below {:?}\n", site.id.value, site.name.value, site.kind, site.parent.as_ref().map(|p| p.as_str()));
    }
    for (c, p) in d.clusters.iter().zip(derive(d).pools) {
        let machines: Vec<&str> = c.machines.iter().map(|m| m.fqdn.value.as_str()).collect();
        let site = c.site.as_ref().map_or("-", |s| s.as_str());
        out += &format!("{} in {site}: {:?} {machines:?} web {}", c.fqdn.value, p.kind, p.web_services);
        let name =
            |h: &Option<kerbsync_source::Spanned<kerbsync_names::HostName>>| h.as_ref().map_or("-".to_owned(), |h| h.value.to_string());
        out += &format!(" internal {} external {}\n", name(&p.internal_web_override), name(&p.external_web_fqdn));
    }
    out
}

#[test]
fn four_cmdlets_make_one_deployment() {
    let all = merge(&["objects-pools.xml", "objects-services.json", "objects-sites.json", "objects-computers.csv"]);
    insta::assert_snapshot!(show(&all), @r#"
    complete: true
    site 1 'Redmond' Central below None
    site north-2 'New York' Central below None
    site 3 'Oslo' Branch below Some("1")
    pool01.contoso.com in 1: Enterprise ["fe01.contoso.com", "fe02.contoso.com"] web true internal webint.contoso.com external web.contoso.com
    sql01.contoso.com in 1: Other ["sql01.contoso.com"] web false internal - external -
    SE01.contoso.com in north-2: StandardEdition ["se01.contoso.com"] web true internal - external -
    dir01.contoso.com in 1: Director ["dir01.contoso.com"] web true internal - external -
    sba01.contoso.com in 3: SurvivableBranch ["sba01.contoso.com"] web false internal - external -
    "#);
}

#[test]
fn computers_fill_what_a_csv_of_pools_lost() {
    let alone = merge(&["objects-pools-lost.csv"]);
    assert!(!alone.clusters[0].machines_known);
    let both = merge(&["objects-pools-lost.csv", "objects-computers.csv"]);
    let machines: Vec<&str> = both.clusters[0].machines.iter().map(|m| m.fqdn.value.as_str()).collect();
    assert_eq!(machines, ["fe01.contoso.com", "fe02.contoso.com"]);
    assert!(!both.complete, "nothing says that these are all pools");
}

#[test]
fn order_of_the_exports_changes_no_fact() {
    let one = merge(&["objects-pools.xml", "objects-services.json", "objects-sites.json", "objects-computers.csv"]);
    let other = merge(&["objects-computers.csv", "objects-sites.json", "objects-services.json", "objects-pools.xml"]);
    assert_eq!(kerbsync_topology::compare(&one, &other), []);
    assert_eq!(kerbsync_topology::compare(&other, &one), []);
}

#[test]
fn a_whole_topology_and_its_objects_do_not_contradict() {
    // The objects know nothing of service ids and number, and must not turn that into differences.
    let objects = merge(&["objects-computers.csv"]);
    let text = facts::read(fixture("objects-topology-text.xml"), DocumentId(9)).0.deployment.unwrap();
    let said: Vec<_> = kerbsync_topology::compare(&text, &objects).iter().map(kerbsync_topology::Difference::drift).collect();
    assert_eq!(said, ["It has pool01.contoso.com in no known site; the used topology does not."]);
    assert_eq!(derive(&text).pools[0].kind, Kind::Other);
}

#[test]
fn a_site_that_is_known_by_its_name_alone_is_no_other_one() {
    let whole = merge(&["objects-pools.xml", "objects-services.json", "objects-sites.json", "objects-computers.csv"]);
    let pools = merge(&["objects-pools.xml"]);
    let said: Vec<_> = kerbsync_topology::compare(&whole, &pools).iter().map(kerbsync_topology::Difference::drift).collect();
    assert!(whole.complete && said.is_empty(), "{said:?}");
}

fn objects(text: &str, id: u32) -> ObjectFacts {
    facts::read(text.as_bytes().to_vec(), DocumentId(id)).0.objects.unwrap()
}

/// Whichever stands first is as good as the other.
#[test]
fn exports_that_contradict_each_other_are_not_put_together() {
    let pool = |computers: &str| {
        format!(
            r#"[{{"Identity": "pool01.contoso.com", "Fqdn": "pool01.contoso.com", "Services": ["WebServer:pool01.contoso.com"], "Computers": [{computers}], "Site": "Site:Redmond"}}]"#
        )
    };
    let web = |name: &str| {
        format!(
            r#"[{{"Identity": "WebServer:pool01.contoso.com", "InternalFqdn": "{name}", "ExternalFqdn": "e.contoso.com", "ServiceId": "1-WebServices-1", "SiteId": "Site:Redmond", "PoolFqdn": "pool01.contoso.com", "Role": "WebServer"}}]"#
        )
    };
    let computer = r#"[{"Identity": "fe02.contoso.com", "Pool": "pool01.contoso.com", "Fqdn": "fe02.contoso.com"}]"#;
    let groups = |texts: &[String]| {
        let parts: Vec<ObjectFacts> = texts.iter().zip(0..).map(|(text, id)| objects(text, id)).collect();
        ObjectFacts::consistent(&parts)
    };
    let (one, both) = (pool(r#""fe01.contoso.com""#), pool(r#""fe01.contoso.com", "FE02.contoso.com""#));
    assert_eq!(groups(&[one.clone(), web("a.contoso.com"), both.clone()]), [vec![0, 1], vec![1, 2]]);
    assert_eq!(groups(&[web("a.contoso.com"), both.clone(), web("b.contoso.com")]), [vec![0, 1], vec![1, 2]]);
    assert_eq!(groups(&[computer.to_owned(), one.clone()]), [vec![0], vec![1]]);
    assert_eq!(groups(&[computer.to_owned(), both.clone(), both, web("a.contoso.com")]), [vec![0, 1, 2, 3]]);
    assert_eq!(groups(&[]), [Vec::<usize>::new()]);
}
