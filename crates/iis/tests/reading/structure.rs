//! Pools, sites, locations, providers, generations, redirection, and what is refused.

use crate::{PRODUCT, REDIRECTION, document, host};
use kerbsync_iis::protection::ProviderKind;
use kerbsync_iis::{ApplicationHost, Generation, Redirection, is_application_host, is_redirection, is_schema};
use kerbsync_source::Problem;
use std::fmt::Write as _;

#[test]
fn the_facts_of_a_whole_file() {
    let document = document(PRODUCT);
    let host = host(&document);
    let mut out = String::new();
    writeln!(out, "{} windows module {:?}", host.generation().name(), host.has_global_module("windowsauthenticationmodule")).unwrap();
    for p in host.pools() {
        let user = p.user_name().map_or("-".into(), |u| u.value);
        let from = if p.identity().place.is_schema_default() { "schema" } else { "file" };
        writeln!(out, "pool {}: {:?} ({from}) user {user}", p.name().value, p.identity().value).unwrap();
    }
    for s in host.sites() {
        let bindings: Vec<_> = s.bindings().map(|b| format!("{}/{}", b.protocol, b.information)).collect();
        writeln!(out, "site {} id {:?} {}", s.name().value, s.id(), bindings.join(" ")).unwrap();
        for a in s.applications() {
            let vdirs: Vec<_> = a.virtual_directories().map(|v| v.path().into_owned()).collect();
            writeln!(out, "  {} pool {} vdirs {}", a.path.value, a.pool.value, vdirs.join(" ")).unwrap();
        }
    }
    for l in host.locations() {
        writeln!(out, "location {:?} | {:?} {:?}", l.site(), l.path_in_site(), l.override_mode()).unwrap();
    }
    for p in host.providers() {
        writeln!(out, "provider {} {:?} {:?} oaep {}", p.name().value, p.kind(), p.key_container(), p.use_oaep()).unwrap();
    }
    insta::assert_snapshot!(out, @r#"
    IIS 8.x windows module Some(true)
    pool DefaultAppPool: ApplicationPoolIdentity (file) user -
    pool LyncIntFeature: NetworkService (file) user -
    pool LyncExtFeature: SpecificUser (file) user CONTOSO\kerbauth
    pool CsManagementAppPool: NetworkService (file) user CONTOSO\leftover
    pool Reports: SpecificUser (file) user reports@corp.contoso.com
    pool Managed: SpecificUser (file) user CONTOSO\gmsa$
    site Default Web Site id Some(1) http/*:80: net.pipe/*
      / pool DefaultAppPool vdirs / /share
    site Skype for Business Server Internal Web Site id Some(34577) https/*:443:
      / pool LyncIntFeature vdirs /
      /Abs pool lyncintfeature vdirs /
      /Cscp pool CsManagementAppPool vdirs /
      /Gone pool NoSuchPool vdirs /
    site Skype for Business Server External Web Site id Some(34578) https/*:4443:
      / pool LyncExtFeature vdirs /
    location None | "" Allow
    location Some("Skype for Business Server Internal Web Site") | "" Inherit
    location Some("Skype for Business Server External Web Site") | "" Inherit
    location Some("Skype for Business Server Internal Web Site") | "abs/Files" Inherit
    location Some("Skype for Business Server External Web Site") | "Meet" Inherit
    location Some("Retired Site") | "app" Inherit
    provider IISWASOnlyRsaProvider Rsa Some("iisWasKey") oaep false
    provider AesProvider Aes Some("iisConfigurationKey") oaep false
    provider IISWASOnlyAesProvider Aes Some("iisWasKey") oaep false
    "#);
}

#[test]
fn effective_authentication_names_the_line_of_every_value() {
    let document = document(PRODUCT);
    let host = host(&document);
    let site = host.authentication("skype for business server internal web site", &mut Vec::<Problem>::new());
    let mut out = String::new();
    for path in ["/", "/Abs", "/ABS/files/x.aspx", "/Absolute"] {
        let a = site.at(path);
        let line = |p: &kerbsync_iis::Place<'_>| p.location().map_or("schema".to_owned(), |l| l.position.line.to_string());
        let w = &a.windows;
        let providers: Vec<_> = w.providers.iter().map(|p| format!("{}@{}", p.value, line(&p.place))).collect();
        writeln!(
            out,
            "{path}: enabled {}@{} kernel {}@{} pool credentials {}@{} [{}] token {}@{} anonymous {}@{} as {}@{}",
            w.enabled.value,
            line(&w.enabled.place),
            w.use_kernel_mode.value,
            line(&w.use_kernel_mode.place),
            w.use_app_pool_credentials.value,
            line(&w.use_app_pool_credentials.place),
            providers.join(" "),
            w.token_checking.value.name(),
            line(&w.token_checking.place),
            a.anonymous.enabled.value,
            line(&a.anonymous.enabled.place),
            a.anonymous.user_name.value,
            line(&a.anonymous.user_name.place),
        )
        .unwrap();
    }
    insta::assert_snapshot!(out, @r"
    /: enabled true@148 kernel false@118 pool credentials false@schema [Negotiate@151 NTLM@152] token None@schema anonymous false@155 as IUSR@112
    /Abs: enabled true@148 kernel false@118 pool credentials false@schema [Negotiate@151 NTLM@152] token None@schema anonymous false@155 as IUSR@112
    /ABS/files/x.aspx: enabled true@148 kernel false@118 pool credentials false@schema [NTLM@152] token Allow@185 anonymous false@155 as IUSR@112
    /Absolute: enabled true@148 kernel false@118 pool credentials false@schema [Negotiate@151 NTLM@152] token None@schema anonymous false@155 as IUSR@112
    ");
}

#[test]
fn origins_show_the_line_with_secrets_masked() {
    let document = document(PRODUCT);
    let host = host(&document);
    let pools = host.pools();
    let pool = pools.iter().find(|p| p.name().value == "Reports").unwrap();
    let origin = pool.user_name().unwrap().place.origin(document.source().document());
    insta::assert_snapshot!(format!("{}\n{}", origin.element(), origin.excerpt().as_ref().unwrap().trim()), @r#"
    configuration/system.applicationHost/applicationPools/add[@name='Reports']/processModel/@userName
    <processModel identityType="SpecificUser" userName="reports@corp.contoso.com" password="***" />
    "#);
    let bare = pool.user_name().unwrap().place.origin_without_excerpt(document.source().document());
    assert_eq!((bare.location(), bare.element(), &bare.excerpt()), (origin.location(), origin.element(), &None));
}

#[test]
fn sections_have_their_whole_path() {
    let document = document(PRODUCT);
    let host = host(&document);
    let sections = host.sections();
    let windows = sections.iter().find(|s| s.path == "system.webServer/security/authentication/windowsAuthentication").unwrap();
    assert!(!windows.overridable());
    assert_eq!(sections.iter().find(|s| s.path == "system.applicationHost/sites").unwrap().allow_definition(), "AppHostOnly");
    assert_eq!(sections.iter().find(|s| s.path == "contoso/services").unwrap().allow_definition(), "Everywhere");
    assert_eq!(host.section_depth("system.webServer/odbcLogging/x/y"), Some(2));
    assert_eq!(host.section_depth("contoso"), None);
    assert_eq!(host.section_depth("contoso/unknown/x"), None);
}

#[test]
fn fragments_and_other_documents_are_refused_with_a_clear_problem() {
    let refusal = |text: &str| ApplicationHost::read(&document(text), &mut Vec::<Problem>::new()).unwrap_err().to_string();
    insta::assert_snapshot!(refusal("<site name='x' id='1'/>"), @r"line 1, column 1 (byte 0): the root element is <site>: an applicationHost.config has <configuration>; this is a fragment of one. Export the whole file %windir%\System32\inetsrv\config\applicationHost.config.");
    insta::assert_snapshot!(refusal("\n<Topology/>"), @r"line 2, column 1 (byte 1): the root element is <Topology>: an applicationHost.config has <configuration>. Export the whole file %windir%\System32\inetsrv\config\applicationHost.config.");
    assert!(refusal("<location path='x'/>").contains("fragment") && refusal("<system.applicationHost/>").contains("fragment"));
}

#[test]
fn documents_are_recognised_by_content() {
    let kinds = |text: &str| {
        let d = document(text);
        (is_application_host(&d), is_redirection(&d), is_schema(&d))
    };
    assert_eq!(kinds(PRODUCT), (true, false, false));
    assert_eq!(kinds(REDIRECTION), (false, true, false));
    let stock = "<configuration><configSections><section name='configurationRedirection'/></configSections></configuration>";
    assert_eq!(kinds(stock), (false, true, false));
    assert_eq!(kinds("<configuration><system.applicationHost/></configuration>"), (true, false, false));
    assert_eq!(kinds("<configuration><system.webServer/></configuration>"), (false, false, false), "a web.config");
    assert_eq!(kinds("<configSchema><sectionSchema name='x'/></configSchema>"), (false, false, true));
}

#[test]
fn redirection_says_where_the_configuration_is() {
    let read = |text: &str| {
        let document = document(text);
        let mut problems = Vec::new();
        let r = Redirection::read(&document, &mut problems).unwrap();
        (r.enabled.value, r.path.map(|p| p.value.into_owned()), problems.len())
    };
    assert_eq!(read(REDIRECTION), (true, Some("\\\\files.contoso.com\\iis".into()), 0));
    assert_eq!(read("<configuration><configurationRedirection/></configuration>"), (false, None, 0));
    assert_eq!(read("<configuration><configurationRedirection enabled='TRUE'/></configuration>"), (true, None, 1));
    assert_eq!(read("<configuration/>"), (false, None, 0));
    assert!(Redirection::read(&document("<x/>"), &mut Vec::<Problem>::new()).is_err());
}

#[test]
fn generations_are_told_by_sections_and_providers() {
    let of = |providers: &[(&str, &str)], section: &str, image: &str| {
        let providers: String = providers.iter().map(|(n, t)| format!("<add name='{n}' type='{t}'/>")).collect();
        let text = format!(
            "<configuration><configSections><sectionGroup name='system.webServer'><section name='globalModules'/><section name='{section}'/></sectionGroup></configSections>
<configProtectedData><providers>{providers}</providers></configProtectedData>
<system.webServer><globalModules><add name='x' image='{image}'/></globalModules></system.webServer></configuration>"
        );
        host(&document(&text)).generation()
    };
    let aes = ("AesProvider", "Microsoft.ApplicationHost.AesProtectedConfigurationProvider");
    let cng = ("IISCngProvider", "Microsoft.ApplicationHost.CngProtectedConfigurationProvider");
    assert_eq!(of(&[aes], "x", ""), Generation::Iis7);
    assert_eq!(of(&[aes], "webSocket", ""), Generation::Iis8);
    assert_eq!(of(&[cng, aes], "webSocket", ""), Generation::Iis10);
    assert_eq!(of(&[cng], "webSocket", ""), Generation::Iis10CngOnly);
    assert_eq!(of(&[aes], "webSocket", "%IIS_BIN%\\x.dll"), Generation::Express);
    assert_eq!(of(&[], "webSocket", ""), Generation::Unknown);
    assert_eq!(Generation::Iis8.defaults().general_provider, Some("AesProvider"));
    assert_eq!(Generation::Iis10.defaults().pool_provider, Some("IISWASOnlyCngProvider"));
}

#[test]
fn provider_kinds_go_by_type_and_directives_apply() {
    let text = "<configuration><configProtectedData><providers>
<add name='gone' type=''/><clear/><add name='rsa' type=''/>
<add name='net' type='System.Configuration.RsaProtectedConfigurationProvider, System.Configuration'/>
<add name='aes' type='Microsoft.ApplicationHost.AesProtectedConfigurationProvider'/>
<add type='x'/><add name='removed' type=''/><remove name='REMOVED'/></providers></configProtectedData></configuration>";
    let document = document(text);
    let kinds: Vec<_> = host(&document).providers().iter().map(|p| (p.name().value.to_string(), p.kind())).collect();
    let expected = [("rsa", ProviderKind::Rsa), ("net", ProviderKind::Other), ("aes", ProviderKind::Aes)].map(|(n, k)| (n.to_owned(), k));
    assert_eq!(kinds, expected);
}
