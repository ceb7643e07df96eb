use crate::{clixml, show};

fn objs(inner: &str) -> String {
    format!("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\n{inner}\n</Objs>")
}

#[test]
fn a_pool_and_its_computers() {
    let text = objs(
        r#"<Obj RefId="0">
  <TN RefId="0">
    <T>Deserialized.Microsoft.Rtc.Management.Deploy.Internal.Cluster</T>
    <T>Deserialized.System.Object</T>
  </TN>
  <ToString>pool01.contoso.com</ToString>
  <Props>
    <S N="Identity">pool01.contoso.com</S>
    <Obj N="Computers" RefId="1">
      <TN RefId="1"><T>Deserialized.System.Collections.ArrayList</T></TN>
      <LST><S>fe01.contoso.com</S><S>fe02.contoso.com</S></LST>
    </Obj>
    <Obj N="Site" RefId="2">
      <TNRef RefId="0" />
      <ToString>Site:Redmond_x005F_x000A__x000D__x000A_</ToString>
    </Obj>
    <B N="IsOnEdge">false</B>
    <I32 N="Number">-3</I32>
    <U64 N="Large">18446744073709551615</U64>
    <Nil N="BackupPoolFqdn" />
    <S N="Services">System.Collections.ObjectModel.Collection`1[Microsoft.Rtc.Management.Deploy.Internal.Service]</S>
  </Props>
  <MS>
    <S N="PSComputerName">fe01</S>
    <S N="Identity">hides the property of the class</S>
  </MS>
</Obj>"#,
    );
    insta::assert_snapshot!(show(clixml(&text)), @r#"
    2:1 ["Microsoft.Rtc.Management.Deploy.Internal.Cluster", "System.Object"] Some("pool01.contoso.com") <object[1]>
      26:5 Identity = Text("hides the property of the class")
      10:5 Computers = List([Text("fe01.contoso.com"), Text("fe02.contoso.com")])
      14:5 Site = 
        14:5 ["Microsoft.Rtc.Management.Deploy.Internal.Cluster", "System.Object"] Some("Site:Redmond_x000A_\r\n") <Cluster[1]/Site>
      18:5 IsOnEdge = Boolean(false)
      19:5 Number = Integer(-3)
      20:5 Large = Text("18446744073709551615")
      21:5 BackupPoolFqdn = Null
      22:5 Services = Lost("System.Collections.ObjectModel.Collection`1[Microsoft.Rtc.Management.Deploy.Internal.Service]")
      25:5 PSComputerName = Text("fe01")
    "#);
}

#[test]
fn the_line_is_shown_where_it_holds_one_property() {
    let (objects, _) = clixml(&objs(
        "<Obj RefId=\"0\"><Props>\n  <S N=\"Fqdn\">fe01.contoso.com</S>\r\n<S N=\"A\">1</S> <S N=\"B\">2</S>\n<S N=\"unicodePwd\">hunter2</S></Props></Obj>",
    ));
    let shown = |n: &str| objects[0].get(n).unwrap().origin.excerpt().map(str::to_owned);
    assert_eq!(shown("fqdn").as_deref(), Some("  <S N=\"Fqdn\">fe01.contoso.com</S>"));
    assert_eq!((shown("A"), shown("unicodepwd")), (None, None));
    assert!(!format!("{objects:?}").contains("hunter2"));
}

#[test]
fn containers_dictionaries_dates_bytes_and_enumerations() {
    let text = objs(
        r#"<Obj RefId="0"><TN RefId="0"><T>System.Collections.Hashtable</T></TN><DCT>
<En><S N="Key">IE</S><Obj N="Value" RefId="1"><IE><I32>1</I32><Nil/></IE></Obj></En>
<En><S N="Key">Stack</S><Obj N="Value" RefId="2"><STK><S>a</S></STK></Obj></En>
<En><S N="Key">Queue</S><Obj N="Value" RefId="3"><QUE><S>b</S></QUE></Obj></En>
<En><S N="Key">Bytes</S><BA N="Value">AQID
BA==</BA></En>
<En><S N="Key">BadBytes</S><BA N="Value">*</BA></En>
<En><S N="Key">Time</S><Obj N="Value" RefId="4"><DT>2018-11-01T16:45:03.1+01:00</DT><MS><I32 N="DisplayHint">2</I32></MS></Obj></En>
<En><S N="Key">Kind</S><Obj N="Value" RefId="5"><TN RefId="1"><T>Contoso.Kind</T><T>System.Enum</T></TN><ToString>Central</ToString><I32>1</I32></Obj></En>
<En><S N="Key">Wrapped</S><Obj N="Value" RefId="6"><S>text</S></Obj></En>
<En><S N="Key">Cell</S><C N="Value">97</C></En>
<En><S N="Key">Safe</S><SS N="Value">01000000d08c</SS></En>
<En><S N="Key">NoValue</S></En>
</DCT></Obj>"#,
    );
    insta::assert_snapshot!(show(clixml(&text)), @r#"
    2:1 ["System.Collections.Hashtable"] None <object[1]>
      3:22 IE = List([Integer(1), Null])
      4:25 Stack = List([Text("a")])
      5:25 Queue = List([Text("b")])
      6:25 Bytes = Bytes([1, 2, 3, 4])
      8:28 BadBytes = Null
      9:24 Time = Time("2018-11-01T16:45:03.1+01:00")
      10:24 Kind = 
        10:24 ["Contoso.Kind", "System.Enum"] Some("Central") <Hashtable[1]/Kind>
      11:27 Wrapped = Text("text")
      12:24 Cell = Text("a")
      13:24 Safe = Lost("System.Security.SecureString")
    Warning clixml-value: line 8, column 28 (byte 486): <BA> does not hold base64
    "#);
}

#[test]
fn references_repeat_an_object_and_cycles_end() {
    let text = objs(
        r#"<Obj RefId="0"><ToString>a</ToString><Props>
<Obj N="B" RefId="1"><ToString>b</ToString><Props><Ref N="Back" RefId="0"/></Props></Obj>
<Ref N="Again" RefId="1"/>
<Ref N="Nothing" RefId="9"/></Props></Obj>
<Ref RefId="1"/>"#,
    );
    insta::assert_snapshot!(show(clixml(&text)), @r#"
    2:1 [] Some("a") <object[1]>
      3:1 B = 
        3:1 [] Some("b") <object[1]/B>
          3:51 Back = Text("a")
      4:1 Again = 
        4:1 [] Some("b") <object[1]/Again>
          4:1 Back = Text("a")
      5:1 Nothing = Lost("a reference to nothing")
    6:1 [] Some("b") <object[2]>
      6:1 Back = 
        6:1 [] Some("a") <object[2]/Back>
          6:1 B = Text("b")
          6:1 Again = Text("b")
          6:1 Nothing = Lost("a reference to nothing")
    Warning clixml-reference: line 5, column 1 (byte 243): a <Ref> that leads to no object before it
    Warning clixml-reference: line 5, column 1 (byte 243): a <Ref> that leads to no object before it
    "#);
}

#[test]
fn lists_and_texts_at_the_top() {
    let text =
        objs("<Obj RefId=\"0\"><LST><Obj RefId=\"1\"><ToString>x</ToString></Obj><S>y</S><Nil/></LST></Obj>\n<S>&lt;Topology/&gt;</S>");
    insta::assert_snapshot!(show(clixml(&text)), @r#"
    2:21 [] Some("x") <object[1]>
    2:1 ["System.String"] Some("y") <object[1]>
    3:1 ["System.String"] Some("<Topology/>") <object[3]>
    "#);
}

#[test]
fn another_root_is_refused() {
    insta::assert_snapshot!(show(clixml("<Topology/>")), @"Error clixml-root: line 1, column 1 (byte 0): the root element is <Topology>; a Clixml document begins with <Objs> Export the objects with Export-Clixml.");
}
