//! Which generation of IIS wrote a file, and the schema defaults of that generation.

use crate::IdentityType;

/// Generation of IIS, told from the sections and protection providers that a file declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Generation {
    /// IIS 7.0 or 7.5: no `applicationInitialization`, no `webSocket` section.
    Iis7,
    /// IIS 8.0 or 8.5: those sections, no CNG providers.
    Iis8,
    /// IIS 10: CNG providers beside the older ones.
    Iis10,
    /// Newer IIS 10: CNG providers only.
    Iis10CngOnly,
    /// IIS Express: paths below `%IIS_BIN%` or `%IIS_USER_HOME%`.
    Express,
    /// The file declares too little: a fragment, hostable web core, or made by hand.
    Unknown,
}

/// Values that hold where a file says nothing.
///
/// Source: the section schemas `IIS_schema.xml` of IIS 8.x, IIS 10 and IIS Express (public copies of 2015 to 2020). The defaults of
/// windowsAuthentication are the same in all three. No schema of IIS 7 was at hand: its defaults are those of IIS 8
/// (inferred); in IIS 7.0, unlike 7.5, the default identity was NetworkService (documented), but no file tells 7.0 from 7.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaDefaults {
    /// processModel identityType.
    pub identity: IdentityType,
    /// anonymousAuthentication enabled.
    pub anonymous_enabled: bool,
    /// anonymousAuthentication userName.
    pub anonymous_user: &'static str,
    /// windowsAuthentication enabled.
    pub windows_enabled: bool,
    /// windowsAuthentication useKernelMode.
    pub use_kernel_mode: bool,
    /// windowsAuthentication useAppPoolCredentials.
    pub use_app_pool_credentials: bool,
    /// application applicationPool. The schema has none; IIS falls back to this name.
    pub application_pool: &'static str,
    /// Provider that protects new pool passwords; `None` where the schema does not say.
    pub pool_provider: Option<&'static str>,
    /// Provider that protects every other new password; `None` where the schema does not say.
    pub general_provider: Option<&'static str>,
}

impl Generation {
    /// The name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iis7 => "IIS 7.x",
            Self::Iis8 => "IIS 8.x",
            Self::Iis10 => "IIS 10",
            Self::Iis10CngOnly => "IIS 10 (CNG only)",
            Self::Express => "IIS Express",
            Self::Unknown => "unknown",
        }
    }

    /// The defaults of this generation.
    #[must_use]
    pub const fn defaults(self) -> SchemaDefaults {
        let (pool_provider, general_provider) = match self {
            Self::Iis7 | Self::Iis8 => (Some("IISWASOnlyAesProvider"), Some("AesProvider")),
            Self::Iis10 | Self::Iis10CngOnly => (Some("IISWASOnlyCngProvider"), Some("IISCngProvider")),
            Self::Express | Self::Unknown => (None, None),
        };
        SchemaDefaults {
            identity: IdentityType::ApplicationPoolIdentity,
            anonymous_enabled: true,
            anonymous_user: "IUSR",
            windows_enabled: false,
            use_kernel_mode: true,
            use_app_pool_credentials: false,
            application_pool: "DefaultAppPool",
            pool_provider,
            general_provider,
        }
    }
}
