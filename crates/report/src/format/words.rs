//! The fixed words of the formats.

use kerbsync_inventory::{DocumentStatus, state};
use serde::{Deserialize, Serialize};

/// Declares an enum of the formats, its words and its way from the type that it mirrors.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident from $inner:ty { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every word, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word as it stands in the formats.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl From<$inner> for $name {
            fn from(inner: $inner) -> Self {
                match inner { $(<$inner>::$variant => Self::$variant,)+ }
            }
        }
    };
}

words! {
    /// State of a computer.
    State from state::State {
        /// Holds the reference secret of the site's account.
        InSync = "in-sync",
        /// Holds another secret for the site's account.
        Stale = "stale",
        /// Holds another account where the site's account is expected.
        DifferentAccount = "different-account",
        /// Was read, and holds no account where one is expected.
        NotConfigured = "not-configured",
        /// Not read, not opened, or nothing to compare with.
        Unknown = "unknown",
        /// No web server, or its site has no account.
        NotApplicable = "not-applicable",
    }
}

words! {
    /// What a computer's secret was compared with.
    Basis from state::Basis {
        /// The directory's password, proved live.
        Directory = "directory",
        /// The product's own test report.
        ProductReport = "product-report",
        /// The server named by `--reference`.
        Named = "named",
        /// The largest group of servers with equal secrets.
        Plurality = "plurality",
        /// Nothing.
        None = "none",
    }
}

words! {
    /// How much a problem of a document hinders.
    Level from kerbsync_source::Level {
        /// Told for completeness.
        Note = "note",
        /// Something is odd; the value was taken all the same.
        Warning = "warning",
        /// Something expected could not be read.
        Error = "error",
    }
}

/// What became of an input document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputStatus {
    /// Read; its facts are in the inventory.
    Used,
    /// Read, but another document speaks for the same thing, or nothing in it matters.
    SetAside,
    /// Not one of the kinds that are read.
    Noise,
    /// Recognised or expected, and cannot be read.
    Unreadable,
}

impl From<&DocumentStatus> for InputStatus {
    fn from(status: &DocumentStatus) -> Self {
        match status {
            DocumentStatus::Used => Self::Used,
            DocumentStatus::SetAside(_) => Self::SetAside,
            DocumentStatus::Noise(_) => Self::Noise,
            DocumentStatus::Unreadable(_) => Self::Unreadable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_of_the_inner_types() {
        use state::{Basis as B, State as S};
        for inner in [S::InSync, S::Stale, S::DifferentAccount, S::NotConfigured, S::Unknown, S::NotApplicable] {
            assert_eq!(State::from(inner).word(), inner.name());
        }
        for inner in [B::Directory, B::ProductReport, B::Named, B::Plurality, B::None] {
            assert_eq!(Basis::from(inner).word(), inner.name());
        }
    }

    #[test]
    fn the_words_are_those_that_serde_writes() {
        for state in State::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.word());
        }
    }
}
