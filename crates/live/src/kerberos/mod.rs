//! Kerberos as far as it is needed: a service ticket that the operator asks for, whether a password opens it, and a sealed connection by it.

mod answer;
mod cipher;
#[cfg(unix)]
mod context;
pub(crate) mod der;
mod kdc;
mod negotiate;
mod proof;

#[cfg(unix)]
pub(crate) use answer::refusal;
#[cfg(unix)]
pub(crate) use context::{Opener, Opening, Sealer};
pub use kdc::KdcError;
pub(crate) use kdc::address;
pub(crate) use negotiate::{HttpTicket, Tickets};
pub use proof::{ProofRequest, Prover, Tested};

#[cfg(test)]
#[cfg(unix)]
pub(crate) mod testing;
