//! applicationHost.config, seen from outside.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod inheritance;
mod protection;
mod quirks;
mod seal;
mod structure;
mod writing;

use kerbsync_iis::ApplicationHost;
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_xml::{Document, Limits};

pub(crate) const PRODUCT: &str = include_str!("../../../../fixtures/documents/iis/product.config");
pub(crate) const REDIRECTION: &str = include_str!("../../../../fixtures/documents/iis/redirection-on.config");

pub(crate) fn document(text: &str) -> Document {
    Document::parse(source(text), &Limits::default()).unwrap()
}

pub(crate) fn source(text: &str) -> Source {
    Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap()
}

pub(crate) fn host(document: &Document) -> ApplicationHost<'_> {
    ApplicationHost::read(document, &mut Vec::<Problem>::new()).unwrap()
}
