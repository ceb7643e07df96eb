//! One server from end to end, on a synthetic configuration and on what can go wrong with one.

use super::*;
use crate::config::{SlotSetting, WebSiteSetting};
use kerbsync_inventory::citable::Citation;
use kerbsync_inventory::{Hardening, LayoutId, SecretState, SlotRelevance, WebSiteRole};
use kerbsync_xml::Limits;
use std::fmt::Write as _;
use std::sync::Arc;

const PRODUCT: &str = include_str!("../../../../fixtures/documents/iis/product.config");
const REDIRECTION: &str = include_str!("../../../../fixtures/documents/iis/redirection-on.config");
const CONFIGURATION_KEY: &str = include_str!("../../../../fixtures/documents/iis/keys/iisConfigurationKey.xml");

fn document(id: u32, text: &str) -> Document {
    Document::parse(Source::decode(DocumentId(id), text.as_bytes().to_vec()).unwrap(), &Limits::default()).unwrap()
}

fn input<'a>(configuration: &'a Document, keys: &'a [KeyFile]) -> ServerFiles<'a> {
    ServerFiles {
        host: HostName::new("fe01.contoso.com").unwrap(),
        configuration: Some((configuration.source().document(), Ok(configuration))),
        redirection: None,
        keys,
        history: vec![DocumentId(9)],
    }
}

fn read(text: &str, settings: &Settings) -> (ServerConfiguration, Vec<Problem>) {
    let tagger = Tagger::new().unwrap();
    let realms = [("CONTOSO".to_owned(), "corp.contoso.com".to_owned())];
    let context = Context::new(settings, &realms, &tagger);
    let mut problems = Vec::new();
    let keys = [read_key_xml(&document(3, CONFIGURATION_KEY)).unwrap()];
    let server = read_server(input(&document(2, text), &keys), &context, &mut problems);
    (server, problems)
}

#[test]
fn what_is_kept_of_a_server() {
    let (server, problems) = read(PRODUCT, &Settings::default());
    let mut out = String::new();
    writeln!(
        out,
        "{:?} {:?} module {:?} of {} sites",
        server.status, server.document, server.windows_authentication_module, server.web_site_count
    )
    .unwrap();
    for site in &*server.web_sites {
        writeln!(out, "{:?} {} {:?}", site.role, site.name.value, site.id).unwrap();
        for a in &site.applications {
            writeln!(out, "  application {} pool {} exists {}", a.path.value, a.pool.value, a.pool_exists).unwrap();
        }
        for p in &site.authentication {
            let w = &p.windows;
            let providers: Vec<_> = w.providers.iter().map(|p| p.value.as_str()).collect();
            writeln!(
                out,
                "  {}{} pool {:?}: windows {} kernel {} pool credentials {} {} token {}, anonymous {} {:?}",
                p.path,
                if p.is_application { "" } else { " (location)" },
                p.pool,
                w.enabled.value,
                w.use_kernel_mode.value,
                w.use_app_pool_credentials.value,
                providers.join("+"),
                w.token_checking.value,
                p.anonymous.enabled.value,
                p.anonymous.user_name.value
            )
            .unwrap();
        }
    }
    for p in &*server.application_pools {
        writeln!(out, "pool {} {:?} {:?}", p.name.value, p.identity.value, p.user_name.as_ref().map(|u| &u.value)).unwrap();
    }
    insta::assert_snapshot!(out, @r#"
    Read Some(DocumentId(2)) module Some(true) of 3 sites
    Internal Skype for Business Server Internal Web Site Some(34577)
      application / pool LyncIntFeature exists true
      application /Abs pool lyncintfeature exists true
      application /Cscp pool CsManagementAppPool exists true
      application /Gone pool NoSuchPool exists false
      / pool Some("LyncIntFeature"): windows true kernel false pool credentials false Negotiate+NTLM token None, anonymous false "IUSR"
      /Abs pool Some("lyncintfeature"): windows true kernel false pool credentials false Negotiate+NTLM token None, anonymous false "IUSR"
      /abs/Files (location) pool Some("lyncintfeature"): windows true kernel false pool credentials false NTLM token Allow, anonymous false "IUSR"
      /Cscp pool Some("CsManagementAppPool"): windows true kernel false pool credentials false Negotiate+NTLM token None, anonymous false "IUSR"
      /Gone pool Some("NoSuchPool"): windows true kernel false pool credentials false Negotiate+NTLM token None, anonymous false "IUSR"
    External Skype for Business Server External Web Site Some(34578)
      application / pool LyncExtFeature exists true
      / pool Some("LyncExtFeature"): windows true kernel false pool credentials false Negotiate+NTLM token None, anonymous false "IUSR"
      /Meet (location) pool Some("LyncExtFeature"): windows false kernel false pool credentials false Negotiate+NTLM token None, anonymous true "CONTOSO\\meetuser"
    pool LyncIntFeature NetworkService None
    pool LyncExtFeature SpecificUser Some("CONTOSO\\kerbauth")
    pool CsManagementAppPool NetworkService Some("CONTOSO\\leftover")
    pool Reports SpecificUser Some("reports@corp.contoso.com")
    pool Managed SpecificUser Some("CONTOSO\\gmsa$")
    "#);
    assert_eq!(server.slots.len(), 12);
    assert!(problems.is_empty());
    assert_eq!(server.history, [DocumentId(9)]);
}

#[test]
fn nothing_that_is_kept_shows_a_secret() {
    let (server, problems) = read(PRODUCT, &Settings::default());
    let shown = format!("{server:?} {problems:?}");
    assert!(server.slots.iter().any(|s| matches!(s.secret, SecretState::Opened { .. })));
    assert!(!shown.contains("canary") && !shown.contains("[enc:"));
}

#[test]
fn origins_are_those_of_the_document() {
    let document = document(2, PRODUCT);
    let (server, _) = read(PRODUCT, &Settings::default());
    let check = |origin: &kerbsync_source::Origin, text: &str| {
        let at = origin.location().unwrap();
        assert_eq!(&PRODUCT[at.byte_start as usize..at.byte_end as usize], text);
        let element = document.root().descendants().filter(|e| e.start_tag().start <= at.byte_start as usize).last().unwrap();
        let attribute = text.split('=').next().unwrap();
        assert_eq!(origin.element(), format!("{}/@{attribute}", element.path_from_root()));
        if let Some(excerpt) = &origin.excerpt() {
            assert_eq!(**excerpt, document.masked_line(at.byte_start as usize));
        }
    };
    let site = server.web_site(WebSiteRole::Internal).unwrap();
    let files = site.authentication.iter().find(|p| &*p.path == "/abs/Files").unwrap();
    check(&server.cite(&site.applications[3].path).origin, "path=\"/Gone\"");
    check(&server.cite(&site.authentication[0].windows.enabled).origin, "enabled=\"true\"");
    check(&server.cite(&files.windows.token_checking).origin, "tokenChecking=\"Allow\"");
    check(&server.cite(&files.windows.providers[0]).origin, "value=\"NTLM\"");
    check(
        &server.cite(server.application_pool("lyncextfeature").unwrap().user_name.as_ref().unwrap()).origin,
        "userName=\"CONTOSO\\kerbauth\"",
    );
    // A schema default is the whole document's.
    assert_eq!(server.cite(&site.authentication[0].windows.use_app_pool_credentials).origin.location(), None);
    // What may have to be shown has an excerpt; what is unremarkable has none, since it costs most.
    assert!(server.cite(&site.authentication[0].windows.enabled).origin.excerpt().is_some());
    assert!(server.cite(&files.windows.providers[0]).origin.excerpt().is_some(), "NTLM alone is remarkable");
    assert!(server.cite(&site.applications[3].pool).origin.excerpt().is_some(), "the pool does not exist");
    assert!(server.cite(&site.applications[0].pool).origin.excerpt().is_none());
    // Below the root, an unremarkable path that is off has the place that switches it off, and the rest only the document.
    let place = |origin: &kerbsync_source::Origin| (origin.document, origin.location().is_some());
    let abs = &site.authentication.iter().find(|p| &*p.path == "/Abs").unwrap().windows;
    assert!(abs.enabled.value && place(&server.cite(&abs.enabled).origin) == (DocumentId(2), false));
    assert!(abs.providers.iter().all(|p| place(&server.cite(p).origin) == (DocumentId(2), false)));
    let external = server.web_site(WebSiteRole::External).unwrap();
    let meet = &external.authentication.iter().find(|p| &*p.path == "/Meet").unwrap().windows;
    assert!(!meet.enabled.value && place(&server.cite(&meet.enabled).origin) == (DocumentId(2), true));
    assert!(server.cite(&meet.enabled).origin.excerpt().is_none() && !place(&server.cite(&meet.use_kernel_mode).origin).1);
}

#[test]
fn as_much_is_kept_of_each_place_as_the_inventory_says() {
    let (mut server, _) = read(PRODUCT, &Settings::default());
    let whole = kerbsync_source::Origin::document(DocumentId(2));
    let (mut dropped, mut places, mut excerpts) = (0, 0, 0);
    citable::visit(&mut server, |value, kept| {
        let Citation { origin, why_dropped } = value.citation(DocumentId(2));
        match kept {
            Kept::Dropped(why) => {
                assert_eq!((origin, why_dropped), (whole.clone(), Some(why)));
                dropped += 1;
            }
            // What no line of the file says is a schema default: the whole document's.
            _ if origin == whole => assert_eq!(why_dropped, None),
            Kept::Place => places += usize::from(origin.location().is_some()),
            Kept::Excerpt => excerpts += usize::from(origin.excerpt().is_some()),
        }
    });
    assert!(dropped > 0 && places > 0 && excerpts > 0, "{dropped} {places} {excerpts}");
}

#[test]
fn servers_share_their_texts() {
    let tagger = Tagger::new().unwrap();
    let settings = Settings::default();
    let context = Context::new(&settings, &[], &tagger);
    let documents = [document(1, PRODUCT), document(2, PRODUCT)];
    let [a, b] = documents.each_ref().map(|d| read_server(input(d, &[]), &context, &mut Vec::new()));
    let origin = |s: &ServerConfiguration| s.cite(&s.web_sites[0].authentication[0].windows.enabled).origin;
    assert!(std::sync::Arc::ptr_eq(&origin(&a).shared_element(), &origin(&b).shared_element()));
    assert!(std::sync::Arc::ptr_eq(&origin(&a).shared_excerpt().unwrap(), &origin(&b).shared_excerpt().unwrap()));
}

#[test]
fn settings_name_web_sites_and_slots() {
    let settings = Settings {
        web_sites: WebSiteSetting { internal: Some("default web site".into()), external: None },
        slots: vec![SlotSetting {
            section: "contoso/services/vault".into(),
            location: None,
            items: Vec::new(),
            account: Some("identity".into()),
            secret: "token".into(),
        }],
        ..Settings::default()
    };
    let (server, _) = read(PRODUCT, &settings);
    let names: Vec<_> = server.web_sites.iter().map(|s| (s.role, s.name.value.as_str())).collect();
    assert_eq!(
        names,
        [(WebSiteRole::Internal, "Default Web Site"), (WebSiteRole::External, "Skype for Business Server External Web Site")]
    );
    let vault = server.slots.iter().find(|s| s.layout == LayoutId::Declared).unwrap();
    assert_eq!((vault.relevance, vault.account.text.as_str()), (SlotRelevance::Expected, "CONTOSO\\vault"));
    assert!(matches!(vault.secret, SecretState::Clear(_)));
}

#[test]
fn web_sites_are_recognised_by_id_only_together_with_the_products_pools() {
    let text = |pool: &str| {
        format!(
            "<configuration><system.applicationHost><sites><site name='Renamed' id='34578'><application path='/' applicationPool='{pool}'/></site></sites></system.applicationHost></configuration>"
        )
    };
    let role = |pool: &str| read(&text(pool), &Settings::default()).0.web_sites.first().map(|s| s.role);
    assert_eq!(role("lyncextfeature"), Some(WebSiteRole::External));
    assert_eq!(role("DefaultAppPool"), None);
}

#[test]
fn shared_configuration_leads_elsewhere() {
    let tagger = Tagger::new().unwrap();
    let settings = Settings::default();
    let context = Context::new(&settings, &[], &tagger);
    let (configuration, redirection) = (document(1, PRODUCT), document(2, REDIRECTION));
    let server = read_server(ServerFiles { redirection: Some(&redirection), ..input(&configuration, &[]) }, &context, &mut Vec::new());
    let to = server.redirected_to.as_ref().unwrap();
    assert_eq!(to.value, "\\\\files.contoso.com\\iis");
    assert_eq!(to.origin.document, DocumentId(2));
    assert!(!format!("{server:?}").contains("canary"));
}

#[test]
fn a_configuration_that_is_missing_broken_or_a_fragment_is_said_so() {
    let tagger = Tagger::new().unwrap();
    let settings = Settings::default();
    let context = Context::new(&settings, &[], &tagger);
    let fragment = document(1, "<site name='x' id='1'/>");
    let missing = read_server(ServerFiles { configuration: None, ..input(&fragment, &[]) }, &context, &mut Vec::new());
    assert_eq!((missing.status, missing.document), (ServerStatus::Missing, None));
    let read_as_one = read_server(input(&fragment, &[]), &context, &mut Vec::new());
    let ServerStatus::Unreadable(problem) = &read_as_one.status else { panic!("unreadable") };
    assert!(problem.message.contains("fragment"));
    let broken =
        read_server(ServerFiles { configuration: Some((DocumentId(1), Err(problem))), ..input(&fragment, &[]) }, &context, &mut Vec::new());
    assert_eq!(broken.status, read_as_one.status);
}

#[test]
fn an_entry_that_is_there_already_is_told_once() {
    let text = PRODUCT.replacen("<remove value=\"negotiate\" />", "<add value=\"ntlm\" />", 1);
    let (_, problems) = read(&text, &Settings::default());
    assert_eq!(problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["iis-duplicate-entry"]);
}

#[test]
fn keys_are_read_or_say_why_not() {
    let source = |text: &str| Source::decode(DocumentId(5), text.as_bytes().to_vec()).unwrap();
    assert!(read_key_text(&source(&"0f".repeat(32))).is_ok());
    let problem = read_key_text(&source("canary")).err().unwrap();
    assert_eq!((problem.code, problem.document), ("key-file", DocumentId(5)));
    assert!(!problem.to_string().contains("canary"));
    assert!(read_key_xml(&document(6, "<RSAKeyValue/>")).is_err());
}

#[test]
fn servers_with_the_same_settings_share_them() {
    let (settings, tagger) = (Settings::default(), Tagger::new().unwrap());
    let context = Context::new(&settings, &[], &tagger).with_hardening(true);
    let hardening = |id: u32, text: &str| {
        let document = document(id, text);
        read_server(input(&document, &[]), &context, &mut Vec::new()).hardening.unwrap()
    };
    let moved = PRODUCT.replacen("<configuration>", "\n<configuration>", 1);
    let (first, second, third) = (hardening(1, PRODUCT), hardening(2, PRODUCT), hardening(3, &moved));
    assert!(Arc::ptr_eq(&first.facts, &second.facts));
    // In other places, or of another document, a value is told where it stands.
    assert!(!Arc::ptr_eq(&first.facts, &third.facts));
    let of = |hardening: &Hardening| hardening.origin_of(hardening.facts.iter().find(|f| f.spot.is_some()).unwrap());
    assert_eq!([of(&first), of(&second)].map(|o| o.document), [DocumentId(1), DocumentId(2)]);
    assert_eq!(of(&first).location(), of(&second).location());
    assert_ne!(of(&first).location(), of(&third).location());
}
