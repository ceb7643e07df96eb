//! Configurations are well-formed, and hold what the server holds.

use crate::{Authentication, Credential, KeyPool, Layout, MachineKeys, Password, Product, Server, Site, Stored};
use quick_xml::events::Event;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use std::sync::OnceLock;

fn keys() -> MachineKeys {
    static POOL: OnceLock<KeyPool> = OnceLock::new();
    let pool = POOL.get_or_init(|| KeyPool::generate(2, 1).unwrap());
    pool.machine(0, &mut ChaCha20Rng::seed_from_u64(2)).unwrap()
}

fn server(product: Product) -> Server {
    let mut server = Server::new("fe01.contoso.com", product, keys(), 11);
    server.set_credential(Some(Credential::new(r"CONTOSO\KerbAuth", Password::new("a&b<c>\"d"))));
    server
}

fn host(server: &Server) -> String {
    let path = "servers/fe01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config";
    let files = server.render().unwrap();
    String::from_utf8(files.iter().find(|f| f.0 == path).unwrap().1.clone()).unwrap()
}

/// Path of names, `<location>` path, attributes.
type Element = (String, String, Vec<(String, String)>);

/// Every start tag with its path of names and `<location>` path, attributes decoded; fails on anything that is not well-formed.
fn elements(text: &str) -> Vec<Element> {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let (mut stack, mut out): (Vec<String>, Vec<_>) = (Vec::new(), Vec::new());
    let mut location = String::new();
    loop {
        let event = reader.read_event().unwrap();
        let (start, empty) = match &event {
            Event::Start(e) => (e, false),
            Event::Empty(e) => (e, true),
            Event::End(_) => {
                if stack.pop().unwrap() == "location" {
                    location.clear();
                }
                continue;
            }
            Event::Eof => break,
            _ => continue,
        };
        let attributes: Vec<(String, String)> = start
            .attributes()
            .map(|a| {
                let a = a.unwrap();
                assert!(!a.value.contains('<'));
                (a.key.as_ref().to_owned(), quick_xml::escape::unescape(&a.value).unwrap().into_owned())
            })
            .collect();
        let name = start.name().as_ref().to_owned();
        if name == "location" {
            location = attributes[0].1.clone();
        }
        stack.push(name);
        out.push((stack.join("/"), location.clone(), attributes));
        if empty {
            stack.pop();
        }
    }
    assert!(stack.is_empty());
    out
}

fn all_products() -> impl Iterator<Item = Product> {
    [Product::Lync2010, Product::Lync2013, Product::Skype2015, Product::Skype2019].into_iter()
}

#[test]
fn every_kind_is_whole_large_and_as_iis_writes_it() {
    for product in all_products() {
        for layout in [Layout::SiteSection, Layout::PoolIdentity, Layout::PoolDefaults] {
            let mut s = server(product);
            s.layout = layout;
            let text = host(&s);
            assert!((115_000..150_000).contains(&text.len()), "{product:?} {layout:?}: {} bytes", text.len());
            assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\t']));
            assert!(!text.contains("\"/>"));
            let all = elements(&text);
            let tops: Vec<&str> = all.iter().filter(|e| e.0.matches('/').count() == 1).map(|e| &*e.0).collect();
            assert_eq!(
                tops[..5],
                [
                    "configuration/configSections",
                    "configuration/configProtectedData",
                    "configuration/system.applicationHost",
                    "configuration/system.webServer",
                    "configuration/location"
                ]
            );
            let registered = |name: &str| all.iter().any(|e| e.0.ends_with("section") && e.2[0].1 == name);
            assert_eq!(registered("kerberosWebAuthentication"), layout == Layout::SiteSection);
        }
    }
}

#[test]
fn the_slots_stand_where_the_layout_puts_them() {
    let slots = |layout| {
        let mut s = server(Product::Skype2015);
        s.layout = layout;
        let text = host(&s);
        let found: Vec<(String, String, String)> = elements(&text)
            .into_iter()
            .filter_map(|(path, at, a)| {
                let value = &a.iter().find(|a| a.0 == "password")?.1;
                let provider = value.split(':').nth(1)?.to_owned();
                assert_eq!(a.iter().find(|a| a.0 == "userName")?.1, r"CONTOSO\KerbAuth");
                Some((path.rsplit('/').take(2).collect::<Vec<_>>().join(" < "), at, provider))
            })
            .collect();
        found
    };
    let stand_in = "kerberosWebAuthentication < authentication".to_owned();
    assert_eq!(
        slots(Layout::SiteSection),
        [
            (stand_in.clone(), "Skype for Business Server Internal Web Site".to_owned(), "AesProvider".to_owned()),
            (stand_in, "Skype for Business Server External Web Site".to_owned(), "AesProvider".to_owned()),
        ]
    );
    let pools = slots(Layout::PoolIdentity);
    assert_eq!(pools.len(), 9);
    assert!(pools.iter().all(|p| p.0 == "processModel < add" && p.2 == "IISWASOnlyAesProvider"));
    assert_eq!(
        slots(Layout::PoolDefaults),
        [("processModel < applicationPoolDefaults".to_owned(), String::new(), "IISWASOnlyAesProvider".to_owned())]
    );
}

#[test]
fn authentication_differs_where_it_is_told_to() {
    let windows = |s: &Server, path: &str| {
        let at = format!("Skype for Business Server Internal Web Site{path}");
        let all = elements(&host(s));
        let attributes = all.iter().find(|e| e.1 == at && e.0.ends_with("/windowsAuthentication")).map(|e| e.2.clone());
        let providers: Vec<String> = all.iter().filter(|e| e.1 == at && e.0.ends_with("providers/add")).map(|e| e.2[0].1.clone()).collect();
        (attributes.unwrap_or_default(), providers)
    };
    let mut s = server(Product::Skype2019);
    assert_eq!(windows(&s, "/WebTicket").1, ["Negotiate", "NTLM"]);
    assert_eq!(windows(&s, "/Abs/files").1, ["NTLM"]);
    assert_eq!(windows(&s, "/WebTicket").0[1], ("useKernelMode".to_owned(), "false".to_owned()));
    s.authentication = Authentication {
        ntlm_only: vec![(Site::Internal, "/WebTicket".to_owned())],
        ntlm_first: vec![(Site::Internal, "/CertProv".to_owned())],
        kernel_mode: vec![Site::Internal],
        ..Authentication::default()
    };
    assert_eq!(windows(&s, "/WebTicket"), (vec![("enabled".to_owned(), "true".to_owned())], vec!["NTLM".to_owned()]));
    assert_eq!(windows(&s, "/CertProv").1, ["NTLM", "Negotiate"]);
    s.authentication.windows_off = true;
    assert_eq!(windows(&s, "/WebTicket").0, [("enabled".to_owned(), "false".to_owned())]);
    s.authentication.module_missing = true;
    assert!(!host(&s).contains("\"WindowsAuthenticationModule\""));
}

#[test]
fn rendering_is_a_function_of_the_server() {
    let (a, mut b) = (server(Product::Skype2015), server(Product::Skype2015));
    assert_eq!(a.render().unwrap(), b.render().unwrap());
    b.salt += 1;
    assert_ne!(host(&a), host(&b), "another salt gives other ciphertext");
}

#[test]
fn odd_servers() {
    let mut s = server(Product::Skype2015);
    s.keys_exported = false;
    s.redirected_to = Some(r"\\fs01.contoso.com\iis".to_owned());
    s.history = vec![None];
    let paths: Vec<String> = s.render().unwrap().into_iter().map(|f| f.0).collect();
    assert_eq!(
        paths,
        [
            "servers/fe01.contoso.com/Windows/System32/inetsrv/config/applicationHost.config",
            "servers/fe01.contoso.com/Windows/System32/inetsrv/config/redirection.config",
            "servers/fe01.contoso.com/inetpub/history/CFGHISTORY_0000000001/applicationHost.config",
        ]
    );
    let redirection = String::from_utf8(s.render().unwrap()[1].1.clone()).unwrap();
    assert!(elements(&redirection).iter().any(|e| e.0.ends_with("configurationRedirection") && e.2[1].1 == r"\\fs01.contoso.com\iis"));
    s.intact = 500;
    let half = host(&s);
    assert!(!half.contains("</configuration>"));
    s.configuration_missing = true;
    assert!(!s.render().unwrap().iter().any(|f| f.0.ends_with("config/applicationHost.config")));
    s.fqdn = "../up".to_owned();
    assert!(s.render().is_err());
}

#[test]
fn clear_and_damaged_secrets() {
    let mut s = server(Product::Skype2015);
    let password = |s: &Server| {
        let all = elements(&host(s));
        all.iter().find(|e| e.0.ends_with("kerberosWebAuthentication")).unwrap().2[1].1.clone()
    };
    let whole = password(&s);
    if let Some(c) = s.internal.as_mut() {
        c.stored = Stored::Damaged;
    }
    assert_eq!(password(&s).len(), whole.len() - 8);
    if let Some(c) = s.internal.as_mut() {
        c.stored = Stored::Clear;
    }
    assert_eq!(password(&s), "a&b<c>\"d");
}

#[test]
fn a_dangling_pool_and_a_missing_site() {
    let mut s = server(Product::Lync2013);
    s.dangling = Some((Site::Internal, "/GroupExpansion".to_owned(), "LyncIntGone".to_owned()));
    s.missing_site = Some(Site::External);
    let all = elements(&host(&s));
    assert!(all.iter().any(|e| e.0.ends_with("site/application") && e.2.iter().any(|a| a.1 == "LyncIntGone")));
    assert!(!all.iter().any(|e| e.0.ends_with("applicationPools/add") && e.2[0].1 == "LyncIntGone"));
    assert!(!host(&s).contains("External Web Site"));
}
