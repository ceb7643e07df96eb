//! A small estate without a fault, to be spoilt by the tests of the rules, and a way to show what a rule says of it.
//!
//! Two sites share the account `CONTOSO\KerbAuth`. Redmond has an Enterprise pool (fe01, fe02), a Director pool (dir01) and a SQL server;
//! Dublin has a Standard Edition server (se01). All hold the same secret, the directory export is complete, nothing is overdue.

mod dropped;

pub(crate) use dropped::{assert_kept, drop_places};

use crate::{Outcome, Policy, Rule, run_one};
use jiff::Timestamp;
use kerbsync_inventory::citable::Cited;
use kerbsync_inventory::directory::{Account, Completeness, Directory, Domain, Group, Moment, ObjectClass, uac};
use kerbsync_inventory::state::{self, EqualityTag};
use kerbsync_inventory::{
    AccountText, AnonymousAuthentication, Application, ApplicationPool, ApplicationPoolIdentity, Assignment, AuthenticationPath, Computer,
    Creation, Document, DocumentKind, DocumentStatus, EvidenceLevel, Inventory, LayoutId, ManagementLog, Pool, PoolKind, ProviderPurpose,
    SecretState, ServerConfiguration, ServerStatus, Site, SiteKind, Slot, SlotKey, SlotRelevance, Topology, TopologyForm, WebBinding,
    WebSite, WebSiteRole, WindowsAuthentication,
};
use kerbsync_names::{DownLevelName, HostName, ServicePrincipalName, SiteId};
use kerbsync_secret::{Secret, Tagger};
use kerbsync_source::{DocumentId, Location, Origin, Position, Spanned, Spot};
use std::sync::{Arc, OnceLock};

pub(crate) const NOW: &str = "2026-03-01T12:00:00Z";
pub(crate) const TOPOLOGY: u32 = 0;
pub(crate) const ASSIGNMENTS: u32 = 1;
pub(crate) const DIRECTORY: u32 = 2;
pub(crate) const LOG: u32 = 3;

/// The tag of a secret, the same for the same text in one test run.
pub(crate) fn tag(secret: &str) -> EqualityTag {
    static TAGGER: OnceLock<Tagger> = OnceLock::new();
    TAGGER.get_or_init(|| Tagger::new().unwrap()).tag(&Secret::new(secret.to_owned()))
}

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn host(text: &str) -> HostName {
    HostName::new(text).unwrap()
}

pub(crate) fn origin(document: u32, line: u32, element: &str) -> Origin {
    let byte = u64::from(line) * 100;
    let location =
        Location { position: Position { line, column: 5 }, end: Position { line, column: 15 }, byte_start: byte, byte_end: byte + 10 };
    Origin::new(DocumentId(document), Spot { location: Some(location), element: Arc::from(element), excerpt: None })
}

pub(crate) fn at<T>(document: u32, line: u32, value: T) -> Spanned<T> {
    Spanned::new(value, origin(document, line, ""))
}

pub(crate) fn cited<T>(document: u32, line: u32, value: T) -> Cited<T> {
    Cited::new(value, origin(document, line, ""))
}

/// The providers of a path, to be changed.
pub(crate) fn providers(path: &mut AuthenticationPath) -> &mut Vec<Cited<String>> {
    Arc::make_mut(&mut path.windows.providers)
}

/// Appends a document and returns its number.
pub(crate) fn add_document(inventory: &mut Inventory, path: &str, kind: DocumentKind) -> u32 {
    let id = u32::try_from(inventory.documents.len()).unwrap();
    inventory.documents.push(Document {
        id: DocumentId(id),
        path: path.to_owned(),
        root: 0,
        sha256: Some("0".repeat(64)),
        bytes: 1000,
        kind,
        status: DocumentStatus::Used,
        computer: None,
        written: None,
        read_at: Some(time("2026-02-20T09:00:00Z")),
        modified: None,
        problems: Vec::new(),
    });
    id
}

pub(crate) fn estate() -> Inventory {
    let mut inventory = Inventory::default();
    add_document(&mut inventory, "topology.xml", DocumentKind::Topology);
    add_document(&mut inventory, "assignments.xml", DocumentKind::Clixml);
    add_document(&mut inventory, "directory.ldf", DocumentKind::Ldif);
    add_document(&mut inventory, "Enable-CsTopology.xml", DocumentKind::ManagementLog);
    inventory.topologies.push(Topology {
        document: DocumentId(TOPOLOGY),
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
    inventory.sites = vec![site("1", "Redmond", 3), site("2", "Dublin", 4)];
    inventory.pools = vec![
        pool("1", "pool01.contoso.com", PoolKind::Enterprise, 10, &["fe01.contoso.com", "fe02.contoso.com"]),
        pool("1", "dirpool01.contoso.com", PoolKind::Director, 20, &["dir01.contoso.com"]),
        pool("1", "sql01.contoso.com", PoolKind::Other, 30, &["sql01.contoso.com"]),
        pool("2", "se01.contoso.com", PoolKind::StandardEdition, 40, &["se01.contoso.com"]),
    ];
    inventory.assignments =
        vec![assignment("Redmond", Some("1"), "CONTOSO\\KerbAuth", 5), assignment("Dublin", Some("2"), "contoso\\kerbauth", 6)];
    inventory.assignments_known = true;
    inventory.directory = Some(directory());
    inventory.logs.push(log(LOG, "Enable-CsTopology", "2026-02-01T10:00:00Z"));
    for name in ["dir01", "fe01", "fe02", "se01"] {
        let path = format!("servers/{name}.contoso.com/applicationHost.config");
        let document = add_document(&mut inventory, &path, DocumentKind::ApplicationHost);
        inventory.documents[document as usize].computer = HostName::new(&format!("{name}.contoso.com"));
        inventory.servers.push(server(&format!("{name}.contoso.com"), document));
    }
    inventory
}

pub(crate) fn site(id: &str, name: &str, line: u32) -> Site {
    let id = at(TOPOLOGY, line, SiteId::new(id).unwrap());
    Site { id, name: at(TOPOLOGY, line, name.to_owned()), kind: SiteKind::Central, parent: None }
}

pub(crate) fn pool(site: &str, fqdn: &str, kind: PoolKind, line: u32, computers: &[&str]) -> Pool {
    Pool {
        key: format!("{site}:{line}"),
        site: SiteId::new(site),
        fqdn: at(TOPOLOGY, line, host(fqdn)),
        kind,
        web_services: kind != PoolKind::Other,
        internal_web_override: None,
        external_web_fqdn: None,
        computers: computers.iter().zip(line + 1..).map(|(c, line)| Computer { fqdn: at(TOPOLOGY, line, host(c)) }).collect(),
        roles: Vec::new(),
        version: Some(7),
    }
}

pub(crate) fn assignment(site: &str, id: Option<&str>, account: &str, line: u32) -> Assignment {
    let parsed = DownLevelName::parse(account);
    Assignment {
        site_text: at(ASSIGNMENTS, line, format!("Site:{site}")),
        site_id: id.and_then(SiteId::new),
        account_text: at(ASSIGNMENTS, line, account.to_owned()),
        notes: parsed.as_ref().map_or(Vec::new(), |p| p.notes.clone()),
        account: parsed.map(|p| p.name),
        origin: origin(ASSIGNMENTS, line, "KerberosAccountAssignment"),
    }
}

pub(crate) fn log(document: u32, cmdlet: &str, ended: &str) -> ManagementLog {
    ManagementLog {
        document: DocumentId(document),
        cmdlet: cmdlet.to_owned(),
        started: Some(time(ended)),
        ended: Some(time(ended)),
        complete: true,
        entries: Vec::new(),
        unassigned_sites: Vec::new(),
        spns_added: Vec::new(),
        spns_missing: Vec::new(),
        tested_site: None,
        computers: Vec::new(),
        test_verdicts: Vec::new(),
    }
}

fn directory() -> Directory {
    let mut kerb = computer("KerbAuth", 10, &["http/pool01.contoso.com", "http/dirpool01.contoso.com", "http/se01.contoso.com"]);
    kerb.distinguished_name = at(DIRECTORY, 10, "CN=KerbAuth,OU=Kerberos,DC=contoso,DC=com".to_owned());
    kerb.encryption_types = Some(at(DIRECTORY, 16, Some(0x18)));
    kerb.password_last_set = Some(at(DIRECTORY, 15, Moment::At(time("2026-01-10T08:00:00Z"))));
    kerb.dns_host_name = None;
    kerb.sid = Some("S-1-5-21-1-2-3-1105".to_owned());
    let mut accounts = vec![kerb];
    for (name, line) in [("fe01", 100), ("fe02", 200), ("dir01", 300), ("se01", 400), ("sql01", 500)] {
        let (short, long) = (format!("HOST/{name}"), format!("HOST/{name}.contoso.com"));
        accounts.push(computer(name, line, &[&short, &long]));
    }
    Directory {
        documents: vec![DocumentId(DIRECTORY)],
        accounts,
        groups: vec![
            Group {
                origin: origin(DIRECTORY, 900, "CN=Domain Admins"),
                distinguished_name: "CN=Domain Admins,CN=Users,DC=contoso,DC=com".to_owned(),
                name: "Domain Admins".to_owned(),
                members: Some(Vec::new()),
                sid: Some("S-1-5-21-1-2-3-512".to_owned()),
                created: None,
            },
            Group {
                origin: origin(DIRECTORY, 910, "CN=Read-only Domain Controllers"),
                distinguished_name: "CN=Read-only Domain Controllers,CN=Users,DC=contoso,DC=com".to_owned(),
                name: "Read-only Domain Controllers".to_owned(),
                members: Some(Vec::new()),
                sid: Some("S-1-5-21-1-2-3-521".to_owned()),
                created: Some(at(DIRECTORY, 911, time("2015-03-06T08:00:00Z"))),
            },
        ],
        domains: vec![Domain { netbios: "CONTOSO".to_owned(), dns: "contoso.com".to_owned(), origin: None }],
        deleted: Vec::new(),
        completeness: Completeness::Complete,
    }
}

/// A computer object, named in `CN=Computers`, with facts on the ten lines from `line` on.
pub(crate) fn computer(name: &str, line: u32, spns: &[&str]) -> Account {
    Account {
        origin: origin(DIRECTORY, line, name),
        distinguished_name: at(DIRECTORY, line, format!("CN={name},CN=Computers,DC=contoso,DC=com")),
        domain: Some("contoso.com".to_owned()),
        sam_account_name: Some(at(DIRECTORY, line + 1, format!("{name}$"))),
        class: Some(at(DIRECTORY, line + 2, ObjectClass::Computer)),
        user_account_control: Some(at(DIRECTORY, line + 3, uac::WORKSTATION_TRUST_ACCOUNT)),
        enabled: None,
        expires: Some(at(DIRECTORY, line + 4, Moment::Never)),
        password_last_set: Some(at(DIRECTORY, line + 5, Moment::At(time("2026-02-10T08:00:00Z")))),
        created: Some(at(DIRECTORY, line + 5, time("2025-01-10T08:00:00Z"))),
        encryption_types: Some(at(DIRECTORY, line + 6, Some(0x1c))),
        spns: Some(spns.iter().zip(line + 7..).map(|(s, l)| at(DIRECTORY, l, ServicePrincipalName::parse(s).unwrap())).collect()),
        member_of: Some(Vec::new()),
        primary_group: Some(at(DIRECTORY, line + 8, 515)),
        admin_count: None,
        delegates_to: Vec::new(),
        acted_for_by_others: Some(at(DIRECTORY, line + 9, false)),
        key_version: Some(at(DIRECTORY, line + 9, 4)),
        sid: None,
        dns_host_name: Some(at(DIRECTORY, line + 9, host(&format!("{name}.contoso.com")).to_string())),
        protected_from_deletion: None,
        flags_not_told: 0,
        operating_system: Some(at(DIRECTORY, line + 9, None)),
        last_logon: None,
        key_credential: Some(at(DIRECTORY, line + 9, false)),
        shown_spns: Vec::new(),
        silos: Some(Vec::new()),
    }
}

/// A configuration in sync: a slot in the `<location>` of each web site.
fn server(name: &str, document: u32) -> ServerConfiguration {
    let web_sites = vec![
        web_site(WebSiteRole::Internal, "Skype for Business Server Internal Web Site", "LyncIntFeature", document, 20),
        web_site(WebSiteRole::External, "Skype for Business Server External Web Site", "LyncExtFeature", document, 40),
    ];
    let slots =
        web_sites.iter().zip([60, 70]).map(|(s, line)| slot(document, line, &s.name.value, "CONTOSO\\KerbAuth", "current")).collect();
    let pool = |name: &str, line| ApplicationPool {
        name: cited(document, line, name.to_owned()),
        identity: cited(document, line, ApplicationPoolIdentity::NetworkService),
        is_product: true,
        starts: cited(document, line, true),
        user_name: None,
    };
    ServerConfiguration {
        computer: host(name),
        document: Some(DocumentId(document)),
        status: ServerStatus::Read,
        redirected_to: None,
        windows_authentication_module: Some(true),
        web_sites,
        other_web_sites: Vec::new(),
        web_site_count: 2,
        application_pools: vec![pool("LyncIntFeature", 10), pool("LyncExtFeature", 11)],
        slots,
        providers: Vec::new(),
        restrictions: Vec::new(),
        history: Vec::new(),
        besides: kerbsync_inventory::Besides::default(),
    }
}

/// A binding for every address and host.
pub(crate) fn binding(document: u32, line: u32, protocol: &str, port: u16) -> Spanned<WebBinding> {
    at(document, line, WebBinding { protocol: protocol.to_owned(), address: "*".to_owned(), port, host: String::new() })
}

fn web_site(role: WebSiteRole, name: &str, pool: &str, document: u32, line: u32) -> WebSite {
    let application = |path: &str, line| Application {
        path: cited(document, line, path.to_owned()),
        pool: cited(document, line, pool.to_owned()),
        pool_exists: true,
    };
    let path = |path: &str, line, windows, providers: &[&str], anonymous| AuthenticationPath {
        path: path.into(),
        is_application: true,
        pool: Some(pool.into()),
        windows: WindowsAuthentication {
            enabled: cited(document, line, windows),
            use_kernel_mode: cited(document, line, false),
            use_app_pool_credentials: cited(document, line, false),
            providers: Arc::new(providers.iter().map(|p| cited(document, line + 1, (*p).to_owned())).collect()),
            token_checking: cited(document, line, "None"),
        },
        anonymous: Arc::new(AnonymousAuthentication {
            enabled: cited(document, line + 2, anonymous),
            user_name: cited(document, line + 2, String::new()),
        }),
    };
    WebSite {
        role,
        name: at(document, line, name.to_owned()),
        id: None,
        starts: cited(document, line, true),
        bindings: match role {
            WebSiteRole::Internal => vec![binding(document, line + 1, "http", 80), binding(document, line + 2, "https", 443)],
            WebSiteRole::External => vec![binding(document, line + 1, "http", 8080), binding(document, line + 2, "https", 4443)],
        },
        applications: vec![application("/", line + 1), application("/Abs", line + 2), application("/WebTicket", line + 3)],
        authentication: vec![
            path("/", line + 4, false, &["Negotiate", "NTLM"], true),
            path("/Abs", line + 7, true, &["Negotiate", "NTLM"], false),
            path("/Abs/files", line + 10, true, &["NTLM"], false),
            path("/CollabContent", line + 10, true, &["NTLM"], true),
            path("/WebTicket", line + 13, true, &["Negotiate", "NTLM"], false),
        ],
    }
}

pub(crate) fn slot(document: u32, line: u32, site: &str, account: &str, secret: &str) -> Slot {
    let key = SlotKey::Section { section: "kerberosCredential".to_owned(), element: None, location: Some(site.to_owned()) };
    Slot {
        layout: LayoutId::Structural,
        evidence: EvidenceLevel::Structural,
        relevance: SlotRelevance::Expected,
        purpose: ProviderPurpose::General,
        creation: Creation::Never,
        label: key.label(),
        key,
        account_attribute: "userName".to_owned(),
        secret_attribute: "password".to_owned(),
        active: true,
        account: at(document, line, account_text(account)),
        secret: SecretState::Opened { tag: tag(secret), provider: "AesProvider".to_owned(), inferred: false },
        secret_origin: Some(origin(document, line, "kerberosCredential/@password")),
    }
}

pub(crate) fn account_text(text: &str) -> AccountText {
    AccountText { text: text.to_owned(), name: DownLevelName::parse(text).ok().map(|p| p.name) }
}

/// The configuration of `fe02` and the like.
pub(crate) fn config<'i>(inventory: &'i mut Inventory, short: &str) -> &'i mut ServerConfiguration {
    let name = host(&format!("{short}.contoso.com"));
    inventory.servers.iter_mut().find(|s| s.computer == name).unwrap()
}

/// The web server's secrets become another one.
pub(crate) fn set_secret(inventory: &mut Inventory, short: &str, secret: &SecretState) {
    for slot in &mut config(inventory, short).slots {
        slot.secret = secret.clone();
    }
}

pub(crate) fn opened(secret: &str) -> SecretState {
    SecretState::Opened { tag: tag(secret), provider: "AesProvider".to_owned(), inferred: false }
}

pub(crate) fn sealed() -> SecretState {
    SecretState::Sealed { provider: "AesProvider".to_owned(), reason: "no exported key fits".to_owned(), damaged: false }
}

/// The object of the Kerberos account.
pub(crate) fn kerb(inventory: &mut Inventory) -> &mut Account {
    &mut inventory.directory.as_mut().unwrap().accounts[0]
}

/// The object of a computer, `fe01` and the like.
pub(crate) fn object<'i>(inventory: &'i mut Inventory, short: &str) -> &'i mut Account {
    let accounts = &mut inventory.directory.as_mut().unwrap().accounts;
    accounts.iter_mut().find(|a| a.short_name() == short).unwrap()
}

pub(crate) fn spn(line: u32, text: &str) -> Spanned<ServicePrincipalName> {
    at(DIRECTORY, line, ServicePrincipalName::parse(text).unwrap())
}

/// The estate without any directory export.
pub(crate) fn without_directory() -> Inventory {
    Inventory { directory: None, ..estate() }
}

/// Runs one rule at [`NOW`] and shows every verdict with its finding. States are computed first.
pub(crate) fn check(rule: &'static Rule, inventory: Inventory) -> String {
    check_at(rule, inventory, NOW)
}

pub(crate) fn check_at(rule: &'static Rule, mut inventory: Inventory, now: &str) -> String {
    drop_places(&mut inventory);
    state::compute(&mut inventory, None);
    let (verdicts, findings) = run_one(rule, &inventory, &Policy::at(time(now)));
    findings.iter().for_each(assert_kept);
    let mut out = String::new();
    for verdict in &verdicts {
        assert_eq!(verdict.subject.kind(), rule.subject, "{}", verdict.subject);
        out += &format!("{} {}: {}\n", verdict.outcome.name(), verdict.subject, verdict.reason);
        for finding in findings.iter().filter(|f| f.subject == verdict.subject) {
            assert_eq!(finding.outcome, verdict.outcome);
            let severity = finding.severity.name();
            for related in &finding.locations {
                let document = &inventory.document(related.at.origin.document).unwrap().path;
                let line = related.at.origin.location.map_or(String::new(), |l| format!(":{}", l.position.line));
                out += &format!("  {severity} {document}{line} {}\n", related.note);
            }
            if finding.locations.is_empty() {
                out += &format!("  {severity}\n");
            }
            if finding.outcome == Outcome::Fail {
                out += &format!(
                    "  help: {}\n",
                    finding.help.as_ref().map_or_else(|| "none".to_owned(), |h| h.to_string().replace('\n', "\n    "))
                );
            }
        }
    }
    assert_eq!(findings.len(), findings.iter().filter(|f| verdicts.iter().any(|v| v.subject == f.subject)).count());
    out
}

/// Adds a group in `OU=Groups` with these members.
pub(crate) fn group(inventory: &mut Inventory, name: &str, sid: &str, members: &[&str]) {
    inventory.directory.as_mut().unwrap().groups.push(Group {
        created: None,
        origin: origin(DIRECTORY, 950, name),
        distinguished_name: format!("CN={name},OU=Groups,DC=contoso,DC=com"),
        name: name.to_owned(),
        members: Some(members.iter().map(|m| at(DIRECTORY, 951, (*m).to_owned())).collect()),
        sid: Some(sid.to_owned()),
    });
}
