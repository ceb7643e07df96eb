//! A small estate, put together by hand.

use super::*;

pub(super) fn at(byte: u64) -> Origin {
    let position = Position { line: 1, column: 1 };
    let mut origin = Origin::document(DocumentId(0));
    origin.change(|spot| spot.location = Some(Location { position, end: position, byte_start: byte, byte_end: byte }));
    origin
}

pub(super) fn host(text: &str) -> HostName {
    HostName::new(text).unwrap()
}

pub(super) fn tags() -> [EqualityTag; 4] {
    let tagger = Tagger::new().unwrap();
    ["a", "b", "c", "d"].map(|s| tagger.tag(&Secret::new(s.to_owned())))
}

pub(super) fn slot(byte: u64, account: &str, secret: SecretState) -> Slot {
    Slot {
        place: crate::SlotPlace {
            layout: LayoutId::AnonymousUser,
            evidence: EvidenceLevel::Documented,
            relevance: SlotRelevance::Expected,
            purpose: ProviderPurpose::General,
            creation: Creation::Never,
            key: SlotKey::AnonymousUser { location: Some(format!("slot at {byte}")) },
            label: kerbsync_source::text!("slot at {byte}"),
            account_attribute: "userName".to_owned(),
            secret_attribute: "password".to_owned(),
            active: true,
        }
        .into(),
        account: Spanned::new(
            AccountText { text: account.to_owned(), name: DownLevelName::parse(account).ok().map(|p| p.name) }.into(),
            at(byte),
        ),
        secret,
        secret_origin: Some(at(byte)),
    }
}

pub(super) fn server(name: &str, slots: Vec<Slot>) -> ServerConfiguration {
    ServerConfiguration {
        computer: host(name),
        document: Some(DocumentId(0)),
        status: ServerStatus::Read,
        redirected_to: None,
        windows_authentication_module: Some(true),
        web_sites: Vec::new().into(),
        web_site_count: 2,
        other_web_sites: Vec::new().into(),
        application_pools: Vec::new().into(),
        slots,
        providers: Vec::new(),
        restrictions: Vec::new().into(),
        history: Vec::new(),
        hardening: None,
        besides: crate::Besides::default(),
    }
}

pub(super) fn pool(site: &str, fqdn: &str, computers: &[&str], web_services: bool) -> Pool {
    Pool {
        key: fqdn.to_owned(),
        site: SiteId::new(site),
        fqdn: Spanned::new(host(fqdn), at(0)),
        kind: PoolKind::Enterprise,
        web_services,
        web_fqdns_known: true,
        internal_web_override: None,
        external_web_fqdn: None,
        web_ports: Vec::new(),
        web_components: Vec::new(),
        computers: computers.iter().map(|c| Computer { fqdn: Spanned::new(host(c), at(0)) }).collect(),
        roles: Vec::new(),
        version: Some(7),
    }
}

pub(super) fn assignment(site: &str, account: &str) -> Assignment {
    let parsed = DownLevelName::parse(account);
    Assignment {
        site_text: Spanned::new(format!("Site:{site}"), at(0)),
        site_id: SiteId::new(site),
        account_text: Spanned::new(account.to_owned(), at(0)),
        notes: parsed.as_ref().map_or(Vec::new(), |p| p.notes.clone()),
        account: parsed.map(|p| p.name),
        origin: at(0),
    }
}

pub(super) fn site(id: &str) -> Site {
    let value = SiteId::new(id).unwrap();
    Site { id: Spanned::new(value, at(0)), name: Spanned::new(id.to_owned(), at(0)), kind: SiteKind::Central, parent: None }
}

/// Sites `one` and `two` with the same account: fe01, fe02 in `one`, fe03, fe04 and the SQL server in `two`.
pub(super) fn estate(servers: Vec<ServerConfiguration>) -> Inventory {
    Inventory {
        sites: vec![site("one"), site("two")],
        pools: vec![
            pool("one", "pool01.contoso.com", &["fe01.contoso.com", "fe02.contoso.com"], true),
            pool("two", "pool02.contoso.com", &["fe03.contoso.com", "fe04.contoso.com"], true),
            pool("two", "sql01.contoso.com", &["sql01.contoso.com"], false),
        ],
        assignments: vec![assignment("one", "CONTOSO\\KerbAuth$"), assignment("two", "contoso\\kerbauth")],
        assignments_known: true,
        servers,
        ..Inventory::default()
    }
}

pub(super) const ACCOUNT: &str = "contoso\\KerbAuth";

pub(super) fn holding(name: &str, tag: EqualityTag) -> ServerConfiguration {
    server(name, vec![slot(1, ACCOUNT, SecretState::Clear(tag))])
}

pub(super) fn show(inventory: &Inventory) -> String {
    inventory
        .states
        .iter()
        .map(|(h, s)| format!("{h} {} {} {} {}\n", s.state.name(), s.basis.name(), s.group.as_deref().unwrap_or("-"), s.reason))
        .collect()
}

pub(super) fn computed(mut inventory: Inventory, reference: Option<&str>) -> String {
    compute(&mut inventory, reference.map(host).as_ref());
    show(&inventory)
}
