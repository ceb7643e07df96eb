//! Whether an assigned account is the account of a computer that exists.

use kerbsync_inventory::Inventory;
use kerbsync_inventory::directory::{Account, Moment};
use kerbsync_names::{DownLevelName, HostName};
use kerbsync_source::{Origin, Spanned, Text, text};

/// Classes of the names that Windows registers for the computer itself.
const OWN_CLASSES: [&str; 4] = ["HOST", "RestrictedKrbHost", "TERMSRV", "WSMAN"];

/// What shows that an account is the account of a computer that exists.
#[derive(Debug)]
pub(crate) struct RealMachine<'i> {
    /// The computer of the topology that it is.
    pub(crate) computer: Option<&'i Spanned<HostName>>,
    /// Signs on the object, each with its place.
    pub(crate) signs: Vec<(Text, &'i Origin)>,
    /// Whether it is proved: names of a computer alone may have been written by hand.
    pub(crate) is_proved: bool,
}

/// What shows it of an object in the directory.
pub(super) fn of_object<'i>(object: &'i Account, computer: Option<&'i Spanned<HostName>>) -> Option<RealMachine<'i>> {
    let mut signs = Vec::new();
    let system = object.operating_system.as_ref().and_then(|o| Some((o.value.as_ref()?, &o.origin)));
    if let Some((name, origin)) = system {
        signs.push((text!("operatingSystem {name}"), origin));
    }
    let dns = object.dns_host_name.as_ref();
    let is_own = |host: &str| host.eq_ignore_ascii_case(object.short_name()) || dns.is_some_and(|d| d.value.eq_ignore_ascii_case(host));
    let names =
        object.spns.iter().flatten().filter(|spn| {
            OWN_CLASSES.iter().any(|class| class.eq_ignore_ascii_case(spn.value.class())) && is_own(spn.value.host().as_str())
        });
    let before = signs.len();
    signs.extend(names.map(|spn| (text!("the name {}", spn.value), &spn.origin)));
    let has_own_names = signs.len() > before;
    if computer.is_none() && system.is_none() && !has_own_names {
        return None;
    }
    let logon = object.last_logon.as_ref().filter(|l| matches!(l.value, Moment::At(_)));
    if let Some(logon) = logon {
        signs.push(("a logon".into(), &logon.origin));
    }
    if let Some(dns) = dns {
        signs.push((text!("dNSHostName {}", dns.value), &dns.origin));
    }
    let is_proved = computer.is_some() || system.is_some() || logon.is_some() || dns.is_some();
    Some(RealMachine { computer, signs, is_proved })
}

/// The computer of the topology whose name the account has, in a domain whose two names are known.
pub(super) fn by_name<'i>(name: &DownLevelName, inventory: &'i Inventory) -> Option<&'i Spanned<HostName>> {
    let domain = inventory.domains().iter().find(|d| d.netbios.eq_ignore_ascii_case(name.domain()))?;
    let mut computers = inventory.computers().map(|(_, c)| &c.fqdn);
    computers.find(|fqdn| {
        let rest = fqdn.value.as_str().split_once('.').map(|(_, rest)| rest);
        net_bios(fqdn.value.first_label()).eq_ignore_ascii_case(name.account()) && rest.is_some_and(|r| r.eq_ignore_ascii_case(&domain.dns))
    })
}

/// The NetBIOS name of a computer: its first label, cut after 15 characters.
pub(super) fn net_bios(label: &str) -> &str {
    label.get(..15).unwrap_or(label)
}
