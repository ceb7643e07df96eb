//! What is kept of each kind of document, and what is not.

use super::*;

fn secret_free(text: &str) -> &str {
    assert!(!text.contains("Hunter2"), "{text}");
    text
}

fn xml_of(kind: DocumentKind, text: &str) -> String {
    let source = Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap();
    let document = kerbsync_xml::Document::parse(source, &kerbsync_xml::Limits::default()).unwrap();
    xml::rewrite(&document, kind, 1, &["odd".to_owned()])
}

#[test]
fn a_configuration_keeps_its_names_and_its_facts() {
    let value = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [7u8; 64]);
    let text = format!(
        r#"<?xml version="1.0"?>
<!-- Hunter2 -->
<configuration><?x Hunter2?>
  <add name="IISProvider" sessionKey="{value}" keyContainerName="iisConfigurationKey" />
  <processModel identityType="SpecificUser" userName="CONTOSO\KerbAuth" password="[enc:IISWASOnlyAesProvider:{value}:enc]" />
  <anonymousAuthentication enabled="true" userName="CONTOSO\KerbAuth$" password="Hunter2" />
  <x odd="Hunter2" userName="[enc:AesProvider::enc]" y="[enc:AesProvider:Hunter2:enc]" z="[enc:AesProvider:enc]" w="[enc:Hunter2:enc]" />
  <add name="Setting" value="Hunter2" /><add value="Negotiate" />
  Hunter2 <Hunter2Hunter2Hunter2x9Kq7/>
</configuration>"#
    );
    let out = xml_of(DocumentKind::ApplicationHost, &text);
    assert!(!out.contains(&value[..20]));
    insta::assert_snapshot!(secret_free(&out));
    let other = xml_of(DocumentKind::ApplicationHost, &text.replace(&value, &value.replace('B', "C")));
    assert_ne!(out, other, "what was different stays different");
}

#[test]
fn exports_keep_what_rules_read() {
    let sid = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [1u8, 1, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0]);
    let ldif = format!(
        "# filter: (objectClass=computer)\n# Hunter2\ndn: CN=KerbAuth,DC=contoso,DC=com\nsAMAccountName: Kerb\n Auth$\nunicodePwd:: SHVudGVyMg==\n\
         ms-Mcs-AdmPwd: Hunter2\ndescription: Hunter2\nobjectSid:: {sid}\nuserAccountControl: 4096\nservicePrincipalName: http/a.contoso.com\n\
         pwdLastSet: 131855616000000000\nurl:< file:///Hunter2\n\n# search result\n"
    );
    insta::assert_snapshot!(secret_free(&lines::ldif(&ldif)));
    let csv = "#TYPE X\r\n\"Identity\",\"UserAccount\",\"Note\"\r\n\"Site:Redmond\",\"CONTOSO\\KerbAuth\",\"Hunter2\"\r\n";
    insta::assert_snapshot!(secret_free(&csv::rewrite(csv).unwrap()));
    let json = r#"[{"SamAccountName": "KerbAuth$", "ServicePrincipalNames": {"value": ["http/a.contoso.com"], "Count": 1}, "pwdLastSet": 131855616000000000,
        "Password": 12345678, "Note": "Hunter2", "Enabled": true}]"#;
    insta::assert_snapshot!(secret_free(&json::rewrite(json).unwrap()));
    insta::assert_snapshot!(secret_free(&lines::plain("Checking domain DC=contoso,DC=com\npassword=Hunter2\n")));
    insta::assert_snapshot!(secret_free(
        &settings::rewrite("# Hunter2\noperator = \"password=Hunter2\"\n[domains]\nA = \"a.b\"\n").unwrap()
    ));
}

#[test]
fn clixml_names_its_values_by_the_property_around_them() {
    let text = r#"<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0"><T>Microsoft.ADComputer</T></TN>
<ToString>CN=KerbAuth,DC=contoso,DC=com</ToString><Props><S N="SamAccountName">KerbAuth$</S><S N="Note">Hunter2</S><SS N="Secure">Hunter2</SS>
<Obj N="ServicePrincipalNames" RefId="1"><LST><S>http/a.contoso.com</S></LST></Obj><B N="Enabled">true</B></Props></Obj></Objs>"#;
    insta::assert_snapshot!(secret_free(&xml_of(DocumentKind::Clixml, text)));
}

#[test]
fn a_sentence_keeps_no_value_of_an_option() {
    for option in
        ["/p:Hunter2", "-p:Hunter2", "--pin=Hunter2", "-p Hunter2", "-Password Hunter2", "/password:Hunter2", "-pHunter2", "(/p:Hunter2)"]
    {
        let line = format!("Running osql {option} on fe01.contoso.com.");
        secret_free(&keep::sentence(&line));
    }
    let plain = "Obtained /Abs/Files of http/pool01.contoso.com - 2 of 2, Set-CsWebServer.";
    assert!(keep::sentence(plain).starts_with("Obtained /Abs/Files of http/pool01.contoso.com - 2 of 2"));
}
