//! Folders of one server under two names: its short name and its FQDN.

use kerbsync_names::HostName;
use std::collections::HashMap;

/// What a folder's name stands for: a short name is the one FQDN that begins with it, of the topology or of another folder; where none or
/// several do, itself.
pub(crate) struct FullNames {
    /// The FQDN that begins with a label in small letters; `None` where several do.
    by_label: HashMap<String, Option<HostName>>,
}

impl FullNames {
    /// From computers of topologies and names of folders.
    pub(crate) fn new(names: impl IntoIterator<Item = HostName>) -> Self {
        let mut by_label: HashMap<String, Option<HostName>> = HashMap::new();
        for name in names.into_iter().filter(|n| n.as_str().contains('.')) {
            let label = name.first_label().to_ascii_lowercase();
            let one = by_label.entry(label).or_insert_with(|| Some(name.clone()));
            if one.as_ref().is_some_and(|other| *other != name) {
                *one = None;
            }
        }
        Self { by_label }
    }

    pub(crate) fn of(&self, host: &HostName) -> HostName {
        if host.as_str().contains('.') {
            return host.clone();
        }
        let full = self.by_label.get(&host.as_str().to_ascii_lowercase()).and_then(Option::as_ref);
        full.unwrap_or(host).clone()
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
