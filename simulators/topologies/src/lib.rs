//! Writes simulated topology documents.
