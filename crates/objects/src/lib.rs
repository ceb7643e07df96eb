//! PowerShell objects from the three exports that administrators use: Clixml (`Export-Clixml`), JSON (`ConvertTo-Json`) and CSV (`Export-Csv`).
//!
//! The formats are described in topology.md section 7.2. A reader never stops at the first oddity: it returns what it understood and reports the rest.

mod clixml;
mod csv;
mod json;
mod object;

pub use clixml::read_clixml;
pub use csv::{looks_like_csv, read_csv};
pub use json::read_json;
pub use object::{Object, Property, Value};
