//! Exports of every kind against the facts that they state.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod absence;
mod fixtures;
mod holes;
mod laws;
mod ldif;
mod objects;
mod show;
