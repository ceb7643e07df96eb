//! `schema`: what it lists and prints.

use super::Shell;

#[test]
fn every_document_that_is_listed_has_a_schema_that_names_it() {
    let shell = Shell::empty();
    let list = shell.run("schema");
    assert!(list.code == 0 && list.out.lines().count() >= kerbsync_report::SCHEMAS.len(), "{}", list.transcript());
    for name in list.out.lines() {
        let full = shell.run(&format!("schema {name}"));
        let schema: serde_json::Value = serde_json::from_str(&full.out).unwrap();
        assert!(full.out.contains(&format!("\"{name}\"")), "{name}");
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
