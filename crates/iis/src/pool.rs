//! Application pools and their effective identity.

use crate::generation::SchemaDefaults;
use crate::text::boolean;
use crate::{Place, Setting};
use kerbsync_source::ProblemSink;
use kerbsync_xml::{Attribute, Element};
use std::borrow::Cow;

/// identityType of a pool, as the IIS schema names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of the IIS schema")]
pub enum IdentityType {
    LocalSystem,
    LocalService,
    NetworkService,
    SpecificUser,
    ApplicationPoolIdentity,
}

impl IdentityType {
    /// Reads the name or the number that the schema gives it; case is tolerated.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const ALL: [(&str, &str, IdentityType); 5] = [
            ("LocalSystem", "0", IdentityType::LocalSystem),
            ("LocalService", "1", IdentityType::LocalService),
            ("NetworkService", "2", IdentityType::NetworkService),
            ("SpecificUser", "3", IdentityType::SpecificUser),
            ("ApplicationPoolIdentity", "4", IdentityType::ApplicationPoolIdentity),
        ];
        let text = text.trim();
        ALL.iter().find(|(name, number, _)| text.eq_ignore_ascii_case(name) || text == *number).map(|a| a.2)
    }
}

/// One application pool.
#[derive(Debug, Clone)]
pub struct Pool<'d> {
    pub(crate) element: Element<'d>,
    pub(crate) name: Setting<'d, Cow<'d, str>>,
    /// `applicationPoolDefaults`.
    pub(crate) pool_defaults: Option<Element<'d>>,
    /// `applicationPoolDefaults/processModel`.
    pub(crate) defaults: Option<Element<'d>>,
    pub(crate) schema: SchemaDefaults,
}

impl<'d> Pool<'d> {
    /// The `<add>` element.
    #[must_use]
    pub const fn element(&self) -> Element<'d> {
        self.element
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &Setting<'d, Cow<'d, str>> {
        &self.name
    }

    /// Its own `<processModel>`.
    #[must_use]
    pub fn process_model(&self) -> Option<Element<'d>> {
        self.element.child("processModel")
    }

    /// The `<processModel>` of the pool defaults.
    #[must_use]
    pub const fn default_process_model(&self) -> Option<Element<'d>> {
        self.defaults
    }

    /// A processModel attribute in force: its own, or that of the pool defaults.
    #[must_use]
    pub fn process_model_attribute(&self, name: &str) -> Option<(Element<'d>, Attribute<'d>)> {
        [self.process_model(), self.defaults].into_iter().flatten().find_map(|e| Some((e, e.attribute(name)?)))
    }

    /// The identity in force: own attribute, pool defaults, schema default. A name that IIS does not know is passed over.
    #[must_use]
    pub fn identity(&self) -> Setting<'d, IdentityType> {
        [self.process_model(), self.defaults]
            .into_iter()
            .flatten()
            .find_map(|e| {
                let a = e.attribute("identityType")?;
                Some(Setting::new(IdentityType::parse(&a.value())?, Place::attribute(e, a)))
            })
            .unwrap_or(Setting::schema_default(self.schema.identity))
    }

    /// Whether the pool starts with the web service: autoStart of its own, else of the pool defaults, else the schema's true.
    #[must_use]
    pub fn auto_start(&self, problems: &mut dyn ProblemSink) -> Setting<'d, bool> {
        [Some(self.element), self.pool_defaults]
            .into_iter()
            .flatten()
            .find_map(|e| {
                let a = e.attribute("autoStart")?;
                Some(Setting::new(boolean(e, a, problems)?, Place::attribute(e, a)))
            })
            .unwrap_or(Setting::schema_default(true))
    }

    /// userName in force; IIS uses it only with `SpecificUser`.
    #[must_use]
    pub fn user_name(&self) -> Option<Setting<'d, Cow<'d, str>>> {
        self.process_model_attribute("userName").map(|(e, a)| Setting::new(a.value(), Place::attribute(e, a)))
    }
}
