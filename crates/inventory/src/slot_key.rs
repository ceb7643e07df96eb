//! What tells one slot of a configuration from the others.

use kerbsync_source::{Shown, Text};
use std::fmt;

/// Section of application pools.
const POOLS: &str = "system.applicationHost/applicationPools";
/// Section of web sites.
const SITES: &str = "system.applicationHost/sites";
/// Section of the anonymous user.
const ANONYMOUS: &str = "system.webServer/security/authentication/anonymousAuthentication";

/// Which place of a configuration a slot is. The same place of two servers has the same key.
///
/// Its text ([`Display`](fmt::Display)) is part of saved plans, journals, waivers and fingerprints, so it never changes. What people read
/// is [`label`](Self::label).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotKey {
    /// The identity of an application pool.
    ApplicationPool {
        /// Name of the pool.
        pool: String,
    },
    /// The identity that application pools inherit.
    ApplicationPoolDefaults,
    /// The user of anonymousAuthentication.
    AnonymousUser {
        /// `<location>` path.
        location: Option<String>,
    },
    /// A virtual directory.
    VirtualDirectory {
        /// Name of its web site.
        site: String,
        /// Path of its application.
        application: String,
        /// Its own path.
        path: String,
    },
    /// What virtual directories inherit.
    VirtualDirectoryDefaults(DefaultsOf),
    /// A place that the administrator declared.
    Declared {
        /// The section that it belongs to.
        section: String,
        /// The path that was declared: the section, or an item of a collection in it.
        path: String,
        /// `<location>` path.
        location: Option<String>,
    },
    /// A section.
    Section {
        /// Path of the section.
        section: String,
        /// Local name of the element in the section that holds the slot, where it is not the section itself.
        element: Option<String>,
        /// `<location>` path.
        location: Option<String>,
    },
}

/// Which virtual directories inherit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DefaultsOf {
    /// Those of all web sites.
    AllSites,
    /// Those of the web site of that name.
    Site(String),
    /// Those of the application with that path.
    Application(String),
}

impl SlotKey {
    /// Path of the section.
    #[must_use]
    pub fn section(&self) -> &str {
        match self {
            Self::ApplicationPool { .. } | Self::ApplicationPoolDefaults => POOLS,
            Self::AnonymousUser { .. } => ANONYMOUS,
            Self::VirtualDirectory { .. } | Self::VirtualDirectoryDefaults(_) => SITES,
            Self::Declared { section, .. } | Self::Section { section, .. } => section,
        }
    }

    /// `<location>` path, where the slot is in one.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        match self {
            Self::AnonymousUser { location } | Self::Declared { location, .. } | Self::Section { location, .. } => location.as_deref(),
            _ => None,
        }
    }

    /// Whether two keys mean the same place: names and paths of IIS have no case, and slashes at the ends of a path do not count.
    #[must_use]
    pub fn is_same_place(&self, other: &Self) -> bool {
        self == other || self.folded() == other.folded()
    }

    /// Whether two keys mean the same section at the same location, whatever element of it.
    #[must_use]
    pub fn is_same_section(&self, other: &Self) -> bool {
        self.section() == other.section() && self.location().map(path) == other.location().map(path)
    }

    /// For people, such as `application pool 'LyncIntFeature'`. Nothing compares or reads it.
    #[must_use]
    pub fn label(&self) -> Text {
        Shown::quoting(&self.spell(str::to_owned)).into()
    }

    /// The key with this text, in a section and at a location. `None` where no key has that text there.
    #[must_use]
    pub fn read(section: &str, location: Option<&str>, text: &str) -> Option<Self> {
        let key = Self::of_text(section, location.map(str::to_owned), text)?;
        (key.section() == section && key.location() == location).then_some(key)
    }

    fn of_text(section: &str, location: Option<String>, text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix("application pool ")
            && rest.starts_with('\'')
        {
            return Some(Self::ApplicationPool { pool: one_name(rest)? });
        }
        if text == "application pool defaults" {
            return Some(Self::ApplicationPoolDefaults);
        }
        if text.starts_with("anonymous user of ") {
            let key = Self::AnonymousUser { location };
            return (key.to_string() == text).then_some(key);
        }
        if let Some(rest) = text.strip_prefix("virtual directory defaults of ") {
            return Some(Self::VirtualDirectoryDefaults(match rest {
                "all web sites" => DefaultsOf::AllSites,
                _ => match (rest.strip_prefix("web site "), rest.strip_prefix("application ")) {
                    (Some(name), _) => DefaultsOf::Site(one_name(name)?),
                    (_, Some(name)) => DefaultsOf::Application(one_name(name)?),
                    (None, None) => return None,
                },
            }));
        }
        if let Some(rest) = text.strip_prefix("virtual directory ") {
            let (path, rest) = name(rest)?;
            let (application, rest) = name(rest.strip_prefix(" of application ")?)?;
            let (site, rest) = name(rest.strip_prefix(" of web site ")?)?;
            return rest.is_empty().then_some(Self::VirtualDirectory { site, application, path });
        }
        let shown = location.as_deref().filter(|l| !l.is_empty());
        if let Some(rest) = text.strip_prefix("declared slot ") {
            let path = match shown {
                Some(shown) => rest.strip_suffix(&format!(" of '{}'", doubled(shown)))?,
                None => rest,
            };
            return Some(Self::Declared { section: section.to_owned(), path: path.to_owned(), location });
        }
        let element = text.strip_prefix('<').and_then(|rest| rest.split_once("> of ")).map(|(element, _)| element.to_owned());
        let key = Self::Section { section: section.to_owned(), element, location };
        (key.to_string() == text).then_some(key)
    }

    /// The text, with names as `quoted` gives them.
    fn spell(&self, quoted: impl Fn(&str) -> String) -> String {
        let shown = |location: &Option<String>| location.as_deref().filter(|l| !l.is_empty()).map(&quoted);
        match self {
            Self::ApplicationPool { pool } => format!("application pool '{}'", quoted(pool)),
            Self::ApplicationPoolDefaults => "application pool defaults".to_owned(),
            Self::AnonymousUser { location } => match shown(location).filter(|l| !l.trim_matches('/').is_empty()) {
                Some(location) => format!("anonymous user of '{location}'"),
                None => "anonymous user of the whole server".to_owned(),
            },
            Self::VirtualDirectory { site, application, path } => {
                let [site, application, path] = [site, application, path].map(|name| quoted(name));
                format!("virtual directory '{path}' of application '{application}' of web site '{site}'")
            }
            Self::VirtualDirectoryDefaults(of) => match of {
                DefaultsOf::AllSites => "virtual directory defaults of all web sites".to_owned(),
                DefaultsOf::Site(name) => format!("virtual directory defaults of web site '{}'", quoted(name)),
                DefaultsOf::Application(path) => format!("virtual directory defaults of application '{}'", quoted(path)),
            },
            Self::Declared { path, location, .. } => match shown(location) {
                Some(location) => format!("declared slot {path} of '{location}'"),
                None => format!("declared slot {path}"),
            },
            Self::Section { section, element, location } => {
                let of = element.as_ref().map_or_else(|| section.clone(), |element| format!("<{element}> of {section}"));
                match shown(location) {
                    Some(location) => format!("{of} in '{location}'"),
                    None => of,
                }
            }
        }
    }

    /// The form in which keys compare.
    fn folded(&self) -> Self {
        let at = |location: &Option<String>| location.as_deref().map(path);
        match self {
            Self::ApplicationPool { pool } => Self::ApplicationPool { pool: pool.to_lowercase() },
            Self::ApplicationPoolDefaults => Self::ApplicationPoolDefaults,
            Self::AnonymousUser { location } => Self::AnonymousUser { location: at(location) },
            Self::VirtualDirectory { site, application, path: own } => {
                Self::VirtualDirectory { site: site.to_lowercase(), application: path(application), path: path(own) }
            }
            Self::VirtualDirectoryDefaults(of) => Self::VirtualDirectoryDefaults(match of {
                DefaultsOf::AllSites => DefaultsOf::AllSites,
                DefaultsOf::Site(name) => DefaultsOf::Site(name.to_lowercase()),
                DefaultsOf::Application(own) => DefaultsOf::Application(path(own)),
            }),
            Self::Declared { section, path, location } => {
                Self::Declared { section: section.clone(), path: path.clone(), location: at(location) }
            }
            Self::Section { section, element, location } => {
                Self::Section { section: section.clone(), element: element.clone(), location: at(location) }
            }
        }
    }
}

impl fmt::Display for SlotKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spell(doubled))
    }
}

/// A name between quotes: a quote in it is doubled.
fn doubled(name: &str) -> String {
    name.replace('\'', "''")
}

/// A path of IIS in the form in which paths compare.
fn path(path: &str) -> String {
    path.split('/').filter(|s| !s.is_empty()).map(str::to_lowercase).collect::<Vec<_>>().join("/")
}

/// A quoted name at the begin of a text, and what follows it.
fn name(text: &str) -> Option<(String, &str)> {
    let (mut rest, mut out) = (text.strip_prefix('\'')?, String::new());
    loop {
        let (before, after) = rest.split_once('\'')?;
        out.push_str(before);
        match after.strip_prefix('\'') {
            Some(next) => {
                out.push('\'');
                rest = next;
            }
            None => return Some((out, after)),
        }
    }
}

/// A text that is one quoted name. Earlier versions did not double the quotes in it.
fn one_name(text: &str) -> Option<String> {
    match name(text) {
        Some((name, "")) => Some(name),
        _ => Some(text.strip_prefix('\'')?.strip_suffix('\'')?.to_owned()),
    }
}

#[cfg(test)]
mod tests;
