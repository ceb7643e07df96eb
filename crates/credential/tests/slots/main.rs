//! Credential slots of whole configurations.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod layouts;
mod learn;
mod opening;
mod product;
mod restrictions;
mod structure;

use kerbsync_credential::{DeclaredSlot, Discovery, DiscoveryContext, Product, Realms, WebSiteNames, discover};
use kerbsync_iis::ApplicationHost;
use kerbsync_iis::protection::{KeyFile, KeyMaterial};
use kerbsync_inventory::{SecretState, Slot};
use kerbsync_secret::Tagger;
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_xml::{Document, Limits};
use std::fmt::Write as _;

pub(crate) const PRODUCT: &str = include_str!("../../../../fixtures/documents/iis/product.config");
pub(crate) const CONFIGURATION_KEY: &str = include_str!("../../../../fixtures/documents/iis/keys/iisConfigurationKey.xml");
pub(crate) const WAS_KEY: &str = include_str!("../../../../fixtures/documents/iis/keys/iisWasKey.xml");
pub(crate) const OTHER_KEY: &str = include_str!("../../../../fixtures/documents/iis/keys/other-server-iisConfigurationKey.xml");
pub(crate) const PUBLIC_KEY: &str = include_str!("../../../../fixtures/documents/iis/keys/public-only.xml");

pub(crate) fn document(text: &str) -> Document {
    Document::parse(Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap(), &Limits::default()).unwrap()
}

/// Key files with document numbers from 100 on.
pub(crate) fn keys(texts: &[&str]) -> Vec<KeyFile> {
    texts
        .iter()
        .zip(100..)
        .map(|(text, id)| {
            let source = Source::decode(DocumentId(id), text.as_bytes().to_vec()).unwrap();
            KeyFile { document: DocumentId(id), name: format!("key-{id}"), material: KeyMaterial::from_source(&source).unwrap() }
        })
        .collect()
}

/// Everything found in a configuration, with problems.
pub(crate) struct Discovered {
    pub(crate) discovery: Discovery,
    pub(crate) problems: Vec<Problem>,
}

pub(crate) fn find_with(text: &str, declared: &[DeclaredSlot], keys: &[KeyFile], tagger: &Tagger) -> Discovered {
    let document = document(text);
    let mut problems = Vec::new();
    let host = ApplicationHost::read(&document, &mut problems).unwrap();
    let product = Product::recognise(&host, &WebSiteNames::default());
    let realms = Realms::from_iter([("corp.contoso.com", "CONTOSO")]);
    let discovery = discover(&host, &product, DiscoveryContext { declared, realms: &realms, keys, tagger }, &mut problems);
    Discovered { discovery, problems }
}

pub(crate) fn find(text: &str) -> Vec<Slot> {
    find_with(text, &[], &[], &Tagger::new().unwrap()).discovery.slots
}

/// A configuration with the product's internal web site, an `applicationPools` element and anything behind `system.applicationHost`.
pub(crate) fn configuration(pools: &str, rest: &str) -> String {
    format!(
        r#"<configuration>
<system.applicationHost><applicationPools>{pools}</applicationPools>
<sites><site name="Lync Server Internal Web Site" id="34577"><application path="/" applicationPool="LyncIntFeature"/></site>
<site name="Other" id="1"><application path="/" applicationPool="Reports"/></site></sites></system.applicationHost>
{rest}
</configuration>"#
    )
}

/// One line per slot, without the tags, which differ in every run; equal secrets have the same letter.
pub(crate) fn table(slots: &[Slot]) -> String {
    let mut tags = Vec::new();
    let mut out = String::new();
    for s in slots {
        let mut letter = |tag| {
            let at = tags.iter().position(|t| *t == tag).unwrap_or_else(|| {
                tags.push(tag);
                tags.len() - 1
            });
            char::from(b'A' + u8::try_from(at).unwrap())
        };
        let secret = match &s.secret {
            SecretState::TakenOut => "taken out".to_owned(),
            SecretState::Empty => "empty".to_owned(),
            SecretState::Clear(tag) => format!("clear {}", letter(*tag)),
            SecretState::Opened { tag, provider, inferred } => {
                format!("opened {} by {provider}{}", letter(*tag), if *inferred { " (inferred)" } else { "" })
            }
            SecretState::Sealed { provider, reason, damaged } => {
                format!("sealed by {provider}{}: {reason}", if *damaged { " (damaged)" } else { "" })
            }
        };
        let name = s.account.value.name.as_ref().map_or("-".to_owned(), ToString::to_string);
        writeln!(
            out,
            "{} [{}] {:?}{} line {}\n  {} @ {}\n  {}: {} = {name}\n  {}: {secret}",
            s.layout,
            s.evidence.name(),
            s.relevance,
            if s.active { "" } else { " inactive" },
            s.account.origin.location().unwrap().position.line,
            s.label,
            s.key.section(),
            s.account_attribute,
            s.account.value.text,
            s.secret_attribute,
        )
        .unwrap();
    }
    out
}
