//! Where input files come from.
