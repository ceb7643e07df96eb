//! What an export says of what it does not hold.

use crate::read;
use kerbsync_source::Level;

const HEAD: &str =
    "# extended LDIF\n#\n# LDAPv3\n# base <DC=contoso,DC=com> with scope subtree\n# filter: (objectclass=*)\n# requesting: ALL\n#\n\n";
const ENTRY: &str = "dn: CN=a,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: A$\n\n";
const END: &str = "# search result\nsearch: 2\nresult: 0 Success\ncontrol: 1.2.840.113556.1.4.319 false MAUCAQAEAA==\npagedresults: cookie=\n\n# numResponses: 2\n";

#[test]
fn a_search_says_what_it_was_asked_for() {
    let (part, problems) = read(format!("{HEAD}{ENTRY}{END}"));
    assert!(part.asked_for.unwrap().everything() && !part.cut && problems.is_empty(), "{problems:?}");
    let narrow = HEAD.replace("objectclass=*", "sAMAccountName=a$");
    let (part, _) = read(format!("{narrow}{ENTRY}{END}"));
    let asked = part.asked_for.unwrap();
    assert!(!asked.everything() && asked.words.contains("sAMAccountName=a$") && asked.line == 4, "{asked:?}");
    // Another search of the same file fills the gap; one that does not say what it was asked for leaves it unknown.
    assert!(read(format!("{narrow}{ENTRY}{END}\n{HEAD}{ENTRY}{END}")).0.asked_for.unwrap().everything());
    assert!(read(ENTRY).0.asked_for.is_none());
}

#[test]
fn a_search_without_its_end_is_cut() {
    let (part, problems) = read(format!("{HEAD}{ENTRY}dn: CN=b,DC=contoso,DC=com\nobjectClass: comp"));
    assert!(part.cut && problems.iter().any(|p| p.code == "ldif-cut" && p.level == Level::Error), "{problems:?}");
}

#[test]
fn the_last_line_of_an_entry_that_is_cut_is_not_believed() {
    let full = "instanceType: 4\nwhenCreated: 20240101000000.0Z\nwhenChanged: 20240101000000.0Z\nuSNCreated: 1\nuSNChanged: 1\n";
    let whole = format!("dn: CN=a,DC=contoso,DC=com\nobjectClass: computer\n{full}\n");
    let (part, problems) =
        read(format!("{whole}dn: CN=b,DC=contoso,DC=com\nobjectClass: computer\nservicePrincipalName: http/pool01.conto"));
    let last = part.accounts.last().unwrap();
    assert!(part.cut && last.object.spns.as_ref().is_none_or(Vec::is_empty) && last.object.member_of.is_none(), "{problems:?}");
    // By hand, without a line end behind the last line: whole.
    let (part, problems) = read(format!("{whole}{}", whole.replace("CN=a", "CN=b")).trim_end());
    assert!(!part.cut && problems.is_empty(), "{problems:?}");
}

#[test]
fn what_others_of_the_class_have_is_empty_where_it_is_missing() {
    let named = "dn: CN=a,DC=contoso,DC=com\nobjectClass: computer\nservicePrincipalName: HOST/a\n\n";
    let bare = "dn: CN=b,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: B$\n\n";
    let user = "dn: CN=u,DC=contoso,DC=com\nobjectClass: user\nsAMAccountName: u\n\n";
    let (part, _) = read(format!("{named}{bare}{user}"));
    let spns: Vec<Option<usize>> = part.accounts.iter().map(|a| a.object.spns.as_ref().map(Vec::len)).collect();
    assert_eq!(spns, [Some(1), Some(0), None]);
    assert!(part.accounts.iter().all(|a| a.object.member_of.is_none()));
}

#[test]
fn deleted_objects_are_told_as_such() {
    let entry = "dn: CN=OldSvc\\0ADEL:11111111-1111-1111-1111-111111111111,CN=Deleted Objects,DC=contoso,DC=com\nobjectClass: computer\n\
                 whenChanged: 20260102000000.0Z\nservicePrincipalName: http/pool01.contoso.com\n";
    for text in [entry.to_owned(), format!("{entry}isDeleted: TRUE\nsAMAccountName: OLDSVC$\n")] {
        let (part, _) = read(&text);
        let [deleted] = part.deleted.as_slice() else { panic!("{part:?}") };
        assert!(part.accounts.is_empty() && deleted.name.eq_ignore_ascii_case("OldSvc"), "{deleted:?}");
        assert_eq!(
            (deleted.domain.as_deref(), deleted.changed.unwrap().to_string().as_str()),
            (Some("contoso.com"), "2026-01-02T00:00:00Z")
        );
    }
}

#[test]
fn what_tools_print_around_the_entries_is_passed_over() {
    let ldifde = format!("Connecting to \"dc01.contoso.com\"\nLogging in as current user using SSPI\nWriting out entries...\n{ENTRY}");
    let sasl = format!("SASL/GSSAPI authentication started\nSASL username: celia@CONTOSO.COM\n{HEAD}{ENTRY}{END}");
    let adfind = "\nAdFind V01.62.00cpp\n\nUsing server: DC01.contoso.com:389\n\ndn:CN=a,DC=contoso,DC=com\n>objectClass: computer\n\
                  >sAMAccountName: A$\n\n1 Objects returned\n";
    for text in [ldifde, sasl, adfind.to_owned()] {
        assert!(kerbsync_ad::looks_like_ldif(&text), "{text}");
        let (part, problems) = read(&text);
        let sam = part.accounts[0].object.sam_account_name.as_ref().map(|s| s.value.as_str());
        assert!(sam == Some("A$") && problems.is_empty(), "{problems:?}");
    }
    assert!(!kerbsync_ad::looks_like_ldif("Dear all,\ndn: see below\nregards\n"));
}

#[test]
fn an_object_of_unknown_kind_does_not_hide_that_the_end_is_missing() {
    let unknown = "dn: CN=x,DC=contoso,DC=com\nwhenCreated: 20240101000000.0Z\n\n";
    for entries in [format!("{unknown}{ENTRY}"), format!("{ENTRY}{unknown}{unknown}{ENTRY}")] {
        let (part, problems) = read(format!("{HEAD}{entries}"));
        let codes: Vec<&str> = problems.iter().map(|p| p.code).collect();
        assert!(part.cut && codes == ["ad-kind", "ldif-cut"], "{problems:?}");
        let (part, problems) = read(format!("{HEAD}{entries}{END}"));
        assert!(part.cut && problems.iter().map(|p| p.code).eq(["ad-kind"]), "{problems:?}");
    }
}

/// One entry that shows that everything was asked for tells it of those before it as of those behind it.
#[test]
fn what_was_asked_for_is_known_of_all_entries_wherever_it_shows() {
    let full = "instanceType: 4\nobjectCategory: CN=x\nwhenCreated: 20240101000000.0Z\nwhenChanged: 20240101000000.0Z\nuSNCreated: 1\nuSNChanged: 1\n";
    let entry = |name: &str, more: &str| {
        format!("dn: CN={name},DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: {name}$\npwdLastSet: 0\n{more}\n")
    };
    for names in [["a", "b", "full"], ["a", "full", "b"], ["full", "a", "b"]] {
        let (part, problems) = read(names.map(|name| entry(name, if name == "full" { full } else { "" })).concat());
        let spns: Vec<Option<usize>> = part.accounts.iter().map(|a| a.object.spns.as_ref().map(Vec::len)).collect();
        assert_eq!((spns, part.cut), (vec![Some(0); 3], false), "{names:?} {problems:?}");
        let told: Vec<&str> = part.accounts.iter().filter_map(|a| a.object.sam_account_name.as_ref()?.value.strip_suffix('$')).collect();
        assert_eq!(told, names);
    }
}
