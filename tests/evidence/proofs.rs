//! What proves that a server holds the password of today, and what does not.

use super::{Folder, NOW, base, report};
use crate::support::audited::{Audited, Files, audit_at};
use kerbsync_audit::Outcome;
use kerbsync_report::format::Report;

/// pwdLastSet a day after the product's test.
const SET_AFTER_THE_TEST: &str =
    "//~ directory/accounts.ldif\n<<<\npwdLastSet: 134116560000000000\n===\npwdLastSet: 134167536000000000\n>>>\n";

fn audited(files: &Files) -> Audited {
    audit_at(&[("", files)], NOW.parse().unwrap())
}

/// State and basis of every web server.
fn states(audited: &Audited) -> String {
    let web = audited.inventory.states.iter().filter(|(_, s)| s.state != kerbsync_inventory::state::State::NotApplicable);
    web.map(|(host, s)| format!("{} {} {}\n", host.first_label(), s.state.name(), s.basis.name())).collect()
}

fn whole(files: &Files) -> Report {
    report("exports", Folder::new(files, 1), NOW)
}

fn without_keys(mut files: Files) -> Files {
    files.retain(|(path, _)| !path.contains("/keys/"));
    files
}

#[test]
fn a_test_from_before_the_password_proves_nothing_and_the_verdict_is_not_clean() {
    let files = base(SET_AFTER_THE_TEST);
    assert!(states(&audited(&files)).lines().all(|l| l.ends_with("in-sync plurality")), "{}", states(&audited(&files)));
    let report = whole(&files);
    let verdict = report.verdicts.iter().find(|v| v.rule == "password-newer-than-proof").unwrap();
    assert_eq!((verdict.outcome, serde_json::to_value(report.summary.conclusion).unwrap()), (Outcome::Unknown, "incomplete".into()));
    assert!(verdict.reason().contains("nothing proves who holds it since: the newest test is of 2026-02-27"), "{}", verdict.reason());
    assert!(verdict.reason().contains("Test-CsKerberosAccountAssignment"), "the test to run: {}", verdict.reason());
}

/// Few export private keys: the product's own word is enough for the servers that it names, and for no other.
#[test]
fn without_keys_a_fresh_test_proves_the_servers_that_it_names() {
    let files = without_keys(base(""));
    assert_eq!(states(&audited(&files)), "fe01 in-sync product-report\nfe02 unknown none\ndir01 unknown none\nse01 unknown none\n");
    let older = without_keys(base(SET_AFTER_THE_TEST));
    assert!(states(&audited(&older)).lines().all(|l| l.ends_with("unknown none")));
}

fn manifest(files: &Files, path: &str, written: &str) -> (String, Vec<u8>) {
    use sha2::Digest;
    let bytes = &files.iter().find(|(p, _)| p == path).unwrap().1;
    let digest: String = sha2::Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
    let text = format!(
        r#"{{"schema": "kerbsync.manifest/v1", "files": [{{"path": "{path}", "sha256": "{digest}", "read_at": null, "written": "{written}"}}]}}"#
    );
    ("manifest.json".to_owned(), text.into_bytes())
}

#[test]
fn a_configuration_written_after_the_test_is_another_one_than_was_tested() {
    let mut files = without_keys(base(""));
    let path = "servers/fe01.contoso.com/applicationHost.config";
    files.push(manifest(&files, path, "2026-02-28T08:00:00Z"));
    assert!(states(&audited(&files)).starts_with("fe01 unknown none\n"));
    *files.last_mut().unwrap() = manifest(&files, path, "2026-02-26T08:00:00Z");
    assert!(states(&audited(&files)).starts_with("fe01 in-sync product-report\n"));
}

/// Proved and merely equal servers are counted apart, in the text and for `--require proof`.
#[test]
fn proved_and_merely_equal_servers_are_counted_apart() {
    let proved = |files: &Files| whole(files).coverage.configurations.in_scope_proved;
    assert_eq!((proved(&base("")), proved(&base(SET_AFTER_THE_TEST)), proved(&without_keys(base("")))), (4, 0, 1));
    let text = |files: &Files| kerbsync_report::render::audit(&whole(files), &kerbsync_report::render::TextOptions::PLAIN);
    assert!(text(&base("")).contains("4 in sync (proved against Active Directory)"));
    assert!(text(&base(SET_AFTER_THE_TEST)).contains("4 in sync (not proved against Active Directory)"));
}

/// A copy spreads what the source holds: one whose own currency is contradicted is refused, and an unproved one is told with the test.
#[test]
fn a_copy_from_a_contradicted_source_is_refused() {
    let refused = |files: &Files| {
        let program = crate::support::program::Program::at(NOW);
        for (path, bytes) in files {
            program.put(&format!("b/{path}"), bytes);
        }
        program.run("plan sync DIR/b --from-computer fe01.contoso.com --to-computer fe02.contoso.com --operator CONTOSO\\olivia --operator-unproved")
    };
    let current = |ran: &crate::support::program::Ran| {
        let at = ran.out.find("source-current").or_else(|| ran.err.find("source-current"));
        (at.is_some(), ran.out.contains("unknown[source-current]"), ran.out.contains("fails[source-current]") || ran.code == 5)
    };
    let unproved = refused(&base(SET_AFTER_THE_TEST));
    assert!(current(&unproved).1 && unproved.out.contains("Test-CsKerberosAccountAssignment"), "{}{}", unproved.out, unproved.err);
    // The configurations were written before the password.
    let mut files = base(SET_AFTER_THE_TEST);
    files.push(manifest(&files, "servers/fe01.contoso.com/applicationHost.config", "2026-02-20T08:00:00Z"));
    let older = refused(&files);
    assert!(older.out.contains("It is contradicted that it holds the current password"), "{}{}", older.out, older.err);
    assert_eq!(older.code, 5);
    // The product's own test says so.
    let invalid = base(
        "//~ reports/Test-CsKerberosAccountAssignment.xml\n<<<\n      <Info Title=\"Result\" Time=\"2026-02-27 12:00:02Z\">Successful</Info>\n===\n      <Error Title=\"InvalidKerberosConfiguration\" Time=\"2026-02-27 12:00:02Z\">The Kerberos configuration on fe01.contoso.com is invalid. The expected assigned account is CONTOSO\\KerbAuth. Ensure that the account has not expired, and the configured password on the machine matches the Active Directory password of the account.</Error>\n>>>\n",
    );
    let tested = refused(&invalid);
    assert!(tested.out.contains("found the server invalid"), "{}{}", tested.out, tested.err);
    assert_eq!(tested.code, 5);
}
