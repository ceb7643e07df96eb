//! Pairs found by structure alone, and what is not taken for one.

use crate::{configuration, find, table};
use proptest::prelude::*;

/// Account and secret of every slot in a fragment of a section.
fn pairs(section: &str) -> Vec<String> {
    let slots = find(&configuration("", &format!("<contoso>{section}</contoso>")));
    slots.iter().map(|s| format!("{}={} {}", s.account_attribute, s.account.value.text, s.secret_attribute)).collect()
}

#[test]
fn the_best_account_beside_a_secret_is_taken() {
    for (section, expected) in [
        (r#"<x password="p" userName="A\b"/>"#, "userName=A\\b password"),
        (r#"<x DbPwd='p' login='bare'/>"#, "login=bare DbPwd"),
        (r#"<x opaque="[ENC:Some:QUJD:enc]" owner="b@corp.contoso.com"/>"#, "owner=b@corp.contoso.com opaque"),
        // A telling name with the form of an account goes before a bare name, and that before anything else.
        (r#"<x user="bare" other="A\formed" identity="A\both" clientSecret="p"/>"#, "identity=A\\both clientSecret"),
        (r#"<x user="bare" other="A\formed" clientSecret="p"/>"#, "other=A\\formed clientSecret"),
        (r#"<x folderPath="A\b" user="bare" clientSecret="p"/>"#, "user=bare clientSecret"),
    ] {
        assert_eq!(pairs(section), [expected], "{section}");
    }
}

#[test]
fn a_pair_may_sit_in_children_of_one_parent() {
    for (section, expected) in [
        (r#"<s><account>A\b</account><password>p</password></s>"#, "account=A\\b password"),
        (r#"<s><add key="KerbUser" value="A\b"/><add key="KerbPassword" value="p"/></s>"#, "KerbUser=A\\b value"),
        (r#"<s><add name="x" value="[enc:A:QUJD:enc]"/><add name="y" value="b@corp.contoso.com"/></s>"#, "y=b@corp.contoso.com value"),
        (r#"<s user="A\b"><secret value="p" name="secret"/></s>"#, "user=A\\b value"),
        (r#"<s><who login="A\b"/><what><![CDATA[[enc:A:QUJD:enc]]]></what></s>"#, "login=A\\b what"),
    ] {
        assert_eq!(pairs(section), [expected], "{section}");
    }
    // A sibling with a secret of its own does not speak for another.
    assert_eq!(pairs(r#"<s><add user="A\b" password="p"/><add password="q"/></s>"#), ["user=A\\b password"]);
}

#[test]
fn what_is_no_pair() {
    for section in [
        r#"<x useAppPoolCredentials="true" userName="A\b"/>"#,
        r#"<x passwordFormat="Hashed" minRequiredPasswordLength="7" userName="A\b"/>"#,
        r#"<x password="p"/>"#,
        r#"<x password="p" path="A\b" physicalPath="C:\x"/>"#,
        r#"<x password="p" userName=""/>"#,
        r#"<x password="p" userName="IUSR"/>"#,
        r#"<x userName="A\b"/>"#,
        r#"<!-- <x password="p" userName="A\b"/> -->"#,
        r#"<x><password></password><user>A\b</user></x>"#,
    ] {
        assert_eq!(pairs(section), Vec::<String>::new(), "{section}");
    }
}

#[test]
fn protection_providers_hold_no_account() {
    let rest = r#"<configProtectedData><providers><add name="A\b" userName="A\b" sessionKey="AAAA" password="x"/></providers></configProtectedData>"#;
    assert!(find(&configuration("", rest)).is_empty());
}

#[test]
fn a_structural_slot_names_its_section_and_location() {
    let rest = r#"<configSections><sectionGroup name="contoso"><section name="vault"/></sectionGroup></configSections>
<location path="Other/app"><contoso><vault><items><add user="A\b" password="p"/></items></vault></contoso></location>"#;
    insta::assert_snapshot!(table(&find(&configuration("", rest))), @r"
    structural [structural] Elsewhere line 6
      <add> of contoso/vault in 'Other/app' @ contoso/vault
      user: A\b = A\b
      password: clear A
    ");
}

proptest! {
    /// Whatever stands in attributes: nothing panics, and no clear secret is shown.
    #[test]
    fn any_values_are_survived(user in "[ -~é]{0,12}", secret in "[ -~é\\[\\]:]{0,16}", name in "(password|userName|[a-z]{1,8})") {
        let escape = |t: &str| t.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let secret = format!("canary{secret}");
        let text = configuration("", &format!(r#"<x userName="{}"><y {name}="{}" accountPwd="{}"/></x>"#, escape(&user), escape(&user), escape(&secret)));
        let slots = find(&text);
        prop_assert!(slots.len() <= 2);
        let shown = format!("{slots:?}");
        prop_assert!(!shown.contains("canary"));
    }
}
