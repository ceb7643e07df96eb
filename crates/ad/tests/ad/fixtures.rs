//! Every fixture gives the facts that stand beside it.

use crate::show::show;
use kerbsync_ad::{DirectoryFacts, looks_like_ldif, read_ldif, read_objects};
use kerbsync_source::{DocumentId, Problem, Source};
use kerbsync_xml::{Document, Limits};

/// Reads a document as the name of its fixture says.
fn read(name: &str, bytes: &[u8]) -> (Option<DirectoryFacts>, Vec<Problem>) {
    let source = Source::decode(DocumentId(0), bytes.to_vec()).unwrap();
    let mut problems = Vec::new();
    let objects = match name.rsplit('.').next() {
        Some("ldf" | "ldif") => {
            assert!(looks_like_ldif(source.text()), "{name}");
            let part = read_ldif(&source, &mut problems);
            return (part, problems);
        }
        Some("json") => kerbsync_objects::read_json(&source, &mut problems),
        Some("csv") => {
            assert!(kerbsync_objects::looks_like_csv(source.text()), "{name}");
            kerbsync_objects::read_csv(&source, &mut problems)
        }
        _ => kerbsync_objects::read_clixml(&Document::parse(source, &Limits::default()).unwrap(), &mut problems),
    };
    (read_objects(&objects, DocumentId(0), &mut problems), problems)
}

macro_rules! fixture {
    ($test:ident, $name:literal) => {
        #[test]
        fn $test() {
            let (part, problems) = read($name, include_bytes!(concat!("../../../../fixtures/documents/ad/", $name)));
            let text = show(part.as_ref(), &problems);
            assert!(!text.contains("hunter2") && !format!("{part:?}{problems:?}").contains("hunter2"), "a secret was kept");
            assert_eq!(text, include_str!(concat!("../../../../fixtures/documents/ad/", $name, ".expected.txt")));
        }
    };
}

fixture!(ldifde, "ldifde.ldf");
fixture!(ldifde_utf16, "ldifde-utf16.ldf");
fixture!(ldapsearch, "ldapsearch.ldif");
fixture!(partial, "partial.ldif");
fixture!(json, "get-adcomputer.json");
fixture!(clixml, "get-ad.clixml.xml");
fixture!(csv, "get-adcomputer.csv");
fixture!(csvde, "csvde.csv");
