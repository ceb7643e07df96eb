//! The one test binary of the workspace: what no single crate can test by itself.

mod files;
mod layering;
