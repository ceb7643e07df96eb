//! What is read of a configuration does not depend on whether one like it was read before.

use super::*;
use crate::config::Settings;
use crate::server::{ServerFiles, read_key_xml, read_server};
use kerbsync_names::HostName;
use kerbsync_secret::Tagger;
use kerbsync_source::DocumentId;
use kerbsync_xml::Limits;

const PRODUCT: &str = include_str!("../../../../../fixtures/documents/iis/product.config");
const CONFIGURATION_KEY: &str = include_str!("../../../../../fixtures/documents/iis/keys/iisConfigurationKey.xml");

/// Servers that are read one after the other.
struct Run<'t> {
    settings: Settings,
    tagger: &'t Tagger,
    models: Models,
}

impl<'t> Run<'t> {
    fn new(tagger: &'t Tagger) -> Self {
        Self { settings: Settings::default(), tagger, models: Models::default() }
    }

    /// Everything that is known of a server, with what was noticed, and whether its configuration was like one before.
    fn read(&self, id: u32, text: &str) -> (String, bool) {
        let source = |id, text: &str| Source::decode(DocumentId(id), text.as_bytes().to_vec()).unwrap();
        let known = self.models.read(source(id, text));
        let is_alike = known.is_ok();
        let document = known.unwrap_or_else(|source| Document::parse(*source, &Limits::default()).unwrap());
        let key = Document::parse(source(90, CONFIGURATION_KEY), &Limits::default()).unwrap();
        let keys = [read_key_xml(&key).unwrap()];
        let context = Context::new(&self.settings, &[], self.tagger).with_models(Some(&self.models)).with_hardening(true);
        let mut problems = Vec::new();
        let files = ServerFiles {
            host: HostName::new("fe01.contoso.com").unwrap(),
            configuration: Some((DocumentId(id), Ok(&document))),
            redirection: None,
            keys: &keys,
            history: Vec::new(),
        };
        let server = read_server(files, &context, &mut problems);
        (format!("{server:#?}\n{problems:#?}"), is_alike)
    }
}

/// The value of the n-th attribute replaced by one of the same length, and that attribute; `None` behind the last one.
fn changed(n: usize, change: impl Fn(&str) -> String) -> Option<(String, String)> {
    let source = Source::decode(DocumentId(0), PRODUCT.as_bytes().to_vec()).unwrap();
    let document = Document::parse(source, &Limits::default()).unwrap();
    let (element, attribute) = document.root().descendants().flat_map(|e| e.attributes().map(move |a| (e, a))).nth(n)?;
    let (span, value) = (attribute.value_span(), change(attribute.raw_value()));
    let text = format!("{}{value}{}", &PRODUCT[..span.start], &PRODUCT[span.end..]);
    Some((format!("{}/@{}", element.path_from_root(), attribute.name()), text))
}

/// Letters turned, so that a value means something else: base64 stays base64 behind the name of a provider.
fn turned(value: &str) -> String {
    let turn = |c: char| match c {
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from(c as u8 + 1),
        'z' => 'a',
        'Z' => 'A',
        '9' => '0',
        c => c,
    };
    match value.strip_prefix("[enc:").and_then(|v| v.split_once(':')) {
        Some((provider, rest)) => match rest.strip_suffix(":enc]") {
            Some(sealed) => format!("[enc:{provider}:{}:enc]", sealed.chars().map(turn).collect::<String>()),
            None => value.chars().map(turn).collect(),
        },
        None => value.chars().map(turn).collect(),
    }
}

#[test]
fn whatever_value_differs_a_server_is_read_as_if_it_were_the_only_one() {
    let tagger = Tagger::new().unwrap();
    let (mut differ, mut alike) = (0, Vec::new());
    for n in 0.. {
        let Some((place, text)) = changed(n, turned) else { break };
        let run = Run::new(&tagger);
        assert!(!run.read(1, PRODUCT).1);
        let (by_model, is_alike) = run.read(2, &text);
        let (anew, was_first) = Run::new(&tagger).read(2, &text);
        assert!(!was_first && by_model == anew, "{place}");
        differ += 1;
        if is_alike && text != PRODUCT {
            alike.push(place);
        }
    }
    assert!(differ > 100, "{differ}");
    insta::assert_snapshot!(alike.join("\n"), @r"
    configuration/configProtectedData/providers/add[@name='AesProvider']/@sessionKey
    configuration/configProtectedData/providers/add[@name='IISWASOnlyAesProvider']/@sessionKey
    configuration/system.applicationHost/applicationPools/add[@name='LyncExtFeature']/processModel/@password
    configuration/system.applicationHost/applicationPools/add[@name='CsManagementAppPool']/processModel/@password
    configuration/system.webServer/security/authentication/iisClientCertificateMappingAuthentication/oneToOneMappings/add/@password
    configuration/location[@path='Skype for Business Server Internal Web Site']/system.webServer/security/authentication/kerberosWebAuthentication/@password
    configuration/location[@path='Skype for Business Server External Web Site']/system.webServer/security/authentication/kerberosWebAuthentication/@password
    ");
}

#[test]
fn a_sealed_value_that_becomes_clear_or_another_provider_s_is_no_longer_alike() {
    let tagger = Tagger::new().unwrap();
    let sealed =
        (0..).map_while(|n| changed(n, str::to_owned).map(|(place, _)| (n, place))).filter(|(_, place)| place.ends_with("/@password"));
    for (n, place) in sealed {
        for change in [
            |value: &str| "x".repeat(value.len()),
            |value: &str| value.replacen("Provider", "Furnisher", 1).replacen("r:", ":", 1),
            |value: &str| " ".repeat(value.len()),
        ] {
            let Some((_, text)) = changed(n, change) else { continue };
            let run = Run::new(&tagger);
            run.read(1, PRODUCT);
            let (by_model, is_alike) = run.read(2, &text);
            assert!(by_model == Run::new(&tagger).read(2, &text).0, "{place}");
            assert!(!is_alike || text == PRODUCT, "{place}");
        }
    }
}

/// A line that something else shows may hold a sealed value as well, which is masked. Were it not, what was shown of the first server would
/// not be taken for the second.
#[test]
fn a_line_that_is_shown_for_another_value_is_that_of_the_server_itself() {
    let tagger = Tagger::new().unwrap();
    let text = |key: &str| {
        format!(
            "<configuration><configProtectedData><providers><add name='A' type='T' sessionKey='{key}'/></providers></configProtectedData>\
             <system.applicationHost><applicationPools><add name='LyncIntFeature'><processModel identityType='SpecificUser' userName='C\\u'/>\
             </add></applicationPools><sites/></system.applicationHost></configuration>"
        )
    };
    let (run, second) = (Run::new(&tagger), text("Zr8sLm20aVbc"));
    run.read(1, &text("kX93uqPzTfQ1"));
    let (by_model, is_alike) = run.read(2, &second);
    assert!(is_alike && by_model == Run::new(&tagger).read(2, &second).0);
    // As if the key had not been masked in the line that the identity of the pool shows.
    let model = run.models.0.write().unwrap().pop().unwrap();
    let mut model = Arc::into_inner(model).unwrap();
    model.shown[0].excerpt = "<add name='A' type='T' sessionKey='kX93uqPzTfQ1'/>".into();
    run.models.add(model);
    assert!(!run.read(2, &second).1);
}

#[test]
fn a_configuration_that_is_too_large_is_no_model() {
    let tagger = Tagger::new().unwrap();
    let is_model = |more: &str| {
        let run = Run::new(&tagger);
        let text = PRODUCT.replacen("</configuration>", &format!("{more}</configuration>"), 1);
        run.read(1, &text);
        run.read(1, &text).1
    };
    assert!(is_model(&" ".repeat(LARGEST - PRODUCT.len())) && is_model(&"<a/>".repeat(MOST_ELEMENTS / 2)));
    assert!(!is_model(&" ".repeat(LARGEST)) && !is_model(&"<a/>".repeat(MOST_ELEMENTS)));
}

#[test]
fn the_oldest_model_goes_first() {
    let tagger = Tagger::new().unwrap();
    let run = Run::new(&tagger);
    let text = |n: usize| format!("{PRODUCT}{}", "\n".repeat(n));
    for n in 0..=MOST {
        assert!(!run.read(1, &text(n)).1);
    }
    assert!(run.read(1, &text(MOST)).1 && run.read(1, &text(1)).1 && !run.read(1, &text(0)).1);
}
