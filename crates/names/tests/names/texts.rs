//! Every refusal as the user reads it: the reason, and what to give instead.

use kerbsync_names::{AccountNameError, FqdnError, SiteIdentityError, SpnError};

#[test]
fn of_server_names() {
    let all = [
        FqdnError::Empty,
        FqdnError::List,
        FqdnError::Wildcard,
        FqdnError::IpAddress,
        FqdnError::Url,
        FqdnError::Port,
        FqdnError::Backslash,
        FqdnError::International('ü'),
        FqdnError::NumericDomain,
        FqdnError::SingleLabel("fe01".into()),
        FqdnError::EmptyLabel,
        FqdnError::LongLabel(64),
        FqdnError::Long(256),
        FqdnError::Character('_'),
        FqdnError::Hyphen,
    ];
    insta::assert_snapshot!(all.map(|e| format!("{} {e}", e.rule())).join("\n"), @r"
    N06 the name is empty: give the server's FQDN, such as fe01.contoso.com
    N05 this is a list of names: the parameter takes one FQDN; run it once per server
    N05 wildcards are not accepted: name one server by its FQDN
    N06 this is an IP address: give the server's FQDN
    N06 this is a URL: give only the server's FQDN, without scheme and path
    N06 a port does not belong to the name: give only the server's FQDN
    N06 this is a network path or an account: give only the server's FQDN, without backslashes
    N06 the letter 'ü' is not ASCII: give the name in its A-label form, each such label as xn--…
    N06 the last label has only digits: give the server's FQDN, such as fe01.contoso.com
    N01 'fe01' is a single label (a NetBIOS name): give the server's FQDN
    N06 two dots in a row, or a dot at the start: give the server's FQDN, such as fe01.contoso.com
    N06 a label of 64 characters, where at most 63 are allowed: give the server's FQDN as DNS knows it
    N06 a name of 256 characters, where at most 255 are allowed: give the server's FQDN as DNS knows it
    N06 the character '_' is not allowed in a host name: give the server's FQDN, of letters, digits, hyphens and dots
    N06 a label begins or ends with a hyphen: give the server's FQDN as DNS knows it
    ");
}

#[test]
fn of_accounts() {
    let all = [
        AccountNameError::Empty,
        AccountNameError::UserPrincipalName,
        AccountNameError::DistinguishedName,
        AccountNameError::NoDomain,
        AccountNameError::Slash,
        AccountNameError::LocalMachine,
        AccountNameError::Blank,
        AccountNameError::Parts,
        AccountNameError::Character('*'),
    ];
    insta::assert_snapshot!(all.map(|e| e.to_string()).join("\n"), @r"
    the account name is empty: give it as DOMAIN\name
    user principal names are not supported here: give the account as DOMAIN\name
    this is a distinguished name: give the account as DOMAIN\name
    the domain is missing: give the account as DOMAIN\name
    a slash stands where a backslash belongs: give the account as DOMAIN\name
    this names an account of the local machine: give a domain account as DOMAIN\name
    there is a blank beside the backslash or at the end of the name: give the account as DOMAIN\name
    expected one backslash between a domain and a name: DOMAIN\name
    the character '*' is not allowed in an account name: give the account as DOMAIN\name
    ");
}

#[test]
fn of_sites_and_service_principal_names() {
    let sites = [SiteIdentityError::NoScope, SiteIdentityError::OtherScope, SiteIdentityError::NoName, SiteIdentityError::Wildcard];
    insta::assert_snapshot!(sites.map(|e| e.to_string()).join("\n"), @r"
    a site identity begins with 'site:', for example site:Redmond
    Kerberos accounts are assigned to sites only: give a site identity, for example site:Redmond
    the name of the site is missing behind 'site:'
    wildcards are not accepted in a site identity: name one site, for example site:Redmond
    ");
    insta::assert_snapshot!([SpnError::NoSlash, SpnError::Part, SpnError::Blank].map(|e| e.to_string()).join("\n"), @r"
    a service principal name has a service class, a slash and a host: http/pool01.contoso.com
    the service class or the host is missing: http/pool01.contoso.com has both
    there is a blank in the service class or the host: several names are given one by one
    ");
}
