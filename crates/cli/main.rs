//! The kerbsync program.
fn main() {}
