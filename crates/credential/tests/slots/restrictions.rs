//! What a configuration says against edits.

use crate::{PRODUCT, configuration, find_with};
use kerbsync_secret::Tagger;
use kerbsync_source::DocumentId;
use std::fmt::Write as _;

fn told(text: &str) -> String {
    let found = find_with(text, &[], &[], &Tagger::new().unwrap()).discovery;
    let mut out = String::new();
    for r in found.restrictions {
        let step = |s: &kerbsync_inventory::PathStep| match &s.item {
            Some(item) => format!("{}[{item}]", s.element),
            None => s.element.clone(),
        };
        let path: Vec<String> = r.path.iter().map(step).collect();
        let origin = r.kind.citation(DocumentId(0)).origin;
        let line = origin.location().unwrap().position.line;
        writeln!(out, "{line} {:?} {:?} {} {}", r.kind.value, r.location, path.join("/"), origin.element()).unwrap();
    }
    out
}

#[test]
fn locks_and_definitions_are_found_with_their_places() {
    let text = configuration(
        r#"
<add name="LyncIntFeature" lockItem="TRUE"><processModel lockAttributes="userName, password" lockAllAttributesExcept="x"/></add>"#,
        r#"<location path="Lync Server Internal Web Site" overrideMode="Deny" allowOverride="false"><system.webServer>
<security lockElements="a" lockAllElementsExcept="b"/></system.webServer></location>
<location path="." allowOverride="false"><system.webServer><security lockItem="true"/></system.webServer></location>"#,
    );
    let sections = r#"<configuration><configSections><sectionGroup name="contoso">
<section name="a" allowLocation="false"/><section name="b" allowDefinition="MachineToRootWeb"/>
<section name="c" allowDefinition="MachineOnly"/><section name="d" allowDefinition="AppHostOnly" allowLocation="true"/></sectionGroup></configSections>"#;
    insta::assert_snapshot!(told(&text.replacen("<configuration>", sections, 1)), @r#"
    2 NoLocation None contoso/a configuration/configSections/sectionGroup[@name='contoso']/section[@name='a']/@allowLocation
    2 HigherFile None contoso/b configuration/configSections/sectionGroup[@name='contoso']/section[@name='b']/@allowDefinition
    3 HigherFile None contoso/c configuration/configSections/sectionGroup[@name='contoso']/section[@name='c']/@allowDefinition
    5 Item None system.applicationHost/applicationPools/add[LyncIntFeature] configuration/system.applicationHost/applicationPools/add[@name='LyncIntFeature']/@lockItem
    5 Attributes(["userName", "password"]) None system.applicationHost/applicationPools/add[LyncIntFeature]/processModel configuration/system.applicationHost/applicationPools/add[@name='LyncIntFeature']/processModel/@lockAttributes
    5 AllAttributesExcept(["x"]) None system.applicationHost/applicationPools/add[LyncIntFeature]/processModel configuration/system.applicationHost/applicationPools/add[@name='LyncIntFeature']/processModel/@lockAllAttributesExcept
    8 Denied Some("Lync Server Internal Web Site")  configuration/location[@path='Lync Server Internal Web Site']/@overrideMode
    8 BothOverrides Some("Lync Server Internal Web Site")  configuration/location[@path='Lync Server Internal Web Site']/@allowOverride
    9 Elements(["a"]) Some("Lync Server Internal Web Site") system.webServer/security configuration/location[@path='Lync Server Internal Web Site']/system.webServer/security/@lockElements
    9 AllElementsExcept(["b"]) Some("Lync Server Internal Web Site") system.webServer/security configuration/location[@path='Lync Server Internal Web Site']/system.webServer/security/@lockAllElementsExcept
    10 Denied Some("")  configuration/location[@path='.']/@allowOverride
    10 Item Some("") system.webServer/security configuration/location[@path='.']/system.webServer/security/@lockItem
    "#);
}

#[test]
fn what_is_no_lock_is_silent() {
    let text = configuration(
        r#"<!-- lockItem="true" --><add name="lockItem" lockItem="false"><processModel userName="a lockItem" /></add>"#,
        r#"<location path="lock" overrideMode="Allow"><system.webServer><modules><add name="x" lockItem="true" /></modules></system.webServer></location>
<location path="" allowOverride="true"><system.webServer><security blockItem="true"> lockItem="true" </security></system.webServer></location>"#,
    );
    assert_eq!(told(&text), "");
    let stock = told(PRODUCT);
    assert!(!stock.contains("processModel") && !stock.contains("authentication"), "{stock}");
}
