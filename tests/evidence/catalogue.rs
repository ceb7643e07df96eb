//! That a name of a service has no second holder: by an answer of the global catalogue, and by nothing less.

use super::base;
use crate::support::audited::{Files, audit_at};
use kerbsync_audit::Outcome;

const HEAD: &str = "# extended LDIF\n#\n# LDAPv3\n# base <> with scope subtree\n# filter: (servicePrincipalName=*)\n# requesting: objectClass sAMAccountName objectSid servicePrincipalName\n#\n\n";
const END: &str = "# search result\nresult: 0 Success\n";
const CHILD: &str =
    "dn: CN=Old,CN=Computers,DC=emea,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: OLD$\nobjectSid: S-1-5-21-9-9-9-1200\n";

/// An estate whose exports are not called complete, with the answer of the catalogue that holds `which` of its holders, and more.
fn answered(which: impl Fn(&str) -> bool, more: &str) -> Files {
    let mut files = base("//~ kerbsync.toml\n<<<\ncomplete = true\n===\ncomplete = false\n>>>\n");
    let accounts = files.iter().find(|(path, _)| path == "directory/accounts.ldif").unwrap();
    let told = String::from_utf8(accounts.1.clone()).unwrap();
    let kept =
        |line: &&str| ["dn:", "objectClass:", "sAMAccountName:", "objectSid:", "servicePrincipalName:"].iter().any(|n| line.starts_with(n));
    let holders = told.split("\n\n").filter(|entry| entry.contains("servicePrincipalName:") && which(entry));
    let entries: String = holders.map(|entry| entry.lines().filter(kept).map(|l| format!("{l}\n")).collect::<String>() + "\n").collect();
    files.push(("directory/holders.ldif".to_owned(), format!("{HEAD}{entries}{more}{END}").into_bytes()));
    files
}

fn duplicate(files: &Files) -> (Outcome, String) {
    let audited = audit_at(&[("", files)], super::NOW.parse().unwrap());
    let verdict = audited.audit.verdicts.iter().find(|v| v.rule.id == "spn-duplicate").unwrap();
    let gaps: Vec<&str> =
        audited.inventory.gaps.iter().map(|g| g.code).filter(|c| ["catalogue-behind", "directory-incomplete"].contains(c)).collect();
    (verdict.outcome, gaps.join(" "))
}

#[test]
fn the_catalogue_proves_that_nobody_else_holds_a_name_and_shows_who_does() {
    let mut without = answered(|_| true, "");
    without.retain(|(path, _)| !path.ends_with("holders.ldif"));
    assert_eq!(duplicate(&without), (Outcome::Unknown, String::new()));
    assert_eq!(duplicate(&answered(|_| true, "")), (Outcome::Pass, String::new()));
    let elsewhere = answered(|_| true, &format!("{CHILD}servicePrincipalName: http/pool01.contoso.com\n\n"));
    assert_eq!(duplicate(&elsewhere).0, Outcome::Fail);
}

#[test]
fn an_answer_that_lacks_a_known_holder_proves_nothing() {
    assert_eq!(duplicate(&answered(|entry| !entry.contains("FE01"), "")), (Outcome::Unknown, "catalogue-behind".to_owned()));
}
