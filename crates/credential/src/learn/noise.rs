//! Changes that no run of the cmdlet is needed for: what IIS, its tools and its users change all the time.

use kerbsync_xml::Element;

/// Why a change is noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noise {
    /// Settings of IIS's configuration history.
    History,
    /// A time, a version or a counter.
    Time,
    /// Settings of logs and traces.
    Logging,
    /// Bindings, limits, recycling and starting of sites and pools: what an administrator changes with appcmd or IIS Manager.
    Operation,
    /// Modules, handlers and their like, which installers write.
    Installation,
    /// Keys and providers of encryption: they say nothing of an account.
    Protection,
    /// The same secret, encrypted anew.
    EncryptedAnew,
}

impl Noise {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::History, Self::Time, Self::Logging, Self::Operation, Self::Installation, Self::Protection, Self::EncryptedAnew];

    /// The word used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::History => "history",
            Self::Time => "time",
            Self::Logging => "logging",
            Self::Operation => "operation",
            Self::Installation => "installation",
            Self::Protection => "protection",
            Self::EncryptedAnew => "encrypted-anew",
        }
    }

    /// For people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::History => "settings of IIS's configuration history",
            Self::Time => "times, versions and counters",
            Self::Logging => "settings of logs and traces",
            Self::Operation => "bindings, limits, recycling and starting of sites and pools",
            Self::Installation => "modules, handlers and the like",
            Self::Protection => "keys and providers of encryption",
            Self::EncryptedAnew => "the same secret, encrypted anew",
        }
    }
}

/// Elements, themselves and all below them, whose changes are noise.
const ELEMENTS: &[(&str, Noise)] = &[
    ("configHistory", Noise::History),
    ("configProtectedData", Noise::Protection),
    ("log", Noise::Logging),
    ("logFile", Noise::Logging),
    ("httpLogging", Noise::Logging),
    ("tracing", Noise::Logging),
    ("traceFailedRequests", Noise::Logging),
    ("traceFailedRequestsLogging", Noise::Logging),
    ("httpTracing", Noise::Logging),
    ("bindings", Noise::Operation),
    ("limits", Noise::Operation),
    ("webLimits", Noise::Operation),
    ("recycling", Noise::Operation),
    ("failure", Noise::Operation),
    ("cpu", Noise::Operation),
    ("caching", Noise::Operation),
    ("globalModules", Noise::Installation),
    ("modules", Noise::Installation),
    ("handlers", Noise::Installation),
    ("isapiFilters", Noise::Installation),
    ("isapiCgiRestriction", Noise::Installation),
    ("staticContent", Noise::Installation),
    ("httpCompression", Noise::Installation),
];

/// Attributes whose changes are noise wherever they stand.
const ATTRIBUTES: &[(&str, Noise)] = &[
    ("autoStart", Noise::Operation),
    ("serverAutoStart", Noise::Operation),
    ("startMode", Noise::Operation),
    ("preloadEnabled", Noise::Operation),
    ("idleTimeout", Noise::Operation),
    ("idleTimeoutAction", Noise::Operation),
    ("queueLength", Noise::Operation),
];

/// Whether a change of an attribute, or of a whole element, is noise. A value that is a secret by its form is none wherever it stands: that
/// is for the caller to see first.
pub(super) fn of(element: Element<'_>, attribute: Option<&str>, values: &[&str]) -> Option<Noise> {
    let place = std::iter::once(element).chain(element.ancestors()).find_map(|e| known(ELEMENTS, e.local_name()));
    place
        .or_else(|| attribute.and_then(|name| known(ATTRIBUTES, name)))
        .or_else(|| (!values.is_empty() && values.iter().all(|v| is_time(v))).then_some(Noise::Time))
        .or_else(|| {
            let counts = attribute.is_some_and(|name| {
                let name = name.to_ascii_lowercase();
                ["version", "etag", "revision", "changenumber", "counter", "timestamp"].iter().any(|w| name.ends_with(w))
            });
            let number = |v: &&str| !v.is_empty() && v.len() <= 32 && v.bytes().all(|b| b.is_ascii_digit() || b".-:".contains(&b));
            (counts && values.iter().all(number)).then_some(Noise::Time)
        })
}

fn known(list: &[(&str, Noise)], name: &str) -> Option<Noise> {
    list.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, noise)| *noise)
}

/// A date, with or without a time: `2026-03-01`, `2026-03-01T08:00:00Z`, `03/01/2026 8:00:00 AM`.
fn is_time(text: &str) -> bool {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_digit() || "-/.:TZ+ AMPamp".contains(c);
    let groups: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).collect();
    let year = |g: &&str| g.len() == 4 && (g.starts_with("19") || g.starts_with("20"));
    text.len() <= 40 && text.chars().all(plain) && text.contains(['-', '/']) && groups.len() >= 3 && groups.iter().take(3).any(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_known_by_their_form_and_nothing_else_is_one() {
        for time in ["2026-03-01", "2026-03-01T08:00:00.123Z", "3/1/2026 8:00:00 AM", "01.03.2026-08:00"] {
            assert!(is_time(time), "{time}");
        }
        for other in ["", "00:20:00", "1.05:00:00", "QUJDRA==", "CONTOSO\\kerb", "12345678-1234-1234-1234-123456789012", "Pass-2026-Word-9"]
        {
            assert!(!is_time(other), "{other}");
        }
    }
}
