//! Topology documents of Lync Server and Skype for Business Server, and the documents around them.
//!
//! [`sniff_xml`] names the form of an XML document, [`read_xml`] reads it, [`read_objects`] does the same for PowerShell objects, and
//! [`text_hint`] says what to do with text that is neither. A reader returns what it understood as a [`Reading`] and reports the rest as
//! problems; it never stops at the first one. What follows from the facts of a [`Deployment`] (kinds of pools, web FQDNs, file shares) is
//! computed by [`derive()`], and the differences of two deployments by [`compare`].
//!
//! The forms and rules come from the product's own documents; where a rule was never seen in one it is marked *inferred* beside the code.

mod anchored;
mod assignment;
mod bounds;
mod builder;
mod check;
mod context;
mod derive;
mod difference;
mod doc_item_set;
mod graph;
mod management_log;
mod model;
mod objects;
mod packing;
mod parts;
mod published;
mod reading;
mod simple_url;
mod sniff;
mod text_hint;

pub use assignment::Assignment;
pub use bounds::TOO_MANY;
pub use derive::{Derived, DerivedPool, derive};
pub use difference::{Difference, compare};
pub use graph::{Dangling, dangling_references, has_cycle};
pub use management_log::{LogEntry, LogLevel, LogTime, ManagementLog, SpnEvent, TestVerdict};
pub use model::{
    Cluster, Deployment, Form, Host, Key, Kind, Machine, RoleDetails, Service, Site, SiteKind, SqlInstance, WebPort, role_from_cmdlet,
    role_in_cmdlets, version_name,
};
pub use objects::{ObjectFacts, read_objects};
pub use reading::{Reading, read_xml};
pub use simple_url::SimpleUrl;
pub use sniff::{XmlForm, sniff_xml};
pub use text_hint::{TextForm, TextHint, text_hint};
