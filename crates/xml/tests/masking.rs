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
    assert_eq!(shown(earlier, "<c"), ["…<c v='***'/></a>"], "what stands beside the tag is left out");
    let pair = "<a><add key='Db' value='x'/><add name='a' value='S=1;pwd = 2'/></a>";
    assert_eq!(shown(pair, "'Db'"), ["…<add key='Db' value='***'/>…"]);
    let clixml = "<Obj><S N='Identity'>site:Contoso</S><S N='Password'>x</S></Obj>";
    assert_eq!(shown(clixml, "Password"), ["…<S N='***'>…"]);
    let comments = "<a><!-- fine --><b c='1' id='1'/><![CDATA[pwd=2]]></a>";
    assert_eq!(shown(comments, "<b"), ["…<b c='***' id='1'/>…"]);
    assert_eq!(shown("<a>\n  text\n</a>", "text"), ["  …"]);
    assert_eq!(shown("<a>\n</a>", "</a"), ["</a>"]);
    let module = "<a><add name='x' type='Contoso.Web, Contoso' path='C:\\ChangePassword'/></a>";
    assert_eq!(shown(module, "<add"), [format!("…{}", &module[3..])]);
}

/// A text of its own at each place where a configuration may hold one; none may be seen from any place of its line.
#[test]
fn of_texts_planted_around_a_slot_none_is_seen() {
    let mut planted = Vec::new();
    let mut text = String::from("<r><slot userName='CONTOSO\\kerb' enabled='true' password='{}'");
    for name in [
        "DB_PASS",
        "arguments",
        "value",
        "description",
        "url",
        "pattern",
        "connection",
        "header",
        "Authorization",
        "title",
        "comment",
        "x",
        "validationKey",
        "id",
        "port",
        "identityType",
        "type2",
        "protocol2",
        "query",
    ] {
        text += &format!(" {name}='{{}}'");
    }
    for shape in ["Bearer {}", "--password {}", "a?sig={}", "Server=a;Pwd={}", "[enc:A:{}:enc]", "https://u:{}@h/"] {
        for name in ["name", "path", "physicalPath", "image"] {
            text += &format!("/><add {name}='{shape}'");
        }
    }
    text += "/><!-- old pw: {} --><add>{}<![CDATA[{}]]></add><?p {}?></r>";
    while let Some(at) = text.find("{}") {
        let secret = format!("Zq9{}vB3xKw9LmTr8", 100 + planted.len());
        text.replace_range(at..at + 2, &secret);
        planted.push(secret);
    }
    assert!(planted.len() > 40, "{}", planted.len());
    let d = read(&text);
    for at in 0..text.len() {
        let line = d.masked_line(at);
        assert!(!line.contains("Zq9"), "{at}: {line}");
    }
    let line = d.masked_line(text.find("userName").unwrap());
    assert!(line.contains("userName='CONTOSO\\kerb' enabled='true' password='***'"), "{line}");
}

#[test]
fn declared_names_are_masked_as_attributes_and_in_paths() {
    let text = "<a><b name='s1' id='1'/><c name='s3'/></a>";
    let d = read(text);
    assert!(d.masked_line(4).contains("s1"), "a harmless name until it is declared");
    d.hide_names(["NAME"]);
    assert_eq!(d.masked_line(4), "…<b name='***' id='1'/>…");
    assert_eq!(d.root().path(&["c"]).unwrap().path_from_root(), "a/c");
}

#[test]
fn of_a_very_long_line_one_tag_is_shown() {
    let text = format!("<a>{}</a>", "<b id='0123456789' password='x'/>".repeat(2000));
    let d = read(&text);
    assert_eq!(d.masked_line(3 + 33 * 1000), "…<b id='0123456789' password='***'/>…");
    let wide = format!("<a {}/>", (0..400).map(|i| format!("a{i}='x' ")).collect::<String>());
    let line = read(&wide).masked_line(wide.find("a399").unwrap());
    assert!(line.len() < 2500 && line.contains("a399='***'"), "{line}");
}

#[test]
fn thousands_of_places_of_one_long_line_are_quick() {
    let text = format!("<a>{}</a>", "<b c='0123456789' password='x'/>".repeat(3_000));
    let d = read(&text);
    let columns: u64 = d.root().children().map(|e| u64::from(e.origin().location().unwrap().position.column)).sum();
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
    assert!(origin.element().ends_with("c[@Fqdn='fe01.contoso.com']/@Fqdn"));
    assert_eq!(origin.location().unwrap().byte_start, text.find("Fqdn").unwrap() as u64);
    assert_eq!(c.attribute_origin("none").location().unwrap().byte_start, text.find("<p:c").unwrap() as u64);
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
