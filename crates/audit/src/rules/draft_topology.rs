use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Severity, Subject, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::{Origin, Shown, text};
use std::collections::HashSet;

declare_rule! {
    /// A topology document is a draft that was not published.
    ///
    /// ## What it checks
    /// No topology document among the inputs says `IsPublished="false"`, and no Topology Builder file holds changes against the
    /// topology that it was opened with. A draft is read like any other document; if it is not the one that the inventory was made from,
    /// the finding is a note.
    ///
    /// ## Why it matters
    /// The servers run the published topology. An audit of a draft tells what will be, not what is: servers that are new in it look
    /// unconfigured, and servers that it removes are not looked at.
    ///
    /// ## What to do
    /// Export what is published. A draft that is meant to be in force is opened and published in Topology Builder: no cmdlet takes a `.tbxml`
    /// file.
    ///
    /// ```powershell
    /// (Get-CsTopology -AsXml).ToString() | Out-File topology.xml
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `IsPublished="false"` | `IsPublished="true"` |
    ///
    /// ## Sources
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    /// - [Setting up Kerberos authentication](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-setting-up-kerberos-authentication)
    number: 503,
    severity: Warning,
    confidence: Documented,
    family: Process,
    subject: Document,
    product_error: None,
    controls: ["NIST SP 800-53 CM-3"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut seen = HashSet::new();
    for topology in view.inventory.topologies.iter().filter(|t| seen.insert(t.document)) {
        let path = view.inventory.document(topology.document).map_or("a topology", |d| &*d.path);
        let subject = Subject::Document(topology.document, path.into());
        let path = Shown::naming(path);
        let message = if !topology.pending_changes.is_empty() {
            let changes: Vec<Shown> = topology.pending_changes.iter().map(|c| Shown::quoting(c.trim_end_matches('.'))).collect();
            text!("{path} holds changes that are not published: {}.", list(&changes))
        } else if topology.draft {
            text!("{path} is a draft that was never published.")
        } else {
            verdicts.pass(subject, text!("{path} is no draft."));
            continue;
        };
        verdicts
            .fail(subject, message)
            .at(Origin::document(topology.document), "the draft")
            .at_most(if topology.used { Severity::Warning } else { Severity::Note })
            .help(Advice::say("Export what is published into the bundle:").then_run(commands::export_topology()).then_say(
                "If the draft is meant to be in force, publish it in Topology Builder, which then enables it, and export again.",
            ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_document, check, estate};
    use kerbsync_inventory::DocumentKind;
    use kerbsync_source::DocumentId;

    #[test]
    fn drafts_and_pending_changes_fail() {
        let mut inventory = estate();
        let document = add_document(&mut inventory, "new.tbxml", DocumentKind::TopologyBuilder);
        let mut builder = inventory.topologies[0].clone();
        (builder.document, builder.used) = (DocumentId(document), false);
        builder.pending_changes = vec!["Computer fe03.contoso.com is added to pool01.contoso.com.".to_owned()];
        inventory.topologies.push(builder);
        inventory.topologies[0].draft = true;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail topology.xml: topology.xml is a draft that was never published.
          warning topology.xml the draft
          help: Export what is published into the bundle:
              (Get-CsTopology -AsXml).ToString() | Out-File topology.xml
            If the draft is meant to be in force, publish it in Topology Builder, which then enables it, and export again.
        fail new.tbxml: new.tbxml holds changes that are not published: Computer fe03.contoso.com is added to pool01.contoso.com.
          note new.tbxml the draft
          help: Export what is published into the bundle:
              (Get-CsTopology -AsXml).ToString() | Out-File topology.xml
            If the draft is meant to be in force, publish it in Topology Builder, which then enables it, and export again.
        ");
        assert!(check(&RULE, estate()).starts_with("pass topology.xml: topology.xml is no draft."));
    }
}
