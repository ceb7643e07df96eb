use crate::declare::declare_rule;
use crate::text::{day, days_between};
use crate::{Policy, Subject, Verdicts, View};
use jiff::Timestamp;
use kerbsync_inventory::{Document, DocumentKind, DocumentStatus};
use kerbsync_source::{DocumentId, Origin, text};
use std::collections::HashMap;

declare_rule! {
    /// A document is too old to speak for the present.
    ///
    /// ## What it checks
    /// Reports, topology documents and exports that were used are not older than the limit of the policy: 30 days, unless kerbsync.toml
    /// says otherwise. Reports carry their own time; for other documents it is the time that manifest.json gives. The time of a file on
    /// disk is no evidence, since a copy changes it: a document that nothing dates is told, and its age is not judged.
    /// What lies ahead of the time of the audit by more than the same limit is unknown: some clock is wrong, and no age is what it seems.
    /// Configurations of servers are left out: they are as old as the last change on the server.
    ///
    /// ## Why it matters
    /// Passwords, assignments and servers change. What an old export shows may have been mended long ago, and a fault of today is not in
    /// it.
    ///
    /// ## What to do
    /// Export again:
    ///
    /// ```powershell
    /// (Get-CsTopology -AsXml).ToString() | Out-File topology.xml
    /// Get-CsKerberosAccountAssignment | Export-Clixml assignments.xml
    /// Get-ADComputer KerbAuth -Properties * | ConvertTo-Json -Depth 3 | Out-File directory.json
    /// ```
    ///
    /// Before: `directory.json` of last year. After: `directory.json` of today.
    ///
    /// ## Sources
    /// - [Test-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Test-CsKerberosAccountAssignment.md)
    number: 505,
    severity: Warning,
    confidence: Inferred,
    family: Process,
    subject: Document,
    product_error: None,
    controls: ["NIST SP 800-53 CA-7"],
}

fn check(view: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut reports: HashMap<DocumentId, Option<Timestamp>> = HashMap::new();
    for log in &view.inventory.logs {
        reports.entry(log.document).or_insert(log.ended.or(log.started));
    }
    for document in view.inventory.documents.iter().filter(|d| d.status == DocumentStatus::Used && is_dated(d.kind)) {
        let subject = Subject::Document(document.id, document.path.clone());
        let own = reports.get(&document.id).copied().flatten().map(|time| (time, "was written"));
        let read = document.read_at.map(|time| (time, "was read"));
        let written = document.written.map(|time| (time, "was last changed"));
        match own.or(read).or(written) {
            Some((time, what)) => judge(policy, verdicts, document, time, what),
            None => verdicts.informational(
                subject,
                text!("Nothing says when {} was exported, so its age is not judged; a manifest.json beside it would.", document.path),
            ),
        }
    }
}

fn judge(policy: &Policy, verdicts: &mut Verdicts<'_>, document: &Document, time: Timestamp, what: &'static str) {
    let subject = Subject::Document(document.id, document.path.clone());
    let (age, limit) = (days_between(time, policy.now), policy.evidence_age_days);
    let path = &document.path;
    if age < -i64::from(limit) {
        let why = text!(
            "{path} {what} on {}, which lies ahead of the time of this audit ({}): a clock is wrong, and so may be what is said of ages and ends.",
            day(time),
            day(policy.now)
        );
        let finding = verdicts.unknown_with_finding(subject, why, "Audit again with a right clock, or with the right --now.");
        finding.at(Origin::document(document.id), "evidence of a later day");
    } else if age < -1 {
        verdicts.informational(subject, text!("{path} {what} on {}, which lies ahead of the time of this audit.", day(time)));
    } else if age <= i64::from(limit) {
        verdicts.pass(subject, text!("{path} {what} on {}; the limit is {limit} days.", day(time)));
    } else {
        verdicts
            .fail(subject, text!("{path} {what} on {}, {age} days ago; the limit is {limit} days.", day(time)))
            .at(Origin::document(document.id), "old evidence")
            .help("Export it again, and replace it in the bundle.");
    }
}

/// Whether documents of the kind show the estate at the time when they were written.
const fn is_dated(kind: DocumentKind) -> bool {
    use DocumentKind::{
        AnchoredXml, Clixml, Csv, DocItemSet, FormatList, Json, Ldif, ManagementLog, ManagementLogHtml, Setspn, Topology, TopologyBuilder,
    };
    matches!(
        kind,
        Topology
            | TopologyBuilder
            | DocItemSet
            | AnchoredXml
            | ManagementLog
            | ManagementLogHtml
            | Clixml
            | Json
            | Csv
            | FormatList
            | Ldif
            | Setspn
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, check, estate, time};

    #[test]
    fn a_few_days_ahead_are_told_and_decide_nothing() {
        let mut inventory = estate();
        inventory.documents[1].read_at = Some(time("2026-03-09T00:00:00Z"));
        assert!(
            check(&RULE, inventory).contains("informational assignments.xml: assignments.xml was read on 2026-03-09, which lies ahead")
        );
    }

    #[test]
    fn old_undated_and_future_documents() {
        let mut inventory = estate();
        inventory.documents[1].read_at = Some(time("2026-04-09T00:00:00Z"));
        inventory.documents[0].read_at = None;
        let directory = &mut inventory.documents[DIRECTORY as usize];
        (directory.read_at, directory.written) = (None, Some(time("2026-01-29T11:00:00Z")));
        inventory.logs[0].ended = Some(time("2025-02-01T10:00:00Z"));
        insta::assert_snapshot!(check(&RULE, inventory), @"
        informational topology.xml: Nothing says when topology.xml was exported, so its age is not judged; a manifest.json beside it would.
        unknown assignments.xml: assignments.xml was read on 2026-04-09, which lies ahead of the time of this audit (2026-03-01): a clock is wrong, and so may be what is said of ages and ends. Audit again with a right clock, or with the right --now.
          warning assignments.xml evidence of a later day
        fail directory.ldf: directory.ldf was last changed on 2026-01-29, 31 days ago; the limit is 30 days.
          warning directory.ldf old evidence
          help: Export it again, and replace it in the bundle.
        fail Enable-CsTopology.xml: Enable-CsTopology.xml was written on 2025-02-01, 393 days ago; the limit is 30 days.
          warning Enable-CsTopology.xml old evidence
          help: Export it again, and replace it in the bundle.
        ");
    }

    #[test]
    fn the_time_of_a_file_on_disk_says_nothing() {
        let touched = |when: &str| {
            let mut inventory = estate();
            inventory.documents.iter_mut().for_each(|d| d.modified = Some(time(when)));
            check(&RULE, inventory)
        };
        assert_eq!(touched("1999-01-01T00:00:00Z"), touched("2026-02-28T00:00:00Z"));
    }

    #[test]
    fn configurations_and_unused_documents_are_left_out() {
        let mut inventory = estate();
        inventory.documents.iter_mut().for_each(|d| d.read_at = Some(time("2020-01-01T00:00:00Z")));
        inventory.documents[DIRECTORY as usize].status = DocumentStatus::SetAside("another export is newer".into());
        assert_eq!(check(&RULE, inventory).lines().filter(|l| l.starts_with("fail ")).count(), 2);
    }
}
