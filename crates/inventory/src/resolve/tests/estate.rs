//! The estate that the tests ask.

use crate::state::{Basis, ServerState, State};
use crate::{
    AccountText, Assignment, Computer, Creation, EvidenceLevel, Inventory, LayoutId, Pool, PoolKind, ProviderPurpose, SecretState,
    ServerConfiguration, ServerStatus, SimpleUrl, Site, SiteKind, Slot, SlotKey, SlotPlace, SlotRelevance, Topology,
};
use kerbsync_names::{DownLevelName, HostName, SiteId};
use kerbsync_secret::{Secret, Tagger};
use kerbsync_source::{DocumentId, Origin, Spanned};

pub(super) fn spanned<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Origin::document(DocumentId(0)))
}

pub(super) fn host(text: &str) -> HostName {
    HostName::new(text).unwrap()
}

pub(super) fn pool(key: &str, fqdn: &str, kind: PoolKind, web_services: bool, computers: &[&str]) -> Pool {
    Pool {
        key: key.to_owned(),
        site: SiteId::new(key.split(':').next().unwrap()),
        fqdn: spanned(host(fqdn)),
        kind,
        web_services,
        web_fqdns_known: true,
        internal_web_override: None,
        external_web_fqdn: None,
        web_ports: Vec::new(),
        web_components: Vec::new(),
        computers: computers.iter().map(|c| Computer { fqdn: spanned(host(c)) }).collect(),
        roles: Vec::new(),
        version: web_services.then_some(7),
    }
}

fn site(id: &str, name: &str, kind: SiteKind) -> Site {
    Site { id: spanned(SiteId::new(id).unwrap()), name: spanned(name.to_owned()), kind, parent: None }
}

pub(super) fn topology(complete: bool) -> Topology {
    Topology { complete, ..Topology::in_use(DocumentId(0)) }
}

/// Two central sites and a branch site with every kind of pool.
pub(super) fn estate() -> Inventory {
    let with_roles = |key, fqdn, kind, computers: &[&str], roles: &[&str]| {
        let mut p = pool(key, fqdn, kind, false, computers);
        p.roles = roles.iter().map(|r| (*r).to_owned()).collect();
        p
    };
    let mut pool01 = pool("1:1", "pool01.contoso.com", PoolKind::Enterprise, true, &["fe01.contoso.com", "FE02.contoso.com"]);
    pool01.internal_web_override = Some(spanned(host("webservices.contoso.local")));
    pool01.external_web_fqdn = Some(spanned(host("web.contoso.com")));
    let mut pool02 = pool("2:1", "pool02.contoso.com", PoolKind::Enterprise, true, &["fe11.contoso.com", "fe12.contoso.com"]);
    pool02.external_web_fqdn = Some(spanned(host("web.contoso.com")));
    Inventory {
        topologies: vec![topology(true)],
        sites: vec![
            site("1", "Redmond", SiteKind::Central),
            site("2", "Dublin", SiteKind::Central),
            site("3", "Portland", SiteKind::Branch),
        ],
        pools: vec![
            pool01,
            pool("1:2", "se01.contoso.com", PoolKind::StandardEdition, true, &["se01.contoso.com"]),
            pool("1:3", "dirpool.contoso.com", PoolKind::Director, true, &["dir01.contoso.com"]),
            with_roles("1:4", "edgepool.contoso.com", PoolKind::Edge, &["edge01.contoso.com"], &["EdgeServer"]),
            with_roles("1:5", "sql01.contoso.com", PoolKind::Other, &["sql01.contoso.com"], &["UserStore"]),
            with_roles("1:6", "wacpool.contoso.com", PoolKind::Other, &["wac01.contoso.com", "CONTOSO-WAC2"], &["WacService"]),
            with_roles("1:7", "medpool.contoso.com", PoolKind::Other, &["med01.contoso.com"], &["MediationServer"]),
            pool02,
            pool("3:1", "sba01.contoso.com", PoolKind::SurvivableBranch, false, &["sba01.contoso.com"]),
            pool("3:2", "br01.contoso.com", PoolKind::StandardEdition, true, &["br01.contoso.com"]),
            pool("1:8", "dup.contoso.com", PoolKind::Enterprise, true, &["twice.contoso.com"]),
            pool("2:8", "dup2.contoso.com", PoolKind::Enterprise, true, &["Twice.contoso.com"]),
        ],
        simple_urls: vec![SimpleUrl { component: "Meet".into(), domain: "*".into(), host: spanned(host("meet.contoso.com")) }],
        ..Inventory::default()
    }
}

pub(super) fn assign(inventory: &mut Inventory, site: &str, account: &str) {
    let parsed = DownLevelName::parse(account).unwrap();
    inventory.assignments_known = true;
    inventory.assignments.push(Assignment {
        site_text: spanned(site.to_owned()),
        site_id: SiteId::new(site),
        account_text: spanned(account.to_owned()),
        account: Ok(parsed.name),
        notes: parsed.notes,
        origin: Origin::document(DocumentId(0)),
    });
}

pub(super) fn state(inventory: &mut Inventory, computer: &str, state: State, reason: &'static str) {
    let state = ServerState { state, basis: Basis::None, group: None, reason: reason.into(), place_unknown: false, contradiction: None };
    inventory.states.push((host(computer), state));
}

/// A configuration whose one slot names the account, with a secret or without.
pub(super) fn configuration(inventory: &mut Inventory, computer: &str, account: &str, secret: bool) {
    let tag = Tagger::new().unwrap().tag(&Secret::new("x".to_owned()));
    let name = DownLevelName::parse(account).ok().map(|p| p.name);
    let slot = Slot {
        place: SlotPlace {
            layout: LayoutId::AnonymousUser,
            evidence: EvidenceLevel::Documented,
            relevance: SlotRelevance::Expected,
            purpose: ProviderPurpose::General,
            creation: Creation::Never,
            key: SlotKey::AnonymousUser { location: None },
            label: "anonymous user".into(),
            account_attribute: "userName".into(),
            secret_attribute: "password".into(),
            active: true,
        }
        .into(),
        account: spanned(AccountText { text: account.to_owned(), name }.into()),
        secret: if secret { SecretState::Clear(tag) } else { SecretState::Empty },
        secret_origin: None,
    };
    inventory.servers.push(ServerConfiguration {
        computer: host(computer),
        document: Some(DocumentId(0)),
        status: ServerStatus::Read,
        redirected_to: None,
        windows_authentication_module: None,
        web_sites: Vec::new().into(),
        web_site_count: 0,
        other_web_sites: Vec::new().into(),
        application_pools: Vec::new().into(),
        slots: vec![slot],
        providers: Vec::new(),
        restrictions: Vec::new().into(),
        history: Vec::new(),
        hardening: None,
        besides: crate::Besides::default(),
    });
}
