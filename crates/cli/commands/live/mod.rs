//! Commands that ask the directory and the servers themselves.

mod bundle;
mod collect;
mod operator;
mod prove;

pub(super) use collect::run as collect;
pub(super) use prove::run as prove;
