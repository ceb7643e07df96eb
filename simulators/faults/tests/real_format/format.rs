//! Configurations in the real format, a plan for them, and eyes that see them without any reader of the product.

use kerbsync_credential::WebSiteNames;
use kerbsync_credential::lower::{CredentialLower, KeySource, SecretSource, SlotRules};
use kerbsync_faults::oracle::{Eyes, SeenCredential};
use kerbsync_faults::toy;
use kerbsync_iis::protection::{KeyFile, KeyMaterial};
use kerbsync_plan::lower::LowerError;
use kerbsync_plan::{Change, LayoutId, Plan, SecretFrom, SlotAddress, SlotKey, Step};
use kerbsync_secret::Secret;
use kerbsync_source::{DocumentId, Source};
use std::sync::{Arc, LazyLock};

const PRODUCT: &str = include_str!("../../../../fixtures/documents/iis/product.config");
const KEYS: [&str; 2] = [
    include_str!("../../../../fixtures/documents/iis/keys/iisWasKey.xml"),
    include_str!("../../../../fixtures/documents/iis/keys/iisConfigurationKey.xml"),
];
/// The new secret, which no file may ever hold in clear.
pub(crate) const CANARY: &str = "canary-N3w-Pa55-7f3a";
pub(crate) const ACCOUNT: &str = "CONTOSO\\kerbnew";
pub(crate) const SECTION: &str = "kerberosWebAuthentication";
pub(crate) const SITES: [&str; 2] = ["Skype for Business Server Internal Web Site", "Skype for Business Server External Web Site"];

struct Held(Arc<[KeyFile]>);

impl KeySource for Held {
    fn keys(&self, _: &str) -> Result<Arc<[KeyFile]>, LowerError> {
        Ok(Arc::clone(&self.0))
    }
}

impl SecretSource for Held {
    fn secret(&self, _: &SecretFrom) -> Result<Secret, LowerError> {
        Ok(Secret::new(CANARY.to_owned()))
    }
}

static HELD: LazyLock<Held> = LazyLock::new(|| {
    let read = |(text, id): (&&str, u32)| {
        let source = Source::decode(DocumentId(id), text.as_bytes().to_vec()).unwrap();
        KeyFile { document: DocumentId(id), name: format!("key-{id}"), material: KeyMaterial::from_source(&source).unwrap() }
    };
    Held(KEYS.iter().zip(100..).map(read).collect())
});

/// The product's own lowering.
pub(crate) fn lowering() -> CredentialLower<'static> {
    let rules = SlotRules { web_sites: WebSiteNames::default(), ..SlotRules::default() };
    CredentialLower::new(rules, &*HELD, &*HELD, false)
}

/// The start tag of the nth element of a name.
fn tag(text: &str, name: &str, nth: usize) -> std::ops::Range<usize> {
    let start = text.match_indices(&format!("<{name} ")).nth(nth).unwrap().0;
    start..start + text[start..].find("/>").unwrap() + 2
}

/// A configuration before a plan. Every third has its slots under encryption, lacks them, or has them in clear; how the file is written
/// goes by the seed.
fn configuration(kind: usize, seed: u64) -> Vec<u8> {
    let mut text = PRODUCT.to_owned();
    if seed % 3 == 2 {
        // The account is the plan's already, so that only its secret changes.
        text = text.replace("CONTOSO\\kerbauth$", ACCOUNT);
    }
    match kind {
        0 => {}
        1 => {
            // The internal site's section is missing in its location, and the external site's location as a whole.
            text.replace_range(tag(&text, SECTION, 0), "");
            let start = text.find(&format!("<location path=\"{}\">", SITES[1])).unwrap();
            let end = start + text[start..].find("</location>").unwrap() + "</location>".len();
            text.replace_range(start..end, "");
            text = text.replacen("<processModel identityType=\"NetworkService\" />", "", 1);
        }
        _ => {
            for nth in 0..2 {
                let clear = format!("<{SECTION} enabled='true' userName=\"CONTOSO\\kerbauth$\" password=\"old &amp; clear {nth}\" />");
                text.replace_range(tag(&text, SECTION, nth), &clear);
            }
        }
    }
    if seed & 1 == 1 {
        text = text.replace('\n', "\r\n");
    }
    if seed & 2 == 2 {
        text = text.replace("    ", "\t");
    }
    match seed % 7 {
        3 => encoded(&text.replacen("UTF-8", "UTF-16", 1), true),
        5 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        _ => text.into_bytes(),
    }
}

/// A text in UTF-8, or in UTF-16 with its mark.
pub(crate) fn encoded(text: &str, wide: bool) -> Vec<u8> {
    if !wide {
        return text.as_bytes().to_vec();
    }
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// The text of a file, and whether it is UTF-16.
pub(crate) fn decoded(bytes: &[u8]) -> Option<(String, bool)> {
    match bytes.strip_prefix(&[0xFF, 0xFE]) {
        Some(wide) if wide.len() % 2 == 0 => {
            let units: Vec<u16> = wide.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
            Some((String::from_utf16(&units).ok()?, true))
        }
        Some(_) => None,
        None => Some((String::from_utf8(bytes.to_vec()).ok()?, false)),
    }
}

fn slot(layout: LayoutId, key: SlotKey) -> SlotAddress {
    SlotAddress {
        layout,
        evidence: "inferred".to_owned(),
        key,
        account_attribute: "userName".to_owned(),
        secret_attribute: "password".to_owned(),
    }
}

/// Configurations of some servers, and a plan that sets two sites and a pool on each.
pub(crate) fn estate(servers: usize, seed: u64, set_password: bool) -> (Vec<(String, Vec<u8>)>, Plan) {
    let kind = |server: usize| (server + usize::try_from(seed % 3).unwrap()) % 3;
    let configurations: Vec<(String, Vec<u8>)> =
        (0..servers).map(|n| (toy::path(n + 1), configuration(kind(n), seed + n as u64))).collect();
    let mut plan = toy::plan(&configurations, set_password);
    for (index, step) in plan.steps.iter_mut().enumerate() {
        changes(step, kind(index) == 1);
    }
    plan.account = ACCOUNT.to_owned();
    if let Some(directory) = &mut plan.directory {
        directory.account = ACCOUNT.to_owned();
    }
    plan.digest = plan.compute_digest().unwrap();
    (configurations, plan)
}

fn changes(step: &mut Step, create: bool) {
    let secret = step.changes[0].secret.clone();
    let sites = SITES.map(|site| {
        let section = format!("system.webServer/security/authentication/{SECTION}");
        slot(LayoutId::SiteSection, SlotKey::Section { section, element: None, location: Some(site.to_owned()) })
    });
    let pool = slot(LayoutId::AppPoolIdentity, SlotKey::ApplicationPool { pool: "LyncIntFeature".to_owned() });
    let change = |(slot, create)| Change { slot, create, account: ACCOUNT.to_owned(), secret: secret.clone(), fields: Vec::new() };
    // The pool of every server runs as something else, or says nothing.
    step.changes = sites.into_iter().map(|slot| (slot, create)).chain([(pool, true)]).map(change).collect();
}

type Attributes = Vec<(String, String)>;
/// One start tag: its name, its attributes, and whether it ends there.
type Tag = (String, Attributes, bool);
/// An element: its name, its attributes, and the elements around it with what names each.
type Seen = (String, Attributes, Vec<String>);

/// Eyes for the real format.
pub(crate) struct XmlEyes;

impl XmlEyes {
    /// The start and end tags of a file; `None` where they do not fit.
    fn tags(text: &str) -> Option<Vec<Seen>> {
        let (mut rest, mut open, mut out) = (text, Vec::<(String, String)>::new(), Vec::new());
        while let Some(start) = rest.find('<') {
            rest = &rest[start..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = &comment[comment.find("-->")? + 3..];
            } else if let Some(head) = rest.strip_prefix("<?") {
                rest = &head[head.find("?>")? + 2..];
            } else if let Some(end) = rest.strip_prefix("</") {
                let at = end.find('>')?;
                (open.pop()?.0 == end[..at].trim()).then_some(())?;
                rest = &end[at + 1..];
            } else {
                let ((name, attributes, closed), after) = Self::start(&rest[1..])?;
                let named = attributes.iter().find(|(n, _)| n == "path" || n == "name").map(|(_, v)| v.clone()).unwrap_or_default();
                out.push((name.clone(), attributes, open.iter().map(|(n, v)| format!("{n}={v}")).collect()));
                if !closed {
                    open.push((name, named));
                }
                rest = after;
            }
        }
        (open.is_empty() && out.first()?.0 == "configuration").then_some(out)
    }

    fn start(text: &str) -> Option<(Tag, &str)> {
        let end = text.find(|c: char| c.is_whitespace() || c == '/' || c == '>')?;
        let (name, mut rest, mut attributes) = (text[..end].to_owned(), &text[end..], Vec::new());
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("/>") {
                return Some(((name, attributes, true), after));
            }
            if let Some(after) = rest.strip_prefix('>') {
                return Some(((name, attributes, false), after));
            }
            let (key, value) = rest.split_once('=')?;
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| *c == '"' || *c == '\'')?;
            let close = value[1..].find(quote)?;
            attributes.push((key.trim().to_owned(), value[1..=close].to_owned()));
            rest = &value[close + 2..];
        }
    }
}

impl Eyes for XmlEyes {
    fn look(&self, bytes: &[u8]) -> Option<Vec<SeenCredential>> {
        let (text, _) = decoded(bytes)?;
        let tags = Self::tags(&text)?;
        let seen = tags.into_iter().filter_map(|(name, attributes, above)| {
            let within = match name.as_str() {
                SECTION => above.into_iter().find(|a| a.starts_with("location="))?,
                "processModel" => above.into_iter().rev().find(|a| a.starts_with("add="))?,
                _ => return None,
            };
            let part = |wanted: &str| attributes.iter().find(|(n, _)| n == wanted).map(|(_, v)| v.clone());
            let parts = [part("userName"), part("password"), part("identityType")];
            parts.iter().any(Option::is_some).then(|| SeenCredential { place: format!("{name} {within}"), parts })
        });
        Some(seen.collect())
    }
}
