//! Documents are well-formed, and say what the directory holds.

use crate::*;

fn directory() -> Directory {
    let domain = Domain { dns: "contoso.com".into(), netbios: "CONTOSO".into(), sid: [1, 2, 3] };
    let time = "2026-01-02T03:04:05Z".parse().unwrap();
    let kerberos = Account {
        distinguished_name: "CN=KerbAuth,OU=Servers of São Paulo,DC=contoso,DC=com".into(),
        class: Class::Computer,
        sam_account_name: "KerbAuth$".into(),
        sid: domain.sid(1201),
        user_account_control: uac::WORKSTATION_TRUST_ACCOUNT,
        password_last_set: Some(time),
        expires: None,
        created: time,
        encryption_types: Some(0x18),
        spns: vec!["http/pool01.contoso.com".into(), format!("http/{}.contoso.com", "a".repeat(80))],
        dns_host_name: None,
        primary_group: 515,
        admin_count: None,
        delegates_to: Vec::new(),
        description: Some("x <y> & \"z\"".into()),
        further: Vec::new(),
    };
    let group = Group {
        distinguished_name: "CN=RTCUniversalServerAdmins,CN=Users,DC=contoso,DC=com".into(),
        name: "RTCUniversalServerAdmins".into(),
        sid: domain.sid(1301),
        universal: true,
        members: vec![kerberos.distinguished_name.clone()],
    };
    Directory { domain, accounts: vec![kerberos], groups: vec![group] }
}

/// Entries of attribute and decoded value, read by a reader of these few lines.
fn entries(text: &str) -> Vec<Vec<(String, Vec<u8>)>> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    assert!(text.lines().all(|l| l.len() <= 76 && l.is_ascii()));
    text.replace("\n ", "")
        .split("\n\n")
        .filter(|e| !e.trim().is_empty())
        .map(|e| {
            e.lines()
                .map(|l| {
                    let (name, value) = l.split_once(':').unwrap();
                    let value = match value.strip_prefix(": ") {
                        Some(coded) => STANDARD.decode(coded).unwrap(),
                        None => value.strip_prefix(' ').unwrap().as_bytes().to_vec(),
                    };
                    (name.to_owned(), value)
                })
                .collect()
        })
        .collect()
}

#[test]
fn ldif_of_every_kind_of_object() {
    let all = entries(&ldif(&directory()));
    let get = |entry: usize, name: &str| -> Vec<String> {
        all[entry].iter().filter(|a| a.0 == name).map(|a| String::from_utf8(a.1.clone()).unwrap()).collect()
    };
    assert_eq!(all.len(), 4);
    assert_eq!(get(0, "dn"), ["DC=contoso,DC=com"]);
    assert_eq!(get(1, "dn"), ["CN=KerbAuth,OU=Servers of São Paulo,DC=contoso,DC=com"]);
    assert_eq!(get(1, "objectClass").last().unwrap(), "computer");
    assert_eq!(get(1, "servicePrincipalName")[1].len(), 97, "a folded value comes back whole");
    assert_eq!(get(1, "pwdLastSet"), ["134117966450000000"]);
    assert_eq!(get(1, "accountExpires"), ["9223372036854775807"]);
    assert_eq!(get(1, "whenCreated"), ["20260102030405.0Z"]);
    assert_eq!(get(1, "memberOf"), ["CN=RTCUniversalServerAdmins,CN=Users,DC=contoso,DC=com"]);
    assert_eq!(get(1, "msDS-SupportedEncryptionTypes"), ["24"]);
    assert_eq!(get(2, "member"), get(1, "dn"));
    assert_eq!((get(3, "nETBIOSName"), get(3, "dnsRoot")), (vec!["CONTOSO".to_owned()], vec!["contoso.com".to_owned()]));
}

#[test]
fn unset_values_are_absent_or_zero() {
    let mut d = directory();
    let a = d.account_mut("kerbauth$").unwrap();
    (a.encryption_types, a.password_last_set) = (None, None);
    let all = entries(&ldif(&d));
    assert!(!all[1].iter().any(|x| x.0 == "msDS-SupportedEncryptionTypes"));
    assert!(all[1].iter().any(|x| x.0 == "pwdLastSet" && x.1 == b"0"));
}

#[test]
fn a_sid_in_both_forms() {
    let sid = directory().domain.sid(500);
    assert_eq!(sid.to_string(), "S-1-5-21-1-2-3-500");
    assert_eq!(sid.to_bytes(), [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xf4, 1, 0, 0]);
}

#[test]
fn object_exports() {
    let d = directory();
    let computers: serde_json::Value = serde_json::from_str(&json(&ad_computers(&d))).unwrap();
    assert_eq!(computers["SamAccountName"], "KerbAuth$");
    assert_eq!(computers["SID"]["Value"], "S-1-5-21-1-2-3-1201");
    assert_eq!(computers["PasswordLastSet"], "/Date(1767323045000)/");
    let objects = ad_objects(&d);
    let parsed: serde_json::Value = serde_json::from_str(&json(&objects)).unwrap();
    assert_eq!(parsed.as_array().unwrap().len(), 2);
    let text = clixml(&objects);
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut texts = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Text(_) => texts += 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert!(texts > 30 && text.contains("<DT N=\"PasswordLastSet\">2026-01-02T03:04:05Z</DT>") && text.contains("<TNRef"));
}
