use crate::declare::declare_rule;
use crate::view::test_of;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::commands;
use kerbsync_inventory::state::{Expectation, Naming};
use kerbsync_source::text;

declare_rule! {
    /// A web server holds another account than the one assigned to its site.
    ///
    /// ## What it checks
    /// Every slot that counts on a web server names the account of the server's site. Slots count in the two product web sites, in the
    /// pools that serve their applications, and where kerbsync.toml declares them, as long as they are in force and hold a secret.
    /// An account elsewhere in the configuration is nobody's business. Letter case and a trailing `$` do not matter.
    ///
    /// ## Why it matters
    /// The server decrypts tickets with the password of the account that it holds. Tickets for the assigned account cannot be opened:
    /// 401. This is what is left when an assignment was replaced and the password was not set on every server afterwards.
    ///
    /// ## What to do
    /// Set the password of the assigned account on all servers, or copy it from one that has it:
    ///
    /// ```powershell
    /// Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com
    /// ```
    ///
    /// Before: fe02 names `CONTOSO\KerbOld`. After: fe02 names `CONTOSO\KerbAuth`, like the other servers of the site.
    ///
    /// ## Sources
    /// - [Test-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Test-CsKerberosAccountAssignment.md)
    /// - [Set a Kerberos authentication account password on a server](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-set-a-kerberos-authentication-account-password-on-a-server)
    number: 202,
    severity: Error,
    confidence: Documented,
    family: Servers,
    subject: Server,
    product_error: Some("InvalidKerberosConfiguration"),
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.web_servers() {
        let (subject, host) = (server.subject(), server.host);
        let account = match &server.expectation {
            Expectation::Account(account) => account,
            Expectation::NoAccount(why) => {
                verdicts.not_applicable(subject, why.clone());
                continue;
            }
            Expectation::Unknown(why) => {
                verdicts.unknown_told_elsewhere(subject, why.clone(), commands::assignments(None));
                continue;
            }
        };
        if let Err((why, remedy)) = server.configuration() {
            verdicts.unknown_told_elsewhere(subject, why, remedy);
            continue;
        }
        let slots = server.counted_slots();
        if let Some((first, _)) = slots.iter().find(|(_, n)| *n == Naming::Another) {
            let text = &first.account.value.text;
            let mut finding =
                verdicts.fail(subject, text!("The {} of {host} names {text}; the account of the site is {account}.", first.label));
            for (slot, _) in slots.iter().filter(|(_, n)| *n == Naming::Another) {
                finding = finding.at(&slot.account.origin, text!("{} instead of {account}", slot.account.value.text));
            }
            if let Some(assignment) = view.account(account).and_then(|a| a.assignments.first()) {
                finding = finding.at(&assignment.account_text.origin, "the account that is assigned");
            }
            finding.help(view.set_password(server));
        } else if let Some((slot, _)) = slots.iter().find(|(_, n)| *n == Naming::Unclear) {
            let text = &slot.account.value.text;
            let why = text!("The {} of {host} names '{text}', and no input says whether that is {account}.", slot.label);
            verdicts
                .unknown_with_finding(subject, why, test_of(server.site))
                .at(&slot.account.origin, "a name without a domain that is known");
        } else if slots.is_empty() {
            verdicts.pass(subject, text!("No slot of {host} names another account than {account}; none names that one either."));
        } else {
            verdicts.pass(subject, text!("All slots of {host} name {account}."));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account_text, check, config, estate};

    #[test]
    fn another_account_fails_and_a_bare_name_is_unknown() {
        let mut inventory = estate();
        config(&mut inventory, "fe02").slots[0].account.value = account_text("CONTOSO\\KerbOld");
        config(&mut inventory, "dir01").slots[1].account.value = account_text("KerbAuth$");
        config(&mut inventory, "se01").slots.clear();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass fe01.contoso.com: All slots of fe01.contoso.com name CONTOSO\KerbAuth.
        fail fe02.contoso.com: The kerberosCredential in 'Skype for Business Server Internal Web Site' of fe02.contoso.com names CONTOSO\KerbOld; the account of the site is CONTOSO\KerbAuth.
          error servers/fe02.contoso.com/applicationHost.config:60 CONTOSO\KerbOld instead of CONTOSO\KerbAuth
          error assignments.xml:5 the account that is assigned
          help: Nothing proves yet what fe01.contoso.com holds: let the product test its site first.
              Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html
            If it is found valid, copy the password from there:
              Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com
        unknown dir01.contoso.com: The kerberosCredential in 'Skype for Business Server External Web Site' of dir01.contoso.com names 'KerbAuth$', and no input says whether that is CONTOSO\KerbAuth. Run `Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html`.
          warning servers/dir01.contoso.com/applicationHost.config:70 a name without a domain that is known
        pass se01.contoso.com: No slot of se01.contoso.com names another account than contoso\kerbauth; none names that one either.
        ");
    }

    #[test]
    fn a_server_of_a_site_without_account_is_not_concerned() {
        let mut inventory = estate();
        inventory.assignments.pop();
        assert!(check(&RULE, inventory).contains("notapplicable se01.contoso.com: Site Dublin has no Kerberos account."));
    }

    #[test]
    fn an_account_elsewhere_is_nobody_s_business() {
        let mut inventory = estate();
        let mut slot = config(&mut inventory, "fe02").slots[0].clone();
        (slot.relevance, slot.account.value) = (kerbsync_inventory::SlotRelevance::Elsewhere, account_text("CONTOSO\\svc-backup"));
        config(&mut inventory, "fe02").slots.push(slot);
        assert!(!check(&RULE, inventory).contains("fail"));
    }
}
