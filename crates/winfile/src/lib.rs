//! What an administrator set on a Windows file: owner, group and access list, attributes, creation time and alternate streams.
//!
//! A file that is replaced by renaming another one over it takes all of that from the new file. `keep` gives it to the new file first,
//! reads it back, and fails where something cannot be kept; nothing of the old file has been touched by then. The system's own replace
//! call (`ReplaceFileW`) is not used: some of its documented failures leave no file of the name, and it does not keep the owner.
//!
//! On other systems the crate is empty. Its Windows part has been run under Wine only, which keeps access lists in part and knows no
//! alternate streams.

#[cfg(windows)]
mod keep;
#[cfg(windows)]
mod system;

#[cfg(windows)]
pub use keep::{Unkept, check, is_held, keep, try_lock};
