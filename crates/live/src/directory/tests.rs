//! Addresses of directories, and who is believed there.

use super::*;

#[test]
fn a_directory_is_named_and_never_asked_in_clear() {
    let url = |text: &str| DirectoryUrl::parse(text).map(|u| u.to_string());
    assert_eq!(url("ldaps://DC01.contoso.com").unwrap(), "ldaps://dc01.contoso.com:636");
    assert_eq!(url("ldap://dc01.contoso.com/").unwrap(), "ldap://dc01.contoso.com:389");
    assert_eq!(url("ldaps://dc01.contoso.com:1636").unwrap(), "ldaps://dc01.contoso.com:1636");
    for catalogue in ["ldaps://dc01.contoso.com:3269", "ldap://dc01.contoso.com:3268/"] {
        assert!(matches!(DirectoryUrl::parse(catalogue), Err(DirectoryUrlError::Catalogue(_))), "{catalogue}");
    }
    let clear = DirectoryUrl::parse("ldap://dc01.contoso.com").unwrap();
    assert!(clear.start_tls);
    assert_eq!(clear.catalogue_at("DC02.contoso.com").to_string(), "ldap://dc02.contoso.com:3268");
    let secure = DirectoryUrl::parse("ldaps://dc01.contoso.com:10636").unwrap();
    assert_eq!(secure.catalogue_at("dc01.contoso.com").to_string(), "ldaps://dc01.contoso.com:3269");
    for bad in
        ["dc01.contoso.com", "http://dc01", "ldaps://", "ldaps://10.0.0.1", "ldaps://a b", "ldaps://a/b", "ldaps://dc01:x", "ldapi://dc01"]
    {
        assert!(DirectoryUrl::parse(bad).is_err(), "{bad}");
    }
}

/// An export of one that holds nothing, or a part, would say that the rest is not there.
#[cfg(unix)]
#[tokio::test]
async fn only_a_controller_that_holds_its_domain_is_asked_for_it() {
    let told = async |more: &[(&str, &str)]| {
        let values = more.iter().map(|(n, v)| ((*n).to_owned(), v.as_bytes().to_vec())).collect();
        let root = Entry { dn: String::new(), values };
        let url = DirectoryUrl::parse("ldaps://dc01.contoso.com").unwrap();
        let mut directory = Directory::made_up(&url, move |_: &str, _: u8| Ok(vec![root.clone()])).await;
        directory.controller().await.map(|root| root.domain).map_err(|e| e.to_string())
    };
    let (domain, configuration) =
        (("defaultNamingContext", "DC=contoso,DC=com"), ("configurationNamingContext", "CN=Configuration,DC=contoso,DC=com"));
    assert_eq!(told(&[domain, configuration]).await.unwrap(), "DC=contoso,DC=com");
    assert_eq!(told(&[domain, configuration, ("isSynchronized", "TRUE")]).await.unwrap(), "DC=contoso,DC=com");
    let late = told(&[domain, configuration, ("isSynchronized", "FALSE")]).await.unwrap_err();
    assert_eq!(late, "the directory dc01.contoso.com does not hold all of its domain yet (isSynchronized is FALSE)");
    for other in [&[configuration][..], &[domain], &[]] {
        assert!(told(other).await.unwrap_err().contains("it is no domain controller"), "{other:?}");
    }
}

#[test]
fn authorities_come_from_a_file_that_holds_some() {
    let dir = tempfile::tempdir().unwrap();
    let missing = tls(&Trust::File(dir.path().join("none.pem"))).map(drop);
    assert!(matches!(missing, Err(DirectoryError::Authorities { .. })));
    // One without any would leave nobody to be believed, and the error would come from elsewhere.
    let empty = tempfile::NamedTempFile::new_in(dir.path()).unwrap();
    let error = tls(&Trust::File(empty.path().to_owned())).map(drop).unwrap_err().to_string();
    assert!(error.contains("no certificate is in it"), "{error}");
}
