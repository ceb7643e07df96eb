//! One server's configuration in the words of the inventory.
//! (Signatures as crates/collect/src/{folder,join,part,single}.rs call them; the owner of this file fills them in.)

use crate::config::Settings;
use kerbsync_inventory::ServerConfiguration;
use kerbsync_names::HostName;
use kerbsync_secret::Tagger;
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_xml::Document;

/// What holds for every server of a run. Shared between threads.
pub(crate) struct Context<'a> {
    settings: &'a Settings,
    /// NetBIOS name, DNS name.
    realms: &'a [(String, String)],
    tagger: &'a Tagger,
}

impl<'a> Context<'a> {
    pub(crate) fn new(settings: &'a Settings, realms: &'a [(String, String)], tagger: &'a Tagger) -> Self {
        Self { settings, realms, tagger }
    }
}

/// An exported key. No `Debug`.
pub(crate) struct KeyFile;

/// What a server's folder holds.
pub(crate) struct ServerInput<'a> {
    pub(crate) host: HostName,
    /// The applicationHost.config in force, or why it cannot be read; `None` where there is none.
    pub(crate) configuration: Option<(DocumentId, Result<&'a Document, &'a Problem>)>,
    pub(crate) redirection: Option<&'a Document>,
    pub(crate) keys: &'a [KeyFile],
    /// History snapshots, newest first.
    pub(crate) history: Vec<DocumentId>,
}

pub(crate) fn read_server(input: ServerInput<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) -> ServerConfiguration;
pub(crate) fn read_key_xml(document: &Document) -> Result<KeyFile, Problem>;
pub(crate) fn read_key_text(source: &Source) -> Result<KeyFile, Problem>;
pub(crate) fn is_application_host(document: &Document) -> bool;
pub(crate) fn is_redirection(document: &Document) -> bool;
pub(crate) fn is_key_container(document: &Document) -> bool;
pub(crate) fn is_iis_schema(document: &Document) -> bool;
