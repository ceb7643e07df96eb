//! What one element says of itself, before inheritance.

use super::TokenChecking;
use crate::text::{boolean, problem, report_value, same_name};
use crate::{Place, Setting};
use kerbsync_source::{Level, ProblemSink, Shown, text};
use kerbsync_xml::Element;
use std::borrow::Cow;

/// One step of a collection, in document order.
#[derive(Debug, Clone)]
pub(super) enum Directive<'d> {
    Clear,
    Remove(Cow<'d, str>),
    Add(Setting<'d, Cow<'d, str>>),
}

impl<'d> Directive<'d> {
    /// Applies steps to an inherited list: `clear` empties it, `remove` takes out by key, `add` appends. A key that is there already
    /// is an error of the file (IIS says "Cannot add duplicate collection entry"): the first stays and the second is told of.
    pub(super) fn apply(steps: &[Self], list: &mut Vec<Setting<'d, Cow<'d, str>>>, duplicates: &mut Vec<Place<'d>>) {
        for step in steps {
            match step {
                Self::Clear => list.clear(),
                Self::Remove(key) => list.retain(|s| !same_name(&s.value, key)),
                Self::Add(s) if list.iter().any(|o| same_name(&o.value, &s.value)) => duplicates.push(s.place),
                Self::Add(s) => list.push(s.clone()),
            }
        }
    }

    /// Reads the steps below `collection` from child elements of the given names, whose key is the attribute `key`.
    fn read(collection: Element<'d>, [add, remove, clear]: [&str; 3], key: &str, problems: &mut dyn ProblemSink) -> Vec<Self> {
        let mut out = Vec::new();
        for child in collection.children() {
            let name = child.local_name();
            if name == clear {
                out.push(Self::Clear);
            } else if name == add || name == remove {
                let Some(a) = child.attribute(key) else {
                    problems.report(problem(
                        child,
                        Level::Warning,
                        "iis-missing-attribute",
                        text!(
                            "<{}> without attribute {} in <{}>: it was left out.",
                            Shown::naming(name),
                            Shown::naming(key),
                            Shown::naming(collection.name())
                        ),
                        "IIS refuses such a file; complete the element.",
                    ));
                    continue;
                };
                out.push(if name == add {
                    Self::Add(Setting::new(a.value(), Place::attribute(child, a)))
                } else {
                    Self::Remove(a.value())
                });
            }
        }
        out
    }
}

/// One `<windowsAuthentication>` element.
#[derive(Debug, Clone, Default)]
pub(super) struct LocalWindows<'d> {
    pub(super) enabled: Option<Setting<'d, bool>>,
    pub(super) persist_single_request: Option<Setting<'d, bool>>,
    pub(super) persist_non_ntlm: Option<Setting<'d, bool>>,
    pub(super) use_kernel_mode: Option<Setting<'d, bool>>,
    pub(super) use_app_pool_credentials: Option<Setting<'d, bool>>,
    pub(super) providers: Vec<Directive<'d>>,
    pub(super) token_checking: Option<Setting<'d, TokenChecking>>,
    pub(super) flags: Option<Setting<'d, Cow<'d, str>>>,
    pub(super) spns: Vec<Directive<'d>>,
}

impl<'d> LocalWindows<'d> {
    pub(super) fn read(element: Element<'d>, problems: &mut dyn ProblemSink) -> Self {
        let mut local = Self::default();
        config_source(element, problems);
        for a in element.attributes() {
            let slot = match a.name() {
                "enabled" => &mut local.enabled,
                "authPersistSingleRequest" => &mut local.persist_single_request,
                "authPersistNonNTLM" => &mut local.persist_non_ntlm,
                "useKernelMode" => &mut local.use_kernel_mode,
                "useAppPoolCredentials" => &mut local.use_app_pool_credentials,
                _ => continue,
            };
            *slot = boolean(element, a, problems).map(|v| Setting::new(v, Place::attribute(element, a)));
        }
        for child in element.children() {
            match child.local_name() {
                "providers" => local.providers.extend(Directive::read(child, ["add", "remove", "clear"], "value", problems)),
                "extendedProtection" => local.extended_protection(child, problems),
                _ => {}
            }
        }
        local
    }

    fn extended_protection(&mut self, element: Element<'d>, problems: &mut dyn ProblemSink) {
        if let Some(a) = element.attribute("tokenChecking") {
            match TokenChecking::parse(&a.value()) {
                Some(v) => self.token_checking = Some(Setting::new(v, Place::attribute(element, a))),
                None => report_value(element, a, "None, Allow or Require", problems),
            }
        }
        if let Some(a) = element.attribute("flags") {
            self.flags = Some(Setting::new(a.value(), Place::attribute(element, a)));
        }
        self.spns.extend(Directive::read(element, ["spn", "removeSpn", "clearSpns"], "name", problems));
    }
}

/// One `<anonymousAuthentication>` element.
#[derive(Debug, Clone, Default)]
pub(super) struct LocalAnonymous<'d> {
    pub(super) enabled: Option<Setting<'d, bool>>,
    pub(super) user_name: Option<Setting<'d, Cow<'d, str>>>,
}

impl<'d> LocalAnonymous<'d> {
    pub(super) fn read(element: Element<'d>, problems: &mut dyn ProblemSink) -> Self {
        config_source(element, problems);
        let mut local = Self::default();
        for a in element.attributes() {
            match a.name() {
                "enabled" => local.enabled = boolean(element, a, problems).map(|v| Setting::new(v, Place::attribute(element, a))),
                "userName" => local.user_name = Some(Setting::new(a.value(), Place::attribute(element, a))),
                _ => {}
            }
        }
        local
    }
}

/// A section with `configSource` stands in another file, which no export of this one holds.
fn config_source(element: Element<'_>, problems: &mut dyn ProblemSink) {
    if element.attribute("configSource").is_some() {
        problems.report(problem(
            element,
            Level::Warning,
            "iis-config-source",
            text!("<{}> stands in another file (configSource), which is not read.", Shown::naming(element.name())),
            "Look at the live server: appcmd list config with the section's name.",
        ));
    }
}
