use crate::declare::declare_rule;
use crate::text::count;
use crate::{Policy, Subject, Verdicts, View};
use kerbsync_advice::Advice;
use kerbsync_source::{Origin, Shown, Text, text};

declare_rule! {
    /// A run of kerbsync keeps a copy of a configuration that holds a secret in clear.
    ///
    /// ## What it checks
    /// No file whose name ends in `.kerbsync-RUN.orig` lies beside a configuration with the secret of a slot as plain text in it. The value
    /// is never shown. A copy that cannot be read, or in which no such secret is found, is told as unknown.
    ///
    /// ## Why it matters
    /// Where a run replaces a secret that stood in clear, the original is kept for a rollback in such a copy and nowhere else. It is as
    /// private as the original was, and it stays until the run is taken back or the copy is removed: whoever can read it has a password
    /// that may still be in force elsewhere.
    ///
    /// ## What to do
    /// Decide whether the run is to be taken back. If it is not, `kerbsync purge` with the name of the run and the bundle removes its copies;
    /// a rollback afterwards leaves those slots alone and names them. A run that has no end yet is ended by `kerbsync recover` first.
    /// Before: `applicationHost.config.kerbsync-r0001-20260301T080000Z.orig` lies beside the configuration. After: it is gone.
    ///
    /// ## Sources
    /// - [MITRE ATT&CK T1552.001 Credentials in files](https://attack.mitre.org/techniques/T1552/001/)
    number: 217,
    severity: Warning,
    confidence: Documented,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 SC-28", "NIST SP 800-53 IA-5(7)", "CIS Controls v8 3.11"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.configurations() {
        let (subject, host, kept) = (Subject::Server(server.computer.clone()), &server.computer, &server.besides.kept);
        let Some(first) = kept.first() else {
            verdicts.pass(subject, text!("No run keeps a copy of the configuration of {host} among the inputs."));
            continue;
        };
        let mut runs: Vec<&String> = kept.iter().map(|k| &k.run).collect();
        runs.sort_unstable();
        runs.dedup();
        let (runs, clear) = (Text::join(runs.iter().map(|run| Shown::naming(run)), ", "), kept.iter().flat_map(|k| &k.clear));
        let Some(secret) = clear.clone().next() else {
            let reason = text!(
                "A copy of the configuration of {host} that the run {runs} keeps was not understood, or no secret was found in clear in it."
            );
            let whole = Origin::document(first.document);
            let remedy = "Such a copy is kept where a secret stood in clear: look at it on the server, and remove it with the purge of kerbsync when the run is not to be taken back.";
            verdicts.unknown_with_finding(subject, reason, remedy).at(&whole, "the copy");
            continue;
        };
        let message = text!(
            "Copies of the configuration of {host} that the run {runs} keeps hold secrets in clear, in {}: that of {} in the {}.",
            count(clear.clone().count(), "place"),
            secret.account,
            secret.label
        );
        let notes = clear.map(|c| (&c.origin, text!("plain text in '{}'", c.attribute)));
        verdicts.fail(subject, message).at_each(notes).help(Advice::say(
            "Where the run is not to be taken back any more, `kerbsync purge` with the run and the bundle removes its copies; before that, a rollback needs them.",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate, origin};
    use kerbsync_inventory::{ClearCopy, KeptOriginal};
    use kerbsync_source::DocumentId;

    #[test]
    fn a_kept_copy_with_a_secret_fails_and_one_without_is_unknown() {
        let mut inventory = estate();
        inventory.servers.retain(|s| ["fe01", "fe02", "se01"].contains(&s.computer.first_label()));
        let secret = ClearCopy {
            label: "application pool 'LyncIntFeature'".into(),
            attribute: "password".to_owned(),
            account: "CONTOSO\\KerbAuth".to_owned(),
            origin: origin(4, 12, "processModel/@password"),
        };
        let kept = |run: &str, clear| KeptOriginal { document: DocumentId(4), run: run.to_owned(), clear };
        config(&mut inventory, "fe02").besides.kept =
            vec![kept("r0001-a", vec![secret.clone(), secret.clone()]), kept("r0002-b", vec![secret])];
        config(&mut inventory, "se01").besides.kept.push(kept("r0001-a", Vec::new()));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe01.contoso.com: No run keeps a copy of the configuration of fe01.contoso.com among the inputs.
        fail fe02.contoso.com: Copies of the configuration of fe02.contoso.com that the run r0001-a, r0002-b keeps hold secrets in clear, in 3 places: that of CONTOSO\KerbAuth in the application pool 'LyncIntFeature'.
          warning servers/dir01.contoso.com/applicationHost.config:12 plain text in 'password'
          help: Where the run is not to be taken back any more, `kerbsync purge` with the run and the bundle removes its copies; before that, a rollback needs them.
        unknown se01.contoso.com: A copy of the configuration of se01.contoso.com that the run r0001-a keeps was not understood, or no secret was found in clear in it. Such a copy is kept where a secret stood in clear: look at it on the server, and remove it with the purge of kerbsync when the run is not to be taken back.
          warning servers/dir01.contoso.com/applicationHost.config the copy
        ");
    }
}
