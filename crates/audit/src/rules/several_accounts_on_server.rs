use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Verdicts, View};
use kerbsync_inventory::Slot;
use kerbsync_inventory::directory::Domain;
use kerbsync_inventory::state::account_key;
use kerbsync_source::text;

declare_rule! {
    /// A web server holds two different accounts.
    ///
    /// ## What it checks
    /// All slots of a server in the product's web sites, in the pools that serve them and where kerbsync.toml declares them name one
    /// and the same account. Slots that are not in force or hold no secret are not counted.
    ///
    /// ## Why it matters
    /// A site has one account. A server with two was changed half way, by hand or by a run that broke off, and serves a part of its
    /// requests with the wrong identity: which part depends on the web site or pool, so it looks like chance.
    ///
    /// ## What to do
    /// Bring the server in line in one step:
    ///
    /// ```powershell
    /// Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com
    /// ```
    ///
    /// Before: internal web site `CONTOSO\KerbAuth`, external web site `CONTOSO\KerbOld`. After: `CONTOSO\KerbAuth` on both.
    ///
    /// ## Sources
    /// - [Set a Kerberos authentication account password on a server](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-set-a-kerberos-authentication-account-password-on-a-server)
    number: 206,
    severity: Warning,
    confidence: Inferred,
    family: Servers,
    subject: Server,
    product_error: None,
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 CM-6"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for server in view.web_servers() {
        let configuration = match server.configuration() {
            Ok(configuration) => configuration,
            Err((why, remedy)) => {
                verdicts.unknown_told_elsewhere(server.subject(), why, remedy);
                continue;
            }
        };
        let mut first_of_each: Vec<&Slot> = Vec::new();
        for slot in configuration.slots.iter().filter(|s| s.counts()) {
            if !first_of_each.iter().any(|other| may_be_same(slot, other, view.inventory.domains())) {
                first_of_each.push(slot);
            }
        }
        match first_of_each.as_slice() {
            [] => verdicts.not_applicable(server.subject(), text!("{} holds no account.", server.host)),
            [one] => verdicts.pass(server.subject(), text!("{} holds one account, {}.", server.host, one.account.value.text)),
            several => {
                let texts: Vec<&String> = several.iter().map(|s| &s.account.value.text).collect();
                let message = text!("{} holds {} accounts: {}.", server.host, several.len(), list(&texts));
                let mut finding = verdicts.fail(server.subject(), message);
                for slot in several {
                    finding = finding.at(&slot.account.origin, text!("{} names {}", slot.label, slot.account.value.text));
                }
                finding.help(view.set_password(server));
            }
        }
    }
}

/// Whether two slots may name the same account: a name without a domain may be any of that name.
fn may_be_same(a: &Slot, b: &Slot, domains: &[Domain]) -> bool {
    let bare = |text: &str| {
        let name = text.rsplit('\\').next().unwrap_or("").split('@').next().unwrap_or("").to_lowercase();
        name.strip_suffix('$').unwrap_or(&name).to_owned()
    };
    let (a, b) = (&a.account.value, &b.account.value);
    match (&a.name, &b.name) {
        (Some(a), Some(b)) => account_key(a, domains) == account_key(b, domains),
        _ => bare(&a.text) == bare(&b.text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account_text, check, config, estate};

    #[test]
    fn two_accounts_fail_and_two_spellings_do_not() {
        let mut inventory = estate();
        config(&mut inventory, "fe02").slots[1].account.value = account_text("CONTOSO\\KerbOld");
        config(&mut inventory, "dir01").slots[1].account.value = account_text("kerbauth$");
        config(&mut inventory, "se01").slots.clear();
        inventory.servers.retain(|s| s.computer.first_label() != "fe01");
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown fe01.contoso.com: No configuration of fe01.contoso.com is among the inputs. Copy C:\Windows\System32\inetsrv\config\applicationHost.config of fe01.contoso.com to servers/fe01.contoso.com/applicationHost.config in the bundle.
        fail fe02.contoso.com: fe02.contoso.com holds 2 accounts: CONTOSO\KerbAuth and CONTOSO\KerbOld.
          warning servers/fe02.contoso.com/applicationHost.config:60 kerberosCredential in 'Skype for Business Server Internal Web Site' names CONTOSO\KerbAuth
          warning servers/fe02.contoso.com/applicationHost.config:70 kerberosCredential in 'Skype for Business Server External Web Site' names CONTOSO\KerbOld
          help: Let the product test the site first:
              Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html
            If it finds dir01.contoso.com valid, copy the password from there:
              Set-CsKerberosAccountPassword -FromComputer dir01.contoso.com -ToComputer fe02.contoso.com
        pass dir01.contoso.com: dir01.contoso.com holds one account, CONTOSO\KerbAuth.
        notapplicable se01.contoso.com: se01.contoso.com holds no account.
        ");
    }
}
