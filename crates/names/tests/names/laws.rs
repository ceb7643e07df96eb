//! Laws of parsing, printing and comparing.

use kerbsync_names::{AccountNote, DownLevelName, Fqdn, FqdnNote, HostName, ServicePrincipalName, SiteId, SiteIdentity};
use proptest::prelude::*;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

fn fqdn() -> impl Strategy<Value = String> {
    "[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?){0,3}\\.[A-Za-z]{2,10}"
}

/// Swaps the case of the letters that the mask picks.
fn recase(text: &str, mask: u64) -> String {
    let swap = |(i, c): (usize, char)| match c {
        c if mask >> (i % 64) & 1 == 0 => c,
        c if c.is_ascii_lowercase() => c.to_ascii_uppercase(),
        c => c.to_ascii_lowercase(),
    };
    text.chars().enumerate().map(swap).collect()
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(text in fqdn()) {
        let parsed = Fqdn::parse(&text).unwrap();
        prop_assert!(parsed.notes.is_empty());
        prop_assert_eq!(parsed.name.to_string(), text);
        prop_assert_eq!(&Fqdn::parse(&parsed.name.to_string()).unwrap(), &parsed);
        prop_assert_eq!(HostName::from(&parsed.name), HostName::new(parsed.name.as_str()).unwrap());
    }

    #[test]
    fn case_dot_and_blanks_do_not_make_another_name(text in fqdn(), mask: u64) {
        let plain = Fqdn::parse(&text).unwrap().name;
        let other = Fqdn::parse(&format!(" {}. ", recase(&text, mask))).unwrap();
        prop_assert_eq!(&plain, &other.name);
        prop_assert_eq!(plain.cmp(&other.name), std::cmp::Ordering::Equal);
        prop_assert_eq!(hash(&plain), hash(&other.name));
        prop_assert_eq!(plain.to_key(), other.name.to_key());
        prop_assert_eq!(other.notes, vec![FqdnNote::Blanks, FqdnNote::TrailingDot]);
        prop_assert_eq!(HostName::new(&text).unwrap(), HostName::new(&format!("{}. ", recase(&text, mask))).unwrap());
    }

    /// Order and equality agree, and equal names hash alike.
    #[test]
    fn order_agrees_with_equality(a in "[aAbB.]{1,4}", b in "[aAbB.]{1,4}") {
        if let (Some(a), Some(b)) = (HostName::new(&a), HostName::new(&b)) {
            prop_assert_eq!(a == b, a.cmp(&b).is_eq());
            prop_assert!(a != b || hash(&a) == hash(&b));
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        }
    }

    /// Whatever is accepted obeys the rule of N06, whatever way it was checked.
    #[test]
    fn what_is_accepted_is_a_host_name(text in "\\PC{0,40}|[a-z0-9.:_*,\\\\ -]{0,40}") {
        if let Ok(parsed) = Fqdn::parse(&text) {
            let name = parsed.name.as_str();
            let labels: Vec<&str> = name.split('.').collect();
            prop_assert!(labels.len() >= 2 && name.len() <= 255);
            prop_assert!(labels.iter().all(|l| (1..=63).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')));
            prop_assert!(name.parse::<std::net::IpAddr>().is_err());
            prop_assert!(text.contains(name));
        }
        let _ = (DownLevelName::parse(&text), SiteIdentity::parse(&text), ServicePrincipalName::parse(&text), SiteId::new(&text));
    }

    #[test]
    fn a_dollar_and_case_do_not_make_another_account(domain in "[A-Za-z]{1,10}", account in "[A-Za-z0-9-]{1,15}", mask: u64) {
        let text = format!("{domain}\\{account}");
        let plain = DownLevelName::parse(&text).unwrap();
        let other = DownLevelName::parse(&(recase(&text, mask) + "$")).unwrap();
        prop_assert_eq!(&plain.name, &other.name);
        prop_assert_eq!(hash(&plain.name), hash(&other.name));
        prop_assert_eq!((plain.notes, other.notes), (vec![], vec![AccountNote::Dollar]));
        prop_assert_eq!(plain.name.to_string(), text);
        prop_assert_eq!((plain.name.domain(), plain.name.account()), (domain.as_str(), account.as_str()));
    }

    #[test]
    fn service_principal_names_compare_without_case(class in "[a-z]{1,6}", host in fqdn(), port in prop::option::of(1u16..), mask: u64) {
        let text = match port { Some(p) => format!("{class}/{host}:{p}"), None => format!("{class}/{host}") };
        let (a, b) = (ServicePrincipalName::parse(&text).unwrap(), ServicePrincipalName::parse(&recase(&text, mask)).unwrap());
        prop_assert_eq!(&a, &b);
        prop_assert_eq!(hash(&a), hash(&b));
        prop_assert_eq!(a.to_string(), text);
        prop_assert_eq!(a.host(), HostName::new(&host).unwrap());
    }

    #[test]
    fn site_identities_come_back(name in "[A-Za-zÀ-ž0-9]([A-Za-zÀ-ž0-9 -]{0,10}[A-Za-z0-9])?", mask: u64) {
        let identity = SiteIdentity::parse(&format!("{}:{name}", recase("site", mask))).unwrap();
        prop_assert_eq!(identity.to_string(), format!("site:{name}"));
        prop_assert!(identity.names(&name));
    }
}
