//! Account names as configurations write them.

use kerbsync_inventory::AccountText;
use kerbsync_names::DownLevelName;
use std::collections::BTreeMap;

/// DNS names of domains (Kerberos realms) and their NetBIOS names.
#[derive(Debug, Clone, Default)]
pub struct Realms(BTreeMap<String, String>);

impl Realms {
    /// None known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a domain. A later entry of the same DNS name replaces an earlier one.
    pub fn insert(&mut self, dns: &str, netbios: &str) {
        self.0.insert(key(dns), netbios.trim().to_owned());
    }

    /// The NetBIOS name of a realm, where it is known.
    #[must_use]
    pub fn netbios(&self, realm: &str) -> Option<&str> {
        self.0.get(&key(realm)).map(String::as_str)
    }
}

impl<D: AsRef<str>, N: AsRef<str>> FromIterator<(D, N)> for Realms {
    fn from_iter<I: IntoIterator<Item = (D, N)>>(pairs: I) -> Self {
        let mut realms = Self::new();
        for (dns, netbios) in pairs {
            realms.insert(dns.as_ref(), netbios.as_ref());
        }
        realms
    }
}

fn key(dns: &str) -> String {
    dns.trim().trim_end_matches('.').to_lowercase()
}

/// Reads an account: `DOM\acct`, `DOM\acct$`, `acct@realm`, `acct$@realm`. A realm, or a DNS name before the backslash, becomes the
/// NetBIOS name that `realms` gives it. For a realm that is not known the first DNS label is taken, and the second value says so: it is a
/// guess. A bare name, a local account (`.\name`) and a built-in principal mean no domain account.
#[must_use]
pub fn parse_account(text: &str, realms: &Realms) -> (AccountText, bool) {
    let text = text.trim();
    let mut guessed = false;
    let name = match text.split_once('\\') {
        _ if is_built_in(text) => None,
        Some((domain, account)) if domain != "." => {
            let domain = realms.netbios(domain).unwrap_or(domain);
            DownLevelName::parse(&format!("{domain}\\{account}")).ok()
        }
        Some(_) => None,
        None => text.rsplit_once('@').and_then(|(account, realm)| {
            let netbios = realms.netbios(realm);
            let domain = netbios.unwrap_or_else(|| realm.split('.').next().unwrap_or(""));
            let name = DownLevelName::parse(&format!("{domain}\\{account}")).ok();
            guessed = name.is_some() && netbios.is_none();
            name
        }),
    };
    (AccountText { text: text.to_owned(), name: name.map(|n| n.name) }, guessed)
}

/// Whether a text names a principal that every Windows has, whose password nobody keeps: `IUSR`, `NT AUTHORITY\…`, `IIS APPPOOL\…`.
#[must_use]
pub fn is_built_in(text: &str) -> bool {
    let text = text.trim();
    const NAMES: [&str; 7] =
        ["IUSR", "LocalSystem", "LocalService", "NetworkService", "LOCAL SERVICE", "NETWORK SERVICE", "ApplicationPoolIdentity"];
    match text.split_once('\\') {
        Some((domain, _)) => ["NT AUTHORITY", "IIS APPPOOL", "NT SERVICE", "BUILTIN"].iter().any(|d| domain.eq_ignore_ascii_case(d)),
        None => NAMES.iter().any(|n| text.eq_ignore_ascii_case(n)),
    }
}

/// Whether a text has the form of a domain account: one backslash or one `@` between two names. Paths and addresses do not count.
pub(crate) fn has_account_form(text: &str) -> bool {
    let text = text.trim();
    let part = |p: &str| {
        !p.is_empty() && p.len() <= 256 && !p.contains(['\\', '@', '/', ':', '%', '*', '?', '<', '>', '|', '"', '=', ',', ';', '(', '['])
    };
    match (text.split_once('\\'), text.split_once('@')) {
        (Some((domain, account)), None) => part(domain) && part(account) && !domain.starts_with('.'),
        (None, Some((account, realm))) => {
            part(account) && part(realm) && !realm.contains(char::is_whitespace) && !account.contains(char::is_whitespace)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<String> {
        let realms = Realms::from_iter([("corp.contoso.com", "CONTOSO")]);
        parse_account(text, &realms).0.name.map(|n| n.to_string())
    }

    #[test]
    fn every_form_means_the_same_account() {
        for text in [
            "CONTOSO\\kerb",
            "CONTOSO\\kerb$",
            " CONTOSO\\kerb ",
            "kerb@corp.contoso.com",
            "kerb$@CORP.CONTOSO.COM",
            "corp.contoso.com\\kerb$",
        ] {
            assert_eq!(name(text).as_deref(), Some("CONTOSO\\kerb"), "{text}");
        }
    }

    #[test]
    fn an_unknown_realm_is_guessed_and_says_so() {
        let (text, guessed) = parse_account("kerb@fabrikam.net", &Realms::new());
        assert_eq!((text.name.map(|n| n.to_string()).as_deref(), guessed), (Some("fabrikam\\kerb"), true));
        assert!(!parse_account("fabrikam\\kerb", &Realms::new()).1);
    }

    #[test]
    fn local_bare_and_built_in_names_are_no_domain_account() {
        for text in ["kerb", "kerb$", ".\\kerb", "NT AUTHORITY\\NETWORK SERVICE", "IUSR", "", "@", "\\", "a@", "CONTOSO\\a\\b"] {
            assert_eq!(name(text), None, "{text}");
        }
        assert_eq!(parse_account(" kerb ", &Realms::new()).0.text, "kerb");
    }

    #[test]
    fn paths_and_addresses_have_no_account_form() {
        for text in ["C:\\web", "\\\\srv\\share", "%SystemDrive%\\x", "a\\b\\c", "..\\logs", "http://x@y", "kerb", "text with @ sign", ""] {
            assert!(!has_account_form(text), "{text}");
        }
        assert!(has_account_form("contoso\\kerb$") && has_account_form("kerb@contoso.com"));
    }
}
