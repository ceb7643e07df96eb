//! What differs between versions of IIS and of the product.

/// Generation of IIS: decides the protection providers and a few sections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// IIS 7.5 (Windows Server 2008 R2).
    Iis75,
    /// IIS 8.5 (Windows Server 2012 R2).
    Iis85,
    /// IIS 10 (Windows Server 2016 and later): has the CNG providers beside the older ones.
    Iis10,
}

/// Version of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// Lync Server 2010.
    Lync2010,
    /// Lync Server 2013.
    Lync2013,
    /// Skype for Business Server 2015.
    Skype2015,
    /// Skype for Business Server 2019.
    Skype2019,
}

impl Product {
    /// The IIS generation that usually carries it.
    #[must_use]
    pub const fn usual_generation(self) -> Generation {
        match self {
            Self::Lync2010 => Generation::Iis75,
            Self::Lync2013 | Self::Skype2015 => Generation::Iis85,
            Self::Skype2019 => Generation::Iis10,
        }
    }

    /// Name of a web site. Both families of names are documented or observed.
    #[must_use]
    pub const fn site_name(self, site: Site) -> &'static str {
        match (self, site) {
            (Self::Lync2010 | Self::Lync2013, Site::Internal) => "Lync Server Internal Web Site",
            (Self::Lync2010 | Self::Lync2013, Site::External) => "Lync Server External Web Site",
            (Self::Skype2015 | Self::Skype2019, Site::Internal) => "Skype for Business Server Internal Web Site",
            (Self::Skype2015 | Self::Skype2019, Site::External) => "Skype for Business Server External Web Site",
        }
    }

    /// The folder of the web components. Only the one of 2019 is documented; the others are inferred from it.
    pub(crate) const fn folder(self) -> &'static str {
        match self {
            Self::Lync2010 => r"C:\Program Files\Microsoft Lync Server 2010\Web Components",
            Self::Lync2013 => r"C:\Program Files\Microsoft Lync Server 2013\Web Components",
            Self::Skype2015 => r"C:\Program Files\Skype for Business Server 2015\Web Components",
            Self::Skype2019 => r"C:\Program Files\Skype for Business Server 2019\Web Components",
        }
    }
}

/// The product's two web sites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Site {
    /// For clients inside: ports 80 and 443.
    Internal,
    /// For clients that come through the reverse proxy: ports 8080 and 4443.
    External,
}

impl Site {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Internal, Self::External];

    /// Id of the site: observed for 2015, assumed for the other versions.
    pub(crate) const fn id(self) -> &'static str {
        match self {
            Self::Internal => "34577",
            Self::External => "34578",
        }
    }

    /// `Int` or `Ext`, as the product's pools and folders have it.
    pub(crate) const fn short(self) -> &'static str {
        match self {
            Self::Internal => "Int",
            Self::External => "Ext",
        }
    }

    pub(crate) const fn ports(self) -> (&'static str, &'static str) {
        match self {
            Self::Internal => ("80", "443"),
            Self::External => ("8080", "4443"),
        }
    }
}

/// How a path of the product authenticates in the simulated configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Windows authentication with Negotiate first.
    Negotiate,
    /// Windows authentication with NTLM alone: the product sets it so for file downloads.
    Ntlm,
    /// Anonymous.
    Anonymous,
}

/// An application of the product's web sites.
#[derive(Debug, Clone, Copy)]
pub(crate) struct App {
    pub(crate) path: &'static str,
    /// Folder below the web components.
    pub(crate) folder: &'static str,
    /// Pool per site; `*` stands for `Int` or `Ext`. `None` = not on that site.
    pub(crate) internal: Option<&'static str>,
    pub(crate) external: Option<&'static str>,
    pub(crate) mode: Mode,
    /// Folders below it with a mode of their own: path, mode, on which site (`None` = both).
    pub(crate) below: &'static [(&'static str, Mode, Option<Site>)],
}

impl App {
    /// The pool that serves it on a site, with the site's short name filled in.
    pub(crate) fn pool(&self, site: Site) -> Option<String> {
        match site {
            Site::Internal => self.internal,
            Site::External => self.external,
        }
        .map(|p| p.replace('*', site.short()))
    }
}

const fn app(path: &'static str, folder: &'static str, pool: &'static str, mode: Mode) -> App {
    App { path, folder, internal: Some(pool), external: Some(pool), mode, below: &[] }
}

const FEATURE: &str = "Lync*Feature";

/// Applications by the names that documents, scripts and logs show. Which pool serves which application is known for a few only; the rest
/// goes to the Feature pool.
pub(crate) const APPS: &[App] = &[
    app("/", "Root", FEATURE, Mode::Negotiate),
    App { below: &[("files", Mode::Ntlm, None)], ..app("/Abs", "Address Book Files", FEATURE, Mode::Negotiate) },
    app("/Autodiscover", "Autodiscover", FEATURE, Mode::Anonymous),
    app("/AutoUpdate", "Device Update Files", FEATURE, Mode::Anonymous),
    app("/CertProv", "Certificate Provisioning", FEATURE, Mode::Negotiate),
    app("/CollabContent", "Conferencing Content", FEATURE, Mode::Anonymous),
    app("/Conf", "Conferencing", FEATURE, Mode::Anonymous),
    App { external: None, ..app("/Cscp", "Control Panel", "CsManagementAppPool", Mode::Negotiate) },
    App { external: None, ..app("/DeviceUpdateFiles_Int", "Device Update Store", FEATURE, Mode::Anonymous) },
    App { internal: None, ..app("/DeviceUpdateFiles_Ext", "Device Update Store", FEATURE, Mode::Anonymous) },
    app("/Dialin", "Dialin", "Lync*Signin", Mode::Anonymous),
    app("/etc/place/null", "Null", FEATURE, Mode::Anonymous),
    app("/GroupExpansion", "Group Expansion", FEATURE, Mode::Negotiate),
    app("/HybridConfig", "Hybrid Config", FEATURE, Mode::Anonymous),
    app("/locationinformation", "Location Information", FEATURE, Mode::Negotiate),
    app("/lwa", "Web App", "Lync*Feature", Mode::Anonymous),
    App { external: None, ..app("/Macp", "Management", "CsManagementAppPool", Mode::Negotiate) },
    app("/Mcx", "Mobility", "CS*McxAppPool", Mode::Anonymous),
    app("/Meet", "Join Launcher", "Lync*Signin", Mode::Anonymous),
    app("/PassiveAuth", "Passive Authentication", "Lync*Signin", Mode::Anonymous),
    app("/PersistentChat", "Persistent Chat", FEATURE, Mode::Negotiate),
    app("/PhoneConferencing", "Phone Conferencing", "Lync*Signin", Mode::Negotiate),
    app("/Reach", "Reach", "Lync*Reach", Mode::Anonymous),
    App {
        external: None,
        below: &[("Files", Mode::Anonymous, Some(Site::Internal))],
        ..app("/RequestHandler", "Request Handler", FEATURE, Mode::Negotiate)
    },
    App {
        internal: None,
        below: &[("Files", Mode::Ntlm, Some(Site::External))],
        ..app("/RequestHandlerExt", "Request Handler", FEATURE, Mode::Negotiate)
    },
    app("/RgsClients", "Response Group Clients", FEATURE, Mode::Negotiate),
    App { external: None, ..app("/RgsConfig", "Response Group Configuration", FEATURE, Mode::Negotiate) },
    app("/Scheduler", "Scheduler", "Lync*Signin", Mode::Anonymous),
    app("/ucwa", "UCWA", "LyncUcwa", Mode::Anonymous),
    app("/WebTicket", "Web Ticket", "Lync*Signin", Mode::Negotiate),
];

/// Pools in the order in which they are written; `CsManagementAppPool` must use Network Service (documented).
pub(crate) const POOLS: &[(&str, Option<Site>)] = &[
    ("LyncIntFeature", Some(Site::Internal)),
    ("LyncExtFeature", Some(Site::External)),
    ("LyncIntSignin", Some(Site::Internal)),
    ("LyncExtSignin", Some(Site::External)),
    ("LyncIntReach", Some(Site::Internal)),
    ("LyncExtReach", Some(Site::External)),
    ("CSIntMcxAppPool", Some(Site::Internal)),
    ("CSExtMcxAppPool", Some(Site::External)),
    ("LyncUcwa", Some(Site::Internal)),
    ("CsManagementAppPool", None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_application_has_a_pool_that_is_written() {
        for app in APPS {
            for site in Site::BOTH {
                if let Some(pool) = app.pool(site) {
                    assert!(POOLS.iter().any(|(p, _)| *p == pool), "{pool} of {}", app.path);
                }
            }
        }
    }
}
