//! Minimal edits of XML files: which bytes change so that this attribute of this element has this text.
//!
//! An [`Edit`] replaces a span of a document's decoded text; an [`EditSet`] holds edits that do not overlap; [`apply`] copies every other byte of
//! the file as it lies on disk, reads the result again and also gives the edits that take everything back. The functions
//! [`set_value`], [`insert_attribute`], [`remove_attribute`], [`insert_child`] and [`remove_element`] make edits that look as if the file's
//! usual writer had made them: quotes, indentation and line ends of the neighbourhood. [`Assignment`] is `PATH@attr=value` as text.
//!
//! New elements are laid out as IIS lays them out in real pairs of files before and after a change (that only IIS's own writer made those
//! is inferred). The crate knows nothing else of IIS.

mod apply;
mod assignment;
mod attributes;
mod edit;
mod elements;
mod error;
mod layout;
mod new_element;
mod spell;

pub use apply::{Applied, apply};
pub use assignment::{Assignment, AssignmentError, Step};
pub use attributes::{AttributePosition, insert_attribute, remove_attribute, set_attribute, set_value};
pub use edit::{Edit, EditSet};
pub use elements::{ChildPosition, insert_child, insert_children, remove_element};
pub use error::{EditError, ElementRef};
pub use new_element::NewElement;
