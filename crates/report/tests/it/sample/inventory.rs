//! The inventory that has something of everything.

use super::{at, document, host, origin};
use jiff::Timestamp;
use kerbsync_inventory::directory::{Account, Completeness, Directory, ObjectClass};
use kerbsync_inventory::state::{Basis, ServerState, State};
use kerbsync_inventory::{
    AccountText, Assignment, Computer, Creation, DocumentKind, DocumentStatus, EvidenceLevel, Gap, GapSubject, Inventory, LayoutId,
    ManagementLog, Pool, PoolKind, Provider, ProviderKey, ProviderPurpose, SecretState, ServerConfiguration, ServerStatus, Site, SiteKind,
    Slot, SlotKey, SlotPlace, SlotRelevance, Topology,
};
use kerbsync_names::{DownLevelName, SiteId};
use kerbsync_source::{DocumentId, Level, Location, Origin, Position, Problem, Spanned, text};

fn pool(site: &str, fqdn: &str, kind: PoolKind, web: bool, computers: &[String]) -> Pool {
    Pool {
        key: format!("{site}:{fqdn}"),
        site: SiteId::new(site),
        fqdn: at(host(fqdn)),
        kind,
        web_services: web,
        web_fqdns_known: true,
        internal_web_override: None,
        external_web_fqdn: web.then(|| at(host("web.contoso.com"))),
        web_ports: Vec::new(),
        web_components: Vec::new(),
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
        place: SlotPlace {
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
        }
        .into(),
        account: Spanned::new(
            AccountText { text: r"contoso\kerbauth$".to_owned(), name: Some(account()) }.into(),
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
        web_sites: Vec::new().into(),
        web_site_count: 3,
        other_web_sites: Vec::new().into(),
        application_pools: Vec::new().into(),
        slots: slots.into_iter().collect(),
        providers: vec![Provider {
            name: at("IISWASOnlyAesProvider".into()),
            key_container: Some("iisWasKey".into()),
            key: ProviderKey::NoKey,
            session_key: None,
        }],
        restrictions: Vec::new().into(),
        history: Vec::new(),
        hardening: None,
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
        message: "the file ends while <sites> of line 70 is still open: it is cut, or its end tag is missing".into(),
        help: Some("Copy the file from the server once more.".into()),
    }
}

fn sealed() -> SecretState {
    SecretState::Sealed { provider: "IISWASOnlyAesProvider".to_owned(), reason: "no key was given".into(), damaged: false }
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
    document(&mut i, "bundle/photo.jpg", DocumentKind::Unrecognised, DocumentStatus::Noise("a JPEG image".into()));
    let ldif = document(&mut i, "bundle/accounts.ldf", DocumentKind::Ldif, DocumentStatus::Used);
    let log = document(&mut i, "bundle/Enable-CsTopology.xml", DocumentKind::ManagementLog, DocumentStatus::Used);
    i.documents[fe01.0 as usize].computer = Some(host("fe01.contoso.com"));
    i.topologies.push(Topology { sip_domains: vec!["contoso.com".to_owned()], ..Topology::in_use(topology) });
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
        accounts: vec![computer_account().into()],
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
        delegates_to: Some(Vec::new()),
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
        shown_member_of: Vec::new(),
        silos: None,
    }
}
