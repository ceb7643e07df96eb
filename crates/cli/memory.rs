//! The memory of a process that opens secrets.

use std::alloc::System;
use zeroizing_alloc::ZeroAlloc;

/// An allocator that wipes whatever is freed: a file with a password in clear, a decoded copy of it, a buffer that grew.
pub type Memory = ZeroAlloc<System>;

/// For a program that is to leave no secret in the memory it has given back: the `#[global_allocator]`.
#[must_use]
pub const fn wiped_memory() -> Memory {
    ZeroAlloc(System)
}
