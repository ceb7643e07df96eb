//! XCCDF 1.2: a benchmark with the rules, a result for each web server, and one for the estate: sites, pools, accounts, names, the run itself.
//!
//! What could not be decided is `unknown`; what is waived stays `fail`, with the waiver in its message.

use super::checklist::{Item, category, comments, details, items, target, target_comment};
use super::guides::{self, checklists};
use super::report_format::{Fingerprints, ReportFormat};
use super::told::{Standing, about};
use super::xml_writer::XmlWriter;
use crate::format::{Finding, Outcome, Report, Verdict};
use std::collections::BTreeMap;
use std::io;

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "xccdf",
    help: "XCCDF 1.2: a benchmark with a result for each server",
    fingerprints: Fingerprints::Xml { before: "fingerprint: ", after: "" },
    write: |report, _, out| out.write_all(xccdf(report)?.as_bytes()),
};

/// What a rule says of one target.
#[derive(Debug, Default)]
struct Said<'r> {
    verdicts: Vec<&'r Verdict>,
    findings: Vec<&'r Finding>,
}

/// By rule id, what is said of a target.
type OfTarget<'r> = BTreeMap<&'r str, Said<'r>>;

/// The document.
///
/// # Errors
/// Never: it is written to memory.
fn xccdf(report: &Report) -> io::Result<String> {
    let mut items = items(report);
    items.extend(checklists(report).into_iter().flat_map(|checklist| checklist.items));
    let targets = targets(report);
    let mut xml = XmlWriter::new()?;
    let attributes = [
        ("xmlns", "http://checklists.nist.gov/xccdf/1.2"),
        ("id", "xccdf_kerbsync_benchmark_kerbsync"),
        ("resolved", "true"),
        ("xml:lang", "en"),
    ];
    xml.element("Benchmark", &attributes, |xml| {
        let day = report.time.get(..10).unwrap_or_default();
        xml.element("status", &[("date", day)], |xml| xml.lines(["accepted"]))?;
        xml.text("title", "kerbsync")?;
        xml.text("description", &format!("The rules of kerbsync about {}.", about(report)))?;
        xml.text("version", &report.tool.version)?;
        items.iter().try_for_each(|item| {
            // Readers of checklists look for rules in groups.
            xml.element("Group", &[("id", &group_id(item))], |xml| {
                xml.text("title", item.id)?;
                rule(xml, item)
            })
        })?;
        test_result(xml, report, &items, 0, None, targets.get(&None))?;
        let servers = targets.iter().filter_map(|(target, said)| Some(((*target)?, said)));
        servers.enumerate().try_for_each(|(n, (server, said))| test_result(xml, report, &items, n + 1, Some(server), Some(said)))
    })?;
    xml.into_text()
}

/// What the report says, by server and by rule; what is of no server is the estate's.
fn targets(report: &Report) -> BTreeMap<Option<&str>, OfTarget<'_>> {
    let mut targets: BTreeMap<Option<&str>, OfTarget<'_>> = BTreeMap::new();
    for verdict in &report.verdicts {
        let target = server(&verdict.subject_kind, &verdict.subject);
        targets.entry(target).or_default().entry(&verdict.rule).or_default().verdicts.push(verdict);
    }
    for finding in &report.findings {
        let target = server(&finding.subject_kind, &finding.subject);
        targets.entry(target).or_default().entry(&finding.rule).or_default().findings.push(finding);
    }
    targets
}

/// The server that a subject is, or lies on.
fn server<'r>(kind: &str, subject: &'r str) -> Option<&'r str> {
    match kind {
        "server" => Some(subject),
        "slot" => subject.split_once(": ").map(|(server, _)| server),
        _ => None,
    }
}

/// An item of a guide: what its rule says of the target; of the estate, what no rule looks at.
fn of_guide<'i, 'r>(item: &'i Item<'r>, said: &OfTarget<'r>, is_estate: bool) -> Option<(&'i Item<'r>, Outcome, Vec<String>, bool)> {
    let of = kerbsync_audit::controls::item(item.id)?;
    let rules = of.rules();
    if rules.is_empty() {
        return is_estate.then(|| (item, item.outcome, [&item.details[..], &item.comments].concat(), false));
    }
    let said: guides::Said<'_> = rules
        .iter()
        .filter_map(|rule| {
            let said = said.get(rule.id)?;
            Some((rule.id, (said.verdicts.clone(), said.findings.clone())))
        })
        .collect();
    if said.is_empty() {
        return None;
    }
    let judged = guides::judged(of, &said);
    let failed = judged.outcome == Outcome::Fail;
    Some((item, judged.outcome, [judged.details, judged.comments].concat(), failed))
}

fn rule_id(item: &Item<'_>) -> String {
    match item.rule.starts_with("SV-") {
        true => format!("xccdf_mil.disa.stig_rule_{}", item.rule),
        false => format!("xccdf_kerbsync_rule_{}", item.id),
    }
}

fn group_id(item: &Item<'_>) -> String {
    match item.rule.starts_with("SV-") {
        true => format!("xccdf_mil.disa.stig_group_{}", item.group),
        false => format!("xccdf_kerbsync_group_{}", item.group),
    }
}

fn rule(xml: &mut XmlWriter, item: &Item<'_>) -> io::Result<()> {
    let attributes = [("id", rule_id(item)), ("severity", category(item.severity).to_owned()), ("selected", "true".to_owned())];
    xml.element("Rule", &attributes.each_ref().map(|(name, value)| (*name, value.as_str())), |xml| {
        xml.text("version", &item.version)?;
        xml.text("title", &item.title)?;
        xml.text("description", &item.check)?;
        item.controls.iter().try_for_each(|control| xml.text("reference", control))?;
        xml.text("rationale", &item.discussion)?;
        let own = [("urn:kerbsync:rule", item.group.as_str())];
        let idents = own.into_iter().chain(item.ccis.iter().map(|cci| ("http://cyber.mil/cci", *cci)));
        idents.into_iter().try_for_each(|(system, ident)| xml.element("ident", &[("system", system)], |xml| xml.lines([ident])))?;
        xml.text("fixtext", &item.fix)
    })
}

fn test_result(
    xml: &mut XmlWriter,
    report: &Report,
    items: &[Item<'_>],
    n: usize,
    server: Option<&str>,
    said: Option<&OfTarget<'_>>,
) -> io::Result<()> {
    let name = server.map_or_else(|| target(report), str::to_owned);
    let safe: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '-' }).collect();
    let id = format!("xccdf_kerbsync_testresult_{n}-{safe}");
    let system = format!("cpe:/a:kerbsync:kerbsync:{}", report.tool.version);
    let attributes = [
        ("id", id.as_str()),
        ("start-time", &report.time),
        ("end-time", &report.time),
        ("test-system", &system),
        ("version", &report.tool.version),
    ];
    let nothing = OfTarget::new();
    let said = said.unwrap_or(&nothing);
    // A rule is told of whom it judged; the run is the estate's.
    let told: Vec<(&Item<'_>, Outcome, Vec<String>, bool)> = items
        .iter()
        .filter_map(|item| match said.get(item.id) {
            Some(said) => {
                let outcomes = said.verdicts.iter().map(|v| v.outcome).chain(said.findings.iter().map(|f| f.outcome));
                let mut lines = details(&said.verdicts, &said.findings);
                lines.extend(comments(&said.findings));
                let failed = said.findings.iter().any(|f| matches!(Standing::of(f), Standing::Failed(_)));
                Some((item, Outcome::worst(outcomes), lines, failed))
            }
            None if kerbsync_audit::controls::item(item.id).is_some() => of_guide(item, said, server.is_none()),
            None if item.id == "run" && server.is_none() => Some((item, item.outcome, item.details.clone(), false)),
            None => None,
        })
        .collect();
    xml.element("TestResult", &attributes, |xml| {
        xml.text("title", &format!("kerbsync: {name}"))?;
        if server.is_none() {
            xml.text("remark", &target_comment(report))?;
        }
        xml.text("target", &name)?;
        xml.element("target-facts", &[], |xml| {
            let facts =
                [("urn:xccdf:fact:asset:identifier:host_name", Some(name.as_str())), ("urn:xccdf:fact:asset:identifier:fqdn", server)];
            facts
                .iter()
                .filter_map(|(fact, value)| Some((*fact, (*value)?)))
                .try_for_each(|(fact, value)| xml.element("fact", &[("name", fact), ("type", "string")], |xml| xml.lines([value])))
        })?;
        told.iter().try_for_each(|(item, outcome, lines, failed)| {
            let (idref, severity) = (rule_id(item), category(item.severity));
            xml.element("rule-result", &[("idref", &idref), ("time", &report.time), ("severity", severity)], |xml| {
                xml.text("result", outcome.name())?;
                let level = if *failed { "error" } else { "info" };
                xml.element("message", &[("severity", level)], |xml| xml.lines(lines.iter().map(String::as_str)))
            })
        })?;
        // How many of the rules that decided something, or should have, passed.
        let counted = |outcomes: &[Outcome]| told.iter().filter(|(_, outcome, ..)| outcomes.contains(outcome)).count().to_string();
        let most = counted(&[Outcome::Pass, Outcome::Fail, Outcome::Unknown]);
        let attributes = [("system", "urn:xccdf:scoring:flat-unweighted"), ("maximum", most.as_str())];
        xml.element("score", &attributes, |xml| xml.lines([counted(&[Outcome::Pass]).as_str()]))
    })
}
