//! What two configurations around a run of the cmdlet tell.

use crate::{CONFIGURATION_KEY, configuration, document, keys};
use kerbsync_credential::learn::{LearnContext, Learned, Noise, Strength, learn};
use kerbsync_credential::{Realms, WebSiteNames};
use kerbsync_iis::ApplicationHost;
use kerbsync_iis::protection::{KeyFile, protect};
use kerbsync_names::DownLevelName;
use kerbsync_secret::{Secret, Tagger};
use kerbsync_source::Problem;

const SECRET: &str = "[enc:AesProvider:QUJDRA==:enc]";

fn learned_with(before: &str, after: &str, account: Option<&str>, keys: &[KeyFile]) -> Learned {
    let (before, after) = (document(before), document(after));
    let mut problems: Vec<Problem> = Vec::new();
    let (before, after) = (ApplicationHost::read(&before, &mut problems).unwrap(), ApplicationHost::read(&after, &mut problems).unwrap());
    let account = account.map(|a| DownLevelName::parse(a).unwrap().name);
    let (tagger, realms, web_sites) =
        (Tagger::new().unwrap(), Realms::from_iter([("corp.contoso.com", "CONTOSO")]), WebSiteNames::default());
    learn(&before, &after, LearnContext { keys, tagger: &tagger, account: account.as_ref(), realms: &realms, web_sites: &web_sites })
}

fn learned(before: &str, after: &str) -> Learned {
    learned_with(&configuration("", before), &configuration("", after), None, &[])
}

/// One line per place, and the numbers of changes that matter and that are noise.
fn told(learned: &Learned) -> String {
    let mut lines: Vec<String> = learned
        .places
        .iter()
        .map(|p| {
            let declared = match &p.declaration {
                Ok(d) => format!(
                    "{} @{:?} {:?} {} {}",
                    d.section,
                    d.location.as_deref().unwrap(),
                    d.items,
                    d.account_attribute.as_deref().unwrap_or("-"),
                    d.secret_attribute
                ),
                Err(why) => format!("not declared: {why}"),
            };
            format!("{} {} {} | {declared}", p.strength.name(), p.how.name(), p.account.as_deref().unwrap_or("-"))
        })
        .collect();
    let noise = learned.changes.iter().filter(|c| c.noise.is_some()).count();
    lines.push(format!("{} changes, {noise} noise", learned.changes.len() - noise));
    lines.join("\n")
}

#[test]
fn a_place_that_appeared_is_found_whatever_it_is_called() {
    let after = format!(r#"<contoso><holder onBehalf="A\kerb" blob="{SECRET}"/></contoso>"#);
    insta::assert_snapshot!(told(&learned("<contoso/>", &after)), @r#"
    strong appeared - | contoso/holder @"" [] onBehalf blob
    1 changes, 0 noise
    "#);
}

#[test]
fn a_new_password_changes_the_secret_alone() {
    let with = |value: &str| {
        format!(
            r#"<location path="Lync Server Internal Web Site"><contoso><holder userName="A\kerb" blob="[enc:AesProvider:{value}:enc]"/></contoso></location>"#
        )
    };
    insta::assert_snapshot!(told(&learned(&with("QUJDRA=="), &with("RUZHSA=="))), @r#"
    strong secret-changed A\kerb | contoso/holder @"Lync Server Internal Web Site" [] userName blob
    1 changes, 0 noise
    "#);
}

#[test]
fn a_secret_without_a_readable_account_is_a_place_too() {
    let after = r#"<contoso><holder blob="QWxhZGRpbjpvcGVuIHNlc2FtZTEyMw=="/></contoso><other><who sealed="[enc:IISCngProvider:QUJDRA==:enc]"/></other>"#;
    insta::assert_snapshot!(told(&learned("<contoso/><other/>", after)), @r#"
    fair appeared - | other/who @"" [] - sealed
    weak appeared - | contoso/holder @"" [] - blob
    2 changes, 0 noise
    "#);
}

#[test]
fn keyed_items_and_items_of_collections_are_declared_so_that_they_alone_are_found() {
    let after = format!(
        r#"<contoso><settings><add key="Account" value="A\kerb"/><add key="Blob" value="{SECRET}"/></settings>
<list><add name="Kerb" who="A\kerb" blob="{SECRET}"/><add name="Other" who="A\other" blob="{SECRET}"/></list>
<pair><who>A\kerb</who><password>p</password></pair></contoso>"#
    );
    insta::assert_snapshot!(told(&learned("<contoso/>", &after)), @r#"
    strong appeared A\kerb | contoso/settings @"" [] Account Blob
    strong appeared - | contoso/list/add @"" ["Kerb"] who blob
    strong appeared - | contoso/list/add @"" ["Other"] who blob
    fair appeared - | contoso/pair @"" [] - password
    3 changes, 0 noise
    "#);
}

#[test]
fn the_account_whose_password_was_set_decides_between_places() {
    let after = format!(r#"<contoso><one user="A\other" blob="{SECRET}"/><two user="kerb$" blob="{SECRET}"/></contoso>"#);
    let learned = learned_with(&configuration("", ""), &configuration("", &after), Some("A\\kerb"), &[]);
    insta::assert_snapshot!(told(&learned), @r#"
    strong appeared kerb$ | contoso/two @"" [] user blob
    weak appeared A\other | contoso/one @"" [] user blob
    1 changes, 0 noise
    "#);
    assert!(learned.places[0].score > learned.places[1].score);
}

#[test]
fn what_is_changed_all_the_time_is_noise() {
    let before =
        r#"<system.webServer><tracing><traceUrls/></tracing><x lastSaved="2026-03-01T08:00:00Z" version="12"/></system.webServer>"#;
    let after = r#"<system.webServer><tracing><traceUrls><add value="/a"/></traceUrls></tracing><x lastSaved="2026-03-02T08:00:00Z" version="13"/></system.webServer>"#;
    let (before, after) = (
        configuration("<add name=\"P\" autoStart=\"true\"/>", before),
        configuration("<add name=\"P\" autoStart=\"false\"><recycling/></add>", after),
    );
    insta::assert_snapshot!(told(&learned_with(&before, &after, None, &[])), @"0 changes, 5 noise");
}

#[test]
fn no_noise_hides_a_secret() {
    let after = format!(r#"<system.webServer><httpLogging userName="A\kerb" password="{SECRET}"/></system.webServer>"#);
    insta::assert_snapshot!(told(&learned("<system.webServer/>", &after)), @r#"
    strong appeared A\kerb | system.webServer/httpLogging @"" [] userName password
    1 changes, 0 noise
    "#);
}

/// The form of a value in clear decides nothing: one that looks like an address or an account is masked all the same.
#[test]
fn a_value_that_no_name_calls_an_account_is_never_shown() {
    let after = r#"<contoso><holder first="P@ssw0rd-1" second="Pa\ssw0rd-2" third="[enc:AesProvider:QUJDRA==:enc]" password="P@ssw0rd-3"/></contoso>"#;
    let learned = learned("<contoso/>", after);
    let all = format!("{learned:?}");
    assert!(!all.contains("ssw0rd") && !all.contains("QUJDRA"), "{all}");
    assert!(learned.places.iter().any(|p| p.strength == Strength::Strong), "{}", told(&learned));
}

#[test]
fn the_same_secret_encrypted_anew_is_noise_where_a_key_opens_both() {
    let document = document(crate::PRODUCT);
    let mut problems: Vec<Problem> = Vec::new();
    let host = ApplicationHost::read(&document, &mut problems).unwrap();
    let providers = host.providers();
    let aes = providers.iter().find(|p| p.name().value == "AesProvider").unwrap();
    let known = crate::PRODUCT.lines().find(|l| l.contains("<kerberosWebAuthentication")).unwrap().split('"').nth(3).unwrap();
    let sealed = |text: &str| {
        let value = protect(aes, &keys(&[CONFIGURATION_KEY]), &Secret::new(text.to_owned()), true).unwrap();
        crate::PRODUCT.replace(known, &format!("[enc:AesProvider:{}:enc]", value.payload()))
    };
    let compared = |before: &str, after: &str, keys: &[KeyFile]| {
        let learned = learned_with(before, after, None, keys);
        let noise = learned.changes.iter().filter(|c| c.noise == Some(Noise::EncryptedAnew)).count();
        (learned.changes.len(), noise, learned.places.len())
    };
    let (first, again, other) = (sealed("one"), sealed("one"), sealed("two"));
    assert_ne!(first, again);
    assert_eq!(compared(&first, &again, &keys(&[CONFIGURATION_KEY])), (1, 1, 0));
    assert_eq!(compared(&first, &other, &keys(&[CONFIGURATION_KEY])), (1, 0, 1));
    assert_eq!(compared(&first, &again, &[]), (1, 0, 1), "without the key nothing tells");
}
