//! CKLB 1.0, the checklist of STIG Viewer 3: the same as CKL, in JSON.
//!
//! DISA's schema knows no version of a benchmark; readers that want one take it from `release_info`.

use super::checklist::{Item, category, items, target, target_comment};
use super::clean;
use super::guides::checklists;
use super::json::write_json;
use super::report_format::{Fingerprints, ReportFormat};
use super::uuid::Uuids;
use crate::format::{Outcome, Report};
use serde_json::{Value, json};
use std::io::{self, Write};

pub(super) static FORMAT: ReportFormat = ReportFormat {
    name: "cklb",
    help: "Checklist of STIG Viewer 3 (CKLB 1.0)",
    fingerprints: Fingerprints::JsonText { before: "fingerprint: " },
    write: |report, _, out| write_cklb(report, out),
};

/// Writes the document.
///
/// # Errors
/// Those of `out`.
fn write_cklb(report: &Report, out: impl Write) -> io::Result<()> {
    let uuids = Uuids::of(report)?;
    let target = target(report);
    let is_server = !target.contains(' ');
    let items = items(report);
    let stig = uuids.uuid("checklist");
    let mut stigs = vec![json!({
        "stig_name": "kerbsync",
        "display_name": "kerbsync",
        "stig_id": "kerbsync",
        "release_info": format!("Release: {} Benchmark Date: {}", report.tool.version, report.time.get(..10).unwrap_or_default()),
        "uuid": stig,
        "reference_identifier": null,
        "size": items.len(),
        "rules": items.iter().map(|item| rule(item, &uuids, &stig)).collect::<Vec<_>>(),
    })];
    stigs.extend(checklists(report).iter().map(|checklist| {
        let (guide, stig) = (checklist.guide, uuids.uuid(checklist.guide.id()));
        json!({
            "stig_name": guide.title(),
            "display_name": guide.title().trim_end_matches(" Security Technical Implementation Guide"),
            "stig_id": guide.id(),
            "release_info": guide.release_info(),
            "uuid": stig,
            "reference_identifier": null,
            "size": checklist.items.len(),
            "rules": checklist.items.iter().map(|item| rule(item, &uuids, &stig)).collect::<Vec<_>>(),
        })
    }));
    let document = json!({
        "title": format!("kerbsync {}", clean(&target)),
        "id": uuids.uuid("document"),
        "cklb_version": "1.0",
        "active": false,
        "mode": 1,
        "has_path": true,
        "target_data": {
            "target_type": if is_server { "Computing" } else { "Non-Computing" },
            "host_name": clean(&target),
            "ip_address": "",
            "mac_address": "",
            "fqdn": if is_server { clean(&target) } else { "".into() },
            "comments": clean(&target_comment(report)),
            "role": if is_server { "Member Server" } else { "None" },
            "is_web_database": false,
            "technology_area": "Web Review",
            "web_db_site": "",
            "web_db_instance": "",
        },
        "stigs": stigs,
    });
    write_json(&document, out)
}

fn rule(item: &Item<'_>, uuids: &Uuids, stig: &str) -> Value {
    let text = |lines: &[String]| lines.iter().map(|line| clean(line)).collect::<Vec<_>>().join("\n");
    json!({
        "uuid": uuids.uuid(&format!("item {}", item.group)),
        "stig_uuid": stig,
        "group_id": item.group,
        "group_id_src": item.group,
        "rule_id": item.rule.trim_end_matches("_rule"),
        "rule_id_src": item.rule,
        "weight": "10.0",
        "classification": "Unclassified",
        "severity": category(item.severity),
        "rule_version": item.version,
        "rule_title": clean(&item.title),
        "group_title": item.id,
        "fix_text": item.fix,
        "discussion": item.discussion,
        "check_content": item.check,
        "check_content_ref": null,
        "false_positives": "",
        "false_negatives": "",
        "documentable": "false",
        "security_override_guidance": "",
        "potential_impacts": "",
        "third_party_tools": "",
        "ia_controls": item.controls.join("; "),
        "responsibility": "",
        "mitigations": "",
        "mitigation_control": "",
        "legacy_ids": [],
        "ccis": item.ccis,
        "group_tree": [{ "id": item.group, "title": item.id, "description": "" }],
        "target_key": null,
        "stig_ref": null,
        "reference_identifier": null,
        "status": status(item.outcome),
        "overrides": {},
        "comments": text(&item.comments),
        "finding_details": text(&item.details),
    })
}

const fn status(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fail => "open",
        Outcome::Pass | Outcome::Informational => "not_a_finding",
        Outcome::NotApplicable => "not_applicable",
        Outcome::Unknown | Outcome::NotChecked => "not_reviewed",
    }
}
