//! Particular cases of LDIF.

use crate::show::show;
use kerbsync_ad::{looks_like_ldif, read_ldif};
use kerbsync_source::{DocumentId, Source};

fn read(text: &str) -> String {
    let mut problems = Vec::new();
    let part = read_ldif(&Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap(), &mut problems);
    show(part.as_ref(), &problems)
}

#[test]
fn ldif_is_told_from_other_text() {
    for text in ["dn: CN=a", "DN:: Q049YQ==", "version: 1\n\ndn: CN=a", "# extended LDIF\r\n# more\r\n  folded\r\n\r\ndn: CN=a"] {
        assert!(looks_like_ldif(text), "{text}");
    }
    for text in ["", "dn", "DN,objectClass\n", "version\ndn: x", "Identity : x", "cn: a\ndn: b", "<a>\ndn: b"] {
        assert!(!looks_like_ldif(text), "{text}");
    }
}

#[test]
fn nothing_is_nothing() {
    insta::assert_snapshot!(read("version: 1\n"), @"no directory facts");
    insta::assert_snapshot!(read("dn:\nobjectClass: top\n"), @"no directory facts");
}

/// The sign of a full export in one entry speaks for the others of the same search, and not for those of another one.
#[test]
fn a_full_export_shows_what_is_unset() {
    let full = "dn: DC=contoso,DC=com\nobjectClass: domain\ninstanceType: 5\nwhenCreated: 20240101000000.0Z\nwhenChanged: 20240101000000.0Z\nuSNCreated: 1\nuSNChanged: 1\n";
    let bare = "dn: CN=a,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: A$\npwdLastSet: 0\n";
    insta::assert_snapshot!(read(&format!("{full}\n{bare}")), @r#"
    account 9:1 CN=a,DC=contoso,DC=com in Some("contoso.com")
      sam "A$" @11:1
      class Computer @10:1
      expires never @9:1
      password set never @12:1
      encryption None @9:1
      spns []
      member of []
      admin count 0 @9:1
      acted for false @9:1
    "#);
    insta::assert_snapshot!(read(&format!("# extended LDIF\n{full}\n# extended LDIF\n{bare}")), @r#"
    account 11:1 CN=a,DC=contoso,DC=com in Some("contoso.com")
      sam "A$" @13:1
      class Computer @12:1
      password set never @14:1
    "#);
    insta::assert_snapshot!(read(&format!("# requesting: ALL\n\n{bare}")), @r#"
    account 3:1 CN=a,DC=contoso,DC=com in Some("contoso.com")
      sam "A$" @5:1
      class Computer @4:1
      expires never @3:1
      password set never @6:1
      encryption None @3:1
      spns []
      member of []
      admin count 0 @3:1
      acted for false @3:1
    "#);
}

#[test]
fn entries_without_a_class() {
    insta::assert_snapshot!(read("dn: CN=a,DC=b\nsAMAccountName: A$\nsAMAccountType: 805306369\n\ndn: CN=c,DC=b\nservicePrincipalName: http/c\n\ndn: CN=d,DC=b\nmember: CN=c,DC=b\n\ndn: CN=e,DC=b\nobjectClass: contact\n\ndn: CN=f,DC=b\nobjectCategory: CN=Person,CN=Schema\nsAMAccountName: f\n"), @r#"
    account 1:1 CN=a,DC=b in Some("b")
      sam "A$" @2:1
      class Computer @1:1
    account 5:1 CN=c,DC=b in Some("b")
      spns [http/c @6:1]
    account 14:1 CN=f,DC=b in Some("b")
      sam "f" @16:1
      class User @14:1
    group "d" "CN=d,DC=b" sid None members Some(["CN=c,DC=b"])
    "#);
}

/// A value that cannot be read is not an attribute that is unset.
#[test]
fn unread_is_not_unset() {
    insta::assert_snapshot!(read("# requesting: pwdLastSet servicePrincipalName adminCount\n\ndn: CN=a,DC=b\nsAMAccountName: a\npwdLastSet:< file:///x\nservicePrincipalName:\nadminCount:: *\n"), @r#"
    account 3:1 CN=a,DC=b in Some("b")
      sam "a" @4:1
    Note ldif-file: line 5, column 1 (byte 90): the value of 'pwdLastSet' stands in another file, which is not read Run ldapsearch without -t.
    Warning ad-value: line 7, column 1 (byte 135): 'adminCount' does not hold base64: it is left out
    "#);
}

/// A directory keeps one value: a file that shows two was edited or put together, and neither is the account's.
#[test]
fn two_values_of_an_attribute_that_has_one_are_none() {
    let entry = "dn: CN=a,DC=contoso,DC=com\nobjectClass: computer\n";
    insta::assert_snapshot!(read(&format!("{entry}userAccountControl: 4096\nuserAccountControl: 4098\npwdLastSet: 0\npwdLastSet: 133000000000000000\nobjectSid: S-1-5-21-1-2-3-4\nobjectSid: S-1-5-21-1-2-3-5\n")), @r#"
    account 1:1 CN=a,DC=contoso,DC=com in Some("contoso.com")
      class Computer @2:1
    Warning ad-value: line 4, column 1 (byte 74): 'userAccountControl' does not hold one value: it is left out
    Warning ad-value: line 6, column 1 (byte 113): 'pwdLastSet' does not hold one value: it is left out
    Warning ad-value: line 8, column 1 (byte 172): 'objectSid' does not hold one value: it is left out
    "#);
    insta::assert_snapshot!(read(&format!("{entry}sAMAccountName: A$\nsAMAccountName: A$\nuserAccountControl: 4098\nuserAccountControl: 4098\n")), @r#"
    account 1:1 CN=a,DC=contoso,DC=com in Some("contoso.com")
      sam "A$" @3:1
      class Computer @2:1
      uac 4098 @5:1
    "#);
}

#[test]
fn a_name_with_a_blank_at_an_end_is_not_the_name_without_it() {
    let entry = "dn: CN=a,DC=contoso,DC=com\nobjectClass: computer\nservicePrincipalName: http/b\n";
    insta::assert_snapshot!(read(&format!("{entry}servicePrincipalName:: aHR0cC9hIA==\n")), @r#"
    account 1:1 CN=a,DC=contoso,DC=com in Some("contoso.com")
      class Computer @2:1
      spns among others [http/b @3:1, http/a @4:1]
    Warning ad-spn: line 4, column 1 (byte 78): a service principal name with a blank at an end: whether it is found as the name without it is not known Look at it with setspn -L, and set the name anew without the blank.
    "#);
    insta::assert_snapshot!(read(&format!("{entry}servicePrincipalName: http/a\nservicePrincipalName:: IGh0dHAvYQ==\n")), @r#"
    account 1:1 CN=a,DC=contoso,DC=com in Some("contoso.com")
      class Computer @2:1
      spns among others [http/b @3:1, http/a @4:1, http/a @5:1]
    Warning ad-spn: line 5, column 1 (byte 107): a service principal name with a blank at an end: whether it is found as the name without it is not known Look at it with setspn -L, and set the name anew without the blank.
    "#);
}
