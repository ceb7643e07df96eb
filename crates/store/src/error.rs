//! Why a store cannot give a file.

use crate::ArchiveFault;
use std::io;

/// A file or folder that could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// The path as given.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file changed in length or time on every try.
    #[error("{path}: the file keeps changing while it is read; export it again, or read a copy")]
    Changing {
        /// The path.
        path: String,
    },
    /// A name that cannot be used.
    #[error("{path}: {reason}")]
    Name {
        /// The name, with what cannot be shown replaced.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A device, FIFO, socket or the like.
    #[error("{path}: {what}, no ordinary file; it is not read")]
    Special {
        /// The path.
        path: String,
        /// What it is.
        what: &'static str,
    },
    /// A file that is larger than what is read.
    #[error("{path}: {bytes} bytes, more than the limit of {limit}; it is not read")]
    Large {
        /// The path.
        path: String,
        /// Its length.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// An archive that is damaged, or that holds what is refused.
    #[error("{path}: {fault}")]
    Archive {
        /// The archive or its member.
        path: String,
        /// What is wrong.
        fault: ArchiveFault,
    },
}

impl StoreError {
    /// What happened, without the path, for a place that names it already; and what to do next.
    #[must_use]
    pub fn told(&self) -> (String, &'static str) {
        match self {
            Self::Io { source, .. } => (source.to_string(), "Check the permissions, or give a copy."),
            Self::Changing { .. } => ("the file keeps changing while it is read".to_owned(), "Export it again, or give a copy."),
            Self::Name { reason, .. } => ((*reason).to_owned(), "Give it another name."),
            Self::Special { what, .. } => {
                (format!("{what}, no ordinary file; it is not read"), "Leave it out, or give a copy of what it holds.")
            }
            Self::Large { bytes, limit, .. } => {
                (format!("{bytes} bytes, more than the limit of {limit}; it is not read"), "Leave it out, if it is no export.")
            }
            Self::Archive { fault: fault @ (ArchiveFault::TooManyFiles { .. } | ArchiveFault::TooManyServers { .. }), .. } => {
                (fault.to_string(), "Audit parts of the bundle by themselves.")
            }
            Self::Archive { fault, .. } => (fault.to_string(), "Make the archive again, or give the folder itself."),
        }
    }

    /// The path that the error is about.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Io { path, .. }
            | Self::Changing { path }
            | Self::Name { path, .. }
            | Self::Special { path, .. }
            | Self::Large { path, .. }
            | Self::Archive { path, .. } => path,
        }
    }

    /// Whether there is simply nothing at the path.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}
