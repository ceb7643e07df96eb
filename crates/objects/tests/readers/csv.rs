use crate::{csv, show};
use kerbsync_objects::looks_like_csv;

#[test]
fn windows_powershell_writes_type_and_quotes() {
    let text = "#TYPE Selected.Microsoft.Rtc.Management.Deploy.Internal.Cluster\r\n\"Identity\",\"Computers\",\"Site\",\"Version\",\"IsOnEdge\"\r\n\
        \"pool01.contoso.com\",\"System.Collections.ObjectModel.Collection`1[Microsoft.Rtc.Management.Deploy.Internal.Machine]\",\"Site:Redmond\",\"7\",\"True\"\r\n\
        \"pool02.contoso.com\",\"System.Collections.ObjectModel.Collection`1[Microsoft.Rtc.Management.Deploy.Internal.Machine]\",\"Site:\"\"Q\"\"\nX\",,\"007\"\r\n";
    insta::assert_snapshot!(show(csv(text)), @r#"
    3:1 ["Microsoft.Rtc.Management.Deploy.Internal.Cluster"] None <Cluster[1]>
      3:1 Identity = Text("pool01.contoso.com")
      3:1 Computers = Lost("System.Collections.ObjectModel.Collection`1[Microsoft.Rtc.Management.Deploy.Internal.Machine]")
      3:1 Site = Text("Site:Redmond")
      3:1 Version = Integer(7)
      3:1 IsOnEdge = Boolean(true)
    4:1 ["Microsoft.Rtc.Management.Deploy.Internal.Cluster"] None <Cluster[2]>
      4:1 Identity = Text("pool02.contoso.com")
      4:1 Computers = Lost("System.Collections.ObjectModel.Collection`1[Microsoft.Rtc.Management.Deploy.Internal.Machine]")
      4:1 Site = Text("Site:\"Q\"\nX")
      4:1 Version = Null
      4:1 IsOnEdge = Text("007")
    Warning csv-collection: line 3, column 1 (byte 117): the column 'Computers' holds the name of a collection's type: Export-Csv has lost the values Export with Export-Clixml, or with ConvertTo-Json -Depth 4.
    "#);
}

#[test]
fn other_locales_use_semicolons() {
    let text = "\u{FEFF}\"Fqdn\";\"Pool\"\n\n\"fe01.contoso.com\";\"pool01.contoso.com\"\n\"fe02.contoso.com\"\n";
    insta::assert_snapshot!(show(csv(text)), @r#"
    3:1 [] None <object[1]>
      3:1 Fqdn = Text("fe01.contoso.com")
      3:1 Pool = Text("pool01.contoso.com")
    4:1 [] None <object[2]>
      4:1 Fqdn = Text("fe02.contoso.com")
    Warning csv-row: line 4, column 1 (byte 58): a row of 1 cells under a header of 2 Look for a quote or separator that was edited by hand.
    "#);
}

#[test]
fn secrets_are_not_kept() {
    let read = csv("\"SamAccountName\",\"ms-Mcs-AdmPwd\"\n\"fe01$\",\"hunter2\"\n\"fe02$\",\"\"\n");
    assert!(!format!("{read:?}").contains("hunter2"));
    insta::assert_snapshot!(show(read), @r#"
    2:1 [] None <object[1]>
      2:1 SamAccountName = Text("fe01$")
      2:1 ms-Mcs-AdmPwd = Lost("not kept: a secret")
    3:1 [] None <object[2]>
      3:1 SamAccountName = Text("fe02$")
      3:1 ms-Mcs-AdmPwd = Null
    "#);
}

#[test]
fn csv_is_told_from_other_text() {
    for text in [
        "#TYPE Microsoft.Rtc.Management.Deploy.Internal.Cluster\r\n",
        "\"Identity\",\"Fqdn\"\n",
        "\n\"Fqdn\"\n",
        "Identity,Fqdn\n",
        "Identity\tFqdn\n",
        "DN,objectClass,member;range=0-1499\n",
        "\"SiteId\";\"UserAccount\"\n",
    ] {
        assert!(looks_like_csv(text), "{text}");
    }
    for text in [
        "",
        "\n",
        "Identity : x\n",
        "Identity\n",
        "dn: CN=a,DC=b\n",
        "{\"Identity\": 1}",
        "Dear Identity, hello,\n",
        "a,b\n",
        "\"\u{0}Identity\",\"Fqdn\"",
        "\"",
    ] {
        assert!(!looks_like_csv(text), "{text}");
    }
}

#[test]
fn a_last_value_without_quotes_or_line_end_may_be_cut() {
    let text = |last: &str| format!("Identity,UserAccount\r\nSite:Redmond,CONTOSO\\KerbAuth\r\n{last}");
    for cut in ["Site:Dublin,CONTOSO\\Kerb", "Site:Dublin,", "Site:Dublin,4", "\"Site:Dublin\",C"] {
        let shown = show(csv(&text(cut)));
        assert!(shown.contains("csv-cut") && shown.contains("Redmond") && !shown.contains("Dublin"), "{shown}");
    }
    // A line end or a quote closes it, and what another row has too is no part of something longer.
    for whole in ["Site:Dublin,CONTOSO\\Kerb\n", "Site:Dublin,\r\n", "Site:Dublin,\"CONTOSO\\Kerb\"", "Site:Dublin,CONTOSO\\KerbAuth"] {
        let shown = show(csv(&text(whole)));
        assert!(!shown.contains("csv-cut") && shown.contains("Dublin"), "{shown}");
    }
}

#[test]
fn a_row_that_ends_within_quotes_is_cut() {
    let text = |last: &str| format!("\"Identity\",\"UserAccount\"\r\n\"Site:Redmond\",\"CONTOSO\\KerbAuth\"\r\n{last}");
    for cut in ["\"Site:Dublin\",\"CONTO", "\"Site:Dublin\",\"", "\"Site:Dublin\",\"CONTOSO\\\"\"Kerb", "\"Site:Dub", "\"Site:Dublin\""] {
        let shown = show(csv(&text(cut)));
        assert!(shown.contains("csv-cut") && !shown.contains("Dub"), "{shown}");
    }
    for whole in
        ["\"Site:Dublin\",\"CONTOSO\\KerbAuth\"", "\"Site:Dublin\",\"a \"\"b\"\"\"\r\n", "Site:Dublin,5\" of it\r\n", "Site:Dublin,a\"b,"]
    {
        let shown = show(csv(&text(whole)));
        assert!(!shown.contains("csv-cut") && shown.contains("Dublin"), "{shown}");
    }
}
