//! The configurations of the estate's servers, and ways to change them.

use super::{at, cited, host, origin, tag};
use kerbsync_inventory::citable::Cited;
use kerbsync_inventory::{
    AccountText, AnonymousAuthentication, Application, ApplicationPool, ApplicationPoolIdentity, AuthenticationPath, Creation,
    EvidenceLevel, Inventory, LayoutId, ProviderPurpose, SecretState, ServerConfiguration, ServerStatus, Slot, SlotKey, SlotPlace,
    SlotRelevance, WebBinding, WebSite, WebSiteRole, WindowsAuthentication,
};
use kerbsync_names::DownLevelName;
use kerbsync_source::DocumentId;
use std::sync::Arc;

/// A configuration in sync: a slot in the `<location>` of each web site.
pub(super) fn server(name: &str, document: u32) -> ServerConfiguration {
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
        web_sites: web_sites.into(),
        other_web_sites: Vec::new().into(),
        web_site_count: 2,
        application_pools: vec![pool("LyncIntFeature", 10), pool("LyncExtFeature", 11)].into(),
        slots,
        providers: Vec::new(),
        restrictions: Vec::new().into(),
        history: Vec::new(),
        hardening: None,
        besides: kerbsync_inventory::Besides::default(),
    }
}

/// A binding for every address and host.
pub(crate) fn binding(document: u32, line: u32, protocol: &str, port: u16) -> Cited<WebBinding> {
    cited(document, line, WebBinding { protocol: protocol.to_owned(), address: "*".to_owned(), port, host: String::new() })
}

/// The providers of a path, to be changed.
pub(crate) fn providers(path: &mut AuthenticationPath) -> &mut Vec<Cited<String>> {
    Arc::make_mut(&mut path.windows.providers)
}

fn web_site(role: WebSiteRole, name: &str, pool: &str, document: u32, line: u32) -> WebSite {
    let application = |path: &str, line| Application {
        path: cited(document, line, path.into()),
        pool: cited(document, line, pool.into()),
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
        name: cited(document, line, name.to_owned()),
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
        place: SlotPlace {
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
        }
        .into(),
        account: at(document, line, account_text(account)),
        secret: SecretState::Opened { tag: tag(secret), provider: "AesProvider".to_owned(), inferred: false },
        secret_origin: Some(origin(document, line, "kerberosCredential/@password")),
    }
}

pub(crate) fn account_text(text: &str) -> Arc<AccountText> {
    AccountText { text: text.to_owned(), name: DownLevelName::parse(text).ok().map(|p| p.name) }.into()
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
    SecretState::Sealed { provider: "AesProvider".to_owned(), reason: "no exported key fits".into(), damaged: false }
}
