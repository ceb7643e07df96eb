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
    ObjectFacts::merge(&parts, &mut Vec::new()).unwrap()
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
