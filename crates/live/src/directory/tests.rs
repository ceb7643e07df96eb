//! Addresses of directories, and who is believed there.

use super::*;

#[test]
fn a_directory_is_named_and_never_asked_in_clear() {
    let url = |text: &str| DirectoryUrl::parse(text).map(|u| u.to_string());
    assert_eq!(url("ldaps://DC01.contoso.com").unwrap(), "ldaps://dc01.contoso.com:636");
    assert_eq!(url("ldap://dc01.contoso.com/").unwrap(), "ldap://dc01.contoso.com:389");
    assert_eq!(url("ldaps://dc01.contoso.com:3269").unwrap(), "ldaps://dc01.contoso.com:3269");
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
