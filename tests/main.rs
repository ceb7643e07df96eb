//! The one test binary of the workspace: what no single crate can test by itself.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[cfg(feature = "simulate")]
mod actors;
#[cfg(feature = "simulate")]
mod book;
#[cfg(feature = "simulate")]
mod bundle_paths;
#[cfg(feature = "simulate")]
mod canary;
mod cli;
#[cfg(feature = "simulate")]
mod clients;
#[cfg(feature = "simulate")]
mod cmdlets;
#[cfg(feature = "simulate")]
mod consent;
mod encodings;
mod evidence;
#[cfg(feature = "simulate")]
mod examples;
mod forest;
#[cfg(feature = "simulate")]
mod formats;
mod generated;
#[cfg(feature = "simulate")]
mod killed;
mod layering;
#[cfg(feature = "simulate")]
mod learn;
#[cfg(feature = "simulate")]
mod open_runs;
#[cfg(feature = "simulate")]
mod plan_inputs;
mod real_world;
mod recipes;
#[cfg(feature = "simulate")]
mod redact;
mod rules;
#[cfg(feature = "simulate")]
mod signed;
#[cfg(feature = "simulate")]
mod simulate_faults;
mod source_tree;
mod support;
#[cfg(feature = "simulate")]
mod topology;
#[cfg(feature = "simulate")]
mod truth;
mod writes;
