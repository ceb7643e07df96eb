//! Steps of a plan as bytes of `applicationHost.config`, and back: the credential's side of [`kerbsync_plan::lower`].
//!
//! A secret is opened with the source's keys and protected again with the target's own; it stands nowhere in clear but in memory.
//! A value is always written under an AES provider of the target's file. IIS tells the provider of a value from the value itself
//! (documented), so that a server whose newer values stand under CNG reads it too; that was not tried on a Windows machine.

mod back;
mod digest;
mod place;
mod seal;
mod set;
mod sources;

pub use sources::{KeySource, SecretSource, ServerSecrets};

use crate::view::ConfigurationView;
use crate::{DeclaredSlot, Product, Realms, WebSiteNames};
use kerbsync_iis::ApplicationHost;
use kerbsync_plan::Step;
use kerbsync_plan::lower::{DocumentFault, EditFault, FieldRecord, FieldState, Lower, LowerError, Lowered};
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_xml::{Document, Limits};
use kerbsync_xml_edit::EditError;

/// What the slots of a configuration are found by.
#[derive(Debug, Clone, Default)]
pub struct SlotRules {
    /// Slots that the administrator declared.
    pub declared: Vec<DeclaredSlot>,
    /// Names of the product's web sites.
    pub web_sites: WebSiteNames,
    /// DNS and NetBIOS names of domains.
    pub realms: Realms,
}

/// Turns steps into bytes of `applicationHost.config`.
pub struct CredentialLower<'a> {
    rules: SlotRules,
    secrets: &'a dyn SecretSource,
    keys: &'a dyn KeySource,
    accept_inferred: bool,
}

impl<'a> CredentialLower<'a> {
    /// With the secrets to write and the keys of the servers that they are written to. `accept_inferred`: the administrator accepts
    /// protection whose layout is inferred.
    #[must_use]
    pub const fn new(rules: SlotRules, secrets: &'a dyn SecretSource, keys: &'a dyn KeySource, accept_inferred: bool) -> Self {
        Self { rules, secrets, keys, accept_inferred }
    }
}

impl Lower for CredentialLower<'_> {
    fn lower(&self, step: &Step, current: &[u8]) -> Result<Lowered, LowerError> {
        let keys = self.keys.keys(&step.server)?;
        let (mut document, mut fields) = (parse(current)?, Vec::new());
        for change in &step.changes {
            let secret = self.secrets.secret(&change.secret)?;
            let (edits, records) = with_view(&document, &self.rules, |view| {
                let value = seal::protect_for(view, &change.slot, &keys, &secret, self.accept_inferred)?;
                set::edits(view, change, &value, &self.rules)
            })?;
            fields.extend(records);
            document = apply(&document, &edits)?;
        }
        Ok(Lowered { bytes: document.source().bytes().to_vec(), fields })
    }

    fn check(&self, step: &Step, before: &[u8], after: &[u8]) -> Result<(), LowerError> {
        let keys = self.keys.keys(&step.server)?;
        let written = parse(after)?;
        let mut document = parse(before)?;
        for change in &step.changes {
            let secret = self.secrets.secret(&change.secret)?;
            // The only text that could not be foretold is the encrypted one: it is read from the file, and must open to the secret.
            let value = with_view(&written, &self.rules, |view| seal::proved(view, &change.slot, &keys, &secret))?;
            let (edits, _) = with_view(&document, &self.rules, |view| set::edits(view, change, &value, &self.rules))?;
            document = apply(&document, &edits)?;
        }
        if document.source().bytes() == after { Ok(()) } else { Err(LowerError::Unplanned) }
    }

    fn state(&self, field: &FieldRecord, current: &[u8]) -> Result<FieldState, LowerError> {
        with_view(&parse(current)?, &self.rules, |view| back::state(view, field))
    }

    fn states(&self, fields: &[FieldRecord], current: &[u8]) -> Result<Vec<FieldState>, LowerError> {
        with_view(&parse(current)?, &self.rules, |view| back::states(view, fields))
    }

    fn restore(&self, fields: &[FieldRecord], current: &[u8], backup: Option<&[u8]>) -> Result<Vec<u8>, LowerError> {
        if fields.is_empty() {
            return Ok(current.to_vec());
        }
        let backup = backup.map(parse).transpose()?;
        let mut document = parse(current)?;
        // Last written, first taken back: elements may have been created in elements that were created.
        for group in fields.chunk_by(|a, b| a.slot == b.slot).rev() {
            let edits = with_view(&document, &self.rules, |view| match &backup {
                Some(backup) => with_view(backup, &self.rules, |old| back::edits(view, group, Some(old))),
                None => back::edits(view, group, None),
            })?;
            document = apply(&document, &edits)?;
        }
        Ok(document.source().bytes().to_vec())
    }
}

/// The editor refuses an edit.
fn edit_refused(error: &EditError) -> LowerError {
    EditFault::Refused { cause: error.to_string() }.into()
}

fn parse(bytes: &[u8]) -> Result<Document, LowerError> {
    let source = Source::decode(DocumentId(0), bytes.to_vec()).map_err(DocumentFault::from)?;
    Document::parse(source, &Limits::default()).map_err(|e| {
        let at = e.location.position;
        DocumentFault::NotWellFormed { line: at.line, column: at.column }.into()
    })
}

/// The new file, as it was read again from its bytes.
fn apply(document: &Document, edits: &kerbsync_xml_edit::EditSet) -> Result<Document, LowerError> {
    Ok(kerbsync_xml_edit::apply(document, edits).map_err(|e| EditFault::DoesNotFit { cause: e.to_string() })?.document)
}

fn with_view<'d, T>(
    document: &'d Document,
    rules: &SlotRules,
    work: impl FnOnce(&ConfigurationView<'d, '_>) -> Result<T, LowerError>,
) -> Result<T, LowerError> {
    let host = ApplicationHost::read(document, &mut Vec::<Problem>::new())
        .map_err(|p| DocumentFault::NoConfiguration { cause: p.message.trim_end_matches('.').to_owned() })?;
    let product = Product::recognise(&host, &rules.web_sites);
    work(&ConfigurationView::new(&host, &product, &rules.declared))
}
