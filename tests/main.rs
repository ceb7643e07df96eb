//! The one test binary of the workspace: what no single crate can test by itself.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[cfg(feature = "simulate")]
mod actors;
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
mod faulted;
mod files;
#[cfg(feature = "simulate")]
mod formats;
mod fresh;
#[cfg(feature = "simulate")]
mod killed;
mod layering;
#[cfg(feature = "simulate")]
mod learn;
#[cfg(feature = "simulate")]
mod places;
mod real_world;
mod recipes;
#[cfg(feature = "simulate")]
mod rests;
mod rules;
mod support;
#[cfg(feature = "simulate")]
mod topology;
#[cfg(feature = "simulate")]
mod truth;
#[cfg(feature = "simulate")]
mod ways_on;
mod writes;
