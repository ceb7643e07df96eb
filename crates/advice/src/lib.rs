//! What to do next: sentences, and commands that are built from typed parts.
//!
//! A command is a known program of [`Program`] with parameters that this crate spells and values that come from the inputs. Values are
//! quoted for PowerShell; one that could mean more than itself to a shell gives no command at all, but a sentence. A command that
//! destroys or resets is of another type, [`Destroying`], and enters an advice only together with the proof of its premise and with
//! its consequence.

mod advice;
mod command;
pub mod commands;
mod product;
mod program;
mod quote;

pub use advice::{Advice, Proved, Step};
pub use command::{Command, Destroying, Unprintable};
pub use product::Product;
pub use program::{Class, Program, Shell};
pub use quote::{is_hostile, quoted};
