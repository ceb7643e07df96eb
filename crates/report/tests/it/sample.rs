//! Inventories built by hand, and rules with verdicts chosen for them.

mod inventory;

pub(crate) use inventory::awkward;

use kerbsync_audit::{
    Audit, Confidence, FailOn, Family, Finding, Outcome, Related, Rule, Severity, Subject, SubjectKind, Terms, Verdict, Waiver,
    WaiverState, WaiverUse,
};
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus, Inventory};
use kerbsync_names::{HostName, SiteId};
use kerbsync_report::format::{Audited, NotOpened, Report, Tool};
use kerbsync_source::{DocumentId, Location, Origin, Position, Spanned, Spot, Text, text};
use std::sync::Arc;

pub(crate) const NOW: &str = "2026-03-01T12:00:00Z";

macro_rules! rule {
    ($name:ident, $number:literal, $id:literal, $title:literal, $severity:ident, $subject:ident, $error:expr) => {
        pub(crate) static $name: Rule = Rule {
            id: $id,
            number: $number,
            title: $title,
            severity: Severity::$severity,
            confidence: Confidence::Documented,
            family: Family::Servers,
            subject: SubjectKind::$subject,
            product_error: $error,
            controls: &["NIST SP 800-53 IA-5"],
            reads: &[],
            doc: DOC,
            waivable: true,
            profile: kerbsync_audit::Profile::Default,
            check: |_, _, _| {},
        };
    };
}

const DOC: &str = r"Every server of a site holds the same secret

# What it checks

The secret of each slot is compared with the reference secret of the account. Secrets are never shown; equal ones have the same
letter.

- `stale`: it differs.
- `unknown`: it could not be read, for one of these reasons: the value is encrypted and no key was given, or the key
  does not fit.

# What to do

1. Run the synchronisation.
2. Test.

```powershell
Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com
```
";

rule!(STALE, 201, "stale-secret", "Every server of a site holds the same secret", Error, Server, Some("InvalidKerberosConfiguration"));
rule!(MISSING, 202, "configuration-missing", "Every web server has a configuration among the inputs", Warning, Server, None);
rule!(NAME, 101, "pool-named-like-server", "No pool has the name of one of its servers", Note, Pool, None);

pub(crate) fn host(name: &str) -> HostName {
    HostName::new(name).unwrap()
}

fn at<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Origin::document(DocumentId(0)))
}

pub(crate) fn origin(document: u32, line: u32, column: u32, bytes: (u64, u64), element: &str, excerpt: &str) -> Origin {
    let location = Some(Location {
        position: Position { line, column },
        end: Position { line, column: column + u32::try_from(bytes.1 - bytes.0).unwrap() },
        byte_start: bytes.0,
        byte_end: bytes.1,
    });
    Origin::new(DocumentId(document), Spot { location, element: Arc::from(element), excerpt: Some(Arc::from(excerpt)) })
}

pub(crate) fn document(inventory: &mut Inventory, path: &str, kind: DocumentKind, status: DocumentStatus) -> DocumentId {
    let id = DocumentId(u32::try_from(inventory.documents.len()).unwrap());
    inventory.documents.push(Document {
        id,
        path: path.into(),
        root: 0,
        sha256: Some("ab".repeat(32).into()),
        bytes: 1234,
        kind,
        status,
        computer: None,
        written: None,
        read_at: None,
        modified: None,
        problems: Vec::new(),
    });
    id
}

/// Verdicts for [`awkward`]: two failures, one of them waived, undecided ones, passes.
pub(crate) fn verdicts() -> Audit {
    let mut audit =
        Audit { verdicts: Vec::new(), findings: Vec::new(), waivers: waiver_uses(), baseline: None, profiles: Default::default() };
    let fe = |n: u32| Subject::Server(host(&format!("fe{n:02}.contoso.com")));
    let password = origin(
        2,
        212,
        82,
        (9931, 10050),
        "configuration/system.applicationHost/applicationPools/add[@name='LyncIntFeature']/processModel/@password",
        r#"        <processModel identityType="SpecificUser" userName="contoso\kerbauth$" password="***" />"#,
    );
    let mut other = password.clone();
    other.document = DocumentId(1);
    put(&mut audit, &STALE, fe(1), Outcome::Pass, "fe01.contoso.com holds the reference secret of CONTOSO\\KerbAuth.");
    put(
        &mut audit,
        &STALE,
        fe(2),
        Outcome::Fail,
        "fe02.contoso.com holds a secret of CONTOSO\\KerbAuth that differs from the reference: Kerberos sign-in through this server fails.",
    );
    let finding = audit.findings.last_mut().unwrap();
    finding.server = Some(host("fe02.contoso.com"));
    finding.site = SiteId::new("1");
    finding.help = Some(
        kerbsync_advice::Advice::say("Copy the password from fe01.contoso.com, which is in sync:")
            .then_run(kerbsync_advice::commands::copy_password("fe01.contoso.com", "fe02.contoso.com"))
            .then_say("Then let the product check."),
    );
    finding.locations = vec![
        Related { at: password.into(), note: "differs (group B)".into() },
        Related { at: other.into(), note: "the reference (group A)".into() },
        Related { at: Origin::document(DocumentId(0)).into(), note: "the server's pool".into() },
    ];
    put(&mut audit, &STALE, fe(3), Outcome::Unknown, "The configuration cannot be read.");
    audit.findings.last_mut().unwrap().help = Some(kerbsync_advice::commands::test_assignment(Some("Redmond")).into());
    for n in 3..=4 {
        put(&mut audit, &MISSING, fe(n), Outcome::Fail, text!("No configuration of fe{n:02}.contoso.com is among the inputs."));
    }
    audit.findings.last_mut().unwrap().waived = Some("it is switched off until May".into());
    let same = Verdict::new(&MISSING, fe(2), Outcome::Unknown, "There is no topology. Export it.".into());
    audit.verdicts.push(same);
    put(&mut audit, &NAME, Subject::Pool(host("pool01.contoso.com")), Outcome::NotApplicable, "It has several servers.");
    audit
}

pub(crate) fn put(audit: &mut Audit, rule: &'static Rule, subject: Subject, outcome: Outcome, text: impl Into<Text>) {
    let text = text.into();
    audit.verdicts.push(Verdict::new(rule, subject.clone(), outcome, text.clone()));
    if matches!(outcome, Outcome::Fail | Outcome::Unknown) {
        audit.findings.push(Finding {
            rule,
            severity: if outcome == Outcome::Unknown { rule.severity.min(Severity::Warning) } else { rule.severity },
            outcome,
            subject,
            message: text,
            help: None,
            server: None,
            site: None,
            locations: Vec::new(),
            waived: None,
            known: false,
        });
    }
}

fn waiver(rule: &str, expires: Option<&str>) -> Waiver {
    Waiver {
        rule: rule.to_owned(),
        site: Some("Redmond".to_owned()),
        reason: "agreed".to_owned(),
        owner: Some("Olivia".to_owned()),
        approver: Some("Adam".to_owned()),
        ticket: Some("CHG-12".to_owned()),
        not_before: Some("2026-01-01".parse().unwrap()),
        expires: expires.map(|d| d.parse().unwrap()),
        ..Waiver::default()
    }
}

/// One has expired, the other covers nothing.
fn waiver_uses() -> Vec<WaiverUse> {
    [WaiverState::Expired, WaiverState::InForce].map(|state| WaiverUse { state, covers: 0, undecided: false }).to_vec()
}

pub(crate) fn tool() -> Tool {
    Tool::kerbsync("0.0.0-test")
}

pub(crate) fn report(inventory: &Inventory, audit: &Audit, fail_on: Option<kerbsync_report::format::Severity>) -> Report {
    report_with(inventory, audit, fail_on, &[])
}

pub(crate) fn report_with(
    inventory: &Inventory,
    audit: &Audit,
    fail_on: Option<kerbsync_report::format::Severity>,
    not_opened: &[NotOpened],
) -> Report {
    let waivers = [waiver("KS303", Some("2026-02-01")), waiver("spn-duplicate", None)];
    let now = NOW.parse().unwrap();
    Report::new(
        tool(),
        Audited {
            inventory,
            audit: audit.clone(),
            terms: Terms {
                now,
                waivers: &waivers,
                fail_on: FailOn { severity: fail_on, unknown: false },
                require: &[],
                not_opened,
                servers: None,
            },
        },
    )
}
