//! The oddities of real files (the checklist of the format's reference), one test each.

use crate::{PRODUCT, document, host};
use kerbsync_iis::{ApplicationHost, IdentityType, OverrideMode, TokenChecking};
use kerbsync_source::{Problem, Source};
use kerbsync_xml::{Document, Limits};

/// A configuration with one site `S`; `root` stands in the server-wide authentication element.
fn with(root: &str, locations: &str) -> String {
    format!(
        "<configuration><system.applicationHost><sites><site name='S' id='7'/></sites></system.applicationHost>
<system.webServer><security><authentication>{root}</authentication></security></system.webServer>{locations}</configuration>"
    )
}

fn location(path: &str, authentication: &str) -> String {
    format!(
        "<location path='{path}'><system.webServer><security><authentication>{authentication}</authentication></security></system.webServer></location>"
    )
}

fn providers(text: &str, path: &str) -> Vec<String> {
    let document = document(text);
    let site = host(&document).authentication("S", &mut Vec::<Problem>::new());
    site.at(path).windows.providers.iter().map(|p| p.value.to_string()).collect()
}

#[test]
fn a_location_in_a_comment_is_none() {
    let document = document(PRODUCT);
    assert_eq!(PRODUCT.matches("<location ").count(), host(&document).locations().len() + 1);
}

#[test]
fn lock_item_false_is_legal_and_override_mode_is_read() {
    let document = document(
        "<configuration><location path='' overrideMode='Allow'><x lockItem='false'/></location><location path='a' allowOverride='false'/></configuration>",
    );
    let host = host(&document);
    assert_eq!(host.locations().iter().map(|l| l.override_mode()).collect::<Vec<_>>(), [OverrideMode::Allow, OverrideMode::Deny]);
    assert!(host.locations()[0].inherit_in_child_applications());
}

#[test]
fn windows_authentication_may_hold_comments_only_or_a_lone_clear() {
    let two = "<windowsAuthentication><providers><add value='Negotiate'/><add value='NTLM'/></providers></windowsAuthentication>";
    let text = with(
        two,
        &[
            location("S/comment", "<windowsAuthentication enabled='true'><!-- nothing --></windowsAuthentication>"),
            location("S/cleared", "<windowsAuthentication enabled='false'><providers><clear/></providers></windowsAuthentication>"),
            location(
                "S/twice",
                "<windowsAuthentication><providers><clear/><clear/><add value='NTLM'/></providers></windowsAuthentication>",
            ),
            location("S/bare", "<windowsAuthentication><providers/></windowsAuthentication>"),
        ]
        .concat(),
    );
    assert_eq!(providers(&text, "comment"), ["Negotiate", "NTLM"]);
    assert!(providers(&text, "cleared").is_empty());
    assert_eq!(providers(&text, "twice"), ["NTLM"]);
    assert_eq!(providers(&text, "bare"), ["Negotiate", "NTLM"]);
}

#[test]
fn a_path_may_be_repeated_and_a_site_may_be_gone() {
    let text = with(
        "",
        &[
            location("S/a", "<windowsAuthentication enabled='true'/>"),
            location("s/A", "<anonymousAuthentication enabled='false'/>"),
            location("Gone/a", "<windowsAuthentication enabled='true'/>"),
        ]
        .concat(),
    );
    let document = document(&text);
    let host = host(&document);
    let at = host.authentication("S", &mut Vec::<Problem>::new()).at("/a");
    assert!(at.windows.enabled.value && !at.anonymous.enabled.value);
    assert_eq!(host.locations().len(), 3);
    assert!(host.authentication("Gone", &mut Vec::<Problem>::new()).at("a").windows.enabled.value);
}

#[test]
fn the_whole_server_is_written_in_three_ways() {
    for path in ["path=''", "path='.'", "path='/'", ""] {
        let text = with("<windowsAuthentication enabled='false'/>", &location("@", "<windowsAuthentication enabled='true'/>"))
            .replace("path='@'", path);
        let document = document(&text);
        assert!(host(&document).authentication("S", &mut Vec::<Problem>::new()).at("/").windows.enabled.value, "{path}");
    }
}

#[test]
fn a_pool_may_be_missing_or_spelled_in_other_letters() {
    let document = document(PRODUCT);
    let host = host(&document);
    let sites = host.sites();
    let pools: Vec<_> = sites[1].applications().map(|a| a.pool.value.to_string()).collect();
    assert_eq!(pools, ["LyncIntFeature", "lyncintfeature", "CsManagementAppPool", "NoSuchPool"]);
    let default = sites[0].applications().next().unwrap().pool;
    assert_eq!(default.value, "DefaultAppPool");
    assert!(!default.place.is_schema_default(), "from applicationDefaults");
}

#[test]
fn application_defaults_of_the_site_go_before_those_of_all_sites() {
    let text = "<configuration><system.applicationHost><sites>
<site name='a'><applicationDefaults applicationPool='Own'/><application path='/'/><application/></site>
<site name='b'><application path='/'/></site><site><application path='/x'/></site>
<applicationDefaults applicationPool='All'/></sites></system.applicationHost></configuration>";
    let document = document(text);
    let pools: Vec<Vec<String>> =
        host(&document).sites().iter().map(|s| s.applications().map(|a| a.pool.value.to_string()).collect()).collect();
    assert_eq!(pools, [vec!["Own", "Own"], vec!["All"], vec!["All"]]);
    let bare = crate::document(
        "<configuration><system.applicationHost><sites><site><application/></site></sites></system.applicationHost></configuration>",
    );
    let app = host(&bare).sites()[0].applications().next().unwrap();
    assert_eq!((&*app.path.value, &*app.pool.value, app.pool.place.is_schema_default()), ("/", "DefaultAppPool", true));
}

#[test]
fn identity_is_own_then_pool_defaults_then_schema() {
    let text = |defaults: &str| {
        format!(
            "<configuration><system.applicationHost><applicationPools>
<add name='own'><processModel identityType='localsystem'/></add><add name='silent'/><add name='odd'><processModel identityType='Nobody'/></add>
<add/>{defaults}</applicationPools></system.applicationHost></configuration>"
        )
    };
    let identities = |text: &str| {
        let document = document(text);
        host(&document).pools().iter().map(|p| p.identity().value).collect::<Vec<_>>()
    };
    use IdentityType::{ApplicationPoolIdentity as A, LocalSystem as L, NetworkService as N};
    assert_eq!(identities(&text("<applicationPoolDefaults><processModel identityType='2'/></applicationPoolDefaults>")), [L, N, N]);
    assert_eq!(identities(&text("<applicationPoolDefaults><processModel/></applicationPoolDefaults>")), [L, A, A]);
    assert_eq!(identities(&text("")), [L, A, A]);
}

#[test]
fn numeric_newlines_in_values_are_decoded() {
    let document = document(
        "<configuration><system.applicationHost><applicationPools><add name='a&#xA;b'/></applicationPools></system.applicationHost></configuration>",
    );
    assert_eq!(host(&document).pools()[0].name().value, "a\nb");
}

#[test]
fn a_mark_other_line_ends_and_a_missing_last_one_change_nothing() {
    let facts = |bytes: Vec<u8>| {
        let document = Document::parse(Source::decode(kerbsync_source::DocumentId(0), bytes).unwrap(), &Limits::default()).unwrap();
        let host = host(&document);
        (host.pools().len(), host.sites().len(), host.locations().len())
    };
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(PRODUCT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let lf = PRODUCT.replace("\r\n", "\n");
    for bytes in [PRODUCT.into(), lf.trim_end().as_bytes().to_vec(), ["\u{feff}", PRODUCT].concat().into_bytes(), utf16] {
        assert_eq!(facts(bytes), (6, 3, 6));
    }
}

#[test]
fn settings_of_the_root_reach_every_descendant() {
    let text = with(
        "<windowsAuthentication useKernelMode='false' useAppPoolCredentials='true'/>",
        &location("S/a", "<windowsAuthentication enabled='true'/>"),
    );
    let document = document(&text);
    let at = host(&document).authentication("S", &mut Vec::<Problem>::new()).at("/a/folder/file.aspx").windows;
    assert!(at.enabled.value && !at.use_kernel_mode.value && at.use_app_pool_credentials.value);
}

#[test]
fn no_protection_no_modules_no_pools_is_no_failure() {
    let document = document("<configuration/>");
    let mut problems = Vec::new();
    let host = ApplicationHost::read(&document, &mut problems).unwrap();
    assert!(host.providers().is_empty() && host.pools().is_empty() && host.sites().is_empty());
    assert_eq!(host.has_global_module("WindowsAuthenticationModule"), None);
    assert!(problems.is_empty());
}

#[test]
fn values_that_iis_does_not_know_are_reported_and_inherited() {
    let text = with(
        "<windowsAuthentication enabled='true'><extendedProtection tokenChecking='Require'/></windowsAuthentication>",
        &location(
            "S",
            "<windowsAuthentication enabled='yes'><providers><add/></providers><extendedProtection tokenChecking='Perhaps' flags='None'><spn name='HTTP/a'/><clearSpns/><spn name='HTTP/b'/></extendedProtection></windowsAuthentication>",
        ),
    );
    let document = document(&text);
    let mut problems = Vec::new();
    let at = host(&document).authentication("S", &mut problems).at("/").windows;
    assert!(at.enabled.value);
    assert_eq!(at.token_checking.value, TokenChecking::Require);
    assert_eq!(at.spns.iter().map(|s| &*s.value).collect::<Vec<_>>(), ["HTTP/b"]);
    let codes: Vec<_> = problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(codes.join("\n"), @r"
    line 2, column 285 (byte 387): attribute enabled of <windowsAuthentication> is not true or false: it was left out. IIS refuses such a file; correct the value.
    line 2, column 310 (byte 412): <add> without attribute value in <providers>: it was left out. IIS refuses such a file; complete the element.
    line 2, column 348 (byte 450): attribute tokenChecking of <extendedProtection> is not None, Allow or Require: it was left out. IIS refuses such a file; correct the value.
    ");
    assert!(!codes.concat().contains("Perhaps"), "values are not quoted");
}

#[test]
fn a_provider_that_is_there_already_is_a_fault_of_the_file() {
    let two = "<windowsAuthentication><providers><add value='Negotiate'/><add value='NTLM'/></providers></windowsAuthentication>";
    let text =
        with(two, &location("S/a", "<windowsAuthentication><providers><add value='negotiate'/></providers></windowsAuthentication>"));
    let document = document(&text);
    let at = host(&document).authentication("S", &mut Vec::<Problem>::new()).at("a").windows;
    assert_eq!(at.providers.iter().map(|p| &*p.value).collect::<Vec<_>>(), ["Negotiate", "NTLM"]);
    assert_eq!(at.duplicates.len(), 1);
}

#[test]
fn a_section_in_another_file_is_told() {
    let document = document(&with("<windowsAuthentication configSource='other.config'/>", ""));
    let mut problems = Vec::new();
    let _ = host(&document).authentication("S", &mut problems);
    assert_eq!(problems[0].code, "iis-config-source");
}

#[test]
fn a_second_config_sections_is_told_and_the_first_counts() {
    let text = "<configuration><configSections><section name='a'/></configSections><configSections><section name='b'/></configSections></configuration>";
    let document = document(text);
    let mut problems = Vec::new();
    let host = ApplicationHost::read(&document, &mut problems).unwrap();
    assert_eq!(host.sections().iter().map(|s| s.path.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(problems[0].code, "iis-duplicate-section");
}
