//! What kerbsync says: versioned formats for programs and texts for people.
//!
//! Everything shown is first put into the types of [`format`](mod@format), which are the JSON formats themselves; the texts of [`render`] are made
//! from them and from nothing else, so that a person and a program are never told different things. This crate judges nothing, reads
//! no file and knows no clock; it counts, sorts and writes.

pub mod format;
pub mod render;
mod schemas;

pub use schemas::SCHEMAS;
