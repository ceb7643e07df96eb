//! `PATH@attribute=value`.

use kerbsync_source::{DocumentId, Source};
use kerbsync_xml::{Document, Limits};
use kerbsync_xml_edit::{Assignment, EditSet, apply};

const FILE: &str = r#"<configuration>
    <system.webServer>
        <security>
            <authentication>
                <windowsAuthentication enabled="false" />
            </authentication>
        </security>
    </system.webServer>
    <location path="Default Web Site">
        <system.webServer />
    </location>
    <location path="Twice">
        <a />
    </location>
    <location path="Twice">
        <b />
    </location>
</configuration>
"#;

fn set(text: &str) -> Result<String, String> {
    let source = Source::decode(DocumentId(0), FILE.as_bytes().to_vec()).expect("text");
    let d = Document::parse(source, &Limits::default()).expect("well-formed");
    let assignment: Assignment = text.parse().map_err(|e: kerbsync_xml_edit::AssignmentError| e.to_string())?;
    let edit = assignment.edit(&d).map_err(|e| e.to_string())?;
    let applied = apply(&d, &EditSet::try_from(edit).expect("one")).map_err(|e| e.to_string())?;
    Ok(String::from_utf8(applied.bytes).expect("UTF-8"))
}

fn added(text: &str) -> String {
    let new = set(text).expect("set");
    new.lines().filter(|l| !FILE.lines().any(|o| o == *l)).map(|l| format!("{l}\n")).collect()
}

#[test]
fn values_are_set_where_they_are() {
    let path = "system.webServer/security/authentication/windowsAuthentication@enabled=true";
    let expected = FILE.replace("enabled=\"false\"", "enabled=\"true\"");
    for prefix in ["", "configuration/", "/configuration/"] {
        assert_eq!(set(&format!("{prefix}{path}")).unwrap(), expected);
    }
    assert_eq!(added("location[@path='Default Web Site']@path=a=b@c/d"), "    <location path=\"a=b@c/d\">\n");
    assert_eq!(added("location[@path='Default Web Site']@overrideMode="), "    <location path=\"Default Web Site\" overrideMode=\"\">\n");
    assert_eq!(added("location[@path=\"Twice\"]/b@x=1"), "        <b x=\"1\" />\n", "the one of the two that holds it");
    assert_eq!(added("configuration@x=1"), "<configuration x=\"1\">\n");
}

#[test]
fn missing_elements_are_inserted_with_their_parents() {
    insta::assert_snapshot!(added("location[@path='Default Web Site']/system.webServer/security/authentication/windowsAuthentication@enabled=true"), @r#"
            <system.webServer>
                <security>
                    <authentication>
                        <windowsAuthentication enabled="true" />
                    </authentication>
                </security>
            </system.webServer>
    "#);
    insta::assert_snapshot!(added("location[@path='New'][@overrideMode='Allow']/a@b=1"), @r#"
        <location path="New" overrideMode="Allow">
            <a b="1" />
    "#);
    let new = set("location[@path='New']/a@b=1").unwrap();
    assert!(new.ends_with("</location>\n    <location path=\"New\">\n        <a b=\"1\" />\n    </location>\n</configuration>\n"));
    assert_eq!(added("location[@path='New']@path=New"), "    <location path=\"New\" />\n");
}

#[test]
fn what_cannot_be_done_is_said() {
    let said =
        ["location@x=1", "location[@path='Twice']/c@x=1", "/other/x@y=1", "location[@path='New']@path=Other", "configuration@x=\u{1}"];
    let said: Vec<String> = said.iter().map(|t| set(t).unwrap_err()).collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    step 'location' of the path fits <location> of line 9, <location> of line 12, <location> of line 15: tell them apart with a key such as [@name='...']
    step 'location' of the path fits <location> of line 12, <location> of line 15: tell them apart with a key such as [@name='...']
    the path begins at '/other', but the root element of the document is <configuration> of line 1
    no <location> below <configuration> of line 1 has that key 'path', so it cannot get another one: state the new key in the path
    the new value of 'x' holds the character U+0001, which XML cannot spell
    ");
}

#[test]
fn errors_name_the_character() {
    for (text, column, expected) in [
        ("", 1, "the name of an element"),
        ("/", 2, "the name of an element"),
        ("a", 2, "'/' and another element, '[@key=\"value\"]', or '@' and an attribute"),
        ("a/", 3, "the name of an element"),
        ("a//b@c=d", 3, "the name of an element"),
        ("\u{E9}/1@c=d", 3, "the name of an element"),
        ("a@", 3, "the name of an attribute"),
        ("a@b", 4, "'=' and the new value"),
        ("a@b c=d", 4, "'=' and the new value"),
        ("a[1]@b=c", 3, "'@' before the name of a key attribute"),
        ("a[@]@b=c", 4, "the name of a key attribute"),
        ("a[@k]@b=c", 5, "'=' after the name of a key attribute"),
        ("a[@k=v]@b=c", 6, "a key value in quotes"),
        ("a[@k='v]@b=c", 13, "the closing quote of a key value"),
        ("a[@k='v'@b=c", 9, "']' after a key"),
        ("a[@k='v']x@b=c", 10, "'/' and another element, '[@key=\"value\"]', or '@' and an attribute"),
    ] {
        let e = text.parse::<Assignment>().expect_err(text);
        assert_eq!((e.column, e.expected), (column, expected), "{text}");
    }
    let e = "a[@k='v']x@password=Passw0rd!".parse::<Assignment>().unwrap_err();
    insta::assert_snapshot!(e, @r#"character 10 of PATH@attribute=value: expected '/' and another element, '[@key="value"]', or '@' and an attribute"#);
}

#[test]
fn debug_shows_no_value() {
    let a: Assignment = "a[@k='v']@password=Passw0rd!".parse().unwrap();
    assert!(!format!("{a:?}").contains("Passw0rd"));
    assert_eq!((a.steps()[0].name.as_str(), a.attribute()), ("a", "password"));
}
