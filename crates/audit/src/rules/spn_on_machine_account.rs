use crate::declare::declare_rule;
use crate::view::Holder;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::state::Expectation;
use kerbsync_source::{Shown, text};

declare_rule! {
    /// A name that the Kerberos account needs is on a server's own computer object.
    ///
    /// ## What it checks
    /// Where the site has an account, `http/<pool FQDN>` and the name of an internal override are not on the computer object of a
    /// server of the pool. `http/<server FQDN>` on a server of a larger pool is harmless, since clients do not ask for it.
    ///
    /// ## Why it matters
    /// As long as a site has no account, Enable-CsTopology puts `http/<FQDN>` on the computer's own object. On a Standard Edition
    /// server that is the very name the Kerberos account needs later, and whether the product moves it is not known. While it stands
    /// there, tickets are encrypted for the computer, not for the account; on both objects it is a duplicate.
    ///
    /// ## What to do
    /// ```powershell
    /// setspn -D http/se01.contoso.com SE01
    /// setspn -S http/se01.contoso.com KerbAuth
    /// ```
    ///
    /// Before: `http/se01.contoso.com` on SE01. After: on KerbAuth. Tools that use WinRM to this name may need
    /// another port or name then (0x80090322).
    ///
    /// ## Sources
    /// - [Service principal names](https://learn.microsoft.com/windows/win32/ad/service-principal-names)
    /// - [setspn](https://learn.microsoft.com/windows-server/administration/windows-commands/setspn)
    number: 409,
    severity: Error,
    confidence: Inferred,
    family: Directory,
    subject: Pool,
    product_error: Some("ServicePrincipalNameError"),
    controls: ["NIST SP 800-53 IA-9", "NIST SP 800-53 CM-6"],
    reads: [ServicePrincipalName],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for pool in view.web_pools() {
        let subject = pool.subject();
        let account = match &pool.expectation {
            Expectation::Account(account) => account,
            Expectation::NoAccount(_) => {
                verdicts.not_applicable(subject, "Without an account the name belongs on the computer's own object.");
                continue;
            }
            Expectation::Unknown(why) => {
                verdicts.unknown_told_elsewhere(subject, why.clone(), commands::assignments(None));
                continue;
            }
        };
        let spns: Vec<_> = [Some(pool.spn()), pool.override_spn()].into_iter().flatten().collect();
        let held = spns.iter().flat_map(|spn| view.holders(spn)).find(|(object, _)| view.is_machine_of(object, pool.pool));
        let held: Option<Holder<'_>> = held;
        // The objects of all servers of the pool, with their names, prove the absence even in a partial export.
        let seen = pool.pool.computers.iter().all(|c| view.machine(&c.fqdn.value).is_some_and(|machine| machine.spns.is_some()));
        match held {
            // Where a server of the pool is the account itself, its name is where the assignment puts it.
            Some(_) if view.is_real_machine(pool.account) => {
                verdicts.not_applicable(subject, text!("{account} is a computer of its own; rule account-is-real-machine tells."));
            }
            Some((object, spn)) => {
                let machine = Shown::naming(object.short_name());
                verdicts
                    .fail(subject, text!("{} is on the computer object {machine} instead of {account}.", spn.value))
                    .at(&spn.origin, text!("the name on {machine}"))
                    .at(&pool.pool.fqdn.origin, "the pool")
                    .help(
                        Advice::say("Let the product move the name first:")
                            .then_run(commands::enable_topology())
                            .then_say(text!("If it is still on {machine}, it has to be taken off there by hand; WinRM and other tools that use the name on {machine} then need another one. Look first:"))
                            .then_run(commands::spn_query(&spn.value.to_string()))
                            .then_say(text!("Once it is free, put it on {account}:"))
                            .then_run(commands::spn_add(&spn.value.to_string(), account.account())),
                    );
            }
            None if seen || view.directory_is_complete() => {
                verdicts.pass(subject, text!("No computer object of {} holds {}.", pool.name(), pool.spn()));
            }
            None => {
                let why = text!("The directory export does not hold the names of every server of {}.", pool.name());
                verdicts.unknown_told_elsewhere(subject, why, commands::spn_query(&pool.spn().to_string()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, estate, object, spn, without_directory};
    use kerbsync_inventory::directory::Completeness;

    #[test]
    fn the_pool_s_name_on_a_computer_fails_and_the_server_s_own_does_not() {
        let mut inventory = estate();
        object(&mut inventory, "se01").spns.as_mut().unwrap().push(spn(409, "http/SE01.contoso.com"));
        object(&mut inventory, "fe01").spns.as_mut().unwrap().push(spn(109, "http/fe01.contoso.com"));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass pool01.contoso.com: No computer object of pool01.contoso.com holds http/pool01.contoso.com.
        pass dirpool01.contoso.com: No computer object of dirpool01.contoso.com holds http/dirpool01.contoso.com.
        fail se01.contoso.com: http/SE01.contoso.com is on the computer object se01 instead of contoso\kerbauth.
          error directory.ldf:409 the name on se01
          error topology.xml:40 the pool
          help: Let the product move the name first:
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
            If it is still on se01, it has to be taken off there by hand; WinRM and other tools that use the name on se01 then need another one. Look first:
              setspn -Q http/SE01.contoso.com
            Once it is free, put it on contoso\kerbauth:
              setspn -S http/SE01.contoso.com kerbauth
        ");
    }

    #[test]
    fn computers_of_another_domain_are_not_confused() {
        let mut inventory = estate();
        let machine = object(&mut inventory, "se01");
        machine.dns_host_name.as_mut().unwrap().value = "se01.fabrikam.com".to_owned();
        machine.spns.as_mut().unwrap().push(spn(409, "http/se01.contoso.com"));
        inventory.directory.as_mut().unwrap().completeness = Completeness::Partial;
        assert!(check(&RULE, inventory).contains("unknown se01.contoso.com"));
        assert!(check(&RULE, without_directory()).lines().all(|l| l.starts_with("unknown ")));
    }

    #[test]
    fn in_a_site_without_account_it_is_right() {
        let mut inventory = estate();
        inventory.assignments.pop();
        assert!(check(&RULE, inventory).contains("notapplicable se01.contoso.com: Without an account"));
    }
}
