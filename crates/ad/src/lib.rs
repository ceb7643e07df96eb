//! Active Directory facts from exports: LDIF of `ldifde` and `ldapsearch`, and the objects of `Get-ADComputer`, `Get-ADUser`, `Get-ADObject`,
//! `Get-ADGroup`, `Get-ADServiceAccount` and `Get-ADDomain` as Clixml, JSON or CSV (also `csvde`); and what `setspn` prints.
//!
//! ## Known to be unset, or not exported
//! Active Directory does not store empty attributes, so a missing attribute means "unset" or "not asked for". A property of a PowerShell export
//! that is there but null or empty is known to be unset. In LDIF an attribute that an entry does not have is known to be unset only where the
//! export asked for it: `ldapsearch` writes what it asked for (`# requesting: ALL`); else an entry with most of the attributes that every object
//! has and nobody lists by hand (`instanceType`, `uSNCreated`, `uSNChanged`, `whenCreated`, `whenChanged`, `objectCategory`) shows that the whole
//! export was made without a list of attributes. **This last rule is inferred**; an attribute that the exporting user may not read also looks unset.
//! An attribute that one object of a class has in an export is known to be unset for another object of that class without it, since all were
//! asked the same. In every other case the attribute is not known.
//!
//! ## Known to be absent, or not exported
//! `ldapsearch` writes base, scope and filter of a search ([`AskedFor`]): a filter for one object shows nothing of the others.
//!
//! ## Secrets
//! Values of attributes that hold secrets (`unicodePwd`, `ms-Mcs-AdmPwd`, …) are neither kept nor shown; a problem says that the export holds some.
//!
//! ## Limitations
//! - Times in the local format of a `Get-ADComputer | Export-Csv` have neither a time zone nor a known order of day and month: they are not read.
//! - `userAccountControl` is put together from PowerShell's booleans only where all of those are exported that rules ask for.
//! - Change records of LDIF other than `changetype: add` (which `ldifde` writes for every entry) are left out.

mod account;
mod allowance;
mod class;
mod dn;
mod entry;
mod facts;
mod filter;
mod flags;
mod ldif;
mod lines;
mod object;
mod setspn;
mod sid;
mod time;

pub use dn::{distinguished_name_key, domain_of};
pub use facts::{Dated, DirectoryFacts};
pub use filter::AskedFor;
pub use ldif::{looks_like_ldif, read_ldif};
pub use object::read_objects;
pub use setspn::{looks_like_setspn, read_setspn};
