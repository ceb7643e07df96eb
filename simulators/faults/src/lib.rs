//! A disk in memory that crashes, and what must hold after every crash.

mod disk;
mod image;

pub use disk::{Fault, FaultKind, MemoryDisk};
pub use image::Image;
