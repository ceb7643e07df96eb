//! The naming rules N01 to N18, by table, by law, and as the user reads them.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod laws;
mod table;
mod texts;
