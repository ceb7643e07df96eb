//! `schema`: what it lists and prints.

use super::Shell;
use serde_json::Value;

#[test]
fn every_document_that_is_listed_has_a_schema_that_names_it() {
    let shell = Shell::empty();
    let list = shell.run("schema");
    assert!(list.code == 0 && list.out.lines().count() >= kerbsync_report::SCHEMAS.len(), "{}", list.transcript());
    let mut ids = std::collections::BTreeSet::new();
    for name in list.out.lines() {
        let full = shell.run(&format!("schema {name}"));
        let schema: serde_json::Value = serde_json::from_str(&full.out).unwrap();
        assert!(full.out.contains(&format!("\"{name}\"")), "{name}");
        assert!(schema["$id"].as_str().is_some_and(|id| id.starts_with("urn:kerbsync:schema:") && ids.insert(id.to_owned())), "{name}");
        let mut mute = Vec::new();
        undescribed(&schema, &schema, name, &mut mute);
        assert!(mute.is_empty(), "fields without a description of their own: {mute:#?}");
        jsonschema::validator_for(&schema).unwrap();
        let short = name.strip_prefix("kerbsync.").unwrap().split('/').next().unwrap();
        assert_eq!(shell.run(&format!("schema {}", short.to_uppercase())), full);
    }
    for (format, name) in kerbsync_report::SCHEMAS {
        assert!(list.out.lines().any(|l| l == *format) && !name.is_empty(), "{format}");
    }
}

#[test]
fn a_name_that_is_none_is_told_with_the_nearest() {
    insta::assert_snapshot!(Shell::empty().run("schema reprot").transcript(), @r"
    --- standard error
    error: there is no document 'reprot'
    hint: did you mean report?
    hint: `kerbsync schema` lists them
    --- exit 2
    ");
}

/// Every field that is named in a schema and not described. Where a condition or an alternative names a field again, once is enough.
fn undescribed(schema: &Value, above: &Value, at: &str, mute: &mut Vec<String>) {
    if let Some(fields) = schema["properties"].as_object() {
        for name in fields.keys() {
            let told = |s: &Value| s["properties"][name]["description"].as_str().is_some_and(|d| d.len() > 5);
            if !told(schema) && !told(above) {
                mute.push(format!("{at}.{name}"));
            }
        }
    }
    match schema {
        Value::Object(map) => {
            for (key, inner) in map {
                let above = if matches!(key.as_str(), "if" | "then" | "else" | "not") { schema } else { inner };
                undescribed(inner, above, &format!("{at}/{key}"), mute);
            }
        }
        Value::Array(items) => items.iter().for_each(|inner| undescribed(inner, inner, at, mute)),
        _ => {}
    }
}

/// TOML as JSON: a day is a text there.
fn json_of(toml: &str) -> Value {
    fn of(value: toml::Value) -> Value {
        match value {
            toml::Value::String(s) => s.into(),
            toml::Value::Integer(i) => i.into(),
            toml::Value::Float(f) => f.into(),
            toml::Value::Boolean(b) => b.into(),
            toml::Value::Datetime(d) => d.to_string().into(),
            toml::Value::Array(items) => items.into_iter().map(of).collect(),
            toml::Value::Table(table) => Value::Object(table.into_iter().map(|(k, v)| (k, of(v))).collect()),
        }
    }
    of(toml::Value::Table(toml.parse().unwrap()))
}

#[test]
fn the_schema_of_the_settings_says_what_the_program_takes() {
    let shell = Shell::empty();
    let schema: Value = serde_json::from_str(&shell.run("schema kerbsync.toml").out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    shell.run("init DIR/new");
    let examples: String = shell
        .read("new/kerbsync.toml")
        .lines()
        .filter_map(|l| Some(l.strip_prefix('#').filter(|l| !l.starts_with(' '))?.to_owned() + "\n"))
        .collect();
    let errors: Vec<String> = validator.iter_errors(&json_of(&examples)).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    // A key that one takes and the other does not: what the program says it expects is what the schema names.
    let tables = [
        ("", "/properties"),
        ("[directory]\n", "/properties/directory/properties"),
        ("[thresholds]\n", "/properties/thresholds/properties"),
        ("[web_sites]\n", "/properties/web_sites/properties"),
        ("[simulated]\n", "/properties/simulated/properties"),
        ("[[slots]]\n", "/properties/slots/items/properties"),
        ("[[waivers]]\n", "/properties/waivers/items/properties"),
    ];
    for (table, pointer) in tables {
        shell.put("bad/kerbsync.toml", format!("{table}nonsense = 1\n").as_bytes());
        let said = shell.run("config show DIR/bad").err;
        let mut expected: Vec<&str> = said.split('`').skip(1).step_by(2).filter(|w| !w.contains(' ')).collect();
        let mut named: Vec<&str> = schema.pointer(pointer).unwrap().as_object().unwrap().keys().map(String::as_str).collect();
        expected.sort_unstable();
        named.sort_unstable();
        assert_eq!(expected, named, "{table}: {said}");
        assert!(!validator.is_valid(&json_of(&format!("{table}nonsense = 1\n"))), "{table}");
    }
}
