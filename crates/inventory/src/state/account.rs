//! When two names mean the same account.

use crate::directory::Domain;
use kerbsync_names::DownLevelName;

/// A key that is the same for all spellings of an account: without regard to letter case, and to which of the domain's two names is used.
///
/// Where nothing maps a DNS name to its NetBIOS name, the first label of the DNS name stands for it.
#[must_use]
pub fn account_key(name: &DownLevelName, domains: &[Domain]) -> String {
    let own = name.domain();
    let netbios = match domains.iter().find(|d| d.dns.eq_ignore_ascii_case(own)) {
        Some(domain) => domain.netbios.as_str(),
        None => own.split('.').next().unwrap_or(own),
    };
    format!("{netbios}\\{}", name.account()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_a_domain_mean_one_account() {
        let key = |text: &str, domains: &[Domain]| account_key(&DownLevelName::parse(text).unwrap().name, domains);
        let domains = [Domain { netbios: "CORP".to_owned(), dns: "contoso.com".to_owned(), origin: None }];
        assert_eq!(key("contoso.com\\KerbAuth$", &domains), key("corp\\kerbauth", &domains));
        assert_ne!(key("contoso\\KerbAuth", &domains), key("corp\\kerbauth", &domains));
        assert_eq!(key("contoso.com\\KerbAuth", &[]), key("CONTOSO\\KERBAUTH", &[]));
    }
}
