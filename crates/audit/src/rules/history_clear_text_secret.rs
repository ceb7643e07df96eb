use crate::declare::declare_rule;
use crate::text::count;
use crate::{Policy, Subject, Verdicts, View};
use kerbsync_advice::Advice;
use kerbsync_source::text;

declare_rule! {
    /// A secret stands in clear in an old copy of a configuration.
    ///
    /// ## What it checks
    /// No snapshot of IIS's history, no backup and no other copy of an applicationHost.config that is never in force holds the secret of a
    /// slot as plain text. The value is never shown. Whether the file in force does is for rule clear-text-secret.
    ///
    /// ## Why it matters
    /// IIS keeps the last ten configurations in `inetpub\history`, and appcmd keeps backups until somebody takes them away. A password
    /// that was once typed into the file stays readable there after the file in force has long been encrypted, and it is the
    /// account's password until that is changed.
    ///
    /// ## What to do
    /// Change the password of the account in a maintenance window, since the old one has been readable; then remove the old copies that
    /// hold it. Before: `inetpub\history\CFGHISTORY_0000000004` holds the password. After: no copy holds the password of today.
    ///
    /// ## Sources
    /// - [configHistory](https://learn.microsoft.com/iis/configuration/system.applicationhost/confighistory/)
    /// - [MITRE ATT&CK T1552.001 Credentials in files](https://attack.mitre.org/techniques/T1552/001/)
    number: 216,
    severity: Warning,
    confidence: Documented,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 SC-28", "NIST SP 800-53 IA-5(7)", "CIS Controls v8 3.11"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.configurations() {
        let (subject, host, besides) = (Subject::Server(server.computer.clone()), &server.computer, &server.besides);
        let Some(first) = besides.clear_copies.first() else {
            if besides.copies == 0 {
                verdicts.not_applicable(subject, text!("No old copy of the configuration of {host} is among the inputs."));
            } else {
                let copies = if besides.copies == 1 { "1 old copy".into() } else { text!("{} old copies", besides.copies) };
                verdicts.pass(subject, text!("No secret stands in clear in {copies} of the configuration of {host}."));
            }
            continue;
        };
        let places = count(besides.clear_copies.len(), "place");
        let message = text!(
            "Old copies of the configuration of {host} hold secrets in clear, in {places}: that of {} in the {}.",
            first.account,
            first.label
        );
        let notes = besides.clear_copies.iter().map(|c| (&c.origin, text!("plain text in '{}'", c.attribute)));
        verdicts.fail(subject, message).at_each(notes).help(Advice::say(
            "Whoever can read the copies has the password: plan a new one for the account, and then remove the copies on the server.",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, config, estate, origin};
    use kerbsync_inventory::ClearCopy;

    #[test]
    fn a_secret_in_an_old_copy_fails_and_copies_without_one_pass() {
        let mut inventory = estate();
        let besides = &mut config(&mut inventory, "fe02").besides;
        besides.copies = 2;
        besides.clear_copies.push(ClearCopy {
            label: "application pool 'LyncIntFeature'".into(),
            attribute: "password".to_owned(),
            account: "CONTOSO\\KerbAuth".to_owned(),
            origin: origin(4, 12, "processModel/@password"),
        });
        config(&mut inventory, "se01").besides.copies = 1;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        notapplicable dir01.contoso.com: No old copy of the configuration of dir01.contoso.com is among the inputs.
        notapplicable fe01.contoso.com: No old copy of the configuration of fe01.contoso.com is among the inputs.
        fail fe02.contoso.com: Old copies of the configuration of fe02.contoso.com hold secrets in clear, in 1 place: that of CONTOSO\KerbAuth in the application pool 'LyncIntFeature'.
          warning servers/dir01.contoso.com/applicationHost.config:12 plain text in 'password'
          help: Whoever can read the copies has the password: plan a new one for the account, and then remove the copies on the server.
        pass se01.contoso.com: No secret stands in clear in 1 old copy of the configuration of se01.contoso.com.
        ");
    }
}
