//! The rules: one file each.

use crate::Rule;

// rules:begin (this block is written by a test; see tests/fresh.rs)
/// Every rule in the order of numbers.
pub static RULES: &[&Rule] = &[];
// rules:end
