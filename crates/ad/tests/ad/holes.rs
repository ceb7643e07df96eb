//! What is missing within an export that does not end early: entries that are left out, values that are not all there.

use crate::read;
use kerbsync_ad::{DirectoryFacts, read_objects};
use kerbsync_source::{DocumentId, Problem, Source};

fn json(text: &str) -> (DirectoryFacts, Vec<Problem>) {
    let mut problems = Vec::new();
    let source = Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap();
    let objects = kerbsync_objects::read_json(&source, &mut problems);
    (read_objects(&objects, DocumentId(0), &mut problems).unwrap(), problems)
}

fn codes(problems: &[Problem]) -> Vec<&'static str> {
    problems.iter().map(|p| p.code).collect()
}

const HEAD: &str =
    "# extended LDIF\n#\n# LDAPv3\n# base <DC=contoso,DC=com> with scope subtree\n# filter: (objectclass=*)\n# requesting: ALL\n#\n\n";
const FE01: &str = "dn: CN=FE01,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: FE01$\n";
const OK: &str = "\nsearch: 2\nresult: 0 Success\n";

#[test]
fn an_entry_that_is_left_out_may_be_the_one_that_is_looked_for() {
    let left_out: &[(&str, &[u8])] = &[
        ("ldif-change", b"dn: CN=KerbAuth,DC=contoso,DC=com\nchangetype: modify\nreplace: description\ndescription: x\n-\n"),
        ("ldif-name", b"dn:: Q0498yxEQz1jb250b3NvLERDPWNvbQ==\nobjectClass: computer\n"),
        ("ldif-record", b"cn: KerbAuth\nobjectClass: computer\n"),
        ("ad-name", b"dn: CN=KerbAuth,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: Old$\nsAMAccountName: KerbAuth$\n"),
        ("ad-kind", b"dn: CN=KerbAuth,DC=contoso,DC=com\ndescription: the account of the web services\n"),
    ];
    for (code, entry) in left_out {
        let (facts, problems) = read([FE01.as_bytes(), b"\n", entry, b"\n"].concat());
        assert_eq!((facts.cut, codes(&problems)), (true, vec![*code]), "{problems:?}");
        assert_eq!(facts.accounts.len(), 1);
    }
    // What is no account proves nothing wrong: the root of the directory, a unit, a container that says what it is.
    let harmless = "dn:\ndefaultNamingContext: DC=contoso,DC=com\n\ndn: OU=Servers,DC=contoso,DC=com\ndescription: servers\n\n\
        dn: CN=Users,DC=contoso,DC=com\nobjectClass: container\n\n";
    let (facts, problems) = read(format!("{FE01}\n{harmless}"));
    assert!(!facts.cut && problems.is_empty(), "{problems:?}");
}

/// As OpenLDAP's tool writes it (seen with 2.5 against Samba): every page has a head of its own, and with -L the result is not in the file.
#[test]
fn a_search_ends_with_its_result_and_its_last_page() {
    let brief = HEAD.replace("# extended LDIF\n", "");
    let page = |head: &str, end: &str| format!("{head}{FE01}\n# search result\n{end}");
    let result = "search: 2\nresult: 0 Success\n";
    let more = "control: 1.2.840.113556.1.4.319 false MAcCASgEAjEA\npagedresults: estimate=40 cookie=MQA=\n";
    let last = "control: 1.2.840.113556.1.4.319 false MAUCAQAEAA==\npagedresults: cookie=\n";
    let count = "\n# numResponses: 2\n# numEntries: 1\n";
    let [more_as_comment, last_as_comment] =
        [more, last].map(|text| text.lines().fold(String::new(), |all, line| format!("{all}# {line}\n")));
    let other = HEAD.replace("objectclass=*", "cn=b");
    for (text, cut) in [
        (page(HEAD, result), false),
        (page(HEAD, "search: 2\n"), true),
        (page(HEAD, "search: 2\nresult:"), true),
        (page(&brief, count), false),
        (page(&brief, ""), true),
        (page(HEAD, &format!("{result}{last}")), false),
        (page(HEAD, &format!("{result}{more}{count}")), true),
        (page(HEAD, &format!("{result}{more}")) + &page(HEAD, &format!("{result}{last}{count}")), false),
        (page(HEAD, &format!("{result}{more}")) + &page(HEAD, &format!("{result}{more}")), true),
        (page(HEAD, &format!("{result}{more}")) + &page(&other, &format!("{result}{last}")), true),
        (page(&brief, &more_as_comment) + &page(&brief, &format!("{last_as_comment}{count}")), false),
        (page(&brief, &more_as_comment) + &page(&brief, &more_as_comment), true),
        // With -LLL there are no heads.
        (format!("{FE01}\n{more_as_comment}{}\n{last_as_comment}", FE01.replace("FE01", "FE02")), false),
        (format!("{FE01}\n{more_as_comment}"), true),
    ] {
        let (facts, problems) = read(&text);
        assert_eq!((facts.cut, codes(&problems).contains(&"ldif-cut")), (cut, cut), "{text}{problems:?}");
    }
}

#[test]
fn a_list_of_which_ranges_are_missing_is_not_all_of_it() {
    let entry = |values: &str| format!("{HEAD}{FE01}{values}{OK}");
    let first = "servicePrincipalName;range=0-1: http/a\nservicePrincipalName;range=0-1: http/b\n";
    for (values, whole, shown) in [
        ("servicePrincipalName: http/a\nservicePrincipalName: http/b\n".to_owned(), Some(2), 0),
        (first.to_owned(), None, 2),
        // The empty attribute beside it stands for nothing.
        (format!("servicePrincipalName:\n{first}"), None, 2),
        (format!("servicePrincipalName: http/z\n{first}"), None, 3),
        (format!("{first}servicePrincipalName;range=2-*: http/c\n"), Some(3), 0),
        (format!("{first}servicePrincipalName;range=3-*: http/c\n"), None, 3),
        ("servicePrincipalName: http/a\nservicePrincipalName:< file:///b\n".to_owned(), None, 1),
        ("servicePrincipalName: http/a\nservicePrincipalName:: /w==\n".to_owned(), None, 1),
        ("servicePrincipalName: http/a.cont\noso.com\n".to_owned(), None, 1),
    ] {
        let (facts, problems) = read(entry(&values));
        let account = &facts.accounts[0].object;
        assert_eq!((account.spns.as_ref().map(Vec::len), account.shown_spns.len()), (whole, shown), "{values}{problems:?}");
        assert_eq!(codes(&problems).contains(&"ldif-range"), values.contains("range") && whole.is_none(), "{values}{problems:?}");
    }
    let group = |values: &str| format!("{HEAD}dn: CN=G,DC=contoso,DC=com\nobjectClass: group\n{values}{OK}");
    let (facts, _) = read(group("memberOf: CN=Up,DC=contoso,DC=com\nmemberOf: CN=Over,DC=contoso,DC=com\n"));
    let shown: Vec<&str> = facts.groups[0].object.shown_member_of.iter().map(|m| m.value.as_str()).collect();
    assert_eq!(shown, ["CN=Up,DC=contoso,DC=com", "CN=Over,DC=contoso,DC=com"]);
    let (facts, _) = read(group("member;range=0-0: CN=a,DC=contoso,DC=com\n"));
    let group = &facts.groups[0].object;
    assert!(group.members.is_none() && group.shown_members[0].value == "CN=a,DC=contoso,DC=com");
    let (facts, _) = read(entry("memberOf;range=0-0: CN=G,DC=contoso,DC=com\n"));
    let account = &facts.accounts[0].object;
    assert!(account.member_of.is_none() && account.shown_member_of.len() == 1 && account.spns.as_ref().is_some_and(Vec::is_empty));
}

#[test]
fn an_object_without_a_name_and_a_value_without_a_text_are_not_nothing() {
    let fe01 = r#"{"DistinguishedName": "CN=FE01,DC=contoso,DC=com", "ObjectClass": "computer", "SamAccountName": "FE01$""#;
    let (facts, problems) =
        json(&format!(r#"[{fe01}}}, {{"DistinguishedName": null, "ObjectClass": "computer", "SamAccountName": "KerbAuth$"}}]"#));
    assert_eq!((facts.cut, codes(&problems)), (true, vec!["ad-name"]), "{problems:?}");
    let spns = |value: &str| {
        let (facts, _) = json(&format!(r#"[{fe01}, "servicePrincipalName": {value}, "msDS-AllowedToDelegateTo": {value}}}]"#));
        let account = facts.accounts.into_iter().next().unwrap().object;
        (account.spns.map(|s| s.len()), account.shown_spns.len(), account.delegates_to.map(|d| d.len()))
    };
    assert_eq!(spns(r#"["http/a", "http/b"]"#), (Some(2), 0, Some(2)));
    assert_eq!(spns("[]"), (Some(0), 0, Some(0)));
    assert_eq!(spns(r#"["http/a", {"Value": 1}]"#), (None, 1, Some(1)));
    assert_eq!(spns(r#"{"Count": 2}"#), (None, 0, None));
}

/// A catalogue holds some attributes of every object; what it does not tell may be set.
#[test]
fn what_a_catalogue_does_not_tell_is_not_unset() {
    let account = |head: &str, more: &str| {
        let (facts, _) = read(format!("{head}{FE01}{more}{OK}"));
        let account = facts.accounts.into_iter().next().unwrap().object;
        (account.spns.map(|s| s.len()), account.encryption_types.is_some(), account.member_of.is_some(), account.shown_member_of.len())
    };
    let (catalogue, password) = (HEAD.replace("<DC=contoso,DC=com>", "<>"), "pwdLastSet: 133800000000000000\n");
    assert_eq!(account(HEAD, password), (Some(0), true, true, 0));
    assert_eq!(account(&catalogue, ""), (Some(0), false, false, 0));
    assert_eq!(account(&catalogue, "memberOf: CN=G,DC=contoso,DC=com\n"), (Some(0), false, false, 1));
    // The same at the catalogue's port below the domain's name, or by someone who may not read everything: no account is without this time.
    assert_eq!(account(HEAD, ""), (Some(0), false, false, 0));
    let asked = HEAD.replace("ALL", "sAMAccountName pwdLastSet msDS-SupportedEncryptionTypes");
    assert_eq!(account(&asked, ""), (None, false, false, 0));
    let asked = HEAD.replace("ALL", "sAMAccountName msDS-SupportedEncryptionTypes");
    assert_eq!(account(&asked, ""), (None, true, false, 0));
    // Members of groups that are not universal are told in their own domain alone.
    let (facts, _) = read(format!("{catalogue}dn: CN=G,DC=contoso,DC=com\nobjectClass: group\nmember: CN=a,DC=contoso,DC=com\n{OK}"));
    assert!(facts.groups[0].object.members.is_none() && facts.groups[0].object.shown_members.len() == 1);
}

/// A value that nobody can read is there all the same, whatever other name of it the export does not hold.
#[test]
fn a_value_that_is_not_understood_is_neither_never_nor_unset() {
    let whole = "dn: CN=KerbAuth,CN=Computers,DC=contoso,DC=com\nobjectClass: computer\nobjectSid: S-1-5-21-1-2-3-1106\ninstanceType: 4\n\
        whenCreated: 20240101000000.0Z\nuSNCreated: 1\nuSNChanged: 2\nsAMAccountName: KerbAuth$\nuserAccountControl: 4096\n";
    for (line, of) in [
        ("pwdLastSet: 9/21/2026 2:00:00 AM", "pwdLastSet"),
        ("pwdLastSet: -1", "pwdLastSet"),
        ("accountExpires: 21.09.2026", "accountExpires"),
        ("lastLogonTimestamp: yesterday", "lastLogonTimestamp"),
        ("msDS-SupportedEncryptionTypes: AES", "msDS-SupportedEncryptionTypes"),
    ] {
        let (facts, problems) = read(format!("{whole}{line}\n"));
        let account = &facts.accounts[0].object;
        let known = match of {
            "pwdLastSet" => account.password_last_set.is_some(),
            "accountExpires" => account.expires.is_some(),
            "lastLogonTimestamp" => account.last_logon.is_some(),
            _ => account.encryption_types.is_some(),
        };
        assert!(!known, "{line}");
        assert_eq!(codes(&problems), ["ad-value"], "{line}");
    }
}
