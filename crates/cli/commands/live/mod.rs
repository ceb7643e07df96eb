//! Commands that ask the directory and the servers themselves.

mod bundle;
mod collect;
mod drives;
mod operator;
mod password;
mod probe;
mod prove;

pub(super) use collect::run as collect;
pub(crate) use drives::{LiveDrives, drives};
pub(crate) use password::{LiveController, LiveDirectory};
pub(super) use probe::run as probe;
pub(super) use prove::run as prove;
