use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Subject, Verdicts, View};
use kerbsync_inventory::{Document, DocumentKind};
use kerbsync_names::HostName;
use kerbsync_source::{Origin, text};
use std::collections::HashMap;

declare_rule! {
    /// An exported key lies beside what it opens.
    ///
    /// ## What it checks
    /// The folder of no server holds an exported key of IIS.
    ///
    /// ## Why it matters
    /// The key opens every secret of that server's configuration, which lies beside it: whoever has the files has the password of the
    /// Kerberos account. An audit needs the key to compare secrets; after it nobody does.
    ///
    /// ## What to do
    /// Delete the exported keys after the audit, wherever copies of them are, and pass on a copy without them:
    ///
    /// ```powershell
    /// kerbsync redact exports exports-without-secrets
    /// ```
    ///
    /// Before: `servers/fe01.contoso.com/keys/iisConfigurationKey.xml`. After: the file is gone.
    ///
    /// ## Sources
    /// - [MITRE ATT&CK T1552.004 Private keys](https://attack.mitre.org/techniques/T1552/004/)
    /// - [aspnet_regiis, which exports keys](https://learn.microsoft.com/previous-versions/aspnet/yxw286t2(v=vs.100))
    number: 641,
    severity: Note,
    confidence: Documented,
    family: Hardening,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 SC-12", "MITRE ATT&CK T1552.004"],
    profile: Stig,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut keys_of: HashMap<&HostName, Vec<&Document>> = HashMap::new();
    for document in view.inventory.documents.iter().filter(|d| d.kind == DocumentKind::KeyContainer) {
        if let Some(host) = &document.computer {
            keys_of.entry(host).or_default().push(document);
        }
    }
    for server in view.configurations() {
        let host = &server.computer;
        let keys = keys_of.get(host).map_or(&[][..], Vec::as_slice);
        let subject = Subject::Server(host.clone());
        if keys.is_empty() {
            verdicts.pass(subject, text!("No exported key of {host} is among the inputs."));
            continue;
        }
        let paths: Vec<_> = keys.iter().map(|d| text!("{}", d.path)).collect();
        verdicts
            .fail(subject, text!("An exported key of {host} is among the inputs: {}.", list(&paths)))
            .at_each(keys.iter().map(|d| (Origin::document(d.id), "the key".into())))
            .help(text!("Delete it when the audit is done, and pass on a copy that 'kerbsync redact' makes."));
    }
}
