//! Writes simulated directory exports.
