//! Secrets taken from another server.

use crate::{CONFIGURATION_KEY, KEYS, Keys, OTHER_KEY, PRODUCT, WAS_KEY, addresses, everything, rules};
use kerbsync_credential::lower::{SecretSource as _, ServerSecrets};
use kerbsync_inventory::LayoutId;
use kerbsync_plan::lower::LowerError;
use kerbsync_plan::{SecretFrom, SlotAddress};
use kerbsync_secret::Secret;
use std::sync::atomic::{AtomicU32, Ordering};

fn sha256(text: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

fn from(text: &str, slot: SlotAddress) -> SecretFrom {
    SecretFrom::Server {
        server: "fe01.contoso.com".into(),
        path: "servers/fe01.contoso.com/applicationHost.config".into(),
        sha256: sha256(text),
        slot: Box::new(slot),
    }
}

fn slot(text: &str, fits: impl Fn(&SlotAddress) -> bool) -> SlotAddress {
    addresses(text.as_bytes()).into_iter().find(|s| fits(s)).unwrap()
}

#[test]
fn a_slot_is_opened_once_with_the_keys_of_its_server() {
    let reads = AtomicU32::new(0);
    let read = |path: &str| {
        reads.fetch_add(1, Ordering::Relaxed);
        assert_eq!(path, "servers/fe01.contoso.com/applicationHost.config");
        Ok(PRODUCT.as_bytes().to_vec())
    };
    let secrets = ServerSecrets::new(rules(), &read, &*KEYS, Some(Secret::new("new".into())));
    let pool = from(PRODUCT, slot(PRODUCT, |s| s.layout == LayoutId::AppPoolIdentity));
    let first = secrets.secret(&pool).unwrap();
    let again = secrets.secret(&pool).unwrap();
    assert!(!first.is_empty() && first.expose() == again.expose());
    assert_eq!(reads.load(Ordering::Relaxed), 1);
    assert_eq!(secrets.secret(&SecretFrom::Generated).unwrap().expose(), "new");
    // A secret in clear is a secret too; it is written protected.
    let clear = everything();
    let read = |_: &str| Ok(clear.as_bytes().to_vec());
    let secrets = ServerSecrets::new(rules(), &read, &*KEYS, None);
    assert_eq!(secrets.secret(&from(&clear, slot(&clear, |s| s.layout == LayoutId::Declared))).unwrap().expose(), "canary-clear-1");
}

#[test]
fn a_source_without_a_secret_copies_nothing() {
    let ask = |text: &str, keys: &Keys, from: &SecretFrom| {
        let read = |_: &str| Ok::<_, LowerError>(text.as_bytes().to_vec());
        ServerSecrets::new(rules(), &read, keys, None).secret(from).err().map(|e| e.to_string()).unwrap()
    };
    let site = slot(PRODUCT, |s| s.layout == LayoutId::SiteSection);
    let own = Keys::of(&[WAS_KEY, CONFIGURATION_KEY]);
    let of = |change: &dyn Fn(&str) -> String| {
        let text = PRODUCT
            .lines()
            .map(|l| if l.contains("<kerberosWebAuthentication") { change(l) } else { l.to_owned() + "\n" })
            .collect::<String>();
        ask(&text, &own, &from(&text, site.clone()))
    };
    let cut = |line: &str, value: &str| {
        let (from, to) = (line.find("password=\"").unwrap() + 10, line.rfind('"').unwrap());
        format!("{}{value}{}\n", &line[..from], &line[to..])
    };
    let lines = [
        ask(PRODUCT, &own, &SecretFrom::Generated),
        ask(PRODUCT, &own, &from("another file", site.clone())),
        ask(PRODUCT, &Keys::of(&[OTHER_KEY]), &from(PRODUCT, site.clone())),
        of(&|l| cut(l, "")),
        of(&|l| cut(l, "[enc:AesProvider::enc]")),
        of(&|l| cut(l, "[enc:AesProvider:enc]")),
        of(&|_| String::new()),
    ];
    insta::assert_snapshot!(lines.join("\n"), @r"
    no new password was given for this run
    the configuration of the source fe01.contoso.com was changed since the plan was made; plan again
    the secret of system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server Internal Web Site' on the source fe01.contoso.com cannot be opened: the key given does not open the sessionKey of its provider (key container iisConfigurationKey): a key of another server, or of another container
    the source fe01.contoso.com has no secret in system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server Internal Web Site': an empty one is never copied
    the source fe01.contoso.com has no secret in system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server Internal Web Site': an empty one is never copied
    the secret of system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server Internal Web Site' on the source fe01.contoso.com is damaged
    the source fe01.contoso.com has no secret in system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server Internal Web Site': an empty one is never copied
    ");
}
