//! The items of the guide of DISA for Microsoft IIS 10.0 Server, V3R7, of 2026-04-01: ids, severities and control correlation identifiers are the guide's (public, in
//! microsoft/PowerStig), the words and the standing are this program's.

mod decided;
mod elsewhere;

use super::{Item, in_order};
use std::sync::LazyLock;

pub(super) static ITEMS: LazyLock<Vec<Item>> = LazyLock::new(|| in_order(decided::ITEMS, elsewhere::ITEMS));
