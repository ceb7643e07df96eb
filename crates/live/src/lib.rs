//! Live sources of facts: a directory by LDAP, servers' files by SMB or by the file calls of Windows, service tickets by Kerberos.
//!
//! Nothing here is understood: [`collect()`] brings files into a folder, as an administrator would by hand, and the readers of exports do the
//! rest. So a live audit and an audit of the files that it saw are one and the same.
//!
//! **Limitations.** SMB and Kerberos are those of the crate smb2: a share that demands encryption refuses it, and a ticket cache must hold a
//! ticket for the operator that may be used for other services. LDAP wants the operator's password, sent inside TLS only, or on
//! Unix a ticket, by which the connection is sealed (AES). Tried against Samba 4.17 only; what a real Windows does differently is unknown.

mod catalogue;
mod clock;
mod collect;
mod controller;
mod directory;
mod domain;
mod files;
mod forest;
mod http;
mod kerberos;
mod ldif;
mod operator;
mod probe;
mod replication;
#[cfg(unix)]
mod sealed;
mod share;
mod spread;
mod unc;

pub use clock::Clock;
pub use collect::{CONFIGURATION, CollectError, CollectRequest, DirectoryRequest, Fetched, FileSink, Missed, OtherDomains, Reach, collect};
pub use controller::{AccountName, Controller, ControllerError, ControllerRequest};
pub use directory::{DirectoryError, DirectoryUrl, DirectoryUrlError, Trust};
pub use files::{Drives, DrivesError};
pub use kerberos::{KdcError, ProofRequest, Prover, Tested};
pub use operator::{Authority, Operator, OperatorError, read_password_descriptor, read_password_file};
pub use probe::{ProbeAnswer, ProbeError, ProbeRequest, Probed, ProbedService, probe};
pub use replication::{Elsewhere, Replication};
pub use share::{Authentication, ShareError, ShareErrorKind};
pub use unc::DriveRoot;
