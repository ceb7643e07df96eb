//! The same bytes give the same report, in whatever order they are listed, whatever times their files have, and whatever their folder is
//! called.

use super::{Folder, NOW, base, changed, report};
use crate::source_tree::root;
use crate::support::audited::Files;
use kerbsync_report::render::{TextOptions, audit, json};
use proptest::prelude::*;

/// Report as JSON and as text, without the name of the folder.
fn bytes(name: &str, files: &Files, salt: u64, now: &str) -> String {
    let report = report(name, Folder::new(files, salt), now);
    let text = audit(&report, &TextOptions { width: 10_000, verbosity: 2, ..TextOptions::PLAIN });
    format!("{}\n{text}", json(&report).unwrap()).replace(&format!("{name}/"), "ROOT/")
}

fn assert_same(what: &str, files: &Files, now: &str, name: &str, salts: (u64, u64)) {
    let (one, other) = (bytes("exports", files, salts.0, now), bytes(name, files, salts.1, now));
    let differs = one.lines().zip(other.lines()).find(|(a, b)| a != b);
    assert!(one == other, "{what}: {differs:#?}");
}

/// Every fixture of every rule, whatever is wrong with it.
#[test]
#[expect(clippy::disallowed_methods, reason = "tests read the project's own files")]
fn of_every_fixture() {
    for rule in kerbsync_audit::rules::RULES {
        for kind in ["fires", "silent"] {
            let file = std::fs::read_to_string(root().join(format!("fixtures/rules/{}.txt", rule.id))).unwrap();
            assert_same(
                rule.id,
                &changed(crate::rules::estate_of(rule.id), crate::rules::part(&file, kind).unwrap()),
                NOW,
                "z/other",
                (1, 0xdead_beef),
            );
        }
    }
}

#[cfg(feature = "simulate")]
proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 20, ..ProptestConfig::default() })]

    /// Estates with any defects, and in mixed states.
    #[test]
    fn of_any_estate(
        seed in 0u64..1_000_000,
        defects in prop::sample::subsequence(kerbsync_lab::Defect::all().collect::<Vec<_>>(), 0..5),
        salts in any::<(u64, u64)>(),
        // Its end is in no word of a report, so that it can be told from the rest.
        name in "[a-z]{1,8}(/[a-z]{1,8})?-zz9",
    ) {
        let estate = [(3, 9), (4, 16), (6, 24)].iter().find_map(|&(s, n)| crate::support::estates::try_planted(seed, s, n, &defects));
        let Some(estate) = estate else { return Err(TestCaseError::reject("no place")) };
        assert_same(&format!("{defects:?}"), &estate.files().to_vec(), "2026-05-01T12:00:00Z", &name, salts);
    }
}

/// On a real disk: a copy whose files were all touched, through the program as a user runs it.
#[test]
fn of_a_touched_copy_on_disk() {
    let program = crate::support::program::Program::at(NOW);
    let files = base("");
    for (path, bytes) in files.iter().rev() {
        program.put(&format!("one/{path}"), bytes);
    }
    for (number, (path, bytes)) in (0u64..).zip(&files) {
        program.put(&format!("far/away/two/{path}"), bytes);
        let file = std::fs::File::options().write(true).open(program.path(&format!("far/away/two/{path}"))).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(86_400 * 365 * (number % 60))).unwrap();
    }
    for format in ["text", "json"] {
        let one = program.run(&format!("audit DIR/one --quiet --format {format}"));
        let two = program.run(&format!("audit DIR/far/away/two --quiet --format {format}"));
        assert_eq!(one.code, two.code);
        let unwrapped = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(unwrapped(&one.out.replace("DIR/one", "B")), unwrapped(&two.out.replace("DIR/far/away/two", "B")));
    }
}
