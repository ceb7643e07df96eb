//! `<location>` blocks.

use crate::text::segments;
use kerbsync_xml::Element;
use std::borrow::Cow;

/// Whether a `<location>` lets lower configuration files change its sections (it binds web.config files only: documented).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverrideMode {
    /// As above it.
    Inherit,
    /// May be changed.
    Allow,
    /// Locked.
    Deny,
}

/// One `<location>` block.
#[derive(Debug, Clone)]
pub struct Location<'d> {
    element: Element<'d>,
    path: Cow<'d, str>,
}

impl<'d> Location<'d> {
    /// Reads the path of a `<location>` element. A missing path, `""` and `"."` all mean the whole server; slashes at the ends are dropped.
    pub(crate) fn new(element: Element<'d>) -> Self {
        let path = match element.attribute("path").map(|a| a.value()) {
            None => Cow::Borrowed(""),
            Some(Cow::Borrowed(text)) => Cow::Borrowed(tidy(text)),
            Some(Cow::Owned(text)) => Cow::Owned(tidy(&text).to_owned()),
        };
        Self { element, path }
    }

    /// The element.
    #[must_use]
    pub const fn element(&self) -> Element<'d> {
        self.element
    }

    /// The path as written, without slashes at its ends; empty for the whole server.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The first segment: the site it speaks of; `None` for the whole server.
    #[must_use]
    pub fn site(&self) -> Option<&str> {
        segments(&self.path).next()
    }

    /// What follows the site, without a slash in front; empty for the site itself.
    #[must_use]
    pub fn path_in_site(&self) -> &str {
        self.path.split_once('/').map_or("", |p| p.1.trim_matches('/'))
    }

    /// overrideMode, or the legacy allowOverride. Anything unknown counts as `Inherit`.
    #[must_use]
    pub fn override_mode(&self) -> OverrideMode {
        let is = |name: &str, value: &str| self.element.attribute(name).is_some_and(|a| a.value().trim().eq_ignore_ascii_case(value));
        if is("overrideMode", "Deny") || is("allowOverride", "false") {
            OverrideMode::Deny
        } else if is("overrideMode", "Allow") || is("allowOverride", "true") {
            OverrideMode::Allow
        } else {
            OverrideMode::Inherit
        }
    }

    /// inheritInChildApplications; default true.
    #[must_use]
    pub fn inherit_in_child_applications(&self) -> bool {
        !self.element.attribute("inheritInChildApplications").is_some_and(|a| a.value().trim().eq_ignore_ascii_case("false"))
    }
}

/// The path without blanks and slashes at its ends; `.` is the empty path.
fn tidy(text: &str) -> &str {
    match text.trim().trim_matches('/') {
        "." => "",
        path => path,
    }
}
