use crate::{json, show};

#[test]
fn several_objects_with_places() {
    let text = r#"[
  {
    "Identity": "pool01.contoso.com",
    "Computers": ["fe01.contoso.com", "fe02.contoso.com"],
    "Site": {"Name": "Redmond", "Value": "Site:Redmond"},
    "SiteType": 1, "Big": 1e3,
    "IsOnEdge": false,
    "Name": "O\u0027Hara \u003cR\u0026D\u003e",
    "Created": {"value": "\/Date(1541000000000)\/", "DisplayHint": 2, "DateTime": "Wednesday"},
    "Changed": "\/Date(1541000000000)\/",
    "Iso": "2018-11-01T16:45:03.0000000Z",
    "Services": "System.Collections.ObjectModel.Collection`1[Microsoft.Rtc.Management.Deploy.Internal.Service]",
    "unicodePwd": "hunter2",
    "None": null
  },
  "text", [[{}]]
]"#;
    let objects = json(text);
    assert!(!format!("{objects:?}").contains("hunter2"));
    assert_eq!(objects.0[0].get("iso").unwrap().origin.excerpt(), Some("    \"Iso\": \"2018-11-01T16:45:03.0000000Z\","));
    assert_eq!(objects.0[0].get("SiteType").unwrap().origin.excerpt(), None);
    assert_eq!(objects.0[0].get("unicodePwd").unwrap().origin.excerpt(), None);
    insta::assert_snapshot!(show(objects), @r#"
    2:3 [] None <object[1]>
      3:17 Identity = Text("pool01.contoso.com")
      4:18 Computers = List([Text("fe01.contoso.com"), Text("fe02.contoso.com")])
      5:13 Site = 
        5:13 [] Some("Site:Redmond") <object[1]/Site>
          5:22 Name = Text("Redmond")
          5:42 Value = Text("Site:Redmond")
      6:17 SiteType = Integer(1)
      6:27 Big = Text("1e3")
      7:17 IsOnEdge = Boolean(false)
      8:13 Name = Text("O'Hara <R&D>")
      9:16 Created = Time("/Date(1541000000000)/")
      10:16 Changed = Time("/Date(1541000000000)/")
      11:12 Iso = Time("2018-11-01T16:45:03.0000000Z")
      12:17 Services = Lost("System.Collections.ObjectModel.Collection`1[Microsoft.Rtc.Management.Deploy.Internal.Service]")
      13:19 unicodePwd = Lost("not kept: a secret")
      14:13 None = Null
    16:3 ["System.String"] Some("text") <object[2]>
    16:13 [] None <object[3]>
    "#);
}

#[test]
fn one_object_and_the_wrapped_array_of_windows_powershell() {
    insta::assert_snapshot!(show(json("{\"Fqdn\":\"a.contoso.com\"}")), @r#"
    1:1 [] None <object>
      1:9 Fqdn = Text("a.contoso.com")
    "#);
    insta::assert_snapshot!(show(json("{\"value\":[{\"A\":1},{\"A\":2}],\"Count\":2}")), @r"
    1:11 [] None <object/value>
      1:16 A = Integer(1)
    1:19 [] None <object/value>
      1:24 A = Integer(2)
    ");
}

#[test]
fn a_cut_document_gives_what_stands_before_the_cut() {
    insta::assert_snapshot!(show(json("[{\"A\":1},\r\n {\"A\":")), @r#"
    1:2 [] None <object[1]>
      1:7 A = Integer(1)
    Error json-syntax: line 2, column 6 (byte 16): the JSON document ends too early: it is cut Export the objects again with ConvertTo-Json -Depth 4.
    "#);
    insta::assert_snapshot!(show(json("{\"A\": 1} x")), @r#"
    1:1 [] None <object>
      1:7 A = Integer(1)
    Error json-syntax: line 1, column 10 (byte 9): this is not JSON: it is not read from here on Export the objects again with ConvertTo-Json -Depth 4.
    "#);
    insta::assert_snapshot!(show(json("{\"A\": \"\\ud800\"}")), @r"
    1:1 [] None <object>
      1:7 A = Null
    Warning json-value: line 1, column 7 (byte 6): a value that is not valid JSON, such as half a surrogate pair
    ");
    insta::assert_snapshot!(show(json("")), @"Error json-syntax: line 1, column 1 (byte 0): the JSON document ends too early: it is cut Export the objects again with ConvertTo-Json -Depth 4.");
}
