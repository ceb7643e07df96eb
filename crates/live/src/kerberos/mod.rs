//! Kerberos as far as a proof needs it: a service ticket that the operator asks for, and whether a password opens it.

mod cipher;
mod der;
mod kdc;
mod negotiate;
mod proof;

pub use kdc::KdcError;
pub(crate) use kdc::address;
pub(crate) use negotiate::{HttpTicket, Tickets};
pub use proof::{ProofRequest, Prover, Tested};
