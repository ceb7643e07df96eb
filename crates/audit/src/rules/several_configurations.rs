use crate::declare::declare_rule;
use crate::{Policy, Subject, Verdicts, View};
use kerbsync_advice::Advice;
use kerbsync_source::{Origin, Shown, Text, text};

declare_rule! {
    /// Several different configurations of one server are among the inputs.
    ///
    /// ## What it checks
    /// Of every server there is one applicationHost.config, or copies with the same bytes. Folders of one server under its short name and
    /// its FQDN are one folder. Where configurations differ, the one that the user names with `--prefer` or in kerbsync.toml goes first,
    /// then the newest by manifest.json; neither the path nor the time of a file on disk decides. Where nothing tells which is in force,
    /// this rule fails, and nothing else is said of the server. Copies that IIS never reads (WinSxS, SysWOW64, backups, history, what is
    /// made for application pools) do not count.
    ///
    /// ## Why it matters
    /// A copy from before the last change shows another password, or none. Judged by it, a server in order looks stale, and one that is
    /// stale looks in order.
    ///
    /// ## What to do
    /// Keep the file that was last copied from the server, and take the other one out of the bundle; or name the one that holds:
    ///
    /// ```text
    /// kerbsync audit bundle --prefer servers/fe02.contoso.com/applicationHost.config
    /// ```
    ///
    /// Before: two files of fe02 that differ. After: one, and the state of fe02 is known.
    ///
    /// ## Sources
    /// - [configurationRedirection](https://learn.microsoft.com/iis/configuration/configurationredirection)
    number: 214,
    severity: Warning,
    confidence: Inferred,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 CM-2", "NIST SP 800-53 CM-8"],
    waivable: false,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.configurations() {
        let (subject, host) = (Subject::Server(server.computer.clone()), &server.computer);
        let path = |id| view.inventory.document(id).map_or_else(|| Shown::naming(""), |d| Shown::naming(&d.path));
        let others: Vec<Shown> = server.besides.others.iter().map(|o| path(o.document)).collect();
        let Some(document) = server.document else {
            verdicts.not_applicable(subject, text!("No configuration of {host} is among the inputs."));
            continue;
        };
        match server.besides.others.first() {
            None => verdicts.pass(subject, text!("There is one configuration of {host}.")),
            Some(first) if !server.besides.contested => {
                verdicts.informational(subject, text!("{} is set aside for {host}: {}.", Text::join(others, ", "), first.why));
            }
            Some(_) => {
                let message = text!(
                    "{} and {} are configurations of {host} that differ, and nothing says which is in force.",
                    path(document),
                    Text::join(others, ", ")
                );
                let places = std::iter::once(document).chain(server.besides.others.iter().map(|o| o.document)).map(Origin::document);
                let places: Vec<Origin> = places.collect();
                verdicts.fail(subject, message).at_each(places.iter().map(|p| (p, "one of them".into()))).help(Advice::say(
                    "Keep the file that was last copied from the server, or name the one that holds with --prefer, or date them with a manifest.json.",
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_document, check, config, estate};
    use kerbsync_inventory::{DocumentKind, OtherConfiguration};
    use kerbsync_source::DocumentId;

    #[test]
    fn two_that_differ_fail_and_a_newer_one_is_told() {
        let mut inventory = estate();
        let document = add_document(&mut inventory, "servers/fe02/applicationHost.config", DocumentKind::ApplicationHost);
        let other = |why: &'static str| OtherConfiguration { document: DocumentId(document), why: why.into() };
        let besides = &mut config(&mut inventory, "fe02").besides;
        (besides.contested, besides.others) = (true, vec![other("it differs")]);
        config(&mut inventory, "se01").besides.others = vec![other("manifest.json says that it is older")];
        insta::assert_snapshot!(check(&RULE, inventory), @"
        pass dir01.contoso.com: There is one configuration of dir01.contoso.com.
        pass fe01.contoso.com: There is one configuration of fe01.contoso.com.
        fail fe02.contoso.com: servers/fe02.contoso.com/applicationHost.config and servers/fe02/applicationHost.config are configurations of fe02.contoso.com that differ, and nothing says which is in force.
          warning servers/fe02.contoso.com/applicationHost.config one of them
          warning servers/fe02/applicationHost.config one of them
          help: Keep the file that was last copied from the server, or name the one that holds with --prefer, or date them with a manifest.json.
        informational se01.contoso.com: servers/fe02/applicationHost.config is set aside for se01.contoso.com: manifest.json says that it is older.
        ");
    }
}
