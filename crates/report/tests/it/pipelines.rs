//! The formats for pipelines: how they look, what they say of a run that saw nothing, and that no text of a file becomes a command.

use crate::sample::{awkward, report, report_with, verdicts};
use kerbsync_inventory::Inventory;
use kerbsync_report::format::{NotOpened, Report, Severity};
use kerbsync_report::render::{REPORT_FORMATS, ReportFormat, ReportOptions, SarifProfile, json, write_report};
use kerbsync_source::commands_runner;
use proptest::prelude::*;

/// A format as it can be asked for, with a name for it.
type Wanted = (String, &'static ReportFormat, ReportOptions);

/// Every format, and those of which there are two kinds twice.
fn wanted() -> impl Iterator<Item = Wanted> {
    let plain = REPORT_FORMATS.iter().map(|f| (f.name.to_owned(), *f, ReportOptions::PLAIN));
    plain.chain([("sarif-github".to_owned(), named("sarif"), ReportOptions { sarif: SarifProfile::Github, ..ReportOptions::PLAIN })])
}

fn named(name: &str) -> &'static ReportFormat {
    ReportFormat::named(name).unwrap()
}

fn rendered_as(report: &Report, (_, format, options): &Wanted) -> String {
    let mut out = Vec::new();
    write_report(report, format, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub(crate) fn rendered(report: &Report, name: &str) -> String {
    rendered_as(report, &(name.to_owned(), named(name), ReportOptions::PLAIN))
}

fn sarif(report: &Report, profile: SarifProfile) -> serde_json::Value {
    let options = ReportOptions { sarif: profile, ..ReportOptions::PLAIN };
    serde_json::from_str(&rendered_as(report, &("sarif".to_owned(), named("sarif"), options))).unwrap()
}

pub(crate) fn sample() -> Report {
    report(&awkward(), &verdicts(), Some(Severity::Error))
}

#[test]
fn how_they_look() {
    for wanted in wanted() {
        // These two have their own tests.
        if !["text", "json"].contains(&wanted.0.as_str()) {
            insta::assert_snapshot!(wanted.0.clone(), of_the_sample(&wanted.0, &rendered_as(&sample(), &wanted)));
        }
    }
}

/// The part of a document that is about the sample. Left out is what is the same in all of them, and the many rules that are silent.
fn of_the_sample(name: &str, text: &str) -> String {
    const SILENT: &str = "says nothing by this rule";
    /// Blocks between two marks that `drop` are left out.
    fn without(text: &str, open: &str, close: &str, drop: impl Fn(&str) -> bool) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some(from) = rest.find(open) {
            let to = rest[from..].find(close).map_or(rest.len(), |i| from + i + close.len());
            let block = &rest[from..to];
            out.push_str(&rest[..from]);
            out.push_str(if drop(block) { "" } else { block });
            rest = &rest[to..];
        }
        out + rest
    }
    match name {
        "ckl" => without(text, "      <VULN>\n", "</VULN>\n", |block| block.contains(SILENT)),
        "xccdf" => without(text, "  <Group ", "</Group>\n", |block| !["rule_run", "stale-secret"].iter().any(|id| block.contains(id))),
        "cklb" => {
            let mut document: serde_json::Value = serde_json::from_str(text).unwrap();
            document["stigs"][0]["rules"]
                .as_array_mut()
                .unwrap()
                .retain(|rule| !rule["finding_details"].as_str().unwrap().contains(SILENT));
            document["stigs"][0]["size"] = "(their number)".into();
            serde_json::to_string_pretty(&document).unwrap()
        }
        "html" => {
            let text = without(text, "<style>", "</style>", |_| true);
            let text = without(&text, "<script>", "</script>", |_| true);
            let text = without(&text, "<meta http-equiv", "\n", |_| true);
            without(&text, "<p class=\"dim\">This report says nothing by", "</p>", |_| true)
        }
        "svg" => without(text, "<style>", "</style>", |_| true),
        _ => text.to_owned(),
    }
}

/// A report on nothing, or with a path that could not be opened.
pub(crate) fn nothing() -> Report {
    let lost = [NotOpened { path: "no/such".to_owned(), reason: "there is nothing".to_owned() }];
    let audit = kerbsync_audit::Audit {
        verdicts: Vec::new(),
        findings: Vec::new(),
        waivers: Vec::new(),
        baseline: None,
        profiles: Default::default(),
    };
    report_with(&Inventory::default(), &audit, Some(Severity::Error), &lost)
}

#[test]
fn nothing_checked_never_looks_like_nothing_found() {
    for wanted in wanted() {
        let (format, text) = (&wanted.0, rendered_as(&nothing(), &wanted));
        assert!(text.to_lowercase().contains("nothing was checked") || text.contains("nothing-checked"), "{format}: {text}");
        assert!(text.contains("no/such"), "{format}: {text}");
    }
    let sarif = sarif(&nothing(), SarifProfile::Github);
    assert_eq!(sarif["runs"][0]["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = serde_json::from_str(include_str!("sarif-2.1.0.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for profile in [SarifProfile::Full, SarifProfile::Github] {
        for report in [sample(), nothing()] {
            let sarif = sarif(&report, profile);
            let errors: Vec<String> = validator.iter_errors(&sarif).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{profile:?}: {errors:#?}");
            // the schema is one that refuses
            let mut broken = sarif.clone();
            broken["runs"][0]["results"] = serde_json::json!([{ "level": "grave" }]);
            assert!(!validator.is_valid(&broken));
        }
    }
}

#[test]
fn what_is_undecided_is_open_and_what_is_waived_is_told_or_left_out() {
    let full = sarif(&sample(), SarifProfile::Full);
    let results = full["runs"][0]["results"].as_array().unwrap();
    for (result, finding) in results.iter().zip(&sample().findings) {
        let undecided = finding.outcome == kerbsync_report::format::Outcome::Unknown;
        assert_eq!((result["kind"] == "open", result["level"] == "none"), (undecided, undecided));
        assert_eq!(result["suppressions"].as_array().unwrap().len(), usize::from(finding.waived.is_some()));
        let rule = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(full["runs"][0]["tool"]["driver"]["rules"][rule]["id"], result["ruleId"]);
    }
    let github = sarif(&sample(), SarifProfile::Github);
    let kept = sample().findings.iter().filter(|f| f.waived.is_none()).count();
    assert_eq!(github["runs"][0]["results"].as_array().unwrap().len(), kept);
    for result in github["runs"][0]["results"].as_array().unwrap() {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        let number = |name: &str| region[name].as_u64().unwrap();
        assert!(number("startLine") <= number("endLine"));
        assert!(number("startLine") < number("endLine") || number("startColumn") <= number("endColumn"));
        assert!(!result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap().is_empty());
        assert!(result["suppressions"].is_null());
    }
}

#[test]
fn junit_counts_its_cases_and_never_passes_what_is_unknown() {
    let text = rendered(&sample(), "junit");
    let number = |name: &str| -> usize {
        let at = text.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
        text[at..].split('"').next().unwrap().parse().unwrap()
    };
    assert_eq!(number("tests"), text.matches("<testcase ").count());
    assert_eq!(number("failures"), text.matches("<failure ").count());
    assert_eq!(number("errors"), text.matches("<error ").count());
    let passed: Vec<&str> = text.lines().filter(|l| l.contains("<testcase ") && l.ends_with("/>")).collect();
    let pass = sample().verdicts.iter().filter(|v| v.outcome == kerbsync_report::format::Outcome::Pass).count();
    assert_eq!(passed.len(), pass, "{passed:#?}");
}

/// The elements of the page.
const TAGS: &[&str] = &[
    "!DOCTYPE",
    "a",
    "article",
    "body",
    "code",
    "details",
    "div",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "head",
    "header",
    "html",
    "input",
    "label",
    "legend",
    "li",
    "main",
    "mark",
    "meta",
    "nav",
    "p",
    "path",
    "pre",
    "rect",
    "circle",
    "section",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "text",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

/// Every text of the sample with something before, within or behind it.
fn hostile(report: &Report, with: &str) -> Report {
    let mut value = serde_json::to_value(report).unwrap();
    fn change(value: &mut serde_json::Value, key: &str, with: &str) {
        match value {
            serde_json::Value::String(text)
                if ["message", "subject", "path", "reason", "help", "note", "element", "excerpt", "waived", "missing"].contains(&key) =>
            {
                *text = format!("{with}{text} {with}\n{with}");
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| change(item, key, with)),
            serde_json::Value::Object(map) => map.iter_mut().for_each(|(key, value)| change(value, key, with)),
            _ => {}
        }
    }
    change(&mut value, "", with);
    serde_json::from_value(value).unwrap()
}

/// Lines that a runner obeys, of which a format has `own`.
fn held(report: &Report, wanted: &Wanted) -> Result<(), TestCaseError> {
    let (format, text) = (wanted.0.as_str(), rendered_as(report, wanted));
    let commands: Vec<&str> = text.lines().filter(|l| commands_runner(l)).collect();
    let live = |f: &&kerbsync_report::format::Finding| format == "github" || f.waived.is_none();
    let own = match format {
        // a document that was not read, two waivers without effect, and a verdict more that is undecided
        "github" | "azure" => report.findings.iter().filter(live).count() + 4,
        _ => 0,
    };
    prop_assert_eq!(commands.len(), own, "{}: {:#?}", format, commands);
    for line in commands {
        // the one at its beginning is its own; behind it there is none
        let rest = line.split_once(['e', 'w', 'n', 't']).map_or("", |(_, rest)| rest);
        prop_assert!(!commands_runner(rest), "{line}");
    }
    Ok(())
}

#[test]
fn no_line_of_a_file_is_a_command() {
    for with in [
        "::error file=a::b",
        "\n::set-output name=a::b",
        "x##vso[task.setvariable variable=a]b",
        "##[add-mask]a",
        "%0A::x::y",
        ",file=b::c",
    ] {
        for wanted in wanted() {
            held(&hostile(&sample(), with), &wanted).unwrap_or_else(|e| panic!("{with:?} in {}: {e}", wanted.0));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nor_is_any_other(with in "[:#\\[\\]a%;,|<>&\"' \r\n\u{85}\u{2028}=-]{0,10}", word in "(::error::|##vso\\[a\\]|##\\[x\\])?") {
        let report = hostile(&sample(), &format!("{with}{word}"));
        for wanted in wanted() {
            held(&report, &wanted)?;
        }
    }

    /// However the texts look, XML stays XML, and the page and the picture have the markup of the program alone.
    #[test]
    fn no_text_is_markup(with in "[<>&\"'/=!\\[\\]a-c \r\n\u{0}\u{1b}\u{fffe}-]{0,8}(]]>|<!--|<b x=\"|&#0;|</desc>)?") {
        let report = hostile(&sample(), &with);
        for format in ["junit", "checkstyle", "ckl", "xccdf", "svg"] {
            let text = rendered(&report, format);
            let mut reader = quick_xml::Reader::from_str(&text);
            let mut elements = 0;
            loop {
                match reader.read_event() {
                    Ok(quick_xml::events::Event::Eof) => break,
                    Ok(quick_xml::events::Event::Start(start) | quick_xml::events::Event::Empty(start)) => {
                        elements += 1;
                        prop_assert!(start.attributes().all(|a| a.is_ok()), "{}", format);
                    }
                    Ok(quick_xml::events::Event::Comment(_) | quick_xml::events::Event::CData(_) | quick_xml::events::Event::DocType(_)) => {
                        prop_assert!(false, "{}: markup of a text", format);
                    }
                    Ok(_) => {}
                    Err(error) => prop_assert!(false, "{}: {}", format, error),
                }
            }
            prop_assert!(elements > 5 && !text.contains(['\u{0}', '\u{1b}', '\u{fffe}']), "{}", format);
        }
        let page = rendered(&report, "html");
        let page = page.split("<script>").next().unwrap();
        for tag in page.split('<').skip(1).filter_map(|rest| rest.split(['>', ' ', '/']).find(|name| !name.is_empty())) {
            prop_assert!(TAGS.contains(&tag), "<{}", tag);
        }
    }

    /// A row for each finding, however the texts look.
    #[test]
    fn markdown_keeps_its_rows_and_its_text_stays_text(with in "[|`*_<>&\\[\\]()#\\\\ \r\n~a-c!-]{0,8}") {
        let report = hostile(&sample(), &with);
        let text = rendered(&report, "markdown");
        let rows: Vec<&str> = text.lines().filter(|l| report.findings.iter().any(|f| l.ends_with(&format!("| `{}` |", f.fingerprint)))).collect();
        prop_assert_eq!(rows.len(), report.findings.len());
        for row in rows {
            let bars = row.match_indices('|').filter(|(at, _)| row[..*at].chars().rev().take_while(|&c| c == '\\').count() % 2 == 0).count();
            prop_assert_eq!(bars, 7, "{}", row);
            prop_assert!(!row.contains(['<', '>']), "{}", row);
        }
    }
}

#[test]
fn a_stored_report_gives_the_same_in_every_format() {
    let stored: Report = serde_json::from_str(&json(&sample()).unwrap()).unwrap();
    for wanted in wanted() {
        assert_eq!(rendered_as(&stored, &wanted), rendered_as(&sample(), &wanted), "{}", wanted.0);
    }
}

/// The page is linked and not loaded; a text that is no address is no link.
#[test]
fn a_rule_in_html_links_its_page() {
    let linked = rendered(&sample().with_pages("https://docs.contoso.com/kerbsync/"), "html");
    assert!(linked.contains("<a href=\"https://docs.contoso.com/kerbsync/rules.html#ks201-stale-secret\" rel=\"noreferrer\">"), "{linked}");
    let bad = rendered(&sample().with_pages("javascript:alert(1)"), "html");
    assert!(!bad.contains("javascript:"), "{bad}");
}

#[test]
fn one_check_lacks_and_several_lack() {
    let mut report = sample();
    report.summary.undecided = 1;
    assert!(rendered(&report, "html").contains("1 check lacks evidence: "));
    report.summary.undecided = 2;
    assert!(rendered(&report, "html").contains("2 checks lack evidence: "));
}
