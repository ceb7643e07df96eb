//! Commands that ask the directory and the servers themselves.

mod bundle;
mod collect;
mod operator;

pub(super) use collect::run as collect;
