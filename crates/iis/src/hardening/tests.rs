//! What a configuration says of its hardening, and what it leaves open.

use super::*;
use kerbsync_source::{DocumentId, Problems, Source};
use kerbsync_xml::{Document, Limits};

/// What holds of one setting, a line each.
fn told(name: &str, text: &str) -> String {
    let document = Document::parse(Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap(), &Limits::default()).unwrap();
    let mut problems = Problems::default();
    let host = ApplicationHost::read(&document, &mut problems).unwrap();
    let sites = host.sites();
    let all = settings(&host, &sites.iter().collect::<Vec<_>>()).into_iter().filter(|s| s.name == name);
    let line = |s: HardeningSetting<'_>| {
        let from = if s.value.place.is_schema_default() { "schema" } else { "file" };
        format!(
            "{:?} = {} ({from}, {})",
            s.scope,
            s.value.value.replace('\n', " | "),
            s.doubt.map_or("sure".to_owned(), |d| format!("{d:?}"))
        )
    };
    all.map(line).collect::<Vec<_>>().join("\n")
}

fn configuration(sections: &str, server: &str, locations: &str) -> String {
    format!(
        "<configuration><configSections><sectionGroup name='system.webServer'>{sections}</sectionGroup></configSections>\
         <system.applicationHost><applicationPools><add name='A'/><add name='B'><processModel idleTimeout='00:05:00'/></add><add name='unused'/>\
         <applicationPoolDefaults><processModel idleTimeout='01:00:00'/></applicationPoolDefaults></applicationPools>\
         <sites><site name='One' id='1'><application path='/' applicationPool='a'/><application path='/x' applicationPool='B'/>\
         <bindings><binding protocol='http' bindingInformation='*:80:'/></bindings><logFile logTargetW3C='ETW'/></site>\
         <site name='Two' id='2'/><siteDefaults><logFile logTargetW3C='File, ETW'><customFields><add logFieldName='c' sourceName='Connection' \
         sourceType='RequestHeader'/></customFields></logFile></siteDefaults></sites></system.applicationHost>\
         <system.webServer>{server}</system.webServer>{locations}</configuration>"
    )
}

const OPEN: &str = "<section name='directoryBrowse'/>";
const CLOSED: &str = "<section name='directoryBrowse' overrideModeDefault='Deny'/>";
const BROWSE: &str = "directoryBrowse@enabled";

fn location(path: &str, attributes: &str, content: &str) -> String {
    format!("<location path='{path}'{attributes}><system.webServer>{content}</system.webServer></location>")
}

#[test]
fn a_section_is_inherited_and_each_level_says_only_what_it_says() {
    let locations = location("one", "", "<directoryBrowse enabled='true'/>")
        + &location("One/sub", "", "<directoryBrowse enabled='false'/>")
        + &location("One/other", "", "<defaultDocument/>");
    insta::assert_snapshot!(told(BROWSE, &configuration(OPEN, "<directoryBrowse/>", &locations)), @r#"
    Server = false (schema, sure)
    Site("One") = true (file, WebConfig)
    Path("One/sub") = false (file, WebConfig)
    Site("Two") = false (schema, WebConfig)
    "#);
}

#[test]
fn locks_are_those_of_the_definition_the_nearest_location_and_the_element() {
    let last = |sections, server: &str, locations: &str| {
        let all = told(BROWSE, &configuration(sections, server, locations));
        all.lines().skip(1).map(|l| l.rsplit(", ").next().unwrap().trim_end_matches(')').to_owned()).collect::<Vec<_>>().join(" ")
    };
    let browse = "<directoryBrowse enabled='false'/>";
    // Site One, what lies below it, site Two.
    assert_eq!(last(OPEN, browse, ""), "WebConfig WebConfig");
    assert_eq!(last(CLOSED, browse, ""), "sure sure");
    assert_eq!(last("<section name='directoryBrowse' allowDefinition='AppHostOnly'/>", browse, ""), "sure sure");
    assert_eq!(last(CLOSED, browse, &location("One", " overrideMode='Allow'", browse)), "WebConfig sure");
    assert_eq!(last(OPEN, browse, &location("Two", " overrideMode='Deny'", browse)), "WebConfig sure");
    // A location that does not hold the section says nothing of it; one that holds it says whether it is locked, even where it sets nothing.
    assert_eq!(last(OPEN, browse, &location("Two", " overrideMode='Deny'", "<asp/>")), "WebConfig WebConfig");
    assert_eq!(last(CLOSED, browse, &location("One/sub", " overrideMode='Allow'", "<directoryBrowse/>")), "sure WebConfig sure");
    let deeper = location("One/sub", " allowOverride='true'", "<directoryBrowse/>") + &location("One/sub/a", "", browse);
    assert_eq!(last(CLOSED, browse, &deeper), "sure WebConfig WebConfig sure");
    assert_eq!(last(OPEN, browse, &location("", " overrideMode='Deny'", browse)), "sure sure");
    assert_eq!(last(OPEN, "<directoryBrowse enabled='false' lockAttributes='showFlags, enabled'/>", ""), "sure sure");
    assert_eq!(last(OPEN, "<directoryBrowse enabled='false' lockAttributes='showFlags'/>", ""), "WebConfig WebConfig");
    assert_eq!(last(OPEN, "<directoryBrowse enabled='false' lockAllAttributesExcept='showFlags'/>", ""), "sure sure");
    assert_eq!(last(OPEN, "<directoryBrowse enabled='false' lockAllAttributesExcept='enabled'/>", ""), "WebConfig WebConfig");
    assert_eq!(last(OPEN, "<directoryBrowse enabled='false' lockItem='true'/>", ""), "sure sure");
    // An element's lock is not taken back by a location of this file.
    assert_eq!(last(OPEN, "<directoryBrowse lockItem='true'/>", &location("One", " overrideMode='Allow'", browse)), "sure sure");
    // A definition that is not there locks nothing.
    assert_eq!(last("", browse, ""), "WebConfig WebConfig");
    // A collection is locked by its section alone.
    let mime = "<staticContent lockItem='true'><mimeMap fileExtension='.a' mimeType='x' lockItem='true'/></staticContent>";
    let all = told("staticContent/mimeMap", &configuration("", mime, ""));
    assert!(all.lines().skip(1).all(|l| l.ends_with("WebConfig)")), "{all}");
}

#[test]
fn what_is_not_in_this_file_is_in_doubt() {
    let of = |name, server: &str, locations: &str| told(name, &configuration(CLOSED, server, locations));
    insta::assert_snapshot!(of(BROWSE, "<directoryBrowse configSource='other.config'/>", ""), @r#"
    Server = false (schema, NotHere)
    Site("One") = false (schema, NotHere)
    Site("Two") = false (schema, NotHere)
    "#);
    insta::assert_snapshot!(of(BROWSE, "<directoryBrowse/>", "<location path='One' inheritInChildApplications='false'><system.webServer><directoryBrowse enabled='true'/></system.webServer></location>"), @r#"
    Server = false (schema, sure)
    Site("One") = true (file, ChildApplications)
    Site("Two") = false (schema, sure)
    "#);
    insta::assert_snapshot!(of("pool/recycling@logEventOnRecycle", "", ""), @r#"
    Pool("A") = Time, Memory, PrivateMemory (schema, Version)
    Pool("B") = Time, Memory, PrivateMemory (schema, Version)
    "#);
}

#[test]
fn a_path_takes_from_every_location_on_the_way() {
    let locations = location("One/a/b", "", "<directoryBrowse showFlags='Date'/>")
        + &location("ONE/A", "", "<directoryBrowse enabled='true'/>")
        + &location("Oneother", "", "<directoryBrowse enabled='true'/>");
    insta::assert_snapshot!(told(BROWSE, &configuration(CLOSED, "", &locations)), @r#"
    Server = false (schema, sure)
    Site("One") = false (schema, sure)
    Path("ONE/A") = true (file, sure)
    Path("One/a/b") = true (file, sure)
    Site("Two") = false (schema, sure)
    "#);
}

#[test]
fn a_pool_is_told_with_every_site_that_it_serves() {
    let text = configuration("", "", "")
        .replace("<site name='Two' id='2'/>", "<site name='Two' id='2'><application path='/' applicationPool='B'/></site>");
    insta::assert_snapshot!(told(POOL_SITES, &text), @r#"
    Pool("a") = One (file, sure)
    Pool("B") = One | Two (file, sure)
    "#);
}

#[test]
fn sites_and_pools_have_defaults_of_their_own() {
    let text = configuration("", "", "");
    insta::assert_snapshot!(told("site/logFile@logTargetW3C", &text), @r#"
    Server = File, ETW (file, sure)
    Site("One") = ETW (file, sure)
    Site("Two") = File, ETW (file, sure)
    "#);
    insta::assert_snapshot!(told("site/logFile/customFields", &text), @r#"
    Server = RequestHeader:Connection (file, sure)
    Site("One") = RequestHeader:Connection (file, sure)
    Site("Two") = RequestHeader:Connection (file, sure)
    "#);
    insta::assert_snapshot!(told("site/bindings", &text), @r#"
    Server =  (schema, sure)
    Site("One") = http:*:80: (file, sure)
    Site("Two") =  (schema, sure)
    "#);
    insta::assert_snapshot!(told("pool/processModel@idleTimeout", &text), @r#"
    Pool("A") = 01:00:00 (file, sure)
    Pool("B") = 00:05:00 (file, sure)
    "#);
    insta::assert_snapshot!(told("pool/failure@rapidFailProtection", &text), @r#"
    Pool("A") = true (schema, sure)
    Pool("B") = true (schema, sure)
    "#);
}

#[test]
fn collections_follow_their_directives() {
    let server = "<staticContent><mimeMap fileExtension='.a' mimeType='x'/><mimeMap fileExtension='.exe' mimeType='x'/></staticContent>";
    let locations =
        location("One", "", "<staticContent><remove fileExtension='.EXE'/><mimeMap fileExtension='.b' mimeType='x'/></staticContent>")
            + &location("Two", "", "<staticContent><clear/></staticContent>");
    insta::assert_snapshot!(told("staticContent/mimeMap", &configuration("", server, &locations)), @r#"
    Server = .a | .exe (file, sure)
    Site("One") = .a | .b (file, WebConfig)
    Site("Two") =  (file, WebConfig)
    "#);
}

#[test]
fn names_are_told_once() {
    let names: Vec<&str> = setting_names().collect();
    assert_eq!(names.len(), names.iter().collect::<std::collections::BTreeSet<_>>().len());
}

#[test]
fn a_second_element_of_a_name_counts_as_well() {
    let twice = "<security><authentication/></security><security><access sslFlags='Ssl'/></security>";
    assert_eq!(told("access@sslFlags", &configuration("", twice, "")).lines().next(), Some("Server = Ssl (file, sure)"));
}

#[test]
fn no_section_lies_deeper_than_is_looked_for() {
    assert_eq!(WANTED.iter().map(|w| w.section.len()).max(), Some(DEEPEST));
}
