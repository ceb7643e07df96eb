//! Texts and formats made from inventories that are built by hand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test panics where its fixture is wrong")]

mod changes;
mod compared;
mod compliance;
mod formats;
mod learned;
mod pipelines;
mod probed;
mod proved;
mod registry;
mod sample;
mod scripts;
mod texts;
