//! The one test binary of the workspace: what no single crate can test by itself.

mod audited;
mod cli;
mod encodings;
#[cfg(feature = "simulate")]
mod estates;
mod files;
mod fresh;
mod layering;
mod rules;
#[cfg(feature = "simulate")]
mod truth;
