//! From stores of files to an inventory: the one place where bytes meet parsers.
//!
//! Files are recognised by content. Each is read once, hashed, parsed and dropped; servers are read in parallel, and what is kept of
//! one is what the estate needs. One bad file never hides a good one: it becomes a document that says what is wrong with it.

mod absence;
mod budget;
mod competing;
mod config;
mod directory;
mod empty;
mod facts;
mod folder;
mod foreign;
mod gaps;
mod inventory;
mod items;
pub mod learn;
mod manifest;
mod names;
mod probe;
mod progress;
mod proof;
mod read_file;
mod recognise;
mod redact;
mod server;
mod setting_lines;
mod settings;
mod single;
mod topology;
mod unlisted;

pub use config::{AssignmentSetting, DirectorySetting, Settings, SimulatedSetting, SlotSetting, Thresholds, WaiverSetting, WebSiteSetting};

/// The JSON Schema (draft 2020-12) of a `kerbsync.toml`.
pub const SETTINGS_SCHEMA: &str = include_str!("../schemas/settings.schema.json");
pub use progress::{Progress, Silent};
pub use redact::{LeftOut, RedactedFile, redact, redact_settings};
pub use single::{Single, collect_slots};

use kerbsync_credential::lower::SlotRules;
use kerbsync_iis::protection::{KeyFile, KeyMaterial};
use kerbsync_inventory::Inventory;
use kerbsync_names::HostName;
use kerbsync_source::{DocumentId, Source};
use kerbsync_store::ReadStore;

/// A path given by the user, opened.
pub struct Input {
    /// How the user wrote it.
    pub label: String,
    /// What is there.
    pub store: Box<dyn ReadStore>,
}

/// How to collect.
pub struct Options<'a> {
    /// A `kerbsync.toml` from elsewhere (path and content); it takes the place of one found in the inputs.
    pub config: Option<(String, Vec<u8>)>,
    /// The server whose secret the others are compared with.
    pub reference: Option<HostName>,
    /// Files or folders that go before others which say something else of the same thing.
    pub prefer: Vec<String>,
    /// Runs that have no end yet: the name, and the servers whose configurations it may have changed.
    pub open_runs: &'a [(String, Vec<HostName>)],
    /// Whether to keep the settings that an audit of the hardening of IIS judges, which takes memory.
    pub hardening: bool,
    /// Told how far the work is.
    pub progress: &'a dyn Progress,
}

/// What was collected.
#[derive(Debug)]
pub struct Collected {
    /// The joined facts.
    pub inventory: Inventory,
    /// What the administrator declared.
    pub settings: Settings,
}

impl Collected {
    /// What the slots of the configurations were found by: for whoever sets them.
    #[must_use]
    pub fn slot_rules(&self) -> SlotRules {
        slot_rules(&self.inventory, &self.settings)
    }
}

/// As [`Collected::slot_rules`], for the two parts of a [`Collected`] that were taken apart.
#[must_use]
pub fn slot_rules(inventory: &Inventory, settings: &Settings) -> SlotRules {
    let configured: Vec<(String, String)> = settings.domains.iter().map(|(n, d)| (n.clone(), d.clone())).collect();
    server::slot_rules(settings, &inventory::realms(inventory, &configured))
}

/// Whether a path of a document is one that `--prefer` names: the path itself, its end, or a folder on the way.
#[must_use]
pub fn is_named(document: &str, preferred: &str) -> bool {
    competing::Preferred::new(&[preferred.to_owned()]).names(document)
}

/// An exported key of a server, read from its file's bytes; `None` where it is none.
#[must_use]
pub fn read_key(document: DocumentId, name: &str, bytes: Vec<u8>) -> Option<KeyFile> {
    let source = Source::decode(document, bytes).ok()?;
    let material = KeyMaterial::from_source(&source).ok()?;
    Some(KeyFile { document, name: name.to_owned(), material })
}

/// Why nothing could be collected at all. Faults of single files are in the inventory instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
    /// The operating system gives no random bytes, so secrets cannot be compared.
    #[error("the operating system gives no random bytes ({0}); secrets cannot be compared without them")]
    Random(String),
}

/// Reads everything in the inputs and joins it.
///
/// # Errors
/// See [`CollectError`]; bad files are no error here.
pub fn collect(inputs: &[Input], options: &Options<'_>) -> Result<Collected, CollectError> {
    let tagger = kerbsync_secret::Tagger::new().map_err(|e| CollectError::Random(e.to_string()))?;
    Ok(inventory::build(inputs, options, Some(&server::Models::default()), &tagger))
}

/// As [`collect`], but every configuration is read as if it were the only one: slower, and what tests compare with.
///
/// # Errors
/// As there.
pub fn collect_each_anew(inputs: &[Input], options: &Options<'_>) -> Result<Collected, CollectError> {
    let tagger = kerbsync_secret::Tagger::new().map_err(|e| CollectError::Random(e.to_string()))?;
    Ok(inventory::build(inputs, options, None, &tagger))
}
