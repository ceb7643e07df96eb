//! CKL, the checklist of STIG Viewer 2 (DISA's schema 2.5): one asset, which is the estate, with an item for each rule.
//!
//! What could not be decided is `Not_Reviewed` with the reason; what is waived stays `Open`, with the waiver as comment.

use super::checklist::{Item, category, items, target, target_comment};
use super::guides::{Checklist, checklists};
use super::report_format::{Fingerprints, ReportFormat};
use super::told;
use super::uuid::Uuids;
use super::xml_writer::XmlWriter;
use crate::format::{Outcome, Report};
use std::io;

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "ckl",
    help: "Checklist of STIG Viewer 2 (CKL)",
    fingerprints: Fingerprints::Xml { before: "fingerprint: ", after: "" },
    write: |report, _, out| out.write_all(ckl(report)?.as_bytes()),
};

/// The document.
///
/// # Errors
/// Never: it is written to memory.
fn ckl(report: &Report) -> io::Result<String> {
    let uuids = Uuids::of(report)?;
    let uuid = uuids.uuid("checklist");
    let mut xml = XmlWriter::new()?;
    xml.element("CHECKLIST", &[], |xml| {
        xml.element("ASSET", &[], |xml| asset(xml, report))?;
        xml.element("STIGS", &[], |xml| {
            xml.element("iSTIG", &[], |xml| {
                xml.element("STIG_INFO", &[], |xml| about(xml, report, &uuid))?;
                let reference = format!("kerbsync :: Version {}", report.tool.version);
                items(report).iter().try_for_each(|item| vuln(xml, &reference, item, &uuid))
            })?;
            checklists(report).iter().try_for_each(|checklist| guide(xml, checklist, &uuids))
        })
    })?;
    xml.into_text()
}

fn asset(xml: &mut XmlWriter, report: &Report) -> io::Result<()> {
    let (target, comment) = (target(report), target_comment(report));
    let fqdn = if target.contains(' ') { "" } else { &target };
    let kind = if fqdn.is_empty() { "Non-Computing" } else { "Computing" };
    let role = if fqdn.is_empty() { "None" } else { "Member Server" };
    for (name, text) in [
        ("ROLE", role),
        ("ASSET_TYPE", kind),
        ("HOST_NAME", &target),
        ("HOST_IP", ""),
        ("HOST_MAC", ""),
        ("HOST_FQDN", fqdn),
        ("TARGET_COMMENT", &comment),
        ("TECH_AREA", "Web Review"),
        ("TARGET_KEY", ""),
        ("WEB_OR_DATABASE", "false"),
        ("WEB_DB_SITE", ""),
        ("WEB_DB_INSTANCE", ""),
    ] {
        xml.text(name, text)?;
    }
    Ok(())
}

fn about(xml: &mut XmlWriter, report: &Report, uuid: &str) -> io::Result<()> {
    let version = &report.tool.version;
    let release = format!("Release: {version} Benchmark Date: {}", report.time.get(..10).unwrap_or_default());
    let description = format!("The rules of kerbsync about {}.", told::about(report));
    let stig = [
        ("version", version.as_str()),
        ("classification", "UNCLASSIFIED"),
        ("stigid", "kerbsync"),
        ("description", &description),
        ("filename", "kerbsync"),
        ("releaseinfo", &release),
        ("title", "kerbsync"),
        ("uuid", uuid),
        ("source", "kerbsync"),
    ];
    info(xml, &stig)
}

fn info(xml: &mut XmlWriter, facts: &[(&str, &str)]) -> io::Result<()> {
    facts.iter().try_for_each(|(name, data)| {
        xml.element("SI_DATA", &[], |xml| {
            xml.text("SID_NAME", name)?;
            xml.text("SID_DATA", data)
        })
    })
}

/// A guide of DISA, with every item.
fn guide(xml: &mut XmlWriter, checklist: &Checklist<'_>, uuids: &Uuids) -> io::Result<()> {
    let guide = checklist.guide;
    let uuid = uuids.uuid(guide.id());
    let (version, release) = guide.version();
    let kind = guide.id().replace("_STIG", "");
    let (version, file) = (version.to_string(), format!("U_MS_{kind}_STIG_V{version}R{release}_Manual-xccdf.xml"));
    xml.element("iSTIG", &[], |xml| {
        xml.element("STIG_INFO", &[], |xml| {
            info(
                xml,
                &[
                    ("version", version.as_str()),
                    ("classification", "UNCLASSIFIED"),
                    ("stigid", guide.id()),
                    ("description", "The items of the guide as kerbsync judges them, in its own words."),
                    ("filename", &file),
                    ("releaseinfo", guide.release_info()),
                    ("title", guide.title()),
                    ("uuid", &uuid),
                    ("source", "kerbsync"),
                ],
            )
        })?;
        let reference = format!("{} :: Version {version}, {}", guide.title(), guide.release_info());
        checklist.items.iter().try_for_each(|item| vuln(xml, &reference, item, &uuid))
    })
}

fn vuln(xml: &mut XmlWriter, reference: &str, item: &Item<'_>, uuid: &str) -> io::Result<()> {
    xml.element("VULN", &[], |xml| {
        let controls = item.controls.join("; ");
        let mut data = vec![
            ("Vuln_Num", item.group.as_str()),
            ("Severity", category(item.severity)),
            ("Group_Title", item.id),
            ("Rule_ID", &item.rule),
            ("Rule_Ver", &item.version),
            ("Rule_Title", &item.title),
            ("Vuln_Discuss", &item.discussion),
            ("IA_Controls", &controls),
            ("Check_Content", &item.check),
            ("Fix_Text", &item.fix),
            ("False_Positives", ""),
            ("False_Negatives", ""),
            ("Documentable", "false"),
            ("Mitigations", ""),
            ("Potential_Impact", ""),
            ("Third_Party_Tools", ""),
            ("Mitigation_Control", ""),
            ("Responsibility", ""),
            ("Security_Override_Guidance", ""),
            ("Check_Content_Ref", "M"),
            ("Weight", "10.0"),
            ("Class", "Unclass"),
            ("STIGRef", reference),
            ("TargetKey", ""),
            ("STIG_UUID", uuid),
        ];
        data.extend(item.ccis.iter().map(|cci| ("CCI_REF", *cci)));
        for (attribute, value) in data {
            xml.element("STIG_DATA", &[], |xml| {
                xml.text("VULN_ATTRIBUTE", attribute)?;
                xml.text("ATTRIBUTE_DATA", value)
            })?;
        }
        xml.text("STATUS", status(item.outcome))?;
        xml.element("FINDING_DETAILS", &[], |xml| xml.lines(item.details.iter().map(String::as_str)))?;
        xml.element("COMMENTS", &[], |xml| xml.lines(item.comments.iter().map(String::as_str)))?;
        xml.text("SEVERITY_OVERRIDE", "")?;
        xml.text("SEVERITY_JUSTIFICATION", "")
    })
}

const fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fail => "Open",
        Outcome::Pass | Outcome::Informational => "NotAFinding",
        Outcome::NotApplicable => "Not_Applicable",
        Outcome::Unknown | Outcome::NotChecked => "Not_Reviewed",
    }
}
