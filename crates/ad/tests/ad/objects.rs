//! Particular cases of PowerShell objects.

use crate::show::show;
use kerbsync_ad::read_objects;
use kerbsync_source::{DocumentId, Source};

fn read(json: &str) -> String {
    let mut problems = Vec::new();
    let source = Source::decode(DocumentId(0), json.as_bytes().to_vec()).unwrap();
    let objects = kerbsync_objects::read_json(&source, &mut problems);
    show(read_objects(&objects, DocumentId(0), &mut problems).as_ref(), &problems)
}

#[test]
fn other_objects_are_none_of_active_directory() {
    insta::assert_snapshot!(read(r#"[{"Identity": "pool01.contoso.com", "Fqdn": "pool01.contoso.com"}, {"DistinguishedName": "x", "SamAccountName": "y"}, {"DistinguishedName": "CN=x"}]"#), @"no directory facts");
}

#[test]
fn several_exports_under_names_of_their_own() {
    insta::assert_snapshot!(read(r#"{"computers": [{"DistinguishedName": "CN=a,DC=b", "ObjectClass": "computer", "SamAccountName": "a$"}], "domain": {"DistinguishedName": "DC=b", "objectClass": "domainDNS", "NetBIOSName": "B", "DNSRoot": "b.example"}}"#), @r#"
    account 1:16 CN=a,DC=b in Some("b")
      sam "a$" @1:96
      class Computer @1:66
    domain B = b.example
    "#);
}

/// A bit that was not exported must look different from one that is clear.
#[test]
fn flags_are_put_together_only_from_all_booleans() {
    let with = |more: &str| read(&format!(r#"{{"DistinguishedName": "CN=a,DC=b", "ObjectClass": "user", "Enabled": false{more}}}"#));
    insta::assert_snapshot!(with(""), @r#"
    account 1:1 CN=a,DC=b in Some("b")
      class User @1:51
      enabled false @1:70
    "#);
    insta::assert_snapshot!(with(r#", "PasswordNotRequired": true, "TrustedForDelegation": true, "TrustedToAuthForDelegation": false, "DoesNotRequirePreAuth": true"#), @r#"
    account 1:1 CN=a,DC=b in Some("b")
      class User @1:51
      uac 4719138 @1:70
      enabled false @1:70
    "#);
}

#[test]
fn a_damaged_export_is_known_to_be_cut() {
    insta::assert_snapshot!(read(r#"[{"DistinguishedName": "CN=a,DC=b", "ObjectClass": "computer"}, {"Dist"#), @r#"
    account 1:2 CN=a,DC=b in Some("b")
      class Computer @1:52
    cut
    Error json-syntax: line 1, column 70 (byte 69): the JSON document ends too early: it is cut Export the objects again with ConvertTo-Json -Depth 4.
    "#);
}
