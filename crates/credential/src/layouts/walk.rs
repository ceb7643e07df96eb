//! Every layout, through discovery and lowering, by the example that it gives itself.
#![allow(clippy::disallowed_methods, reason = "the test reads and refreshes the committed registry")]

use super::LAYOUTS;
use crate::lower::{CredentialLower, KeySource, SecretSource, SlotRules};
use crate::{DeclaredSlot, DiscoveryContext, Product, Realms, WebSiteNames, discover};
use kerbsync_iis::ApplicationHost;
use kerbsync_iis::protection::{KeyFile, KeyMaterial};
use kerbsync_inventory::{Creation, LayoutId, Slot};
use kerbsync_plan::lower::{Lower as _, LowerError, Lowered};
use kerbsync_plan::{Change, SecretFrom, SlotAddress, Step};
use kerbsync_secret::{Secret, Tagger};
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_xml::{Document, Limits};
use std::path::Path;
use std::sync::Arc;

/// What an example puts into a configuration that has the product's internal web site.
#[derive(Clone, Copy, Default)]
pub struct Snippets {
    /// In `applicationPools`.
    pub pools: &'static str,
    /// In the web site.
    pub site: &'static str,
    /// Behind `system.applicationHost`.
    pub rest: &'static str,
    /// Path of the section, where the product's fixture does not declare it: IIS takes no section that `configSections` does not.
    pub section: &'static str,
}

/// A configuration with one slot of a layout.
pub struct Example {
    /// What holds the slot.
    pub with: Snippets,
    /// A configuration without it, in which it is created or is refused.
    pub without: Snippets,
    /// What is declared in both.
    pub declared: Vec<DeclaredSlot>,
}

const PRODUCT: &str = include_str!("../../../../fixtures/documents/iis/product.config");
const KEYS: [&str; 2] = [
    include_str!("../../../../fixtures/documents/iis/keys/iisWasKey.xml"),
    include_str!("../../../../fixtures/documents/iis/keys/iisConfigurationKey.xml"),
];

impl Snippets {
    /// The whole file, with the sections and the providers of the product's fixture.
    fn configuration(self) -> String {
        let end = "</configProtectedData>";
        let head = PRODUCT.find("<configSections>").zip(PRODUCT.find(end)).and_then(|(a, b)| PRODUCT.get(a..b + end.len())).unwrap();
        let head = declaring(head, self.section);
        let Self { pools, site, rest, .. } = self;
        format!(
            "<configuration>\n    {head}\n    <system.applicationHost>\n        <applicationPools>{pools}</applicationPools>\n        \
             <sites><site name=\"Lync Server Internal Web Site\" id=\"34577\">{site}\
             <application path=\"/\" applicationPool=\"LyncIntFeature\" /></site></sites>\n    </system.applicationHost>\n{rest}\n</configuration>\n"
        )
    }
}

/// `configSections` with one more section, in the groups of its path that are there.
fn declaring(head: &str, section: &str) -> String {
    let mut groups: Vec<&str> = section.split('/').collect();
    let Some(name) = groups.pop().filter(|name| !name.is_empty()) else { return head.to_owned() };
    let begin = "<configSections>";
    let mut at = head.find(begin).unwrap() + begin.len();
    while let Some(group) = groups.first().map(|group| format!("<sectionGroup name=\"{group}\">"))
        && let Some(found) = head[at..].find(&group)
    {
        at += found + group.len();
        groups.remove(0);
    }
    let open: String = groups.iter().map(|group| format!("<sectionGroup name=\"{group}\">")).collect();
    format!("{}{open}<section name=\"{name}\" />{}{}", &head[..at], "</sectionGroup>".repeat(groups.len()), &head[at..])
}

/// Keys of the server, and the one secret that is written.
struct Fixed(Arc<[KeyFile]>);

impl Fixed {
    fn new() -> Self {
        let read = |(text, id): (&&str, u32)| {
            let source = Source::decode(DocumentId(id), text.as_bytes().to_vec()).unwrap();
            KeyFile { document: DocumentId(id), name: format!("key-{id}"), material: KeyMaterial::from_source(&source).unwrap() }
        };
        Self(KEYS.iter().zip(100..).map(read).collect())
    }
}

impl KeySource for Fixed {
    fn keys(&self, _: &str) -> Result<Arc<[KeyFile]>, LowerError> {
        Ok(Arc::clone(&self.0))
    }
}

impl SecretSource for Fixed {
    fn secret(&self, _: &SecretFrom) -> Result<Secret, LowerError> {
        Ok(Secret::new("canary-walk".to_owned()))
    }
}

fn slots(text: &[u8], declared: &[DeclaredSlot]) -> Vec<Slot> {
    let document = Document::parse(Source::decode(DocumentId(0), text.to_vec()).unwrap(), &Limits::default()).unwrap();
    let host = ApplicationHost::read(&document, &mut Vec::<Problem>::new()).unwrap();
    let product = Product::recognise(&host, &WebSiteNames::default());
    let tagger = Tagger::new().unwrap();
    let inputs = DiscoveryContext { declared, realms: &Realms::new(), keys: &[], tagger: &tagger };
    discover(&host, &product, inputs, &mut Vec::<Problem>::new()).slots
}

fn step(slot: &SlotAddress, create: bool) -> Step {
    let change = Change { slot: slot.clone(), create, account: "B\\new".into(), secret: SecretFrom::Generated, fields: Vec::new() };
    let path = "servers/fe01.contoso.com/applicationHost.config".into();
    Step { number: 1, stage: 1, server: "fe01.contoso.com".into(), path, sha256: String::new(), bytes: 0, changes: vec![change] }
}

/// The lowered file has the account in the slot and the secret under the layout's provider, and it can be taken back.
fn assert_lowered(lower: &CredentialLower<'_>, step: &Step, before: &str, lowered: &Lowered, declared: &[DeclaredSlot]) {
    let address = &step.changes[0].slot;
    lower.check(step, before.as_bytes(), &lowered.bytes).unwrap();
    let after = slots(&lowered.bytes, declared);
    let there = after.iter().find(|s| SlotAddress::of(s).is_same_place(address)).unwrap();
    assert_eq!(there.account.value.text, "B\\new");
    let text = String::from_utf8(lowered.bytes.clone()).unwrap();
    let provider = super::layout(address.layout).purpose().provider();
    assert!(text.contains(&format!("=\"[enc:{provider}:")), "{text}");
    assert!(!text.contains("canary"), "{text}");
    let restored = lower.restore(&lowered.fields, &lowered.bytes, Some(before.as_bytes())).unwrap();
    assert_eq!(String::from_utf8(restored).unwrap(), before);
}

#[test]
fn every_layout_goes_through_discovery_and_lowering() {
    assert!(LAYOUTS.iter().map(|l| l.id()).eq(LayoutId::ALL.iter().copied()), "the registry was out of date: run again");
    for layout in LAYOUTS {
        let id = layout.id();
        let example = layout.example();
        let with = example.with.configuration();
        let found = slots(with.as_bytes(), &example.declared);
        let [slot] = found.as_slice() else { panic!("the example of {id} has {} slots", found.len()) };
        assert_eq!(slot.layout, id);
        assert_eq!((slot.creation, slot.purpose, slot.evidence), (layout.creation(), layout.purpose(), layout.evidence()), "{id}");
        let address = SlotAddress::of(slot);
        let written = serde_json::to_string(&address).unwrap();
        assert_eq!(serde_json::from_str::<SlotAddress>(&written).unwrap(), address, "{id}");

        let fixed = Fixed::new();
        let rules = SlotRules { declared: example.declared.clone(), ..SlotRules::default() };
        let lower = CredentialLower::new(rules, &fixed, &fixed, false);
        let set = step(&address, false);
        let lowered = lower.lower(&set, with.as_bytes()).unwrap_or_else(|e| panic!("{id}: {e}"));
        assert_lowered(&lower, &set, &with, &lowered, &example.declared);

        let without = example.without.configuration();
        assert!(slots(without.as_bytes(), &example.declared).is_empty(), "{id}");
        let create = step(&address, true);
        match (layout.creation(), lower.lower(&create, without.as_bytes())) {
            (Creation::Never, Err(_)) => {}
            (Creation::Never, Ok(_)) => panic!("{id} is never created, and was"),
            (_, Err(error)) => panic!("{id} says that it can be created (`section` of its snippets declares one): {error}"),
            (_, Ok(lowered)) => assert_lowered(&lower, &create, &without, &lowered, &example.declared),
        }
    }
}

#[test]
fn a_section_of_an_example_is_declared_in_its_groups() {
    for section in ["own", "system.webServer/own", "system.webServer/security/authentication/own", "system.webServer/new/own"] {
        let text = Snippets { section, ..Snippets::default() }.configuration();
        let document = Document::parse(Source::decode(DocumentId(0), text.into_bytes()).unwrap(), &Limits::default()).unwrap();
        let host = ApplicationHost::read(&document, &mut Vec::<Problem>::new()).unwrap();
        assert_eq!(host.section_depth(section), Some(section.split('/').count()), "{section}");
    }
}

#[test]
fn an_example_holds_a_word_that_its_layout_looks_for() {
    for layout in LAYOUTS.iter().filter(|l| l.id() != LayoutId::Declared) {
        let with = layout.example().with;
        let text = [with.pools, with.site, with.rest].concat();
        assert!(layout.words().iter().any(|word| text.contains(word)), "{}", layout.id());
    }
}

const BEGIN: &str = "// layouts:begin";
const END: &str = "// layouts:end";

#[test]
fn the_registry_is_what_lies_on_disk() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/layouts");
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|stem| !["mod", "walk"].contains(&stem.as_str()))
        .collect();
    files.sort();
    let module = |id: &LayoutId| id.name().replace('-', "_");
    let mut ids: Vec<String> = LayoutId::ALL.iter().map(module).collect();
    ids.sort();
    assert_eq!(files, ids, "files of layouts, and ids in inventory/src/layout.rs");
    let mut block: String = files.iter().map(|file| format!("mod {file};\n")).collect();
    block += &format!("\n/// Every layout in the order of ids.\npub static LAYOUTS: [&dyn SlotLayout; {}] = [\n", files.len());
    for id in LayoutId::ALL {
        block += &format!("    &{}::{id:?},\n", module(id));
    }
    block += "];\n";
    let path = folder.join("mod.rs");
    let text = std::fs::read_to_string(&path).unwrap();
    let start = text.find(BEGIN).and_then(|i| Some(i + text[i..].find('\n')? + 1)).expect("the begin mark");
    let end = text.find(END).expect("the end mark");
    if text[start..end] != block {
        std::fs::write(&path, format!("{}{block}{}", &text[..start], &text[end..])).unwrap();
        panic!("the registry in layouts/mod.rs was out of date; it has been refreshed: run again");
    }
    assert!(LAYOUTS.iter().map(|l| l.id()).eq(LayoutId::ALL.iter().copied()));
}
