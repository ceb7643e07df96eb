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
    override_mode: OverrideMode,
    inherit_in_child_applications: bool,
}

impl<'d> Location<'d> {
    /// Reads the path of a `<location>` element. A missing path, `""` and `"."` all mean the whole server; slashes at the ends are dropped.
    pub(crate) fn new(element: Element<'d>) -> Self {
        let (mut path, mut denies, mut allows, mut inherits) = (Cow::Borrowed(""), false, false, true);
        for a in element.attributes() {
            let is = |value: &str| a.value().trim().eq_ignore_ascii_case(value);
            match a.name() {
                "path" => {
                    path = match a.value() {
                        Cow::Borrowed(text) => Cow::Borrowed(tidy(text)),
                        Cow::Owned(text) => Cow::Owned(tidy(&text).to_owned()),
                    };
                }
                "overrideMode" => (denies, allows) = (denies || is("Deny"), allows || is("Allow")),
                "allowOverride" => (denies, allows) = (denies || is("false"), allows || is("true")),
                "inheritInChildApplications" => inherits = !is("false"),
                _ => {}
            }
        }
        let override_mode = match (denies, allows) {
            (true, _) => OverrideMode::Deny,
            (false, true) => OverrideMode::Allow,
            (false, false) => OverrideMode::Inherit,
        };
        Self { element, path, override_mode, inherit_in_child_applications: inherits }
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
    pub const fn override_mode(&self) -> OverrideMode {
        self.override_mode
    }

    /// inheritInChildApplications; default true.
    #[must_use]
    pub const fn inherit_in_child_applications(&self) -> bool {
        self.inherit_in_child_applications
    }
}

/// The path without blanks and slashes at its ends; `.` is the empty path.
fn tidy(text: &str) -> &str {
    match text.trim().trim_matches('/') {
        "." => "",
        path => path,
    }
}
