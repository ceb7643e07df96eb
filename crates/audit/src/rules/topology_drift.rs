use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Subject, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::{Origin, Text, text};
use std::collections::HashSet;
use std::sync::Arc;

declare_rule! {
    /// Two topology documents of the inputs disagree.
    ///
    /// ## What it checks
    /// Every topology document that was set aside says the same about sites, pools and computers as the one that was used. Signatures
    /// are not compared: documents with different contents are known to share one.
    ///
    /// ## Why it matters
    /// Documents of two points in time, or of two deployments, lie in one bundle. Only one of them is in force, and the scope of the
    /// account follows from it: which servers must hold the password.
    ///
    /// ## What to do
    /// Export the topology afresh, and leave the others out:
    ///
    /// ```powershell
    /// (Get-CsTopology -AsXml).ToString() | Out-File topology.xml
    /// ```
    ///
    /// Before: `topology.xml` and `topology-2024.xml` differ in one server. After: one document.
    ///
    /// ## Sources
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    number: 504,
    severity: Warning,
    confidence: Inferred,
    family: Process,
    subject: Document,
    product_error: None,
    controls: ["NIST SP 800-53 CM-2", "NIST SP 800-53 CM-3"],
    waivable: false,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let path = |document| view.inventory.document(document).map_or_else(|| Arc::from("a topology"), |d| Arc::clone(&d.path));
    let used = view.inventory.topologies.iter().find(|t| t.used);
    let mut seen = HashSet::new();
    for topology in view.inventory.topologies.iter().filter(|t| seen.insert(t.document)) {
        let name = path(topology.document);
        let subject = Subject::Document(topology.document, name.clone());
        if topology.used {
            verdicts.pass(subject, text!("The inventory was made from {name}."));
        } else if topology.differences.is_empty() {
            verdicts.pass(subject, text!("{name} says nothing else than the topology that was used."));
        } else {
            let differences: Vec<Text> = topology.differences.iter().map(|d| d.without_end(".")).collect();
            let against = used.map_or_else(|| "the topology that was used".into(), |u| path(u.document));
            let doubt = if topology.contested { " Nothing says which of the two holds, so what they differ in is not judged." } else { "" };
            let mut finding = verdicts
                .fail(subject, text!("{name} differs from {against}: {}.{doubt}", list(&differences)))
                .at(Origin::document(topology.document), "set aside");
            if let Some(used) = used {
                finding = finding.at(Origin::document(used.document), "used");
            }
            finding.help(
                Advice::say("Export the topology afresh, and leave older documents out of the bundle:")
                    .then_run(commands::export_topology())
                    .then_say(if topology.contested { "Or name the one that holds with --topology." } else { "" }),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_document, check, estate};
    use kerbsync_inventory::DocumentKind;
    use kerbsync_source::DocumentId;

    #[test]
    fn differences_fail() {
        let mut inventory = estate();
        for (name, differences) in [("old.xml", vec!["Computer fe03.contoso.com is in old.xml only.".into()]), ("copy.xml", Vec::new())] {
            let document = add_document(&mut inventory, name, DocumentKind::Topology);
            let mut other = inventory.topologies[0].clone();
            (other.document, other.used, other.differences) = (DocumentId(document), false, differences);
            inventory.topologies.push(other);
        }
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass topology.xml: The inventory was made from topology.xml.
        fail old.xml: old.xml differs from topology.xml: Computer fe03.contoso.com is in old.xml only.
          warning old.xml set aside
          warning topology.xml used
          help: Export the topology afresh, and leave older documents out of the bundle:
              (Get-CsTopology -AsXml).ToString() | Out-File topology.xml
        pass copy.xml: copy.xml says nothing else than the topology that was used.
        ");
    }
}
