//! windowsAuthentication and anonymousAuthentication in force for a path (documented: the order in which IIS merges locations).
//!
//! Schema default, then the whole server's `system.webServer`, then `<location path="">`, then the location of the site, of its first
//! segment, and so on down to the path: segment by segment, without regard to case. Each step overrides only what it names.
//! `web.config` files are not looked at; with stock section definitions they cannot set these sections.

mod local;

use crate::generation::Generation;
use crate::text::same_name;
use crate::{ApplicationHost, PathKey, Place, Setting};
use kerbsync_source::ProblemSink;
use kerbsync_xml::Element;
use local::{Directive, LocalAnonymous, LocalWindows};
use std::borrow::Cow;
use std::collections::HashMap;

/// tokenChecking of extendedProtection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of the IIS schema")]
pub enum TokenChecking {
    None,
    Allow,
    Require,
}

impl TokenChecking {
    /// Reads the name or the number that the schema gives it; case is tolerated.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [("None", "0", Self::None), ("Allow", "1", Self::Allow), ("Require", "2", Self::Require)]
            .into_iter()
            .find(|(name, number, _)| text.trim().eq_ignore_ascii_case(name) || text.trim() == *number)
            .map(|t| t.2)
    }

    /// The name in the IIS schema.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Allow => "Allow",
            Self::Require => "Require",
        }
    }
}

/// windowsAuthentication in force for one path.
#[derive(Debug, Clone)]
pub struct WindowsAuthentication<'d> {
    /// enabled.
    pub enabled: Setting<'d, bool>,
    /// authPersistSingleRequest.
    pub persist_single_request: Setting<'d, bool>,
    /// authPersistNonNTLM.
    pub persist_non_ntlm: Setting<'d, bool>,
    /// useKernelMode.
    pub use_kernel_mode: Setting<'d, bool>,
    /// useAppPoolCredentials.
    pub use_app_pool_credentials: Setting<'d, bool>,
    /// Providers in order; empty = no challenge is offered.
    pub providers: Vec<Setting<'d, Cow<'d, str>>>,
    /// extendedProtection tokenChecking.
    pub token_checking: Setting<'d, TokenChecking>,
    /// extendedProtection flags, as written (a list with commas).
    pub flags: Setting<'d, Cow<'d, str>>,
    /// extendedProtection SPNs.
    pub spns: Vec<Setting<'d, Cow<'d, str>>>,
    /// Collection entries whose key was there already: IIS refuses the file.
    pub duplicates: Vec<Place<'d>>,
}

/// anonymousAuthentication in force for one path.
#[derive(Debug, Clone)]
pub struct AnonymousAuthentication<'d> {
    /// enabled.
    pub enabled: Setting<'d, bool>,
    /// userName; empty = the pool's identity.
    pub user_name: Setting<'d, Cow<'d, str>>,
}

/// Authentication in force for one path.
#[derive(Debug, Clone)]
pub struct Authentication<'d> {
    /// windowsAuthentication.
    pub windows: WindowsAuthentication<'d>,
    /// anonymousAuthentication.
    pub anonymous: AnonymousAuthentication<'d>,
}

impl Authentication<'_> {
    /// What holds where a file says nothing.
    fn schema_default() -> Self {
        let d = Generation::Unknown.defaults(); // the same in every generation
        Self {
            windows: WindowsAuthentication {
                enabled: Setting::schema_default(d.windows_enabled),
                persist_single_request: Setting::schema_default(false),
                persist_non_ntlm: Setting::schema_default(false),
                use_kernel_mode: Setting::schema_default(d.use_kernel_mode),
                use_app_pool_credentials: Setting::schema_default(d.use_app_pool_credentials),
                providers: Vec::new(),
                token_checking: Setting::schema_default(TokenChecking::None),
                flags: Setting::schema_default(Cow::Borrowed("None")),
                spns: Vec::new(),
                duplicates: Vec::new(),
            },
            anonymous: AnonymousAuthentication {
                enabled: Setting::schema_default(d.anonymous_enabled),
                user_name: Setting::schema_default(Cow::Borrowed(d.anonymous_user)),
            },
        }
    }
}

/// One level that says something about authentication.
#[derive(Debug, Clone)]
struct Block<'d> {
    windows: Vec<LocalWindows<'d>>,
    anonymous: Vec<LocalAnonymous<'d>>,
}

/// The authentication settings that bear on one site.
#[derive(Debug, Clone)]
pub struct SiteAuthentication<'d> {
    /// What holds for the site itself; every path begins with it.
    base: Authentication<'d>,
    /// Locations below the site by their path; those of one path in document order.
    below: HashMap<PathKey, Vec<Block<'d>>>,
    /// Paths of every location below the site, whether it speaks of authentication or not.
    location_paths: Vec<String>,
}

impl<'d> SiteAuthentication<'d> {
    pub(crate) fn new(host: &ApplicationHost<'d>, site: &str, problems: &mut dyn ProblemSink) -> Self {
        let mut base = Authentication::schema_default();
        for &section in host.web_server() {
            Block::read([section], problems).apply(&mut base);
        }
        for location in host.locations().iter().filter(|l| l.site().is_none()) {
            Block::read(web_server(location.element()), problems).apply(&mut base);
        }
        let mut below: HashMap<PathKey, Vec<Block<'d>>> = HashMap::new();
        let mut location_paths = Vec::new();
        for location in host.locations().iter().filter(|l| l.site().is_some_and(|s| same_name(s, site))) {
            let path = location.path_in_site();
            let (key, block) = (PathKey::new(path), Block::read(web_server(location.element()), problems));
            if key == PathKey::default() {
                block.apply(&mut base);
                continue;
            }
            location_paths.push(path.to_owned());
            if !block.windows.is_empty() || !block.anonymous.is_empty() {
                below.entry(key).or_default().push(block);
            }
        }
        Self { base, below, location_paths }
    }

    /// Authentication in force for a path of the site: `/`, `/Abs`, `Abs/files`.
    #[must_use]
    pub fn at(&self, path: &str) -> Authentication<'d> {
        self.at_key(&PathKey::new(path))
    }

    /// As [`Self::at`], for a key that is at hand.
    #[must_use]
    pub fn at_key(&self, key: &PathKey) -> Authentication<'d> {
        let mut out = self.base.clone();
        for block in key.prefixes().filter_map(|prefix| self.below.get(prefix)).flatten() {
            block.apply(&mut out);
        }
        out
    }

    /// Paths of every `<location>` below the site, in document order, as written. The site's own location is not among them.
    #[must_use]
    pub fn location_paths(&self) -> &[String] {
        &self.location_paths
    }
}

/// The `system.webServer` elements of a location.
fn web_server<'d>(location: Element<'d>) -> impl Iterator<Item = Element<'d>> + use<'d> {
    location.children_named("system.webServer")
}

impl<'d> Block<'d> {
    fn read(sections: impl IntoIterator<Item = Element<'d>>, problems: &mut dyn ProblemSink) -> Self {
        let mut block = Self { windows: Vec::new(), anonymous: Vec::new() };
        for element in sections
            .into_iter()
            .flat_map(|s| s.children_named("security"))
            .flat_map(|s| s.children_named("authentication"))
            .flat_map(|a| a.children())
        {
            match element.local_name() {
                // One of each is the rule, and these are large: no room for more is made in advance.
                "windowsAuthentication" => {
                    block.windows.reserve_exact(1);
                    block.windows.push(LocalWindows::read(element, problems));
                }
                "anonymousAuthentication" => {
                    block.anonymous.reserve_exact(1);
                    block.anonymous.push(LocalAnonymous::read(element, problems));
                }
                _ => {}
            }
        }
        block
    }

    fn apply(&self, out: &mut Authentication<'d>) {
        fn set<T: Clone>(to: &mut T, from: &Option<T>) {
            if let Some(value) = from {
                to.clone_from(value);
            }
        }
        for local in &self.windows {
            let w = &mut out.windows;
            set(&mut w.enabled, &local.enabled);
            set(&mut w.persist_single_request, &local.persist_single_request);
            set(&mut w.persist_non_ntlm, &local.persist_non_ntlm);
            set(&mut w.use_kernel_mode, &local.use_kernel_mode);
            set(&mut w.use_app_pool_credentials, &local.use_app_pool_credentials);
            set(&mut w.token_checking, &local.token_checking);
            set(&mut w.flags, &local.flags);
            Directive::apply(&local.providers, &mut w.providers, &mut w.duplicates);
            Directive::apply(&local.spns, &mut w.spns, &mut w.duplicates);
        }
        for local in &self.anonymous {
            set(&mut out.anonymous.enabled, &local.enabled);
            set(&mut out.anonymous.user_name, &local.user_name);
        }
    }
}
