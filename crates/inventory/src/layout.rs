//! The kinds of places that can hold an account and its secret, as far as everyone has to know them.

/// Declares the ids of layouts: one line each, with the sentence that the glossary has of it.
macro_rules! layout_ids {
    ($($variant:ident = $name:literal, $doc:literal;)*) => {
        /// The kind of place that a slot is. What is known of each kind stands in its layout (crate `credential`).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LayoutId {
            $(#[doc = $doc] $variant,)*
        }

        impl LayoutId {
            /// All of them. A place that two layouts know belongs to the one that comes first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for it in reports, plans and journals. It never changes.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What it is, as one sentence: the glossary's.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $doc,)*
                }
            }
        }
    };
}

layout_ids! {
    AppPoolIdentity = "app-pool-identity", "The identity of an application pool.";
    AppPoolDefaults = "app-pool-defaults", "The identity that application pools inherit.";
    AnonymousUser = "anonymous-user", "The user of anonymousAuthentication.";
    VirtualDirectory = "virtual-directory", "The account that opens a virtual directory.";
    VirtualDirectoryDefaults = "virtual-directory-defaults", "The account that virtual directories inherit.";
    Declared = "declared", "A place that the administrator declared in kerbsync.toml.";
    SiteSection = "site-section", "A section of the product's web sites, encrypted by the AES provider.";
    Structural = "structural", "An account with a secret beside it, in a place that nobody documents.";
}

impl LayoutId {
    /// The layout of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|id| id.name() == name)
    }
}

impl std::fmt::Display for LayoutId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Who decrypts the secrets of a layout: it decides which protection provider they stand under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProviderPurpose {
    /// The activation service alone, which starts worker processes.
    WorkerProcesses,
    /// Whoever reads the configuration.
    General,
}

impl ProviderPurpose {
    /// The AES provider that IIS has for it (the real schemas say so).
    #[must_use]
    pub const fn provider(self) -> &'static str {
        match self {
            Self::WorkerProcesses => "IISWASOnlyAesProvider",
            Self::General => "AesProvider",
        }
    }
}

/// Whether, and where, a slot of a layout can be created on a server that lacks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Creation {
    /// It is only set where it is.
    Never,
    /// In the processModel of the application pool that its key names.
    InPool,
    /// At its section's path, below its location. Such a slot is found by that path also while it is half empty.
    AlongPath,
}
