//! `redirection.config`: shared configuration.

use crate::text::{boolean, problem};
use crate::{Place, Setting};
use kerbsync_source::{Level, Problem, ProblemSink, Shown, text};
use kerbsync_xml::Document;
use std::borrow::Cow;

/// What `redirection.config` says. With `enabled`, the local `applicationHost.config` is not in force.
#[derive(Debug, Clone)]
pub struct Redirection<'d> {
    /// enabled; default false.
    pub enabled: Setting<'d, bool>,
    /// The folder that holds the shared `applicationHost.config`, mostly a UNC path.
    pub path: Option<Setting<'d, Cow<'d, str>>>,
    /// The account that opens the folder.
    pub user_name: Option<Setting<'d, Cow<'d, str>>>,
}

impl<'d> Redirection<'d> {
    /// Reads the document.
    ///
    /// # Errors
    /// A problem when the root element is not `<configuration>`.
    pub fn read(document: &'d Document, problems: &mut dyn ProblemSink) -> Result<Self, Problem> {
        let root = document.root();
        if root.local_name() != "configuration" {
            return Err(problem(
                root,
                Level::Error,
                "not-redirection",
                text!("the root element is <{}>: a redirection.config has <configuration>.", Shown::naming(root.name())),
                "Export %windir%\\System32\\inetsrv\\config\\redirection.config as it is.",
            ));
        }
        let Some(element) = root.child("configurationRedirection") else {
            return Ok(Self { enabled: Setting::schema_default(false), path: None, user_name: None });
        };
        let text = |name| {
            element.attribute(name).map(|a| Setting::new(a.value(), Place::attribute(element, a))).filter(|s| !s.value.trim().is_empty())
        };
        let enabled = element
            .attribute("enabled")
            .and_then(|a| Some(Setting::new(boolean(element, a, problems)?, Place::attribute(element, a))))
            .unwrap_or(Setting::schema_default(false));
        let read = Self { enabled, path: text("path"), user_name: text("userName") };
        if read.enabled.value && read.path.is_none() {
            problems.report(problem(
                element,
                Level::Warning,
                "redirection-without-path",
                "shared configuration is on, but no path says where the configuration is.",
                "Look at the live server: appcmd list config -section:configurationRedirection.",
            ));
        }
        Ok(read)
    }
}

/// Whether a document is a `redirection.config`.
#[must_use]
pub fn is_redirection(document: &Document) -> bool {
    let root = document.root();
    root.local_name() == "configuration"
        && root.child("system.applicationHost").is_none()
        && (root.child("configurationRedirection").is_some()
            || root.child("configSections").is_some_and(|s| {
                s.children_named("section").any(|e| e.attribute("name").is_some_and(|a| a.raw_value() == "configurationRedirection"))
            }))
}
