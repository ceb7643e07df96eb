//! PowerShell objects from the three exports that administrators use: Clixml (`Export-Clixml`), JSON (`ConvertTo-Json`) and CSV (`Export-Csv`).
//!
//! A reader never stops at the first oddity: it returns what it understood and reports the rest. It works within bounds of depth and number, so
//! that no input makes it loop, overflow the stack or fill the memory. Values of properties that hold secrets are dropped while reading
//! ([`is_secret_property`]); an [`Object`] never holds one.
//!
//! ## Limitations
//! - What an export lost is lost: below the depth of `ConvertTo-Json` or `Export-Clixml`, and in CSV cells, a collection is only the name of
//!   its type ([`Value::Lost`]). A list that JSON joined with blanks cannot be told from a text.
//! - An enumeration is its name in Clixml and CSV, but a number in JSON: the consumer has to know both.

mod allowance;
mod clixml;
mod csv;
mod escape;
mod json;
mod leaf;
mod object;
mod positions;
mod secret;

pub use clixml::read_clixml;
pub use csv::{csv_head, csv_separator, looks_like_csv, read_csv};
pub use json::read_json;
pub use object::{Object, Property, Value};
pub use secret::is_secret_property;

/// Levels of objects within objects that are kept; an export has 2 unless told otherwise.
const MAX_DEPTH: usize = 64;

/// Values that are kept of one document, beyond which the rest is left out with a problem.
const MAX_VALUES: usize = 4_000_000;
