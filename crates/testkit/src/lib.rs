//! Helpers for tests and benchmarks; never part of the product.

mod bundle;
mod memory;

pub use bundle::{Bundle, BundleError};
pub use memory::MemoryStore;
