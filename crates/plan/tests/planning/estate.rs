//! A small estate: site Redmond with pool01 (fe01, fe02) and a Director dir01, site Dublin with se01; one account. And site Paris with
//! fe09, which has another account.

use kerbsync_inventory::directory::{Account, Completeness, Directory, Group};
use kerbsync_inventory::{
    AccountText, Assignment, Computer, Creation, Document, DocumentKind, DocumentStatus, EvidenceLevel, Inventory, LayoutId, Pool,
    PoolKind, Provider, ProviderKey, ProviderPurpose, SecretState, ServerConfiguration, ServerStatus, Site, SiteKind, Slot, SlotKey,
    SlotPlace, SlotRelevance, Topology, state,
};
use kerbsync_names::{DownLevelName, HostName, SiteId};
use kerbsync_secret::{EqualityTag, Secret, Tagger};
use kerbsync_source::{DocumentId, Origin, Spanned};

pub(crate) const ACCOUNT: &str = "CONTOSO\\KerbAuth";
/// A secret that no output may hold.
pub(crate) const CANARY: &str = "canary-51c0ffee";

pub(crate) fn at(document: u32) -> Origin {
    Origin::document(DocumentId(document))
}

pub(crate) fn host(text: &str) -> HostName {
    HostName::new(text).unwrap()
}

fn text<T>(value: T) -> Spanned<T> {
    Spanned::new(value, at(0))
}

/// What a server holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Holds {
    Current,
    Old,
    Other,
    Nothing,
    Sealed,
    Empty,
}

pub(crate) struct Builder {
    pub(crate) inventory: Inventory,
    tagger: Tagger,
}

impl Builder {
    pub(crate) fn new() -> Self {
        let mut inventory = Inventory::default();
        inventory.documents.push(document(0, "topology.xml", DocumentKind::Topology, None));
        for (id, name) in [("1", "Redmond"), ("2", "Dublin"), ("3", "Paris")] {
            let id = text(SiteId::new(id).unwrap());
            inventory.sites.push(Site { id, name: text(name.to_owned()), kind: SiteKind::Central, parent: None });
        }
        let pools: [(&str, &str, PoolKind, &[&str]); 5] = [
            ("1", "pool01.contoso.com", PoolKind::Enterprise, &["fe01.contoso.com", "fe02.contoso.com"]),
            ("1", "dirpool.contoso.com", PoolKind::Director, &["dir01.contoso.com"]),
            ("1", "sql01.contoso.com", PoolKind::Other, &["sql01.contoso.com"]),
            ("2", "se01.contoso.com", PoolKind::StandardEdition, &["se01.contoso.com"]),
            ("3", "pool09.contoso.com", PoolKind::Enterprise, &["fe09.contoso.com"]),
        ];
        for (site, fqdn, kind, computers) in pools {
            inventory.pools.push(Pool {
                key: fqdn.to_owned(),
                site: SiteId::new(site),
                fqdn: text(host(fqdn)),
                kind,
                web_services: kind != PoolKind::Other,
                web_fqdns_known: true,
                internal_web_override: None,
                external_web_fqdn: None,
                web_ports: Vec::new(),
                web_components: Vec::new(),
                computers: computers.iter().map(|c| Computer { fqdn: text(host(c)) }).collect(),
                roles: Vec::new(),
                version: Some(7),
            });
        }
        inventory.assignments = vec![assignment("1", ACCOUNT), assignment("2", "contoso\\kerbauth"), assignment("3", "CONTOSO\\Paris")];
        inventory.assignments_known = true;
        inventory.topologies.push(Topology::in_use(DocumentId(0)));
        inventory.directory = Some(directory());
        Self { inventory, tagger: Tagger::new().unwrap() }
    }

    /// The estate in which fe01 and fe02 hold the current secret, and the others what is told.
    pub(crate) fn with(others: &[(&str, Holds)]) -> Self {
        let mut builder = Self::new();
        for name in ["fe01.contoso.com", "fe02.contoso.com"] {
            builder.server(name, Holds::Current);
        }
        for (name, holds) in others {
            builder.server(name, *holds);
        }
        builder
    }

    pub(crate) fn tag(&self, secret: &str) -> EqualityTag {
        self.tagger.tag(&Secret::new(secret.to_owned()))
    }

    pub(crate) fn server(&mut self, name: &str, holds: Holds) -> &mut ServerConfiguration {
        let id = u32::try_from(self.inventory.documents.len()).unwrap();
        let path = format!("servers/{name}/applicationHost.config");
        self.inventory.documents.push(document(id, &path, DocumentKind::ApplicationHost, Some(name)));
        let opened = |secret: &str| SecretState::Opened { tag: self.tag(secret), provider: "AesProvider".to_owned(), inferred: false };
        let (account, secret) = match holds {
            Holds::Current => (ACCOUNT, opened(CANARY)),
            Holds::Old => (ACCOUNT, opened("an older one")),
            Holds::Other => ("CONTOSO\\Retired", opened("of another")),
            Holds::Empty => (ACCOUNT, SecretState::Empty),
            Holds::Sealed | Holds::Nothing => {
                (ACCOUNT, SecretState::Sealed { provider: "AesProvider".to_owned(), reason: "no key fits".into(), damaged: false })
            }
        };
        let sites = ["Internal", "External"].map(|s| slot(id, &format!("Lync Server {s} Web Site"), account, secret.clone()));
        self.inventory.servers.push(ServerConfiguration {
            computer: host(name),
            document: Some(DocumentId(id)),
            status: ServerStatus::Read,
            redirected_to: None,
            windows_authentication_module: Some(true),
            web_sites: Vec::new().into(),
            web_site_count: 2,
            other_web_sites: Vec::new().into(),
            application_pools: Vec::new().into(),
            slots: if holds == Holds::Nothing { Vec::new() } else { sites.to_vec() },
            providers: vec![Provider {
                name: text("AesProvider".into()),
                key_container: Some("iisConfigurationKey".into()),
                key: ProviderKey::Fits(DocumentId(0)),
                session_key: None,
            }],
            restrictions: Vec::new().into(),
            history: Vec::new(),
            hardening: None,
            besides: kerbsync_inventory::Besides::default(),
        });
        self.inventory.servers.last_mut().unwrap()
    }

    pub(crate) fn build(mut self) -> Inventory {
        state::compute(&mut self.inventory, None);
        self.inventory
    }
}

fn document(id: u32, path: &str, kind: DocumentKind, computer: Option<&str>) -> Document {
    Document {
        id: DocumentId(id),
        path: path.into(),
        // The digest stands for the content, so it goes by the path.
        root: 0,
        sha256: Some(path.bytes().cycle().take(32).map(|b| format!("{b:02x}")).collect::<String>().into()),
        bytes: 1000 + u64::from(id),
        kind,
        status: DocumentStatus::Used,
        computer: computer.map(host),
        written: None,
        read_at: None,
        modified: None,
        problems: Vec::new(),
    }
}

fn slot(document: u32, site: &str, account: &str, secret: SecretState) -> Slot {
    let key = SlotKey::Section { section: "kerberosAccount".to_owned(), element: None, location: Some(site.to_owned()) };
    Slot {
        place: SlotPlace {
            layout: LayoutId::SiteSection,
            evidence: EvidenceLevel::Inferred,
            relevance: SlotRelevance::Expected,
            purpose: ProviderPurpose::General,
            creation: Creation::AlongPath,
            label: key.label(),
            key,
            account_attribute: "userName".to_owned(),
            secret_attribute: "password".to_owned(),
            active: true,
        }
        .into(),
        account: Spanned::new(
            AccountText { text: account.to_owned(), name: DownLevelName::parse(account).ok().map(|p| p.name) }.into(),
            at(document),
        ),
        secret,
        secret_origin: Some(at(document)),
    }
}

pub(crate) fn assignment(site: &str, account: &str) -> Assignment {
    let parsed = DownLevelName::parse(account);
    Assignment {
        site_text: text(format!("Site:{site}")),
        site_id: SiteId::new(site),
        account_text: text(account.to_owned()),
        notes: parsed.as_ref().map_or(Vec::new(), |p| p.notes.clone()),
        account: parsed.map(|p| p.name),
        origin: at(0),
    }
}

/// ann is a member through the group Operators; bob is in a group that is in a circle; cleo is in none.
fn directory() -> Directory {
    let group = |name: &str, members: &[&str]| Group {
        origin: at(0),
        distinguished_name: dn(name),
        name: name.to_owned(),
        members: Some(members.iter().map(|m| text(dn(m))).collect()),
        shown_members: Vec::new(),
        shown_member_of: Vec::new(),
        created: None,
        sid: None,
    };
    Directory {
        documents: vec![DocumentId(0)],
        accounts: ["ann", "bob", "cleo", "KerbAuth"].map(|name| account(name).into()).into(),
        groups: vec![
            group("RTCUniversalServerAdmins", &["Operators"]),
            group("Operators", &["ann"]),
            group("A", &["B", "bob"]),
            group("B", &["A"]),
        ],
        domains: Vec::new(),
        deleted: Vec::new(),
        completeness: Completeness::Complete,
    }
}

pub(crate) fn dn(name: &str) -> String {
    format!("CN={name},CN=Users,DC=contoso,DC=com")
}

pub(crate) fn account(name: &str) -> Account {
    Account {
        origin: at(0),
        distinguished_name: text(dn(name)),
        domain: Some("contoso.com".to_owned()),
        sam_account_name: Some(text(name.to_owned())),
        class: None,
        user_account_control: None,
        enabled: Some(text(true)),
        expires: None,
        password_last_set: None,
        created: None,
        encryption_types: None,
        spns: None,
        member_of: Some(Vec::new()),
        primary_group: None,
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
