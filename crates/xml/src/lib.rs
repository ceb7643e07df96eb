//! A lossless, read-only XML tree with spans.
//!
//! The tree borrows nothing and copies nothing: it holds the [`Source`](kerbsync_source::Source) and a table of elements. Attributes are found
//! again in the start tag when they are asked for; every one was checked when the document was read.
//!
//! The tokenizer is quick-xml. It accepts input that is not well-formed (a second root, text after the root, `<` in attribute
//! values, unclosed elements at the end, unknown entities); this crate checks for all of that above it. Document type declarations are refused.
//!
//! ## Limitations
//! - Namespace well-formedness is not checked beyond unbound prefixes being without a namespace.
//! - Names are checked for the characters that XML 1.0 forbids in ASCII; all non-ASCII characters are accepted in names.

mod attribute;
mod document;
mod element;
mod error;
mod escape;
mod limits;
mod parse;
mod show;

pub use attribute::{Attribute, Attributes};
pub use document::Document;
pub use element::{Children, Descendants, Element, NodeId};
pub use error::{ErrorKind, XmlError};
pub use escape::{escape_attribute, escape_text, is_char};
pub use limits::Limits;
pub use parse::is_name;
