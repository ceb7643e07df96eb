//! A password that is set in a bundle lasts, and its exports show it.

use super::*;
use crate::{Class, Directory, ad_computers, clixml, json, ldif, uac};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn account(domain: &Domain, sam: &str) -> Account {
    Account {
        distinguished_name: format!("CN={},OU=Konten für Dienste,DC=contoso,DC=com", sam.trim_end_matches('$')),
        class: Class::Computer,
        sam_account_name: sam.to_owned(),
        sid: domain.sid(1201),
        user_account_control: uac::WORKSTATION_TRUST_ACCOUNT,
        password_last_set: Some(time("2024-01-02T03:04:05Z")),
        expires: None,
        created: time("2023-01-02T03:04:05Z"),
        encryption_types: Some(0x18),
        spns: vec!["http/pool01.contoso.com".into()],
        dns_host_name: None,
        primary_group: 515,
        admin_count: None,
        delegates_to: Vec::new(),
        description: None,
        further: Vec::new(),
    }
}

fn directory() -> Directory {
    let domain = Domain { dns: "contoso.com".into(), netbios: "CONTOSO".into(), sid: [1, 2, 3] };
    let accounts = ["FE01$", "KerbAuth$", "KerbAuth02$"].map(|sam| account(&domain, sam)).into();
    Directory { domain, accounts, groups: Vec::new() }
}

#[allow(clippy::disallowed_methods, reason = "tests make their own files")]
fn bundle(exports: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("directory")).unwrap();
    let directory = directory();
    let mut state = State::new(&directory.domain, 7, exports.iter().map(|e| e.0.to_owned()).collect());
    for sam in ["KerbAuth$", "KerbAuth02$"] {
        state.add(directory.account(sam).unwrap(), &[b"oldest", b"older", b"first secret"]);
    }
    std::fs::write(folder.path().join(STATE_FILE), state.to_json()).unwrap();
    exports.iter().for_each(|(name, bytes)| std::fs::write(folder.path().join(name), bytes).unwrap());
    folder
}

#[allow(clippy::disallowed_methods, reason = "tests read their own files")]
fn text(folder: &tempfile::TempDir, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

fn changed(before: &str, after: &str) -> Vec<String> {
    assert_eq!(before.lines().count(), after.lines().count());
    before.lines().zip(after.lines()).filter(|(a, b)| a != b).map(|(_, b)| b.to_owned()).collect()
}

const NOW: &str = "2026-05-01T12:00:00Z";

#[test]
fn a_password_lasts_and_raises_the_key_version_of_its_account_alone() {
    let folder = bundle(&[("directory/accounts.ldif", ldif(&directory()).replace('\n', "\r\n").into_bytes())]);
    let before = text(&folder, "directory/accounts.ldif");
    let open = || BundleDirectory::open(folder.path(), time(NOW)).unwrap();
    assert_eq!(open().key_version(r"CONTOSO\KerbAuth").unwrap(), 3);
    assert!(open().holds("KerbAuth$", b"first secret").unwrap() && !open().holds("KerbAuth$", b"older").unwrap());

    assert_eq!(open().set_password(r"contoso.com\kerbauth$", b"the new secret").unwrap(), 4);
    assert_eq!((open().key_version("KerbAuth").unwrap(), open().key_version("KerbAuth02").unwrap()), (4, 3));
    assert!(open().holds("KerbAuth", b"the new secret").unwrap() && !open().holds("KerbAuth", b"first secret").unwrap());
    assert_eq!(open().password_last_set("KerbAuth").unwrap(), Some(time(NOW)));

    let after = text(&folder, "directory/accounts.ldif");
    let lines = changed(&before, &after);
    assert_eq!(
        (lines.len(), lines[0].as_str(), lines[2].as_str()),
        (3, "whenChanged: 20260501120000.0Z", "pwdLastSet: 134221104000000000")
    );
    // exactly what an export of the directory with that change says, but for the number of the update
    let mut fresh = directory();
    fresh.account_mut("KerbAuth$").unwrap().password_last_set = Some(time(NOW));
    let without = |t: &str| t.lines().filter(|l| !l.starts_with("uSNChanged")).map(|l| format!("{l}\n")).collect::<String>();
    assert_eq!(without(&after), without(&ldif(&fresh)));
    for part in ["the new secret", "first secret"] {
        assert!(!text(&folder, STATE_FILE).contains(part) && !after.contains(part));
    }
}

#[test]
fn exports_of_powershell_are_written_anew_too() {
    let utf16 = |t: &str| std::iter::once(0xfeff).chain(t.encode_utf16()).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let all = |d: &Directory| (json(&ad_computers(d)), clixml(&ad_computers(d)));
    let (json_text, clixml_text) = all(&directory());
    let folder = bundle(&[("directory/computers.json", json_text.into_bytes()), ("directory/computers.xml", utf16(&clixml_text))]);
    BundleDirectory::open(folder.path(), time(NOW)).unwrap().set_password("KerbAuth02", b"new").unwrap();
    let mut fresh = directory();
    fresh.account_mut("KerbAuth02$").unwrap().password_last_set = Some(time(NOW));
    let (json_text, clixml_text) = all(&fresh);
    assert_eq!(text(&folder, "directory/computers.json"), json_text);
    let wide = disk::read(&folder.path().join("directory/computers.xml"), LIMIT).unwrap();
    assert_eq!(wide, utf16(&clixml_text));
}

#[test]
fn an_exported_key_version_is_written_anew() {
    let shown = Shown { account: "K$", set: Some(time(NOW)), version: 9 };
    use export::Shown;
    let ldif = "dn: CN=K\nsAMAccountName:: SyQ=\npwdLastSet: 1\nmsDS-KeyVersionNumber: 8\n\ndn: CN=L\nsAMAccountName: L\npwdLastSet: 2\n";
    let after = String::from_utf8(export::rewrite(ldif.as_bytes(), &shown).unwrap()).unwrap();
    assert!(after.contains("\nmsDS-KeyVersionNumber: 9\n\ndn: CN=L") && after.ends_with("pwdLastSet: 2\n"), "{after}");
    let json = "{\n  \"SamAccountName\": \"K$\",\n  \"msDS-KeyVersionNumber\":  8,\n  \"PasswordLastSet\":  null\n}\n";
    let after = String::from_utf8(export::rewrite(json.as_bytes(), &shown).unwrap()).unwrap();
    assert!(after.contains("\"msDS-KeyVersionNumber\":  9,") && after.contains("\\/Date(1777636800000)\\/"), "{after}");
}

#[test]
fn what_was_cut_short_is_brought_to_its_end() {
    let folder = bundle(&[("directory/accounts.ldif", ldif(&directory()).into_bytes())]);
    let before = text(&folder, "directory/accounts.ldif");
    // as if the program had been stopped right after the state was written
    let directory = BundleDirectory::open(folder.path(), time(NOW)).unwrap();
    let mut state = directory.read().unwrap();
    let at = find(&state, "KerbAuth").unwrap();
    let mut key = state.accounts[at].keys[0].clone();
    (key.version, key.set) = (4, Some(time(NOW)));
    state.accounts[at].keys.insert(0, key);
    state.accounts[at].exported = false;
    directory.write(&state).unwrap();
    assert_eq!(text(&folder, "directory/accounts.ldif"), before);
    BundleDirectory::open(folder.path(), time("2026-06-01T00:00:00Z")).unwrap();
    assert!(text(&folder, "directory/accounts.ldif").contains("pwdLastSet: 134221104000000000"), "the time at which it was set");
    assert!(!text(&folder, STATE_FILE).contains("false"));
}

#[test]
fn errors_name_the_place_and_the_next_step() {
    let folder = bundle(&[("directory/accounts.ldif", b"dn: CN=Other\nsAMAccountName: Other\n".to_vec())]);
    let error = |e: BundleError| e.to_string().replace(&folder.path().display().to_string(), "DIR");
    let open = BundleDirectory::open(folder.path(), time(NOW)).unwrap();
    assert_eq!(
        error(open.key_version(r"FABRIKAM\KerbAuth").unwrap_err()),
        r"the simulated directory has no account 'FABRIKAM\KerbAuth'; it has: KerbAuth$, KerbAuth02$"
    );
    let e = open.set_password("KerbAuth", b"hush hush").unwrap_err();
    assert!(matches!(e, BundleError::Export { .. }));
    let told = error(e);
    assert!(
        told.starts_with("DIR/directory/accounts.ldif: it holds no object of the account 'KerbAuth$'") && !told.contains("hush"),
        "{told}"
    );
    assert_eq!(open.key_version("KerbAuth").unwrap(), 4, "set all the same");
    disk::replace(&folder.path().join(STATE_FILE), b"{\"schema\": 1").unwrap();
    let told = error(open.key_version("KerbAuth").unwrap_err());
    assert!(told.starts_with("DIR/directory/simulated-directory.json is no state of a simulated directory: line 1, column "), "{told}");
    let none = tempfile::tempdir().unwrap();
    assert!(
        BundleDirectory::open(none.path(), time(NOW))
            .unwrap_err()
            .to_string()
            .contains("only a bundle written by `kerbsync simulate estate`")
    );
    assert!(!BundleDirectory::is_in(none.path()) && BundleDirectory::is_in(folder.path()));
}

#[test]
fn a_state_file_cannot_lead_out_of_the_bundle() {
    for name in ["../x", "/etc/x", "a/../../x", "", r"a\..\x"] {
        assert!(!disk::is_below(name), "{name}");
    }
    assert!(disk::is_below("directory/accounts.ldif"));
}
