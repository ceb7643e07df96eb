//! Builds a simulated estate and the truth about it.
