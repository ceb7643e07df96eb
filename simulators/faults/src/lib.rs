//! A disk in memory that crashes, and what must hold after every crash.
//!
//! The engine runs on a [`MemoryDisk`] through the same primitive calls as on a real one and never knows. A recorded run gives every point
//! at which it could have been stopped; from each of them every legal disk is made, recovered from, and checked ([`World`]).

mod careless;
mod disk;
mod explore;
pub mod foreign;
mod gate;
mod image;
pub mod oracle;
mod repeatable;
pub mod runner;
mod scenario;
mod schedule;
pub mod strategies;
pub mod toy;
mod world;

pub use careless::Mutation;
pub use disk::{Fault, FaultKind, MemoryDisk};
pub use explore::{Exploration, LIMIT, Point, crashes, disks, points, points_of_apply};
pub use gate::Gate;
pub use image::{Access, Image};
pub use repeatable::Repeatable;
pub use scenario::{FAULTS, Scenario, Task};
pub use schedule::{Turns, side_by_side};
pub use toy::{Toy, ToyDirectory};
pub use world::{ConfigurationState, World};
