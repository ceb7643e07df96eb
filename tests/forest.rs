//! Exports of several domains of one forest, as `collect` brings them: what stands in which domain does not matter, and a domain that could
//! not be asked proves nothing.

use crate::rules::base;
use crate::support::audited::{Audited, Files, audit_at};
use kerbsync_audit::{Family, Outcome};
use kerbsync_plan::PreconditionOutcome as Checked;
use kerbsync_testkit::Bundle;

const CHILD: &str = "directory/child.contoso.com/accounts.ldif";
const GROUPS: &str = "CN=RTCUniversalServerAdmins,CN=Users,DC=contoso,DC=com";

/// The head and the end that `collect` writes.
fn export(base: &str, filter: &str, entries: &str) -> String {
    format!(
        "# extended LDIF\n#\n# LDAPv3\n# base <{base}> with scope subtree\n# filter: {filter}\n# requesting: ALL\n#\n\nversion: 1\n\n{entries}\n\
         # search result\nsearch: 2\nresult: 0 Success\n"
    )
}

/// The estate of the rules' fixtures with servers and account in a child domain, and a first domain that holds the product's groups.
fn estate() -> Bundle {
    let moved = |text: &str| {
        let names = text.replace("contoso.com", "child.contoso.com").replace("CONTOSO", "CHILD");
        names
            .replace("DC=contoso,", "DC=child,DC=contoso,")
            .replace("CN=RTCUniversalServerAdmins,CN=Users,DC=child,DC=contoso,DC=com", GROUPS)
    };
    let mut bundle = Bundle(base().0.iter().map(|(path, text)| (moved(path), moved(text))).collect());
    let mut child = bundle.0.remove("directory/accounts.ldif").unwrap();
    child.push_str(
        "\ndn: CN=Lync Admin,CN=Users,DC=child,DC=contoso,DC=com\nobjectClass: user\nsAMAccountName: lyncadmin\nuserAccountControl: 512\n\
         objectSid: S-1-5-21-1-2-3-1201\nprimaryGroupID: 513\nmemberOf: CN=Child Team,CN=Users,DC=child,DC=contoso,DC=com\n\
         \ndn: CN=Plain,CN=Users,DC=child,DC=contoso,DC=com\nobjectClass: user\nsAMAccountName: plain\nuserAccountControl: 512\n\
         objectSid: S-1-5-21-1-2-3-1202\nprimaryGroupID: 513\nmemberOf: CN=Child People,CN=Users,DC=child,DC=contoso,DC=com\n",
    );
    let team = "dn: CN=Child Team,CN=Users,DC=child,DC=contoso,DC=com\nobjectClass: group\nsAMAccountName: Child Team\n\
        objectSid: S-1-5-21-1-2-3-1301\nmember: CN=Lync Admin,CN=Users,DC=child,DC=contoso,DC=com\n\n\
        dn: CN=Child People,CN=Users,DC=child,DC=contoso,DC=com\nobjectClass: group\nsAMAccountName: Child People\n\
        objectSid: S-1-5-21-1-2-3-1302\nmember: CN=Plain,CN=Users,DC=child,DC=contoso,DC=com\n";
    let admins = format!(
        "dn: {GROUPS}\nobjectClass: group\nsAMAccountName: RTCUniversalServerAdmins\nobjectSid: S-1-5-21-9-9-9-1301\n\
         member: CN=Child Team,CN=Users,DC=child,DC=contoso,DC=com\n"
    );
    let old = "dn: CN=OldSvc,CN=Users,DC=contoso,DC=com\nobjectClass: user\nsAMAccountName: OldSvc\nuserAccountControl: 512\n\
        objectSid: S-1-5-21-9-9-9-1105\nprimaryGroupID: 513\nservicePrincipalName: http/old.contoso.com\n";
    let crosses = "dn: CN=CHILD,CN=Partitions,CN=Configuration,DC=contoso,DC=com\nobjectClass: crossRef\nnETBIOSName: CHILD\n\
        dnsRoot: child.contoso.com\nnCName: DC=child,DC=contoso,DC=com\n\n\
        dn: CN=CONTOSO,CN=Partitions,CN=Configuration,DC=contoso,DC=com\nobjectClass: crossRef\nnETBIOSName: CONTOSO\n\
        dnsRoot: contoso.com\nnCName: DC=contoso,DC=com\n";
    let whole = "(objectClass=*)";
    let (root, below) = ("DC=contoso,DC=com", "DC=child,DC=contoso,DC=com");
    bundle.0.extend([
        ("directory/accounts.ldif".to_owned(), export(root, whole, old)),
        ("directory/groups.ldif".to_owned(), export(root, "(objectCategory=group)", &admins)),
        (
            "directory/domains.ldif".to_owned(),
            export("CN=Partitions,CN=Configuration,DC=contoso,DC=com", "(objectClass=crossRef)", crosses),
        ),
        (CHILD.to_owned(), export(below, whole, &child)),
        ("directory/child.contoso.com/groups.ldif".to_owned(), export(below, "(objectCategory=group)", team)),
    ]);
    bundle
}

/// The same without the child domain, which could not be asked.
fn without_child() -> Bundle {
    let mut bundle = estate();
    let missing: Vec<String> = ["accounts", "groups"]
        .iter()
        .map(|part| {
            let path = format!("directory/child.contoso.com/{part}.ldif");
            bundle.0.remove(&path).unwrap();
            format!(r#"{{"path": "{path}", "source": "ldaps://dc11.child.contoso.com:636", "reason": "no answer in time"}}"#)
        })
        .collect();
    let manifest = format!(r#"{{"schema": "kerbsync.manifest/v1", "files": [], "missing": [{}]}}"#, missing.join(", "));
    bundle.0.insert("manifest.json".to_owned(), manifest);
    bundle
}

fn audited(bundle: &Bundle) -> Audited {
    let files: Files = bundle.0.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
    audit_at(&[("bundle", &files)], "2026-03-01T12:00:00Z".parse().unwrap())
}

fn operator(audited: &Audited, name: &str) -> (Checked, String) {
    let checked = kerbsync_plan::check_operator(&audited.inventory, name, false).unwrap();
    (checked.outcome, checked.reason.to_string())
}

#[test]
fn what_stands_in_which_domain_does_not_matter() {
    let audited = audited(&estate());
    assert_eq!(audited.of(Outcome::Fail), [].into(), "{}", audited.told());
    let text = audited.verdicts();
    for rule in ["account-missing", "account-disabled", "spn-duplicate"] {
        assert!(text.contains(&format!("pass {rule} CHILD\\KerbAuth")), "{text:#?}");
    }
    let told = audited.told();
    assert_eq!(told, "");
}

#[test]
fn a_second_holder_in_another_domain_is_found() {
    let mut bundle = estate();
    let root = bundle.0.get_mut("directory/accounts.ldif").unwrap();
    *root = root.replace("http/old.contoso.com", "HTTP/Pool01.child.contoso.com");
    let audited = audited(&bundle);
    assert!(audited.of(Outcome::Fail).contains(&("spn-duplicate", "CHILD\\KerbAuth".to_owned())), "{}", audited.told());
}

#[test]
fn an_operator_of_one_domain_is_a_member_of_a_group_of_another() {
    let audited = audited(&estate());
    assert_eq!(operator(&audited, "CHILD\\lyncadmin").0, Checked::Pass);
    let (outcome, why) = operator(&audited, "CHILD\\plain");
    assert!(outcome == Checked::Fail && why.contains("is not a member of RTCUniversalServerAdmins"), "{why}");
}

#[test]
fn a_domain_that_could_not_be_asked_proves_nothing() {
    let mut bundle = without_child();
    for settings in ["as they are", "without 'complete'"] {
        let audited = audited(&bundle);
        assert_eq!(audited.of(Outcome::Fail), [].into(), "{settings}: {}", audited.told());
        let told = audited.told();
        assert!(told.contains("unknown account-missing CHILD\\KerbAuth: The directory export does not hold"), "{settings}: {told}");
        let family = |v: &&kerbsync_audit::Verdict| v.rule.family == Family::Directory && v.outcome == Outcome::Pass;
        let passed: Vec<String> =
            audited.audit.verdicts.iter().filter(family).map(|v| format!("{} {}: {}", v.rule.id, v.subject, v.reason())).collect();
        assert_eq!(passed, [""; 0], "{settings}");
        let (_, why) = operator(&audited, "CHILD\\lyncadmin");
        assert!(why.contains("holds no account CHILD\\lyncadmin") && !why.contains("is not a member"), "{settings}: {why}");
        let toml = bundle.0.get_mut("kerbsync.toml").unwrap();
        *toml = toml.replace("[directory]\ncomplete = true", "");
    }
}
