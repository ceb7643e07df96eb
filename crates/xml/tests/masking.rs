//! What people see of a document never holds a secret.

use kerbsync_source::{DocumentId, Source};
use kerbsync_xml::{Document, Limits};
use proptest::prelude::*;

fn read(text: &str) -> Document {
    let source = Source::decode(DocumentId(0), text.as_bytes().to_vec()).expect("text");
    Document::parse(source, &Limits::default()).expect("well-formed")
}

/// Every line that holds any of `marks`, masked.
fn shown(text: &str, mark: &str) -> Vec<String> {
    let d = read(text);
    text.match_indices(mark).map(|(at, _)| d.masked_line(at)).collect()
}

#[test]
fn masked_lines() {
    let pool = "<a>\n    <processModel userName=\"contoso\\kerb\" password=\"Passw0rd!\" x='[enc:AesProvider:AAAA:enc]' />\n</a>";
    assert_eq!(shown(pool, "process"), ["    <processModel userName=\"contoso\\kerb\" password=\"***\" x='***' />"]);
    let earlier = "<a>\n<b password=\"one\ntwo\" name=\"n\"/>\n<secretText>s3</secretText><c v='[enc:A:QQ==:enc]'/></a>";
    assert_eq!(shown(earlier, "name"), ["***\" name=\"n\"/>"]);
    assert_eq!(shown(earlier, "<c"), ["<secretText>***</secretText><c v='***'/></a>"]);
    let pair = "<a><add key='DbPassword' value='x'/><add key='Db' value='x'/><add name='a' value='S=1;pwd = 2'/></a>";
    assert_eq!(shown(pair, "'Db'"), ["<a><add key='DbPassword' value='***'/><add key='Db' value='x'/><add name='a' value='***'/></a>"]);
    let clixml = "<Obj><S N='Identity'>site:Contoso</S><S N='Password'>x</S><SS N='P'>01000</SS><Obj N='Secret'><S>y</S></Obj></Obj>";
    assert_eq!(
        shown(clixml, "Identity"),
        ["<Obj><S N='Identity'>site:Contoso</S><S N='Password'>***</S><SS N='P'>***</SS><Obj N='Secret'><S>***</S></Obj></Obj>"]
    );
    let comments = "<a><!-- <add password='x'/> --><b c='1'/><!-- fine --><![CDATA[pwd=2]]></a><!-- <password>x</password>\n -->";
    assert_eq!(shown(comments, "<b"), ["<a><!--***--><b c='1'/><!-- fine --><![CDATA[***]]></a><!--***"]);
    let inside = "<connectionStrings><add name='x' y='z'>t</add></connectionStrings>";
    assert_eq!(shown(inside, "<add"), ["<connectionStrings><add name='***' y='***'>***</add></connectionStrings>"]);
    let instructions = "<?xml version='1.0'?><?p Passw0rd!?><a><?q\nPassw0rd!?></a>";
    assert_eq!(shown(instructions, "<?p"), ["<?xml version='1.0'?><?***?><a><?***"]);
    let module = "<a><add name='x' type='A, B, PublicKeyToken=31bf' path='C:\\ChangePassword'/></a>";
    assert_eq!(shown(module, "<add"), [module]);
}

#[test]
fn declared_names_are_masked_as_attributes_and_elements_and_in_paths() {
    let text = "<a><b word='s1' w='1'/><x:Word xmlns:x='y'>s2</x:Word><c name='s3'/></a>";
    let d = read(text);
    assert!(d.masked_line(3).contains("s1"), "an unremarkable name until it is declared");
    d.hide_names(["word", "NAME"]);
    assert_eq!(d.masked_line(3), "<a><b word='***' w='1'/><x:Word xmlns:x='y'>***</x:Word><c name='***'/></a>");
    assert_eq!(d.root().path(&["c"]).unwrap().path_from_root(), "a/c");
}

#[test]
fn of_a_very_long_line_the_neighbourhood_is_shown() {
    let text = format!("<a>{}</a>", "<b c='0123456789' password='x'/>".repeat(2000));
    let d = read(&text);
    let line = d.masked_line(text.len() / 2);
    assert!(
        line.starts_with("…***") && line.ends_with('…') && line.contains("password='***'") && !line.contains("='x'") && line.len() < 1200,
        "{line}"
    );
    assert!(d.masked_line(10).starts_with("<a><b c='0123456789' password='***'/>"));
    assert!(d.masked_line(usize::MAX).ends_with("/></a>"));
}

#[test]
fn thousands_of_places_of_one_long_line_are_quick() {
    let text = format!("<a>{}</a>", "<b c='0123456789' password='x'/>".repeat(3_000));
    let d = read(&text);
    let columns: u64 = d.root().children().map(|e| u64::from(e.origin().location.unwrap().position.column)).sum();
    assert_eq!(columns, (0..3_000).map(|i| 4 + 32 * i).sum::<u64>());
}

#[test]
fn paths_tell_siblings_apart_and_hold_no_secret() {
    let text = "<a><location path=\"it's\"><b name='[enc:A:QQ==:enc]'><p:c xmlns:p='x' Fqdn='fe01.contoso.com'/></b></location><add value='x' name='y&#xA;z'/></a>";
    let d = read(text);
    let paths: Vec<String> = d.root().descendants().map(|e| e.path_from_root()).collect();
    insta::assert_snapshot!(paths.join("\n"), @r#"
    a
    a/location[@path="it's"]
    a/location[@path="it's"]/b
    a/location[@path="it's"]/b/c[@Fqdn='fe01.contoso.com']
    a/add
    "#);
    let c = d.root().path(&["location", "b", "c"]).unwrap();
    let origin = c.attribute_origin("Fqdn");
    assert!(origin.element.ends_with("c[@Fqdn='fe01.contoso.com']/@Fqdn"));
    assert_eq!(origin.location.unwrap().byte_start, text.find("Fqdn").unwrap() as u64);
    assert_eq!(c.attribute_origin("none").location.unwrap().byte_start, text.find("<p:c").unwrap() as u64);
}

const CANARY: &str = "CaNaRy";

/// Markup that holds the canary where a secret may stand, `{}` being white space of any layout.
const HOLDERS: &[&str] = &[
    "<x{}password={}\"pre\nCaNaRy\npost\"{}/>",
    "<x a='1'{}userName='u'{}Pwd='CaNaRy' b='2'{}></x>",
    "<x{}a='[ENC:AesProvider:CaNaRy\n==:enc]'{}/>",
    "<add{}value='CaNaRy'{}name='ApiPassword'/>",
    "<add key='clientSecret'{}Value=\"{}CaNaRy{}\"/>",
    "<p:sessionKey xmlns:p='u'>{}CaNaRy{}</p:sessionKey>",
    "<secret>{}<deep><er v='CaNaRy'/>{}t CaNaRy</deep></secret>",
    "<S N='Password'>{}<![CDATA[CaNaRy]]>{}</S>",
    "<SS>{}CaNaRy</SS>",
    "<!-- <add password='x'{}b='CaNaRy'/>{}-->",
    "<!--{}[enc:X:CaNaRy:enc]{}-->",
    "<?p pwd='CaNaRy'{}?>",
    "<x{}connection='Server=a;Password={}CaNaRy'/>",
    "<x>Server=a; Pwd{}= CaNaRy</x>",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_canary_is_never_seen(
        parts in proptest::collection::vec((0..HOLDERS.len(), "[ \t\n\r]{1,3}", "(\n|\r\n| |<y z='1'/>|text|\u{E9}\u{1F600}){0,3}"), 1..6),
        tail in "[ \na]{0,20}",
        cut in 0.0..1.0,
    ) {
        let body: String = parts.iter().map(|(i, blank, after)| HOLDERS[*i].replace("{}", blank) + after).collect();
        let text = format!("<configuration>{body}<z name='n'>{tail}</z></configuration>");
        let d = read(&text);
        // Every line, and some places within.
        let begins = |at: usize| at == 0 || text.as_bytes().get(at - 1).is_some_and(|b| matches!(b, b'\n' | b'\r'));
        for at in (0..=text.len() + 1).filter(|&at| begins(at) || at % 16 == 0) {
            let line = d.masked_line(at);
            prop_assert!(!line.contains(CANARY), "{}", line);
        }
        for e in d.root().descendants() {
            let mut said = format!("{e:?} {:?} {}", e.origin(), e.path_from_root());
            e.attributes().for_each(|a| said += &format!("{a:?} {:?}", e.attribute_origin(a.name())));
            prop_assert!(!said.contains(CANARY), "{}", said);
        }
        let debug = format!("{d:?}");
        prop_assert!(!debug.contains(CANARY));
        // Nor in the error of a file that is cut.
        let end = (0..=(text.len() as f64 * cut) as usize).rev().find(|&i| text.is_char_boundary(i)).unwrap();
        let cut = Source::decode(DocumentId(0), text.as_bytes()[..end].to_vec()).unwrap();
        let e = Document::parse(cut, &Limits::default()).unwrap_err();
        let said = format!("{e} {e:?} {}", e.to_problem());
        prop_assert!(!said.contains(CANARY), "{}", said);
    }
}
