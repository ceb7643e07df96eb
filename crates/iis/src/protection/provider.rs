//! The providers of `configProtectedData`.

use crate::{Place, Setting};
use kerbsync_xml::{Attribute, Element};
use std::borrow::Cow;

/// How a provider protects, told from its `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProviderKind {
    /// AES under a session key that RSA wraps: `AesProvider`, `IISWASOnlyAesProvider`.
    Aes,
    /// CNG key derivation and AES: `IISCngProvider`, `IISWASOnlyCngProvider`.
    Cng,
    /// RSA blocks (`type=""`): `IISWASOnlyRsaProvider`, `IISRsaProvider`. Their layout is not public: never opened.
    Rsa,
    /// Anything else, such as the .NET providers that protect whole sections.
    Other,
}

/// One `<add>` of `configProtectedData/providers`. The session key stays in the document until it is asked for.
#[derive(Debug, Clone)]
pub struct ProtectionProvider<'d> {
    element: Element<'d>,
    name: Setting<'d, Cow<'d, str>>,
    kind: ProviderKind,
}

impl<'d> ProtectionProvider<'d> {
    /// Reads a provider; `None` without a name.
    pub(crate) fn read(element: Element<'d>) -> Option<Self> {
        let a = element.attribute("name")?;
        let name = Setting::new(a.value(), Place::attribute(element, a));
        let type_name = element.attribute("type").map_or(Cow::Borrowed(""), |a| a.value());
        // An assembly name may follow the class after a comma.
        let class = type_name.split(',').next().unwrap_or("").trim();
        let class = class.rsplit('.').next().unwrap_or(class);
        let kind = if class.eq_ignore_ascii_case("AesProtectedConfigurationProvider") {
            ProviderKind::Aes
        } else if class.eq_ignore_ascii_case("CngProtectedConfigurationProvider") {
            ProviderKind::Cng
        } else if class.is_empty() {
            ProviderKind::Rsa
        } else {
            ProviderKind::Other
        };
        Some(Self { element, name, kind })
    }

    /// Its name, as values refer to it.
    #[must_use]
    pub const fn name(&self) -> &Setting<'d, Cow<'d, str>> {
        &self.name
    }

    /// How it protects.
    #[must_use]
    pub const fn kind(&self) -> ProviderKind {
        self.kind
    }

    /// keyContainerName: the Windows key container that holds its private key.
    #[must_use]
    pub fn key_container(&self) -> Option<Cow<'d, str>> {
        self.element.attribute("keyContainerName").map(|a| a.value()).filter(|v| !v.is_empty())
    }

    /// useOAEP; false in every real file.
    #[must_use]
    pub fn use_oaep(&self) -> bool {
        self.element.attribute("useOAEP").is_some_and(|a| a.value().trim().eq_ignore_ascii_case("true"))
    }

    /// The sessionKey attribute, opaque; only AES providers have one.
    #[must_use]
    pub fn session_key(&self) -> Option<Attribute<'d>> {
        self.element.attribute("sessionKey")
    }
}
