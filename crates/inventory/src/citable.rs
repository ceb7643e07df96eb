//! How much is kept of the places of a server's configuration, of which findings may cite some.
//!
//! There are hundreds of places on one server, and thousands of servers: most are dropped while the configuration is read. What is kept
//! is decided here alone, from the values. Collect asks while it reads, and the tests of rules drop the same places from their estate, so
//! that a rule which cites a dropped place fails there. A value of which that holds is [`Cited`]: it has its place, or the reason why it has none.

use crate::{ApplicationPoolIdentity, AuthenticationPath, ServerConfiguration};
use kerbsync_source::{DocumentId, Origin, SharedSpot};
use std::ops::Deref;
use std::sync::Arc;

/// A value of a configuration with its place, or with the reason why none was kept.
///
/// The document is not among the parts: servers that are alike share their values, each with a document of its own. [`ServerConfiguration::cite`]
/// joins both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited<T> {
    /// The value.
    pub value: T,
    why_dropped: Option<WhyDropped>,
    spot: Option<SharedSpot>,
}

impl<T> Cited<T> {
    /// A value and its place. `None` is the whole document, as for a schema default.
    pub const fn new(value: T, spot: Option<SharedSpot>) -> Self {
        Self { value, why_dropped: None, spot }
    }

    /// A value of which no place is kept.
    pub const fn dropped(value: T, why: WhyDropped) -> Self {
        Self { value, why_dropped: Some(why), spot: None }
    }

    /// What a finding may cite of it, in the document that it was read from.
    #[must_use]
    pub fn citation(&self, document: DocumentId) -> Citation {
        Citation { origin: Origin::from_parts(document, self.spot.clone()), why_dropped: self.why_dropped }
    }
}

impl ServerConfiguration {
    /// What a finding may cite of a value of this configuration.
    #[must_use]
    pub fn cite<T>(&self, cited: &Cited<T>) -> Citation {
        // Without a document there is nothing that was read of one.
        cited.citation(self.document.unwrap_or(DocumentId(u32::MAX)))
    }
}

impl<T> Deref for Cited<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

/// A place to be cited, or a document alone with the reason why it has no line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// The place.
    pub origin: Origin,
    /// Why there is no line, where one was dropped.
    pub why_dropped: Option<WhyDropped>,
}

impl From<Origin> for Citation {
    fn from(origin: Origin) -> Self {
        Self { origin, why_dropped: None }
    }
}

impl From<&Origin> for Citation {
    fn from(origin: &Origin) -> Self {
        origin.clone().into()
    }
}

/// A [`Cited`] value of any type, whose place can be dropped later too.
pub trait Citable {
    /// What a finding may cite of it, in the document that it was read from.
    fn citation(&self, document: DocumentId) -> Citation;

    /// Leaves the value alone.
    fn drop_place(&mut self, why: WhyDropped);
}

impl<T> Citable for Cited<T> {
    fn citation(&self, document: DocumentId) -> Citation {
        self.citation(document)
    }

    fn drop_place(&mut self, why: WhyDropped) {
        self.spot = None;
        self.why_dropped = Some(why);
    }
}

/// How much is kept of the place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The document alone, for a reason.
    Dropped(WhyDropped),
    /// Place and element: a finding may cite it, and its line is unremarkable.
    Place,
    /// Place, element and the masked line.
    Excerpt,
}

/// Why nothing cites the place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyDropped {
    /// The name of a pool.
    PoolName,
    /// The identity of a pool.
    UsualIdentity,
    /// The switch of a site or a pool.
    Starts,
    /// The path and the pool of an application.
    PoolExists,
    /// A setting of authentication.
    UnremarkablePath,
}

impl WhyDropped {
    /// For a sentence: `the application's pool exists`.
    #[must_use]
    pub const fn clause(self) -> &'static str {
        match self {
            Self::PoolName => "the name of an application pool is shown and never cited",
            Self::UsualIdentity => "the application pool runs as NetworkService, as the product's do",
            Self::Starts => "the site or the application pool starts by itself, as is the rule",
            Self::PoolExists => "the application's pool exists",
            Self::UnremarkablePath => {
                "the path is unremarkable: Negotiate before NTLM without anonymous access, or Windows authentication off"
            }
        }
    }
}

/// How much is kept of the name of a pool.
pub const POOL_NAME: Kept = Kept::Dropped(WhyDropped::PoolName);

/// How much is kept of the identity of a pool.
#[must_use]
pub const fn identity(identity: ApplicationPoolIdentity) -> Kept {
    match identity {
        ApplicationPoolIdentity::NetworkService => Kept::Dropped(WhyDropped::UsualIdentity),
        _ => Kept::Excerpt,
    }
}

/// How much is kept of the switch with which a site or a pool starts.
#[must_use]
pub const fn starts(starts: bool) -> Kept {
    if starts { Kept::Dropped(WhyDropped::Starts) } else { Kept::Excerpt }
}

/// How much is kept of an application: its path, and the name of its pool.
#[must_use]
pub const fn application(pool_exists: bool) -> Kept {
    if pool_exists { Kept::Dropped(WhyDropped::PoolExists) } else { Kept::Excerpt }
}

/// What the authentication of a path is judged by.
#[derive(Debug, Clone)]
pub struct PathValues<P> {
    /// Whether Windows authentication is on.
    pub windows: bool,
    /// Whether kernel mode is on.
    pub kernel_mode: bool,
    /// Whether anonymous access is on.
    pub anonymous: bool,
    /// Names of the providers, in their order.
    pub providers: P,
    /// The value of tokenChecking.
    pub token_checking: &'static str,
}

/// How much is kept of the authentication of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptOfPath {
    /// Of the switch of Windows authentication.
    pub windows: Kept,
    /// Of the switch of kernel mode.
    pub kernel_mode: Kept,
    /// Of the switch of the pool's credentials in kernel mode.
    pub pool_credentials: Kept,
    /// Of everything else.
    pub rest: Kept,
}

impl KeptOfPath {
    /// How much is kept, with `is_root` for the path of the site itself. Of an unremarkable path, findings cite that it is off, or how
    /// kernel mode is set: other servers decide whether that is remarkable. Such paths are by far the most.
    #[must_use]
    pub fn of<'a>(is_root: bool, values: PathValues<impl Iterator<Item = &'a str>>) -> Self {
        let PathValues { windows, kernel_mode, anonymous, providers, token_checking } = values;
        let is_unusual = || windows && (anonymous || !providers.eq(["Negotiate", "NTLM"]));
        if is_root || token_checking == "Require" || is_unusual() {
            return Self { windows: Kept::Excerpt, kernel_mode: Kept::Excerpt, pool_credentials: Kept::Excerpt, rest: Kept::Excerpt };
        }
        let dropped = Kept::Dropped(WhyDropped::UnremarkablePath);
        let place_if = |is_cited: bool| if is_cited { Kept::Place } else { dropped };
        Self {
            windows: place_if(!windows),
            kernel_mode: place_if(windows),
            pool_credentials: place_if(windows && kernel_mode),
            rest: dropped,
        }
    }

    /// How much is kept of a path of the inventory.
    #[must_use]
    pub fn of_path(path: &AuthenticationPath) -> Self {
        let windows = &path.windows;
        let values = PathValues {
            windows: windows.enabled.value,
            kernel_mode: windows.use_kernel_mode.value,
            anonymous: path.anonymous.enabled.value,
            providers: windows.providers.iter().map(|p| &*p.value),
            token_checking: windows.token_checking.value,
        };
        Self::of(&*path.path == "/", values)
    }

    /// Whether lines are kept too.
    #[must_use]
    pub fn is_shown(self) -> bool {
        self.rest == Kept::Excerpt
    }
}

/// Visits every place of a configuration of which more or less is kept by its value.
pub fn visit(server: &mut ServerConfiguration, mut visit: impl FnMut(&mut dyn Citable, Kept)) {
    for pool in &mut *server.application_pools {
        visit(&mut pool.name, POOL_NAME);
        let kept = identity(pool.identity.value);
        visit(&mut pool.identity, kept);
        let kept = starts(pool.starts.value);
        visit(&mut pool.starts, kept);
    }
    for site in &mut *server.web_sites {
        let kept = starts(site.starts.value);
        visit(&mut site.starts, kept);
        for of in &mut site.applications {
            let kept = application(of.pool_exists);
            visit(&mut of.path, kept);
            visit(&mut of.pool, kept);
        }
        for path in &mut site.authentication {
            let kept = KeptOfPath::of_path(path);
            let windows = &mut path.windows;
            visit(&mut windows.enabled, kept.windows);
            visit(&mut windows.use_kernel_mode, kept.kernel_mode);
            visit(&mut windows.use_app_pool_credentials, kept.pool_credentials);
            for provider in Arc::make_mut(&mut windows.providers) {
                visit(provider, kept.rest);
            }
            visit(&mut windows.token_checking, kept.rest);
            let anonymous = Arc::make_mut(&mut path.anonymous);
            visit(&mut anonymous.enabled, kept.rest);
            visit(&mut anonymous.user_name, kept.rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(windows: bool, kernel_mode: bool, anonymous: bool, providers: &[&str]) -> KeptOfPath {
        let providers = providers.iter().copied();
        KeptOfPath::of(false, PathValues { windows, kernel_mode, anonymous, providers, token_checking: "None" })
    }

    #[test]
    fn only_what_a_finding_may_cite_is_kept_of_a_path() {
        const DROPPED: Kept = Kept::Dropped(WhyDropped::UnremarkablePath);
        let usual = ["Negotiate", "NTLM"];
        let dropped = KeptOfPath { windows: DROPPED, kernel_mode: DROPPED, pool_credentials: DROPPED, rest: DROPPED };
        let kernel_mode = Kept::Place;
        assert_eq!(kept(true, false, false, &usual), KeptOfPath { kernel_mode, ..dropped });
        assert_eq!(kept(true, true, false, &usual), KeptOfPath { kernel_mode, pool_credentials: Kept::Place, ..dropped });
        assert_eq!(kept(false, true, true, &["NTLM"]), KeptOfPath { windows: Kept::Place, ..dropped });
        for shown in [kept(true, false, true, &usual), kept(true, false, false, &["NTLM", "Negotiate"]), kept(true, false, false, &[])] {
            assert!(shown.is_shown(), "{shown:?}");
        }
    }
}
