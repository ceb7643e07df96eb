//! A lossless, read-only XML tree with spans.
//!
//! The tree borrows nothing and copies nothing: it holds the [`Source`](kerbsync_source::Source) and a table of elements. Attributes are found
//! again in the start tag when they are asked for; every one was checked when the document was read.
//!
//! The tokenizer is quick-xml. It leaves much to its caller (a second root, text after the root, `<` in attribute values, unclosed elements
//! at the end, unknown entities, names); all of that is checked here for every token, so that errors are placed where this product's users
//! need them. Document type declarations are refused.
//!
//! ## Limitations
//! - Namespace well-formedness is not checked; a name with an unbound prefix is without a namespace.

mod alike;
mod attribute;
mod document;
mod element;
mod error;
mod escape;
mod limits;
mod markup;
mod name;
mod parse;
mod show;

pub use alike::Difference;
pub use attribute::{Attribute, Attributes};
pub use document::Document;
pub use element::{Children, Descendants, Element, NodeId};
pub use error::{ErrorKind, OpenElement, XmlError};
pub use escape::{escape_attribute, escape_text, is_char, unescape_attribute};
pub use limits::Limits;
pub use name::is_name;
