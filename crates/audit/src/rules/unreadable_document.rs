use crate::declare::declare_rule;
use crate::{Policy, Subject, Verdicts, View};
use kerbsync_inventory::{DocumentKind, DocumentStatus};
use kerbsync_source::{Origin, Shown, Spot, Text, text};
use std::sync::Arc;

declare_rule! {
    /// An input that was expected to be readable is not.
    ///
    /// ## What it checks
    /// Every file that was recognised, or that stands where one is expected, could be read. Noise is left alone. The
    /// applicationHost.config of a server is the matter of configuration-unreadable.
    ///
    /// ## Why it matters
    /// What stands in the file was not looked at. One bad file does not hide the good ones, but verdicts that would have rested on it
    /// are missing or unknown, and the run ends with exit code 4 even if nothing else was found.
    ///
    /// ## What to do
    /// Look at the place that the finding names; most often a copy was cut, or a file was saved by an editor in another encoding.
    /// Export it again:
    ///
    /// ```powershell
    /// (Get-CsTopology -AsXml).ToString() | Out-File topology.xml
    /// ```
    ///
    /// Before: line 812, the element 'Topology' is not closed. After: the file is read.
    ///
    /// ## Sources
    /// - [Extensible Markup Language (XML) 1.0](https://www.w3.org/TR/xml/)
    /// - [Get-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Get-CsKerberosAccountAssignment.md)
    number: 506,
    severity: Warning,
    confidence: Observed,
    family: Process,
    subject: Document,
    product_error: None,
    controls: ["NIST SP 800-53 CA-7", "NIST SP 800-53 SI-10"],
    waivable: false,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let told: std::collections::HashSet<_> = view.configurations().filter_map(|c| c.document).collect();
    for document in &view.inventory.documents {
        let (subject, path) = (Subject::Document(document.id, document.path.clone()), &document.path);
        match &document.status {
            DocumentStatus::Unreadable(_) if document.kind == DocumentKind::ApplicationHost && told.contains(&document.id) => {
                verdicts.not_applicable(subject, text!("{path} is the configuration of a server: configuration-unreadable tells of it."));
            }
            DocumentStatus::Unreadable(problem) => {
                let origin = Origin::new(document.id, Spot { location: problem.location, element: Arc::from(""), excerpt: None });
                let help = problem.help.as_deref().map_or("Export or copy the file again.".into(), |help| Text::from(Shown::quoting(help)));
                verdicts
                    .fail(subject, text!("{path} cannot be read: {}.", Shown::quoting(problem.message.trim_end_matches('.'))))
                    .at(&origin, "here")
                    .help(help);
            }
            DocumentStatus::Used => verdicts.pass(subject, text!("{path} was read ({}).", document.kind.name())),
            DocumentStatus::SetAside(why) => {
                verdicts.pass(subject, sentence(&text!("{path} was read and set aside: {}", Shown::quoting(why))))
            }
            DocumentStatus::Noise(why) => {
                verdicts.not_applicable(subject, sentence(&text!("{path} is not looked at: {}", Shown::quoting(why))))
            }
        }
    }
}

/// With one period at its end.
fn sentence(text: &Text) -> Text {
    text!("{}.", text.without_end("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_document, check, estate, origin};
    use kerbsync_source::{DocumentId, Level, Problem};

    #[test]
    fn a_damaged_document_fails_once() {
        let problem = |document| Problem {
            level: Level::Error,
            code: "xml-unclosed",
            document: DocumentId(document),
            location: origin(document, 812, "").location(),
            message: "the element 'Topology' is not closed".into(),
            help: None,
        };
        let mut inventory = estate();
        let cut = add_document(&mut inventory, "cut.xml", DocumentKind::Topology);
        inventory.documents[cut as usize].status = DocumentStatus::Unreadable(problem(cut));
        let noise = add_document(&mut inventory, "photo.jpg", DocumentKind::Unrecognised);
        inventory.documents[noise as usize].status = DocumentStatus::Noise("an image".into());
        inventory.documents[4].status = DocumentStatus::Unreadable(problem(4));
        inventory.documents[5].status = DocumentStatus::SetAside("another copy is newer.".into());
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass topology.xml: topology.xml was read (topology).
        pass assignments.xml: assignments.xml was read (clixml).
        pass directory.ldf: directory.ldf was read (ldif).
        pass Enable-CsTopology.xml: Enable-CsTopology.xml was read (management-log).
        notapplicable servers/dir01.contoso.com/applicationHost.config: servers/dir01.contoso.com/applicationHost.config is the configuration of a server: configuration-unreadable tells of it.
        pass servers/fe01.contoso.com/applicationHost.config: servers/fe01.contoso.com/applicationHost.config was read and set aside: another copy is newer.
        pass servers/fe02.contoso.com/applicationHost.config: servers/fe02.contoso.com/applicationHost.config was read (application-host).
        pass servers/se01.contoso.com/applicationHost.config: servers/se01.contoso.com/applicationHost.config was read (application-host).
        fail cut.xml: cut.xml cannot be read: the element 'Topology' is not closed.
          warning cut.xml:812 here
          help: Export or copy the file again.
        notapplicable photo.jpg: photo.jpg is not looked at: an image.
        ");
    }
}
