//! Steps as bytes of whole configurations, and back.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod create;
mod laws;
mod refusals;
mod sources;

use kerbsync_credential::lower::{CredentialLower, KeySource, SecretSource, SlotRules};
use kerbsync_credential::{DeclaredSlot, DiscoveryContext, Product, Realms, WebSiteNames, discover};
use kerbsync_iis::ApplicationHost;
use kerbsync_iis::protection::{KeyFile, KeyMaterial};
use kerbsync_inventory::{LayoutId, SlotKey};
use kerbsync_plan::lower::{FieldRecord, FieldState, Lower as _, LowerError, Lowered};
use kerbsync_plan::{Change, SecretFrom, SlotAddress, Step};
use kerbsync_secret::{Secret, Tagger};
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_xml::{Document, Limits};
use std::sync::{Arc, LazyLock};

pub(crate) const PRODUCT: &str = include_str!("../../../../fixtures/documents/iis/product.config");
pub(crate) const CONFIGURATION_KEY: &str = include_str!("../../../../fixtures/documents/iis/keys/iisConfigurationKey.xml");
pub(crate) const WAS_KEY: &str = include_str!("../../../../fixtures/documents/iis/keys/iisWasKey.xml");
pub(crate) const OTHER_KEY: &str = include_str!("../../../../fixtures/documents/iis/keys/other-server-iisConfigurationKey.xml");
/// The secret that no journal, no debug text and no file may hold.
pub(crate) const CANARY: &str = "canary-N3w-Pa55 <&\"'ä";
pub(crate) const ACCOUNT: &str = "CONTOSO\\kerbnew";

/// Gives one secret, whatever is asked for.
pub(crate) struct One(pub(crate) &'static str);

impl SecretSource for One {
    fn secret(&self, _: &SecretFrom) -> Result<Secret, LowerError> {
        Ok(Secret::new(self.0.to_owned()))
    }
}

/// The keys of every server.
pub(crate) struct Keys(pub(crate) Arc<[KeyFile]>);

impl Keys {
    pub(crate) fn of(texts: &[&str]) -> Self {
        let read = |(text, id): (&&str, u32)| {
            let source = Source::decode(DocumentId(id), text.as_bytes().to_vec()).unwrap();
            KeyFile { document: DocumentId(id), name: format!("key-{id}"), material: KeyMaterial::from_source(&source).unwrap() }
        };
        Self(texts.iter().zip(100..).map(read).collect())
    }
}

impl KeySource for Keys {
    fn keys(&self, _: &str) -> Result<Arc<[KeyFile]>, LowerError> {
        Ok(Arc::clone(&self.0))
    }
}

pub(crate) static KEYS: LazyLock<Keys> = LazyLock::new(|| Keys::of(&[OTHER_KEY, WAS_KEY, CONFIGURATION_KEY]));

pub(crate) fn rules() -> SlotRules {
    let slot = |section: &str, location: Option<&str>, account: &str, secret: &str| DeclaredSlot {
        section: section.into(),
        location: location.map(Into::into),
        items: Vec::new(),
        account_attribute: Some(account.into()),
        secret_attribute: secret.into(),
    };
    SlotRules {
        declared: vec![
            slot("system.webServer/contoso/kerberos", Some("Retired Site"), "who", "what"),
            slot("system.webServer/contoso/accounts/add", None, "name", "hidden"),
        ],
        web_sites: WebSiteNames::default(),
        realms: Realms::from_iter([("corp.contoso.com", "CONTOSO")]),
    }
}

pub(crate) fn lowering() -> CredentialLower<'static> {
    CredentialLower::new(rules(), &One(CANARY), &*KEYS, false)
}

/// Every layout, in places that the product's fixture does not have.
pub(crate) fn everything() -> String {
    let more = r#"<system.webServer><contoso><accounts><add name="CONTOSO\first" hidden="canary-clear-1" /></accounts>
<pairs><user>CONTOSO\text</user><password>canary-clear-2</password></pairs>
<settings><add key="user" value='CONTOSO\&#x6B;ey' /><add key="password" value="canary-clear &amp; 3" /></settings></contoso></system.webServer>
"#;
    let pools = PRODUCT.find("<applicationPoolDefaults").unwrap();
    let rest = &PRODUCT[pools..];
    let model = r#"<processModel userName="CONTOSO\defaults" password="canary-clear-4""#;
    let text = format!("{}{}", &PRODUCT[..pools], rest.replacen("<processModel", model, 1));
    text.replacen("</configuration>", &format!("{more}</configuration>"), 1)
}

/// The addresses of all slots of a configuration.
pub(crate) fn addresses(bytes: &[u8]) -> Vec<SlotAddress> {
    let document = Document::parse(Source::decode(DocumentId(0), bytes.to_vec()).unwrap(), &Limits::default()).unwrap();
    let host = ApplicationHost::read(&document, &mut Vec::<Problem>::new()).unwrap();
    let rules = rules();
    let product = Product::recognise(&host, &rules.web_sites);
    let tagger = Tagger::new().unwrap();
    let inputs = DiscoveryContext { declared: &rules.declared, realms: &rules.realms, keys: &KEYS.0, tagger: &tagger };
    discover(&host, &product, inputs, &mut Vec::<Problem>::new()).slots.iter().map(SlotAddress::of).collect()
}

pub(crate) fn change(slot: SlotAddress, create: bool) -> Change {
    Change { slot, create, account: ACCOUNT.into(), secret: SecretFrom::Generated, fields: Vec::new() }
}

pub(crate) fn step(changes: Vec<Change>) -> Step {
    Step {
        number: 1,
        stage: 1,
        server: "dir01.contoso.com".into(),
        path: "servers/dir01.contoso.com/applicationHost.config".into(),
        sha256: String::new(),
        bytes: 0,
        changes,
    }
}

/// Slots that may be created: in a pool without an identity, in sections that are declared but not there.
pub(crate) fn creatable() -> Vec<SlotAddress> {
    let section = "system.webServer/security/authentication/kerberosWebAuthentication";
    let address = |layout: LayoutId, key: SlotKey| SlotAddress {
        layout,
        evidence: "documented".into(),
        key,
        account_attribute: "userName".into(),
        secret_attribute: "password".into(),
    };
    let pool = |name: &str| address(LayoutId::AppPoolIdentity, SlotKey::ApplicationPool { pool: name.into() });
    let site = |name: &str| {
        let key = SlotKey::Section { section: section.into(), element: None, location: Some(name.into()) };
        address(LayoutId::SiteSection, key)
    };
    vec![pool("Bare"), pool("BareToo"), site("Lync Server Internal Web Site"), site("Skype for Business Server External Web Site")]
}

/// The product's fixture with pools that have no identity and without the section of its external site.
pub(crate) fn bare() -> String {
    let end = PRODUCT.find("<applicationPoolDefaults").unwrap();
    let (head, tail) = PRODUCT.split_at(end);
    let text = format!(
        "{head}<add name=\"Bare\" autoStart=\"true\" />\n            <add name=\"BareToo\">\n            </add>\n            {tail}"
    );
    let outside = text.rfind("<kerberosWebAuthentication").unwrap();
    let line = text[..outside].rfind('\n').unwrap();
    let close = outside + text[outside..].find("/>").unwrap() + 2;
    format!("{}{}", &text[..line], &text[close..])
}

/// What every successful lowering must have: it is checked, its fields are ours, nothing leaks.
pub(crate) fn lower(step: &Step, before: &[u8]) -> Lowered {
    let lowering = lowering();
    let lowered = lowering.lower(step, before).unwrap();
    lowering.check(step, before, &lowered.bytes).unwrap();
    let all = |bytes: &[u8], state| lowering.states(&lowered.fields, bytes).unwrap().iter().all(|s| *s == state);
    assert!(all(&lowered.bytes, FieldState::Ours) && all(before, FieldState::Original));
    let told = format!("{lowered:?} {:?} {}", lowered.fields, serde_json::to_string(&lowered.fields).unwrap());
    assert!(!told.contains("canary"), "{told}");
    lowered
}

pub(crate) fn restore(fields: &[FieldRecord], current: &[u8], backup: &[u8]) -> Vec<u8> {
    let lowering = lowering();
    let restored = lowering.restore(fields, current, Some(backup)).unwrap();
    assert!(lowering.states(fields, &restored).unwrap().iter().all(|s| *s == FieldState::Original));
    restored
}
