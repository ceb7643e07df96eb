//! The manual: every command line in it is run, and what it shows is what comes; every link leads somewhere.
//!
//! In a block marked `console`, a line after `$ ` is run as a user would, in a folder of the page's own; the lines below it are what the
//! screen shows, `...` standing for any number of lines, or for the rest of one; `[exit N]` is the exit code where it is not 0.
//! `<!-- test: kerbsync … -->` is run too and not shown. Lines of PowerShell that run the program are run with `C:\` as a folder.
#![expect(clippy::disallowed_methods, reason = "tests read the project's own files and make folders")]

use crate::source_tree::{names_of, root};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Everything that users read, from the root.
fn pages() -> Vec<PathBuf> {
    let book = names_of(&root().join("docs"), ".md").into_iter().map(|name| PathBuf::from(format!("docs/{name}.md")));
    book.chain(["README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md"].map(PathBuf::from)).collect()
}

fn text(page: &Path) -> String {
    std::fs::read_to_string(root().join(page)).unwrap_or_else(|e| panic!("{}: {e}", page.display())).replace("\r\n", "\n")
}

/// A command line, and what it is to show; `None` where anything may come that is no complaint about the line itself.
#[derive(Debug)]
struct Step {
    line: String,
    shown: Option<(Vec<String>, i32)>,
}

/// The command lines of a page, in order.
fn steps(page: &str) -> Vec<Step> {
    let (mut steps, mut block) = (Vec::new(), None);
    for line in page.lines().map(str::trim_end) {
        let bare = line.trim_start();
        if let Some(kind) = bare.strip_prefix("```") {
            block = match block {
                Some(_) => None,
                None => Some((kind.to_owned(), line.len() - bare.len())),
            };
            continue;
        }
        let Some((kind, indent)) = &block else {
            if let Some(hidden) = line.strip_prefix("<!-- test: ").and_then(|l| l.strip_suffix(" -->")) {
                steps.push(Step { line: hidden.to_owned(), shown: None });
            }
            continue;
        };
        let line = line.get(*indent..).unwrap_or("");
        match kind.as_str() {
            "console" => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step { line: command.to_owned(), shown: Some((Vec::new(), 0)) }),
                (None, Some(Step { shown: Some((lines, code)), .. })) => {
                    match line.strip_prefix("[exit ").and_then(|l| l.strip_suffix(']')) {
                        Some(number) => *code = number.parse().unwrap(),
                        None => lines.push(line.to_owned()),
                    }
                }
                _ => panic!("a console block begins with what is typed: {line}"),
            },
            "powershell" if line.starts_with("kerbsync ") => {
                steps.push(Step { line: line.replace("C:\\", "C_").replace('\\', "/"), shown: None });
            }
            _ => {}
        }
    }
    steps
}

/// The words of a line; quotes keep blanks.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (quote, c) {
            (Some(q), c) if q == c => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None, '|' | '#') if word.is_none() => break,
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// What a line prints and how it ends, in a folder.
pub(crate) fn run(line: &str, folder: &Path) -> (Vec<String>, i32) {
    let words = words(line);
    assert_eq!(words.first().map(String::as_str), Some("kerbsync"), "{line}");
    let clean = ["KERBSYNC_BUNDLE", "KERBSYNC_DOCS", "NO_COLOR", "COLUMNS"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_kerbsync"));
    for name in clean {
        command.env_remove(name);
    }
    let output = command.args(&words[1..]).current_dir(folder).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (text.lines().map(|l| l.trim_end().to_owned()).collect(), output.status.code().unwrap())
}

/// Whether lines are those that are expected; `...` stands for any.
fn fits(shown: &[String], came: &[String]) -> bool {
    match shown.split_first() {
        None => came.is_empty(),
        Some((first, rest)) if first == "..." => (0..=came.len()).any(|skip| fits(rest, &came[skip..])),
        Some((first, rest)) => came.split_first().is_some_and(|(line, others)| {
            let same = first.strip_suffix("...").map_or(line == first, |begin| line.starts_with(begin));
            same && fits(rest, others)
        }),
    }
}

#[test]
fn what_fits_is_told_from_what_does_not() {
    let lines = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
    assert!(
        fits(&lines("a|...|d"), &lines("a|b|c|d")) && fits(&lines("a|...|d"), &lines("a|d")) && fits(&lines("a b ..."), &lines("a b c"))
    );
    assert!(!fits(&lines("a|...|d"), &lines("a|b|c")) && !fits(&lines("a"), &lines("a|b")) && !fits(&lines("...|a"), &lines("a|b")));
    assert_eq!(words("a 'b c' \"d\\e\" # f"), ["a", "b c", "d\\e"]);
}

#[test]
fn every_command_line_of_the_manual_does_what_it_shows() {
    let failures: Vec<String> = std::thread::scope(|scope| {
        let of_page = |page: PathBuf| scope.spawn(move || page_fails(&page));
        let running: Vec<_> = pages().into_iter().map(of_page).collect();
        running.into_iter().flat_map(|page| page.join().unwrap()).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn page_fails(page: &Path) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let mut failures = Vec::new();
    for step in steps(&text(page)) {
        let (came, code) = run(&step.line, folder.path());
        let good = match &step.shown {
            Some((shown, wanted)) if shown.is_empty() => code == *wanted,
            Some((shown, wanted)) => code == *wanted && fits(shown, &came),
            None => code != 2,
        };
        if !good {
            let shown = step.shown.map(|(lines, code)| format!("{}\n[exit {code}]", lines.join("\n"))).unwrap_or_default();
            failures.push(format!("{}: $ {}\n-- shown:\n{shown}\n-- came:\n{}\n[exit {code}]", page.display(), step.line, came.join("\n")));
        }
    }
    failures
}

#[test]
fn every_command_line_within_the_text_can_be_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = BTreeSet::new();
    for page in pages() {
        let text = text(&page);
        // Odd parts stand between single backticks.
        for span in text.lines().filter(|l| !l.contains("```")).flat_map(|l| l.split('`').skip(1).step_by(2).collect::<Vec<_>>()) {
            let placeholder =
                span.split(' ').any(|w| w.len() > 1 && w.bytes().all(|b| b.is_ascii_uppercase() || b == b'-')) || span.contains('…');
            if span.starts_with("kerbsync ") && !placeholder && seen.insert(span.to_owned()) {
                let (came, code) = run(span, folder.path());
                // What is left out, such as files, is not part of the name of a command.
                let complaints = ["unexpected argument", "unrecognized subcommand", "invalid value"];
                let usage = code == 2 && came.iter().any(|l| complaints.iter().any(|c| l.contains(c)));
                assert!(!usage, "{}: `{span}`: {}", page.display(), came.join("\n"));
            }
        }
    }
    assert!(seen.len() > 5, "{seen:?}");
}

/// The anchor that a heading gets, as mdBook and GitHub make it.
fn anchor(heading: &str) -> String {
    let plain = heading.replace('`', "").to_lowercase();
    plain.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let here = text(&page);
        let prose = here.split("```").step_by(2).collect::<String>();
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") {
                let good = link.starts_with("https://") && !link.contains(char::is_whitespace);
                broken.extend((!good).then(|| format!("{}: {link}", page.display())));
                continue;
            }
            let (file, heading) = link.split_once('#').map_or((link, None), |(file, heading)| (file, Some(heading)));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            let found = root().join(&target).exists()
                && heading.is_none_or(|h| text(&target).lines().any(|l| l.starts_with('#') && anchor(l.trim_start_matches('#')) == h));
            broken.extend((!found).then(|| format!("{}: {link}", page.display())));
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_contents_name_every_page_once() {
    let summary = text(Path::new("docs/SUMMARY.md"));
    let named: Vec<&str> = summary.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let mut sorted: Vec<String> = named.iter().map(|n| n.trim_end_matches(".md").to_owned()).collect();
    sorted.sort();
    let mut pages: Vec<String> = names_of(&root().join("docs"), ".md").into_iter().filter(|n| n != "SUMMARY").collect();
    pages.sort();
    assert_eq!(sorted, pages);
}
