//! The list of the audit's formats is what lies on disk.
#![allow(clippy::disallowed_methods, reason = "the test reads and refreshes the committed list")]

use kerbsync_report::render::REPORT_FORMATS;
use std::collections::BTreeSet;
use std::path::Path;

const BEGIN: &str = "// formats:begin\n";
const END: &str = "// formats:end";

/// The files that declare a format.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut files = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "rs") && std::fs::read_to_string(&path).unwrap().contains("static FORMAT: ReportFormat =")
        {
            files.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    files
}

#[test]
fn the_list_is_what_lies_on_disk() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render");
    let (files, path) = (files(&folder), folder.join("mod.rs"));
    let text = std::fs::read_to_string(&path).unwrap();
    let start = text.find(BEGIN).expect("the begin mark") + BEGIN.len();
    let end = text.find(END).expect("the end mark");
    let known = text[start..end].lines().filter_map(|l| l.trim().strip_prefix('&')?.strip_suffix("::FORMAT,"));
    let mut order: Vec<&str> = known.filter(|module| files.contains(*module)).collect();
    let new: Vec<&str> = files.iter().map(String::as_str).filter(|module| !order.contains(module)).collect();
    order.extend(new);
    let modules: String = files.iter().map(|module| format!("mod {module};\n")).collect();
    let items: String = order.iter().map(|module| format!("    &{module}::FORMAT,\n")).collect();
    let block = format!(
        "{modules}\n/// Every format of the audit's report, in the order in which users are told of them.\n#[rustfmt::skip]\npub static \
         REPORT_FORMATS: &[&ReportFormat] = &[\n{items}];\n"
    );
    if text[start..end] != block {
        std::fs::write(&path, format!("{}{block}{}", &text[..start], &text[end..])).unwrap();
        panic!("the list of formats in render/mod.rs was out of date; it has been refreshed: run again");
    }
}

#[test]
fn each_has_a_name_of_its_own_and_says_what_it_is_for() {
    let names: BTreeSet<&str> = REPORT_FORMATS.iter().map(|f| f.name).collect();
    assert_eq!(names.len(), REPORT_FORMATS.len());
    for format in REPORT_FORMATS {
        assert!(format.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !format.name.is_empty(), "{}", format.name);
        assert!((5..=60).contains(&format.help.len()) && !format.help.ends_with('.'), "{}: {}", format.name, format.help);
    }
}
