//! Inventories built by hand, and rules with verdicts chosen for them.

use jiff::Timestamp;
use kerbsync_audit::{
    Audit, Confidence, FailOn, Family, Finding, Outcome, Related, Rule, Severity, Subject, SubjectKind, Terms, Verdict, Waiver,
    WaiverState, WaiverUse,
};
use kerbsync_inventory::directory::{Account, Completeness, Directory, ObjectClass};
use kerbsync_inventory::state::{Basis, ServerState, State};
use kerbsync_inventory::{
    AccountText, Assignment, Computer, Creation, Document, DocumentKind, DocumentStatus, EvidenceLevel, Gap, GapSubject, Inventory,
    LayoutId, ManagementLog, Pool, PoolKind, Provider, ProviderKey, ProviderPurpose, SecretState, ServerConfiguration, ServerStatus, Site,
    SiteKind, Slot, SlotKey, SlotRelevance, Topology, TopologyForm,
};
use kerbsync_names::{DownLevelName, HostName, SiteId};
use kerbsync_report::format::{Audited, NotOpened, Report, Tool};
use kerbsync_source::{DocumentId, Level, Location, Origin, Position, Problem, Spanned, Spot, Text, text};
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
        path: path.to_owned(),
        root: 0,
        sha256: Some("ab".repeat(32)),
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

fn pool(site: &str, fqdn: &str, kind: PoolKind, web: bool, computers: &[String]) -> Pool {
    Pool {
        key: format!("{site}:{fqdn}"),
        site: SiteId::new(site),
        fqdn: at(host(fqdn)),
        kind,
        web_services: web,
        internal_web_override: None,
        external_web_fqdn: web.then(|| at(host("web.contoso.com"))),
        computers: computers.iter().map(|c| Computer { fqdn: at(host(c)) }).collect(),
        roles: vec!["UserServices".to_owned()],
        version: Some(7),
    }
}

fn server_state(state: State, basis: Basis, group: Option<&str>) -> ServerState {
    ServerState {
        state,
        basis,
        group: group.map(str::to_owned),
        reason: text!("A made-up reason for {}.", state.name()),
        place_unknown: false,
        contradiction: None,
    }
}

fn configuration(computer: &str, document: Option<DocumentId>, status: ServerStatus, secret: Option<SecretState>) -> ServerConfiguration {
    let slots = secret.map(|secret| Slot {
        layout: LayoutId::AppPoolIdentity,
        evidence: EvidenceLevel::Documented,
        relevance: SlotRelevance::Expected,
        purpose: ProviderPurpose::WorkerProcesses,
        creation: Creation::InPool,
        key: SlotKey::ApplicationPool { pool: "LyncIntFeature".to_owned() },
        label: "application pool 'LyncIntFeature'".into(),
        account_attribute: "userName".to_owned(),
        secret_attribute: "password".to_owned(),
        active: true,
        account: Spanned::new(
            AccountText { text: r"contoso\kerbauth$".to_owned(), name: Some(account()) },
            origin(
                1,
                212,
                60,
                (9000, 9030),
                "configuration/processModel/@userName",
                r#"<processModel userName="contoso\kerbauth$" password="***" />"#,
            ),
        ),
        secret,
        secret_origin: None,
    });
    ServerConfiguration {
        computer: host(computer),
        document,
        status,
        redirected_to: None,
        windows_authentication_module: Some(true),
        web_sites: Vec::new(),
        web_site_count: 3,
        other_web_sites: Vec::new(),
        application_pools: Vec::new(),
        slots: slots.into_iter().collect(),
        providers: vec![Provider {
            name: at("IISWASOnlyAesProvider".to_owned()),
            key_container: Some("iisWasKey".to_owned()),
            key: ProviderKey::NoKey,
            session_key: None,
        }],
        restrictions: Vec::new(),
        history: Vec::new(),
        besides: kerbsync_inventory::Besides::default(),
    }
}

pub(crate) fn account() -> DownLevelName {
    DownLevelName::parse(r"CONTOSO\KerbAuth").unwrap().name
}

pub(crate) fn cut() -> Problem {
    Problem {
        level: Level::Error,
        code: "not-well-formed",
        document: DocumentId(3),
        location: Some(Location {
            position: Position { line: 88, column: 17 },
            end: Position { line: 88, column: 17 },
            byte_start: 4711,
            byte_end: 4711,
        }),
        message: "the file ends while <sites> of line 70 is still open: it is cut, or its end tag is missing".to_owned(),
        help: Some("Copy the file from the server once more.".to_owned()),
    }
}

fn sealed() -> SecretState {
    SecretState::Sealed { provider: "IISWASOnlyAesProvider".to_owned(), reason: "no key was given".to_owned(), damaged: false }
}

/// Two sites, one with letters beyond ASCII; servers in every state; a damaged, an empty and a foreign file.
pub(crate) fn awkward() -> Inventory {
    let mut i = Inventory::default();
    let topology = document(&mut i, "bundle/topology.xml", DocumentKind::Topology, DocumentStatus::Used);
    let fe01 =
        document(&mut i, "bundle/servers/fe01.contoso.com/applicationHost.config", DocumentKind::ApplicationHost, DocumentStatus::Used);
    let fe02 =
        document(&mut i, "bundle/servers/fe02.contoso.com/applicationHost.config", DocumentKind::ApplicationHost, DocumentStatus::Used);
    let bad = document(
        &mut i,
        "bundle/servers/fe03.contoso.com/applicationHost.config",
        DocumentKind::ApplicationHost,
        DocumentStatus::Unreadable(cut()),
    );
    document(&mut i, "bundle/photo.jpg", DocumentKind::Unrecognised, DocumentStatus::Noise("a JPEG image".to_owned()));
    let ldif = document(&mut i, "bundle/accounts.ldf", DocumentKind::Ldif, DocumentStatus::Used);
    let log = document(&mut i, "bundle/Enable-CsTopology.xml", DocumentKind::ManagementLog, DocumentStatus::Used);
    i.documents[fe01.0 as usize].computer = Some(host("fe01.contoso.com"));
    i.topologies.push(Topology {
        document: topology,
        form: TopologyForm::Published,
        draft: false,
        signature: None,
        used: true,
        differences: Vec::new(),
        contested: false,
        pending_changes: Vec::new(),
        service_versions: vec![7],
        sip_domains: vec!["contoso.com".to_owned()],
        complete: true,
    });
    for (id, name, kind, parent) in [("1", "Redmond", SiteKind::Central, None), ("2", "Zürich 東京", SiteKind::Branch, SiteId::new("1"))]
    {
        i.sites.push(Site { id: at(SiteId::new(id).unwrap()), name: at(name.to_owned()), kind, parent });
    }
    let fe: Vec<String> = (1..=4).map(|n| format!("fe{n:02}.contoso.com")).collect();
    i.pools.push(pool("1", "pool01.contoso.com", PoolKind::Enterprise, true, &fe));
    i.pools.push(pool("1", "sql01.contoso.com", PoolKind::Other, false, &["sql01.contoso.com".to_owned()]));
    i.pools.push(pool("2", "sba01.contoso.com", PoolKind::SurvivableBranch, true, &["sba01.contoso.com".to_owned()]));
    i.pools.push(pool("9", "lost.contoso.com", PoolKind::Other, false, &["lost.contoso.com".to_owned()]));
    i.assignments_known = true;
    i.assignments.push(Assignment {
        site_text: at("Site:Redmond".to_owned()),
        site_id: SiteId::new("1"),
        account_text: at(r"CONTOSO\KerbAuth".to_owned()),
        account: Ok(account()),
        notes: Vec::new(),
        origin: Origin::document(DocumentId(0)),
    });
    i.servers.push(configuration("fe01.contoso.com", Some(fe01), ServerStatus::Read, Some(SecretState::Empty)));
    i.servers.push(configuration("fe02.contoso.com", Some(fe02), ServerStatus::Read, Some(sealed())));
    i.servers.push(configuration("fe03.contoso.com", Some(bad), ServerStatus::Unreadable(cut()), None));
    i.servers.push(configuration("old.contoso.com", None, ServerStatus::Missing, None));
    for (name, state) in [
        ("fe01.contoso.com", server_state(State::InSync, Basis::Named, Some("A"))),
        ("fe02.contoso.com", server_state(State::Stale, Basis::Named, Some("B"))),
        ("fe03.contoso.com", server_state(State::Unknown, Basis::None, None)),
        ("fe04.contoso.com", server_state(State::DifferentAccount, Basis::Named, Some("A"))),
        ("sql01.contoso.com", server_state(State::NotApplicable, Basis::None, None)),
        ("sba01.contoso.com", server_state(State::NotApplicable, Basis::None, None)),
    ] {
        i.states.push((host(name), state));
    }
    i.directory = Some(Directory {
        documents: vec![ldif],
        accounts: vec![computer_account()],
        deleted: Vec::new(),
        completeness: Completeness::Partial,
        ..Directory::default()
    });
    i.logs.push(ManagementLog {
        document: log,
        cmdlet: "Enable-CsTopology".to_owned(),
        started: None,
        ended: Some("2026-01-15T08:30:00Z".parse::<Timestamp>().unwrap()),
        complete: true,
        entries: Vec::new(),
        unassigned_sites: Vec::new(),
        spns_added: Vec::new(),
        spns_missing: Vec::new(),
        tested_site: None,
        computers: Vec::new(),
        test_verdicts: Vec::new(),
    });
    i.gaps.push(Gap {
        subject: GapSubject::Computer(host("fe04.contoso.com")),
        code: "no-configuration",
        reason: "no configuration of this server is among the inputs".into(),
        remedy: Some("Copy C:\\Windows\\System32\\inetsrv\\config to servers/fe04.contoso.com/.".into()),
        document: None,
    });
    i
}

fn computer_account() -> Account {
    Account {
        origin: Origin::document(DocumentId(5)),
        distinguished_name: at("CN=KerbAuth,CN=Computers,DC=contoso,DC=com".to_owned()),
        domain: Some("contoso.com".to_owned()),
        sam_account_name: Some(at("KerbAuth$".to_owned())),
        class: Some(at(ObjectClass::Computer)),
        user_account_control: Some(at(4096)),
        enabled: None,
        expires: None,
        password_last_set: None,
        created: None,
        encryption_types: Some(at(None)),
        spns: Some(Vec::new()),
        member_of: Some(Vec::new()),
        primary_group: Some(at(515)),
        admin_count: None,
        delegates_to: Vec::new(),
        acted_for_by_others: None,
        key_version: None,
        sid: None,
        dns_host_name: None,
        protected_from_deletion: None,
        flags_not_told: 0,
        operating_system: None,
        last_logon: None,
        key_credential: None,
        shown_spns: Vec::new(),
        silos: None,
    }
}

/// Verdicts for [`awkward`]: two failures, one of them waived, undecided ones, passes.
pub(crate) fn verdicts() -> Audit {
    let mut audit = Audit { verdicts: Vec::new(), findings: Vec::new(), waivers: waiver_uses(), baseline: None };
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
    let same = Verdict { rule: &MISSING, subject: fe(2), outcome: Outcome::Unknown, reason: "There is no topology. Export it.".into() };
    audit.verdicts.push(same);
    put(&mut audit, &NAME, Subject::Pool(host("pool01.contoso.com")), Outcome::NotApplicable, "It has several servers.");
    audit
}

pub(crate) fn put(audit: &mut Audit, rule: &'static Rule, subject: Subject, outcome: Outcome, text: impl Into<Text>) {
    let text = text.into();
    audit.verdicts.push(Verdict { rule, subject: subject.clone(), outcome, reason: text.clone() });
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
    [WaiverState::Expired, WaiverState::InForce].map(|state| WaiverUse { state, covers: 0 }).to_vec()
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
        &Audited {
            inventory,
            audit,
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
