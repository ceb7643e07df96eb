//! What an answer of the global catalogue shows of holders of a service's name.

use super::base;
use crate::support::audited::{Files, audit_at};
use kerbsync_audit::Outcome;

const HEAD: &str = "# extended LDIF\n#\n# LDAPv3\n# base <> with scope subtree\n# filter: (servicePrincipalName=*)\n# requesting: objectClass sAMAccountName objectSid servicePrincipalName\n#\n\n";
const END: &str = "# search result\nresult: 0 Success\n";
const CHILD: &str =
    "dn: CN=Old,CN=Computers,DC=emea,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: OLD$\nobjectSid: S-1-5-21-9-9-9-1200\n";

/// An estate whose exports are not called complete, with the answer of the catalogue that holds its holders, and more.
fn answered(more: &str) -> Files {
    let mut files = base("//~ kerbsync.toml\n<<<\ncomplete = true\n===\ncomplete = false\n>>>\n");
    let accounts = files.iter().find(|(path, _)| path == "directory/accounts.ldif").unwrap();
    let told = String::from_utf8(accounts.1.clone()).unwrap();
    let kept =
        |line: &&str| ["dn:", "objectClass:", "sAMAccountName:", "objectSid:", "servicePrincipalName:"].iter().any(|n| line.starts_with(n));
    let holders = told.split("\n\n").filter(|entry| entry.contains("servicePrincipalName:"));
    let entries: String = holders.map(|entry| entry.lines().filter(kept).map(|l| format!("{l}\n")).collect::<String>() + "\n").collect();
    files.push(("directory/holders.ldif".to_owned(), format!("{HEAD}{entries}{more}{END}").into_bytes()));
    files
}

fn duplicate(files: &Files) -> Outcome {
    let audited = audit_at(&[("", files)], super::NOW.parse().unwrap());
    audited.audit.verdicts.iter().find(|v| v.rule.id == "spn-duplicate").unwrap().outcome
}

#[test]
fn the_catalogue_shows_a_holder_of_another_domain_and_never_that_there_is_none() {
    let elsewhere = answered(&format!("{CHILD}servicePrincipalName: http/pool01.contoso.com\n\n"));
    assert_eq!(duplicate(&elsewhere), Outcome::Fail);
    // How whole an answer is, and of when, its file does not prove.
    assert_eq!(duplicate(&answered("")), Outcome::Unknown);
}
