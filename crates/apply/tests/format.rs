//! `kerbsync.journal/v1` is on disks: what one version wrote, every later one reads.

use kerbsync_apply::journal::{
    Act, Begin, DirectoryIntent, DirectoryOutcome, Ended, Intent, JSON_SCHEMA, JournalError, Record, StepFile, StepOutcome, TakingBack,
    TakingBackTask, records, written_line,
};
use kerbsync_inventory::{LayoutId, SlotKey};
use kerbsync_plan::SlotAddress;
use kerbsync_plan::lower::{FieldRecord, KeyVersion, Original};
use kerbsync_plan::outcome::{End, StepResult};

/// Written by the version that made the format. It is not to be changed, but for lines added behind it.
const GOLDEN: &[u8] = include_bytes!("golden/journal.jsonl");

fn act(at: &str) -> Act {
    Act { operator: "CONTOSO\\olivia".into(), host: "admin01".into(), at: at.into() }
}

fn field(attribute: &str, original: Original) -> FieldRecord {
    let slot = SlotAddress {
        layout: LayoutId::SiteSection,
        evidence: "declared".into(),
        key: SlotKey::Section {
            section: "system.webServer/security/authentication/kerberos".into(),
            element: None,
            location: Some("Lync Internal".into()),
        },
        account_attribute: "userName".into(),
        secret_attribute: "password".into(),
    };
    FieldRecord { slot, attribute: attribute.into(), original, written: "ab".repeat(32) }
}

/// A run with every kind of record, line by line.
fn lines() -> Vec<Vec<Record>> {
    let file = |server: &str| StepFile { server: server.into(), path: format!("servers/{server}/applicationHost.config") };
    let begin = Begin {
        run: "r0001-20260501T120000Z".into(),
        plan: "cd".repeat(32),
        summary: "copy CONTOSO\\KerbAuth from fe01.contoso.com to site Redmond".into(),
        operator: "CONTOSO\\olivia".into(),
        host: "admin01".into(),
        at: "2026-05-01T12:00:00Z".into(),
        steps: vec![file("fe02.contoso.com"), file("dir01.contoso.com")],
        directory: Some("CONTOSO\\KerbAuth".into()),
    };
    let fields = vec![
        field("userName", Original::Absent),
        field("identityType", Original::Text("NetworkService".into())),
        field("password", Original::Backup),
    ];
    let outcome = |step, result, detail: &str| Record::Outcome(StepOutcome { step, result, detail: detail.into() });
    let back = TakingBack {
        task: TakingBackTask::Rollback,
        operator: "CONTOSO\\olivia".into(),
        host: "admin01".into(),
        at: "2026-05-01T13:00:00Z".into(),
    };
    vec![
        vec![
            Record::Begin(begin),
            outcome(1, StepResult::Already, ""),
            Record::Intent(Intent { step: 0, before: "01".repeat(32), after: "02".repeat(32), fields }),
        ],
        vec![Record::Resumed(act("2026-05-01T12:10:00Z"))],
        vec![outcome(0, StepResult::Done, ""), Record::DirectoryIntent(DirectoryIntent { key_version: KeyVersion(7), controller: None })],
        vec![
            Record::DirectoryOutcome(DirectoryOutcome { result: StepResult::Done }),
            Record::Ended(Ended { end: End::AllNew, at: "2026-05-01T12:11:00Z".into() }),
        ],
        vec![Record::Purged(act("2026-05-01T12:30:00Z"))],
        vec![Record::TakingBack(back)],
        vec![outcome(0, StepResult::Conflict, "changed by someone else")],
        vec![
            Record::Abandoned(act("2026-05-01T13:10:00Z")),
            Record::Ended(Ended { end: End::Abandoned, at: "2026-05-01T13:10:00Z".into() }),
        ],
        vec![Record::DirectoryIntent(DirectoryIntent { key_version: KeyVersion(8), controller: Some("dc01.contoso.com".into()) })],
    ]
}

/// One of each kind; a further kind has to be added here for this to compile.
fn kind(record: &Record) -> &'static str {
    match record {
        Record::Begin(_) => "begin",
        Record::Intent(_) => "intent",
        Record::Outcome(_) => "outcome",
        Record::DirectoryIntent(_) => "directory-intent",
        Record::DirectoryOutcome(_) => "directory-outcome",
        Record::TakingBack(_) => "back",
        Record::Resumed(_) => "resumed",
        Record::Abandoned(_) => "abandoned",
        Record::Purged(_) => "purged",
        Record::Ended(_) => "ended",
    }
}

#[test]
fn journals_of_the_first_version_are_read_and_written_alike() {
    let written: Vec<u8> = lines().iter().zip(1..).flat_map(|(records, number)| written_line(number, records)).collect();
    assert_eq!(String::from_utf8(written).unwrap(), String::from_utf8(GOLDEN.to_vec()).unwrap());
    assert_eq!(records(GOLDEN).unwrap(), lines().concat());
    let mut kinds: Vec<&str> = lines().iter().flatten().map(kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 10, "every kind stands in the golden file: {kinds:?}");
}

#[test]
fn every_line_is_what_the_schema_says_and_a_renamed_record_is_not() {
    let schema = serde_json::from_str(JSON_SCHEMA).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for line in std::str::from_utf8(GOLDEN).unwrap().lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
        for record in value["records"].as_array().unwrap() {
            let tag = record.as_object().unwrap().keys().next().unwrap();
            let renamed = line.replace(&format!("{{\"{tag}\":"), &format!("{{\"{tag}-2\":"));
            assert!(!validator.is_valid(&serde_json::from_str(&renamed).unwrap()), "{tag}");
        }
    }
}

#[test]
fn a_word_of_a_later_version_is_no_damage() {
    let text = String::from_utf8(written_line(1, &lines()[0])).unwrap();
    let newer = text.replace("journal/v1", "journal/v2");
    assert!(matches!(records(newer.as_bytes()), Err(JournalError::Newer { .. })));
    assert!(matches!(records(b"{}\n"), Err(JournalError::Damaged { line: 1, .. })));
}
