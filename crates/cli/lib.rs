//! The command line of kerbsync.
