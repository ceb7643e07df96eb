//! Where a server's configuration holds an account and its secret.
//!
//! Microsoft does not publish where Lync and Skype for Business Server keep the credential. So every kind of place is a layout with its
//! own level of evidence, none is called the product's, and a place that no layout knows is still found by its structure.
//! Secrets exist inside this crate only; what leaves it are tags that tell equal secrets within one run.

mod account;
mod candidates;
mod declared;
mod discover;
mod layouts;
pub mod learn;
pub mod lower;
mod pairs;
mod product;
mod restrictions;
mod view;

pub use account::{Realms, is_built_in, parse_account};
pub use declared::DeclaredSlot;
pub use discover::{Discovery, DiscoveryContext, MAX_SLOTS, SecretPlace, discover, discover_with, open_again};
pub use layouts::{LAYOUTS, SlotLayout};
pub use product::{Product, ProductSite, RecognisedBy, WebSiteNames, is_product_pool};
pub use view::{ConfigurationView, FoundSlot};
