//! Writes simulated IIS servers to disk.
