//! Folders of one server under two names: its short name and its FQDN.

use kerbsync_names::HostName;
use std::collections::BTreeSet;

/// What a folder's name stands for: a short name is the one FQDN that begins with it, of the topology or of another folder; where none or
/// several do, itself.
pub(crate) struct FullNames {
    known: BTreeSet<HostName>,
}

impl FullNames {
    /// From computers of topologies and names of folders.
    pub(crate) fn new(names: impl IntoIterator<Item = HostName>) -> Self {
        Self { known: names.into_iter().filter(|n| n.as_str().contains('.')).collect() }
    }

    pub(crate) fn of(&self, host: &HostName) -> HostName {
        if host.as_str().contains('.') {
            return host.clone();
        }
        let mut fits = self.known.iter().filter(|n| n.first_label().eq_ignore_ascii_case(host.as_str()));
        match (fits.next(), fits.next()) {
            (Some(name), None) => name.clone(),
            _ => host.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_the_one_fqdn_that_begins_with_it() {
        let host = |text: &str| HostName::new(text).unwrap();
        let names = FullNames::new(["fe01.contoso.com", "FE01.contoso.com", "se01.contoso.com", "se01.fabrikam.com", "fe01"].map(host));
        assert_eq!(names.of(&host("FE01")), host("fe01.contoso.com"));
        assert_eq!(names.of(&host("se01")), host("se01"), "two begin with it");
        assert_eq!(names.of(&host("fe02")), host("fe02"));
        assert_eq!(names.of(&host("fe01.other.com")), host("fe01.other.com"));
    }
}
