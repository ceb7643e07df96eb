//! The one test binary of the workspace: what no single crate can test by itself.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod audited;
#[cfg(feature = "simulate")]
mod canary;
mod cli;
#[cfg(feature = "simulate")]
mod cmdlets;
mod encodings;
#[cfg(feature = "simulate")]
mod estates;
mod files;
mod fresh;
mod layering;
mod program;
mod real_world;
mod rules;
#[cfg(feature = "simulate")]
mod truth;
#[cfg(feature = "simulate")]
mod writes;
