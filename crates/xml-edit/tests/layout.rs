//! What an edited file looks like. The shapes are those of real files before and after a change by IIS.

use kerbsync_source::{DocumentId, Source};
use kerbsync_xml::{Document, Element, Limits};
use kerbsync_xml_edit::{
    AttributePosition, ChildPosition, Edit, EditError, EditSet, NewElement, apply, insert_attribute, insert_child, insert_children,
    remove_attribute, remove_element, set_attribute, set_value,
};

fn read(text: &str) -> Document {
    let source = Source::decode(DocumentId(0), text.as_bytes().to_vec()).expect("text");
    Document::parse(source, &Limits::default()).expect("well-formed")
}

fn find<'d>(d: &'d Document, name: &str) -> Element<'d> {
    d.root().descendants().find(|e| e.name() == name).expect("an element of that name")
}

/// The document after one edit of the first element of a name.
fn edited(text: &str, name: &str, edit: impl FnOnce(Element<'_>) -> Result<Edit, EditError>) -> String {
    let d = read(text);
    let edits = EditSet::try_from(edit(find(&d, name)).expect("an edit")).expect("a set");
    let applied = apply(&d, &edits).expect("applied");
    let back = apply(&applied.document, &applied.inverse).expect("taken back");
    assert_eq!(back.bytes, text.as_bytes(), "the inverse must restore the file");
    String::from_utf8(applied.bytes).expect("UTF-8")
}

const FILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<configuration>
    <system.applicationHost>
        <applicationPools>
            <add name="DefaultAppPool" />
            <add name="LyncIntFeature">
                <processModel identityType="NetworkService" />
            </add>
            <applicationPoolDefaults managedRuntimeVersion="v4.0" />
        </applicationPools>
    </system.applicationHost>
    <location path="Site">
        <windowsAuthentication enabled="true" />
    </location>

</configuration>
"#;

/// Only the lines that changed, as `diff` shows them.
fn changes(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let front = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let back = old[front..].iter().rev().zip(new[front..].iter().rev()).take_while(|(a, b)| a == b).count();
    let lines = |mark: &str, l: &[&str]| l.iter().map(|l| format!("{mark}{l}\n")).collect::<String>();
    lines("-", &old[front..old.len() - back]) + &lines("+", &new[front..new.len() - back])
}

#[test]
fn the_first_child_opens_an_empty_element() {
    let child = NewElement::new("extendedProtection").attribute("tokenChecking", "Require");
    let new = edited(FILE, "windowsAuthentication", |e| insert_child(e, &child, ChildPosition::Last));
    insta::assert_snapshot!(changes(FILE, &new), @r#"
    -        <windowsAuthentication enabled="true" />
    +        <windowsAuthentication enabled="true">
    +            <extendedProtection tokenChecking="Require" />
    +        </windowsAuthentication>
    "#);
    assert_eq!(edited(&new, "extendedProtection", remove_element), FILE);
}

#[test]
fn a_new_pool_goes_behind_the_last_one() {
    let pool = NewElement::new("add")
        .attribute("name", "Kerb")
        .child(NewElement::new("processModel").attribute("userName", "CONTOSO\\kerb").attribute("password", "a\"b<\n&'"));
    let new = edited(FILE, "applicationPools", |e| insert_child(e, &pool, ChildPosition::AfterLast("add")));
    insta::assert_snapshot!(changes(FILE, &new), @r#"
    +            <add name="Kerb">
    +                <processModel userName="CONTOSO\kerb" password="a&quot;b&lt;&#xA;&amp;'" />
    +            </add>
    "#);
    let before =
        edited(FILE, "applicationPools", |e| insert_child(e, &pool, ChildPosition::Before(e.child("applicationPoolDefaults").unwrap())));
    let after = edited(FILE, "applicationPools", |e| {
        insert_child(e, &pool, ChildPosition::After(e.child("add").unwrap().parent().unwrap().children().nth(1).unwrap()))
    });
    assert_eq!((&before, &after), (&new, &new));
    let last = edited(FILE, "applicationPools", |e| insert_child(e, &NewElement::new("x"), ChildPosition::Last));
    insta::assert_snapshot!(changes(FILE, &last), @"+            <x />");
}

#[test]
fn a_new_location_keeps_the_blank_line_before_the_end() {
    let location = NewElement::new("location").attribute("path", "Site/x").child(NewElement::new("clear")).child(NewElement::new("clear"));
    let new = edited(FILE, "configuration", |e| insert_child(e, &location, ChildPosition::AfterLast("location")));
    insta::assert_snapshot!(new.split_once("    </location>\n").unwrap().1, @r#"
        <location path="Site/x">
            <clear />
            <clear />
        </location>

    </configuration>
    "#);
}

#[test]
fn layouts_of_neighbours_are_followed() {
    let x = NewElement::new("x").child(NewElement::new("y"));
    let last = |text: &str, name: &str| edited(text, name, |e| insert_child(e, &x, ChildPosition::Last));
    for (text, name, expected) in [
        // Line ends, tabs, tight tags.
        ("<a>\r\n  <b />\r\n</a>", "a", "<a>\r\n  <b />\r\n  <x>\r\n      <y />\r\n  </x>\r\n</a>"),
        ("<a>\n\t<b/>\n</a>", "b", "<a>\n\t<b>\n\t\t<x>\n\t\t\t<y/>\n\t\t</x>\n\t</b>\n</a>"),
        ("<a>\n\t<b/>\n</a>", "a", "<a>\n\t<b/>\n\t<x>\n\t\t<y/>\n\t</x>\n</a>"),
        ("<a><!--\r-->\n <b />\n</a>", "a", "<a><!--\r-->\n <b />\n <x>\n     <y />\n </x>\n</a>"),
        // All in a row.
        ("<a><b/><c/></a>", "a", "<a><b/><c/><x><y/></x></a>"),
        ("<a><b/></a>", "b", "<a><b><x><y/></x></b></a>"),
        ("<a/>", "a", "<a><x><y/></x></a>"),
        ("<a />\n", "a", "<a>\n    <x>\n        <y />\n    </x>\n</a>\n"),
        // Elements with an end tag and nothing, white space, a comment or text inside.
        ("<a>\n  <b></b>\n</a>", "b", "<a>\n  <b>\n      <x>\n          <y />\n      </x>\n  </b>\n</a>"),
        ("<a>\n  <b> </b>\n</a>", "b", "<a>\n  <b>\n      <x>\n          <y />\n      </x>\n  </b>\n</a>"),
        ("<a>\n  <b>\n  </b>\n</a>", "b", "<a>\n  <b>\n      <x>\n          <y />\n      </x>\n  </b>\n</a>"),
        ("<a>\n  <!-- \u{E9} -->\n</a>", "a", "<a>\n  <!-- \u{E9} -->\n    <x>\n        <y />\n    </x>\n</a>"),
        ("<a>\n  <b>t\u{E9}</b>\n</a>", "b", "<a>\n  <b>t\u{E9}<x><y /></x></b>\n</a>"),
        // A comment behind the last sibling stays with it.
        ("<a>\n  <b /> <!-- b -->\n</a>", "a", "<a>\n  <b /> <!-- b -->\n  <x>\n      <y />\n  </x>\n</a>"),
        ("<a>\n  <b /> <!-- b\n --></a>", "a", "<a>\n  <b />\n  <x>\n      <y />\n  </x> <!-- b\n --></a>"),
    ] {
        assert_eq!(last(text, name), expected, "{text}");
    }
}

#[test]
fn several_children_go_in_as_one_edit() {
    let items = ["Negotiate", "NTLM"].map(|v| NewElement::new("add").attribute("value", v));
    let new = edited("<a>\r\n    <providers />\r\n</a>", "providers", |e| insert_children(e, &items, ChildPosition::Last));
    assert_eq!(
        new,
        "<a>\r\n    <providers>\r\n        <add value=\"Negotiate\" />\r\n        <add value=\"NTLM\" />\r\n    </providers>\r\n</a>"
    );
}

#[test]
fn a_removed_element_takes_its_line_along() {
    for (text, expected) in [
        ("<a>\n  <b />\n  <r />\n</a>", "<a>\n  <b />\n</a>"),
        ("<a>\r\n  <r>\r\n  <x />\r\n  </r>  \r\n  <b />\r\n</a>", "<a>\r\n  <b />\r\n</a>"),
        ("<a>\n  <r />\n</a>", "<a />"),
        ("<a b='1'><r/></a>", "<a b='1'/>"),
        ("<a b='1'><c/><x><r/></x></a>", "<a b='1'><c/><x/></a>"),
        ("<a>\n  <!-- c -->\n  <r />\n</a>", "<a>\n  <!-- c -->\n</a>"),
        ("<a>t<r/></a>", "<a>t</a>"),
        ("<a><b/><r/><c/></a>", "<a><b/><c/></a>"),
        ("<a>\n  <r /> <!-- r -->\n</a>", "<a>\n  <!-- r -->\n</a>"),
        ("<a>\n  <r /><b />\n</a>", "<a>\n  <b />\n</a>"),
    ] {
        assert_eq!(edited(text, "r", remove_element), expected, "{text}");
    }
}

#[test]
fn attributes_are_set_in_place_and_inserted_in_the_manner_of_their_neighbours() {
    let set = |text: &str, name: &str, value: &str| edited(text, "a", |e| set_attribute(e, name, value));
    assert_eq!(set("<a b=\"1\" c = '2'/>", "c", "\"'<>&\r\n\t"), "<a b=\"1\" c = '\"&apos;&lt;&gt;&amp;&#xD;&#xA;&#x9;'/>");
    assert_eq!(set("<a b=\"1>&#x41;\"/>", "b", "1>A"), "<a b=\"1>&#x41;\"/>", "the same value keeps its letters");
    assert_eq!(set("<a b=\"1\" />", "c", "2"), "<a b=\"1\" c=\"2\" />");
    assert_eq!(set("<a b='1'/>", "c", "2"), "<a b='1' c='2'/>");
    assert_eq!(set("<a ></a>", "c", ""), "<a c=\"\" ></a>");
    assert_eq!(set("<a\n   b=\"1\"\n   d=\"1\"\n/>", "c", "2"), "<a\n   b=\"1\"\n   d=\"1\"\n   c=\"2\"\n/>");
    let insert = |place| edited("<a b=\"1\"  c=\"2\"/>", "a", |e| insert_attribute(e, "n", "v", place));
    assert_eq!(insert(AttributePosition::First), "<a n=\"v\" b=\"1\"  c=\"2\"/>");
    assert_eq!(insert(AttributePosition::Before("c")), "<a b=\"1\" n=\"v\"  c=\"2\"/>");
    assert_eq!(insert(AttributePosition::After("b")), "<a b=\"1\" n=\"v\"  c=\"2\"/>");
    assert_eq!(edited("<a b=\"1\"\n c=\"2\" />", "a", |e| remove_attribute(e, "c")), "<a b=\"1\" />");
    assert_eq!(edited("<a b=\"1\" c=\"2\" />", "a", |e| remove_attribute(e, "b")), "<a c=\"2\" />");
}

#[test]
fn refusals_name_the_place() {
    let d = read("<a>\n<b c='1'/><d/></a>");
    let b = find(&d, "b");
    let nested = ChildPosition::After(find(&d, "a"));
    let said = [
        remove_element(d.root()),
        remove_attribute(b, "x"),
        insert_attribute(b, "c", "2", AttributePosition::Last),
        insert_attribute(b, "x", "2", AttributePosition::After("y")),
        insert_attribute(b, "x y", "2", AttributePosition::Last),
        set_attribute(b, "c", "a\u{1}Passw0rd!"),
        set_value(&b.attribute("c").unwrap(), "\u{FFFE}"),
        insert_child(b, &NewElement::new("x"), ChildPosition::Before(find(&d, "d"))),
        insert_child(b, &NewElement::new("x"), nested),
        insert_child(b, &NewElement::new("x").attribute("y", "1").attribute("y", "2"), ChildPosition::Last),
        insert_child(b, &NewElement::new("<"), ChildPosition::Last),
    ];
    let said: Vec<String> = said.into_iter().map(|r| r.unwrap_err().to_string()).collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    <a> of line 1 is the root element and cannot be removed
    <b> of line 2 has no attribute 'x'
    <b> of line 2 already has an attribute 'c': set its value instead
    <b> of line 2 has no attribute 'y'
    'x y' is not a name of an element or attribute
    the new value of 'c' holds the character U+0001, which XML cannot spell
    the new value of 'c' holds the character U+FFFE, which XML cannot spell
    <d> of line 2 is not a child of <b> of line 2
    <a> of line 1 is not a child of <b> of line 2
    the new element <x> would have the attribute 'y' twice
    '<' is not a name of an element or attribute
    ");
}
