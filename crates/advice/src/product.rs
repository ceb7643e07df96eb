//! Versions of the product, as far as commands and programs differ.

/// A version of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// Lync Server 2010.
    Lync2010,
    /// Lync Server 2013.
    Lync2013,
    /// Skype for Business Server 2015.
    Skype2015,
    /// Skype for Business Server 2019, and the Subscription Edition, which was set up from it.
    Skype2019,
}

impl Product {
    /// The version by the ServiceVersion of topology documents; nothing for numbers that are not known.
    #[must_use]
    pub const fn of_service_version(version: u32) -> Option<Self> {
        match version {
            5 => Some(Self::Lync2010),
            6 => Some(Self::Lync2013),
            7 => Some(Self::Skype2015),
            8 => Some(Self::Skype2019),
            _ => None,
        }
    }

    /// The product's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lync2010 => "Lync Server 2010",
            Self::Lync2013 => "Lync Server 2013",
            Self::Skype2015 => "Skype for Business Server 2015",
            Self::Skype2019 => "Skype for Business Server 2019",
        }
    }

    /// The name of its command shell.
    #[must_use]
    pub const fn shell(self) -> &'static str {
        match self {
            Self::Lync2010 | Self::Lync2013 => "Lync Server Management Shell",
            Self::Skype2015 | Self::Skype2019 => "Skype for Business Server Management Shell",
        }
    }

    /// The step of its Deployment Wizard that sets up what a server lacks.
    #[must_use]
    pub const fn setup_step(self) -> &'static str {
        match self {
            Self::Lync2010 | Self::Lync2013 => "Setup or Remove Lync Server Components",
            Self::Skype2015 | Self::Skype2019 => "Setup or Remove Skype for Business Server Components",
        }
    }
}
