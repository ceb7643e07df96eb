//! Slots that are not there yet.

use crate::{PRODUCT, bare, change, creatable, lower, lowering, restore, step};
use kerbsync_plan::lower::{FieldState, Lower as _};

/// The lines that are new, with protected values cut.
fn new_lines(before: &str, after: &str) -> String {
    let old: Vec<&str> = before.lines().collect();
    let masked = |line: &str| match (line.find("[enc:"), line.find(":enc]")) {
        (Some(from), Some(to)) => {
            let provider = line[from + 5..].split(':').next().unwrap_or("");
            format!("{}[enc:{provider}:...{}", &line[..from], &line[to..])
        }
        _ => line.to_owned(),
    };
    after.lines().filter(|l| !old.contains(l)).map(masked).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_created_slot_looks_as_iis_writes_it() {
    let before = bare();
    let lowered = lower(&step(creatable().into_iter().map(|s| change(s, true)).collect()), before.as_bytes());
    let after = String::from_utf8(lowered.bytes).unwrap();
    insta::assert_snapshot!(new_lines(&before, &after), @r#"
            <add name="Bare" autoStart="true">
                <processModel identityType="SpecificUser" userName="CONTOSO\kerbnew" password="[enc:IISWASOnlyAesProvider:...:enc]" />
                <processModel identityType="SpecificUser" userName="CONTOSO\kerbnew" password="[enc:IISWASOnlyAesProvider:...:enc]" />
                    <kerberosWebAuthentication userName="CONTOSO\kerbnew" password="[enc:AesProvider:...:enc]" />
    <location path="Lync Server Internal Web Site">
                    <kerberosWebAuthentication userName="CONTOSO\kerbnew" password="[enc:AesProvider:...:enc]" />
    "#);
    let fields: Vec<String> = lowered.fields.iter().map(|f| format!("{}: {} <- {:?}", f.slot.label(), f.attribute, f.original)).collect();
    insta::assert_snapshot!(fields.join("\n"), @r#"
    application pool 'Bare': identityType <- Absent
    application pool 'Bare': userName <- Absent
    application pool 'Bare': password <- Absent
    application pool 'Bare': created elements: 1 <- Text(" />")
    application pool 'BareToo': identityType <- Absent
    application pool 'BareToo': userName <- Absent
    application pool 'BareToo': password <- Absent
    application pool 'BareToo': created elements: 1 <- Text(">\n            </add>")
    system.webServer/security/authentication/kerberosWebAuthentication in 'Lync Server Internal Web Site': userName <- Absent
    system.webServer/security/authentication/kerberosWebAuthentication in 'Lync Server Internal Web Site': password <- Absent
    system.webServer/security/authentication/kerberosWebAuthentication in 'Lync Server Internal Web Site': created elements: 5 <- Absent
    system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server External Web Site': userName <- Absent
    system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server External Web Site': password <- Absent
    system.webServer/security/authentication/kerberosWebAuthentication in 'Skype for Business Server External Web Site': created elements: 1 <- Absent
    "#);
}

/// What was there before, though empty, is not the run's to remove.
#[test]
fn an_empty_element_that_was_there_stays() {
    let empty =
        "    <location path=\"Lync Server Internal Web Site\">\n        <system.webServer>\n        </system.webServer>\n    </location>\n";
    let before = bare().replacen("</configuration>", &format!("{empty}</configuration>"), 1);
    let lowered = lower(&step(vec![change(creatable().remove(2), true)]), before.as_bytes());
    assert!(lowered.fields.iter().any(|f| f.attribute == "created elements: 3"), "{:?}", lowered.fields);
    let restored = restore(&lowered.fields, &lowered.bytes, before.as_bytes());
    assert_eq!(String::from_utf8(restored).unwrap(), before);
}

/// An attribute that somebody else put there keeps the element that the run created; the run's own go.
#[test]
fn a_created_element_stays_for_an_attribute_of_others() {
    let before = bare();
    let lowered = lower(&step(vec![change(creatable().remove(3), true)]), before.as_bytes());
    let ours = "<kerberosWebAuthentication userName=\"CONTOSO\\kerbnew\"";
    let theirs = "<kerberosWebAuthentication mode=\"theirs\" userName=\"CONTOSO\\kerbnew\"";
    let edited = String::from_utf8(lowered.bytes.clone()).unwrap().replacen(ours, theirs, 1);
    let restored = lowering().restore(&lowered.fields, edited.as_bytes(), Some(before.as_bytes())).unwrap();
    assert_eq!(new_lines(&before, &String::from_utf8(restored).unwrap()).trim(), "<kerberosWebAuthentication mode=\"theirs\" />");
}

#[test]
fn a_created_location_that_others_use_stays() {
    let before = bare();
    let lowered = lower(&step(vec![change(creatable().remove(2), true)]), before.as_bytes());
    let after = String::from_utf8(lowered.bytes).unwrap();
    let line = after.lines().position(|l| l.contains("Lync Server Internal Web Site") && l.contains("<location")).unwrap();
    // Another editor puts a section of its own into the new location.
    let mut lines: Vec<String> = after.lines().map(str::to_owned).collect();
    lines.insert(line + 2, "            <httpErrors errorMode=\"Custom\" />".into());
    let foreign = lines.join("\n") + "\n";
    let restored = String::from_utf8(restore(&lowered.fields, foreign.as_bytes(), before.as_bytes())).unwrap();
    insta::assert_snapshot!(new_lines(&before, &restored), @r#"
    <location path="Lync Server Internal Web Site">
            <httpErrors errorMode="Custom" />
    "#);
    assert_eq!(restored.matches("kerberosWebAuthentication").count(), before.matches("kerberosWebAuthentication").count());
}

#[test]
fn a_created_slot_of_which_another_changed_one_half_is_left_to_him() {
    let before = bare();
    let lowered = lower(&step(vec![change(creatable().remove(2), true)]), before.as_bytes());
    let foreign = String::from_utf8(lowered.bytes).unwrap().replace("CONTOSO\\kerbnew", "CONTOSO\\another");
    let states = lowering().states(&lowered.fields, foreign.as_bytes()).unwrap();
    // The new secret beside no account, or beside his, was never a credential.
    assert_eq!(states, [FieldState::Foreign, FieldState::Held, FieldState::Held]);
}

#[test]
fn a_credential_whose_site_was_renamed_is_not_called_untouched() {
    let before = bare();
    let lowered = lower(&step(vec![change(creatable().remove(2), true)]), before.as_bytes());
    let renamed = String::from_utf8(lowered.bytes.clone()).unwrap().replace("Lync Server Internal Web Site", "Another Web Site");
    let states = lowering().states(&lowered.fields, renamed.as_bytes()).unwrap();
    assert!(states.contains(&FieldState::Foreign) && !states.contains(&FieldState::Ours), "{states:?}");
    // Taken out by somebody, it is what it was.
    assert_eq!(lowering().states(&lowered.fields, before.as_bytes()).unwrap(), [FieldState::Original; 3]);
}

#[test]
fn the_account_stays_where_another_changed_the_password() {
    let before = PRODUCT.to_owned();
    let slots: Vec<_> = crate::addresses(before.as_bytes()).into_iter().map(|s| change(s, false)).collect();
    let count = slots.len();
    let lowered = lower(&step(slots), before.as_bytes());
    let of_pool = |f: &&kerbsync_plan::lower::FieldRecord| f.slot.layout == kerbsync_plan::LayoutId::AppPoolIdentity;
    let text = String::from_utf8(lowered.bytes.clone()).unwrap();
    let at = text.find("[enc:IISWASOnlyAesProvider:").unwrap();
    let end = at + text[at..].find(":enc]").unwrap() + 5;
    let foreign = format!("{}another{}", &text[..at], &text[end..]);
    let states = lowering().states(&lowered.fields, foreign.as_bytes()).unwrap();
    let broken: Vec<_> = lowered.fields.iter().zip(&states).filter(|(_, s)| **s == FieldState::Foreign).collect();
    let [(field, _)] = broken.as_slice() else { panic!("one password was changed, of {count} slots: {states:?}") };
    assert!(of_pool(field) && field.attribute == "password");
    for (other, state) in lowered.fields.iter().zip(&states).filter(|(f, _)| f.slot != field.slot) {
        assert_eq!(*state, FieldState::Ours, "{} of {}", other.attribute, other.slot.label());
    }
    let held = lowered.fields.iter().zip(&states).filter(|(f, s)| f.slot == field.slot && **s == FieldState::Held).count();
    assert!(held >= 1 && lowered.fields.iter().filter(|f| f.slot == field.slot).count() == held + 1);
    // What is taken back leaves that one pair alone, whole.
    let ours: Vec<_> = lowered.fields.iter().zip(&states).filter(|(_, s)| **s == FieldState::Ours).map(|(f, _)| f.clone()).collect();
    let restored = String::from_utf8(lowering().restore(&ours, foreign.as_bytes(), Some(before.as_bytes())).unwrap()).unwrap();
    assert!(restored.contains("password=\"another\"") && restored.matches("CONTOSO\\kerbnew").count() == 1, "{restored}");
}

/// Seed 62 of the canaries: a pool that ran as NetworkService could be set, and not be taken back.
#[test]
fn a_pool_that_ran_as_something_else_is_that_again() {
    let before = bare().replace(
        r#"<add name="Bare" autoStart="true" />"#,
        r#"<add name="Bare"><processModel identityType="NetworkService" idleTimeout="00:00:00" /></add>"#,
    );
    assert!(before.contains("NetworkService"));
    let lowered = lower(&step(vec![change(creatable().remove(0), true)]), before.as_bytes());
    let restored = restore(&lowered.fields, &lowered.bytes, before.as_bytes());
    assert_eq!(String::from_utf8(restored.clone()).unwrap(), before);
    let states: Vec<FieldState> = lowered.fields.iter().map(|f| lowering().state(f, &restored).unwrap()).collect();
    assert_eq!(states, [FieldState::Original; 3]);
}

#[test]
fn a_section_is_not_created_beside_its_other_form_for_the_whole_server() {
    // Stated for the whole server in a location with an empty path; the slot would stand outside of it.
    let address = |location: Option<&str>| {
        let mut slot = creatable().remove(2);
        let section = slot.key.section().to_owned();
        slot.key = kerbsync_inventory::SlotKey::Section { section, element: None, location: location.map(str::to_owned) };
        slot
    };
    let nested = |open: &str, close: &str| {
        let section = format!(
            "{open}<system.webServer><security><authentication><kerberosWebAuthentication enabled=\"true\" /></authentication></security></system.webServer>{close}\n"
        );
        bare().replacen("</configuration>", &format!("{section}</configuration>"), 1)
    };
    let (inside, other) = (nested("<location path=\".\">", "</location>"), nested("<location path=\"Other\">", "</location>"));
    let create = |location, text: &str| lowering().lower(&step(vec![change(address(location), true)]), text.as_bytes());
    let error = create(None, &inside).unwrap_err().to_string();
    assert!(error.contains("for the whole server too") && error.contains("on line "), "{error}");
    assert!(create(Some(""), &inside).is_ok(), "it is there, and is set");
    assert!(create(None, &other).is_ok() && create(None, &bare()).is_ok(), "another scope says nothing");
    // And the other way round.
    let outside = bare().replacen("<authentication>", "<authentication><kerberosWebAuthentication enabled=\"true\" />", 1);
    for root in ["", "/"] {
        let error = create(Some(root), &outside).unwrap_err().to_string();
        assert!(error.contains("for the whole server too") && error.contains("on line "), "{error}");
    }
    assert!(create(None, &outside).is_ok(), "it is there, and is set");
    // Also where it stands in a second group of its name.
    let error = create(Some(""), &nested("", "")).unwrap_err().to_string();
    assert!(error.contains("for the whole server too"), "{error}");
    let second = nested("<location path=\".\"><system.webServer />", "</location>");
    assert!(create(None, &second).unwrap_err().to_string().contains("for the whole server too"));
}

/// The kind of identity is changed where the plan lists it, and nowhere else.
#[test]
fn a_kind_of_identity_that_is_not_listed_stays() {
    let before = bare().replacen(
        r#"<add name="Bare" autoStart="true" />"#,
        r#"<add name="Bare"><processModel identityType="NetworkService" userName="CONTOSO\kerbold" password="in clear" /></add>"#,
        1,
    );
    let field = |attribute: &str| kerbsync_plan::FieldChange { attribute: attribute.into(), before: String::new(), after: String::new() };
    let listed = |names: &[&str]| {
        let fields = names.iter().map(|n| field(n)).collect();
        let change = kerbsync_plan::Change { fields, ..change(creatable().remove(0), false) };
        String::from_utf8(lower(&step(vec![change]), before.as_bytes()).bytes).unwrap()
    };
    let kept = listed(&["userName", "password"]);
    assert!(kept.contains(r#"<processModel identityType="NetworkService" userName="CONTOSO\kerbnew""#), "{}", new_lines(&before, &kept));
    let set = listed(&["identityType", "userName", "password"]);
    assert!(set.contains(r#"<processModel identityType="SpecificUser" userName="CONTOSO\kerbnew""#), "{}", new_lines(&before, &set));
}

/// Which item of a collection is meant is told by its attributes: where it is not there, no element of such a name is made up.
#[test]
fn an_item_of_a_collection_is_never_created() {
    let section = "system.webServer/security/authentication/kerberosWebAuthentication";
    let mut slot = creatable().remove(2);
    slot.layout = kerbsync_inventory::LayoutId::Declared;
    slot.key = kerbsync_inventory::SlotKey::Declared {
        section: section.to_owned(),
        path: format!("{section}/accounts/add[@name='first']"),
        location: Some("Lync Server Internal Web Site".to_owned()),
    };
    let error = lowering().lower(&step(vec![change(slot, true)]), bare().as_bytes()).unwrap_err().to_string();
    assert!(error.contains("are only set where they are"), "{error}");
}
