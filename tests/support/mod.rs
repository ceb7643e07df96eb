//! What tests of several subjects share: the built program, estates of the lab, and an audit of files in memory.

pub(crate) mod audited;
#[cfg(feature = "simulate")]
pub(crate) mod estates;
pub(crate) mod folder;
pub(crate) mod program;
