//! Every example of the rules, accepted or rejected.

use kerbsync_names::{
    AccountNameError, AccountNote, DownLevelName, Fqdn, FqdnError, FqdnNote, HostName, ServicePrincipalName, SiteIdentity,
    SiteIdentityError, SpnError,
};

#[test]
fn names_of_servers_that_are_accepted() {
    for (text, printed, notes) in [
        ("fe01.contoso.com", "fe01.contoso.com", vec![]),
        ("FE01.Contoso.com", "FE01.Contoso.com", vec![]),
        ("fe01.contoso.com.", "fe01.contoso.com", vec![FqdnNote::TrailingDot]),
        ("\tfe01.contoso.com. ", "fe01.contoso.com", vec![FqdnNote::Blanks, FqdnNote::TrailingDot]),
        ("xn--bcher-kva.contoso.com", "xn--bcher-kva.contoso.com", vec![]),
        ("a.b", "a.b", vec![]),
        ("3com.example", "3com.example", vec![]),
        ("12.contoso.com", "12.contoso.com", vec![]),
    ] {
        let parsed = Fqdn::parse(text).unwrap();
        assert_eq!((parsed.name.as_str(), parsed.notes), (printed, notes), "{text}");
    }
    let longest = format!("{0}.{0}.{0}.{1}", "a".repeat(63), "b".repeat(63));
    assert_eq!(longest.len(), 255);
    Fqdn::parse(&longest).unwrap();
}

#[test]
fn names_of_servers_that_are_rejected() {
    let long_label = format!("{}.contoso.com", "a".repeat(64));
    let long = format!("{0}.{0}.{0}.{0}", "a".repeat(63)) + "b";
    for (rule, text, want) in [
        ("N01", "fe01", FqdnError::SingleLabel("fe01".into())),
        ("N01", "S4BLab92-WAC1", FqdnError::SingleLabel("S4BLab92-WAC1".into())),
        ("N05", "*.contoso.com", FqdnError::Wildcard),
        ("N05", "fe0?.contoso.com", FqdnError::Wildcard),
        ("N05", "fe01.contoso.com,fe02.contoso.com", FqdnError::List),
        ("N05", "fe01.contoso.com; fe02.contoso.com", FqdnError::List),
        ("N05", "fe01.contoso.com fe02.contoso.com", FqdnError::List),
        ("N06", "", FqdnError::Empty),
        ("N06", " \t", FqdnError::Empty),
        ("N06", "fe_01..contoso.com", FqdnError::Character('_')),
        ("N06", "fe01..contoso.com", FqdnError::EmptyLabel),
        ("N06", ".contoso.com", FqdnError::EmptyLabel),
        ("N06", "fe01.contoso.com..", FqdnError::EmptyLabel),
        ("N06", ".", FqdnError::EmptyLabel),
        ("N06", "-fe01.contoso.com", FqdnError::Hyphen),
        ("N06", "fe01-.contoso.com", FqdnError::Hyphen),
        ("N06", "$SkypeFQDN", FqdnError::Character('$')),
        ("N06", "<fqdn>.contoso.com", FqdnError::Character('<')),
        ("N06", "bücher.contoso.com", FqdnError::International('ü')),
        ("N06", "сервер.contoso.com", FqdnError::International('с')),
        ("N06", "fe01\u{200B}.contoso.com", FqdnError::Character('\u{200B}')),
        ("N06", "10.0.0.5", FqdnError::IpAddress),
        ("N06", "10.0.0.256", FqdnError::IpAddress),
        ("N06", "10.0.0.5:443", FqdnError::IpAddress),
        ("N06", "::1", FqdnError::IpAddress),
        ("N06", "[::1]:443", FqdnError::IpAddress),
        ("N06", "fe80::1%3", FqdnError::IpAddress),
        ("N06", "10.0.0", FqdnError::NumericDomain),
        ("N06", "https://fe01.contoso.com/meet", FqdnError::Url),
        ("N06", "fe01.contoso.com:443", FqdnError::Port),
        ("N06", "\\\\fe01.contoso.com\\share", FqdnError::Backslash),
        ("N06", "contoso\\fe01", FqdnError::Backslash),
        ("N06", "fe01.contoso.com/meet", FqdnError::Character('/')),
        ("N06", &long_label, FqdnError::LongLabel(64)),
        ("N06", &long, FqdnError::Long(256)),
    ] {
        let error = Fqdn::parse(text).expect_err(text);
        assert_eq!((error.rule(), &error), (rule, &want), "{text}");
    }
}

#[test]
fn accounts_that_are_accepted() {
    use AccountNote::{DnsDomain, Dollar, LongAccount};
    for (text, printed, notes) in [
        ("contoso\\KerbAuth", "contoso\\KerbAuth", vec![]),
        ("litwareinc\\kerberostest", "litwareinc\\kerberostest", vec![]),
        ("contoso\\KerbAuth$", "contoso\\KerbAuth", vec![Dollar]),
        ("contoso.com\\KerbAuth", "contoso.com\\KerbAuth", vec![DnsDomain]),
        ("contoso\\KerberosWebAuth01", "contoso\\KerberosWebAuth01", vec![LongAccount]),
        ("contoso\\KerberosWebAuth", "contoso\\KerberosWebAuth", vec![]),
        (" CONTOSO\\Kerb Auth ", "CONTOSO\\Kerb Auth", vec![]),
    ] {
        let parsed = DownLevelName::parse(text).unwrap();
        assert_eq!((parsed.name.to_string().as_str(), parsed.notes), (printed, notes), "{text}");
    }
    let name = |t| DownLevelName::parse(t).unwrap().name;
    assert_eq!(name("Contoso\\KerbAuth"), name("contoso\\kerbauth$")); // N15, N17
    assert_ne!(name("contoso\\KerbAuth"), name("fabrikam\\KerbAuth"));
}

#[test]
fn accounts_that_are_rejected() {
    use AccountNameError as E;
    for (text, want) in [
        ("", E::Empty),
        ("KerbAuth@contoso.com", E::UserPrincipalName),
        ("KerbAuth", E::NoDomain),
        ("KerbAuth$", E::NoDomain),
        ("CN=KerbAuth,OU=Service,DC=contoso,DC=com", E::DistinguishedName),
        ("contoso/KerbAuth", E::Slash),
        (".\\KerbAuth", E::LocalMachine),
        ("contoso\\", E::Parts),
        ("\\KerbAuth", E::Parts),
        ("contoso\\$", E::Parts),
        ("a\\b\\c", E::Parts),
        ("contoso \\KerbAuth", E::Blank),
        ("contoso\\ KerbAuth", E::Blank),
        ("contoso\\KerbAuth $", E::Blank),
        ("contoso\\Kerb*", E::Character('*')),
        ("contoso\\Kerb@x", E::Character('@')),
        ("con\0toso\\KerbAuth", E::Character('\0')),
    ] {
        let error = DownLevelName::parse(text).expect_err(text);
        assert_eq!((error.rule(), &error), ("N13", &want), "{text}");
    }
}

#[test]
fn site_identities() {
    for (text, name) in [("site:Redmond", "Redmond"), ("Site: São Paulo ", "São Paulo"), ("SITE:a:b", "a:b")] {
        assert_eq!(SiteIdentity::parse(text).unwrap().site_name(), name, "{text}");
    }
    assert!(SiteIdentity::parse("site:são paulo").unwrap().names("SÃO PAULO "));
    for (text, want) in [
        ("Redmond*", SiteIdentityError::Wildcard),
        ("site:Red?ond", SiteIdentityError::Wildcard),
        ("Redmond", SiteIdentityError::NoScope),
        ("", SiteIdentityError::NoScope),
        ("Global", SiteIdentityError::OtherScope),
        ("service:WebServer:pool01.contoso.com", SiteIdentityError::OtherScope),
        ("site: ", SiteIdentityError::NoName),
    ] {
        let error = SiteIdentity::parse(text).expect_err(text);
        assert_eq!((error.rule(), &error), ("N18", &want), "{text}");
    }
}

#[test]
fn service_principal_names() {
    for (text, class, host, plain) in [
        ("http/pool01.contoso.com", "http", "pool01.contoso.com", true),
        ("HTTP/POOL01.contoso.com", "HTTP", "POOL01.contoso.com", true),
        ("http/pool01.contoso.com:443", "http", "pool01.contoso.com", false),
        ("ldap/dc01.contoso.com/DC=contoso, DC=com", "ldap", "dc01.contoso.com", false),
        ("sip/fe01", "sip", "fe01", false),
    ] {
        let name = ServicePrincipalName::parse(text).unwrap();
        assert_eq!((name.class(), name.host().as_str(), name.is_plain_http(), name.as_str()), (class, host, plain, text));
    }
    for (text, want) in [
        ("", SpnError::NoSlash),
        ("pool01.contoso.com", SpnError::NoSlash),
        ("http/", SpnError::Part),
        ("/x", SpnError::Part),
        ("http//x", SpnError::Part),
        ("http/:80", SpnError::Part),
        ("http/a http/b", SpnError::Blank),
        ("ht tp/a", SpnError::Blank),
    ] {
        assert_eq!(ServicePrincipalName::parse(text).expect_err(text), want, "{text}");
    }
    let host = HostName::new("pool01.contoso.com").unwrap();
    assert_eq!(ServicePrincipalName::http(&host), ServicePrincipalName::parse("HTTP/Pool01.contoso.com").unwrap());
}

#[test]
fn host_names_of_documents_may_be_anything() {
    for (text, want) in [
        (" FE01.contoso.com. ", Some("FE01.contoso.com")),
        ("$SkypeFQDN", Some("$SkypeFQDN")),
        ("S4BLab92-WAC1", Some("S4BLab92-WAC1")),
        ("bücher.contoso.com", Some("bücher.contoso.com")),
        ("10.0.0.5", Some("10.0.0.5")),
        (" ", None),
        (".", None),
    ] {
        assert_eq!(HostName::new(text).as_ref().map(HostName::as_str), want, "{text}");
    }
}
