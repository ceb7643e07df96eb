//! What a user sees who signs in at a server: [`sign_in`], a pure function of what the server holds and offers, what the directory knows, and
//! how old the user's ticket is. [`over_time`] asks it for many ages of a ticket.
//!
//! Sources: that a server with an old key or none answers 401, and that Negotiate does not go back to NTLM once a ticket was issued; that
//! clients go back to NTLM where an SPN is on no object; that an old ticket needs the old key for up to its lifetime (10 hours): all three
//! are general Kerberos, inferred for this product. That an SPN on two objects gives failures or NTLM is documented for Active Directory, and
//! that an expired account gives 401 for the product; for a disabled one that is inferred. That a client takes the first offer that it knows is general
//! HTTP, documented by Microsoft for Windows clients.

mod facts;
mod judge;
#[cfg(test)]
mod tests;

pub use facts::{Account, Client, Holds, Key, Provider, Server, Service, Spn};
pub use judge::{Answer, SignIn, over_time, sign_in};
