use crate::declare::declare_rule;
use crate::text::list;
use crate::view::Holder;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::state::Expectation;
use kerbsync_names::ServicePrincipalName;
use kerbsync_source::{Shown, text};

declare_rule! {
    /// A pool's service principal name is still on an account although the site has none.
    ///
    /// ## What it checks
    /// For every pool of a site that is known to have no Kerberos account, `http/<pool FQDN>` and the name of an internal override are
    /// on no object, except on the computer objects of the pool itself: there Enable-CsTopology puts them when there is no account.
    ///
    /// ## Why it matters
    /// Removing an assignment leaves the names where they are until Enable-CsTopology runs, and names that were added by hand stay
    /// even then. Clients go on getting tickets for an account whose password no server holds: 401 instead of NTLM.
    ///
    /// ## What to do
    /// ```powershell
    /// Enable-CsTopology
    /// setspn -Q http/se01.contoso.com
    /// setspn -D http/se01.contoso.com KerbOld
    /// ```
    ///
    /// The first line only where Get-CsKerberosAccountAssignment lists no account for the site: an export of some of the assignments (with
    /// -Identity or -Filter) looks as if the others had been removed. The last line only for names that are still there, and never while a
    /// web server of the pool holds an account. Before: `http/se01.contoso.com` on KerbOld. After: on no account.
    ///
    /// ## Sources
    /// - [Service principal names](https://learn.microsoft.com/windows/win32/ad/service-principal-names)
    /// - [Setting up Kerberos authentication](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-setting-up-kerberos-authentication)
    number: 407,
    severity: Error,
    confidence: Documented,
    family: Directory,
    subject: Pool,
    product_error: None,
    controls: ["NIST SP 800-53 AC-2", "NIST SP 800-53 CM-6"],
    reads: [ServicePrincipalName],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for pool in view.web_pools() {
        let subject = pool.subject();
        match &pool.expectation {
            Expectation::NoAccount(_) => {}
            Expectation::Account(account) => {
                verdicts.not_applicable(subject, text!("The site of {} has the account {account}.", pool.name()));
                continue;
            }
            Expectation::Unknown(why) => {
                verdicts.unknown_told_elsewhere(subject, why.clone(), commands::assignments(None));
                continue;
            }
        }
        let spns: Vec<_> = [Some(pool.spn()), pool.override_spn()].into_iter().flatten().collect();
        let query = commands::spn_query(&pool.spn().to_string());
        let holders = spns.iter().flat_map(|spn| view.holders(spn));
        let left: Vec<Holder<'_>> = holders.filter(|(account, _)| !view.is_machine_of(account, pool.pool)).collect();
        if !left.is_empty() {
            // An account may hold both names of the pool, and both names may be on several accounts.
            let mut names: Vec<Shown> = left.iter().map(|(a, _)| Shown::naming(a.short_name())).collect();
            names.sort_unstable();
            names.dedup();
            let mut spns: Vec<&ServicePrincipalName> = left.iter().map(|(_, s)| &s.value).collect();
            spns.dedup();
            let site = Shown::naming(pool.site.map_or("<unknown>", |s| s.name.value.as_str()));
            let (are, names_are) = if spns.len() == 1 { ("is", "the name is") } else { ("are", "the names are") };
            let message = text!("{} {are} still on {}, but site {site} has no Kerberos account.", list(&spns), list(&names));
            let places = left.iter().map(|(a, s)| (&s.origin, text!("{} on {}", s.value, Shown::naming(a.short_name()))));
            let finding = verdicts.fail(subject, message).at_each(places).at(&pool.pool.fqdn.origin, "the pool");
            let mut advice = Advice::say(text!(
                "See first that site {site} is meant to have no account, and that the export of the assignments left none out:"
            ))
            .then_run(commands::assignments(pool.site.map(|s| s.name.value.as_str())))
            .then_say("Then Enable-CsTopology takes off what a removed assignment has left. Run:")
            .then_run(commands::enable_topology())
            .then_say(text!("Look whether {names_are} still there:"));
            for (object, spn) in left {
                advice = advice.then_run(commands::spn_query(&spn.value.to_string()));
                advice = match view.nobody_holds_for(pool).and_then(|()| view.may_retire(object)) {
                    Ok(proved) => advice.then_destroy(
                        commands::spn_delete(&spn.value.to_string(), object.short_name()),
                        proved,
                        text!(
                            "Clients of the name get no more tickets for {} and fall back to NTLM. Run:",
                            Shown::naming(object.short_name())
                        ),
                    ),
                    Err(why) => advice.then_say(why),
                };
            }
            finding.help(advice);
        } else if view.directory_is_complete() {
            verdicts.pass(subject, text!("No account holds {}.", pool.spn()));
        } else if view.inventory.directory.is_some() {
            verdicts.unknown_told_elsewhere(subject, "The directory export is not known to hold every object.", query);
        } else {
            verdicts.unknown_told_elsewhere(subject, "There is no directory export among the inputs.", query);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TOPOLOGY, at, check, config, estate, host, kerb, object, spn, without_directory};

    #[test]
    fn a_name_on_an_account_fails_and_on_the_computer_itself_does_not() {
        let mut inventory = estate();
        inventory.assignments.pop();
        // What the pool's server holds speaks against it that the assignment was removed: it may only be missing in the export.
        config(&mut inventory, "se01").slots.clear();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        notapplicable pool01.contoso.com: The site of pool01.contoso.com has the account CONTOSO\KerbAuth.
        notapplicable dirpool01.contoso.com: The site of dirpool01.contoso.com has the account CONTOSO\KerbAuth.
        fail se01.contoso.com: http/se01.contoso.com is still on KerbAuth, but site Dublin has no Kerberos account.
          error directory.ldf:19 http/se01.contoso.com on KerbAuth
          error topology.xml:40 the pool
          help: See first that site Dublin is meant to have no account, and that the export of the assignments left none out:
              Get-CsKerberosAccountAssignment -Identity site:Dublin
            Then Enable-CsTopology takes off what a removed assignment has left. Run:
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
            Look whether the name is still there:
              setspn -Q http/se01.contoso.com
            The exports are complete, every assignment is known, and the object holds no name beyond those of this deployment. Clients of the name get no more tickets for KerbAuth and fall back to NTLM. Run:
              setspn -D http/se01.contoso.com KerbAuth
        ");
        let mut inventory = estate();
        inventory.assignments.pop();
        kerb(&mut inventory).spns.as_mut().unwrap().pop();
        object(&mut inventory, "se01").spns.as_mut().unwrap().push(spn(409, "http/se01.contoso.com"));
        assert!(check(&RULE, inventory).contains("pass se01.contoso.com: No account holds http/se01.contoso.com."));
    }

    #[test]
    fn an_account_that_holds_both_names_of_a_pool_is_named_once() {
        let mut inventory = estate();
        inventory.assignments.clear();
        inventory.pools[0].internal_web_override = Some(at(TOPOLOGY, 12, host("webint.contoso.com")));
        kerb(&mut inventory).spns.as_mut().unwrap().push(spn(30, "http/webint.contoso.com"));
        inventory.servers.iter_mut().for_each(|server| server.slots.clear());
        let told = check(&RULE, inventory);
        assert!(told.contains("http/pool01.contoso.com and http/webint.contoso.com are still on KerbAuth, but site"), "{told}");
        // The account also holds names of pools that lost it in the same way, and nothing else: all of it is this deployment's.
        assert!(told.contains("\n      setspn -D http/pool01.contoso.com KerbAuth\n"), "{told}");
        assert!(told.contains("\n      setspn -D http/webint.contoso.com KerbAuth\n"), "{told}");
    }

    /// An export of some of the assignments looks like one of all, after one was removed.
    #[test]
    fn nothing_is_taken_off_while_a_server_of_the_pool_speaks_against_it() {
        let mut inventory = estate();
        inventory.assignments.pop();
        let told = check(&RULE, inventory);
        assert!(told.contains("Get-CsKerberosAccountAssignment -Identity site:Dublin") && !told.contains("setspn -D"), "{told}");
        assert!(told.contains("No command that removes anything is given here: se01.contoso.com still holds an account"), "{told}");
        let mut inventory = estate();
        inventory.assignments.pop();
        inventory.servers.retain(|s| s.computer != host("se01.contoso.com"));
        let told = check(&RULE, inventory);
        assert!(!told.contains("setspn -D") && told.contains("what se01.contoso.com holds is not known"), "{told}");
        let mut inventory = estate();
        inventory.assignments.pop();
        config(&mut inventory, "se01").slots.clear();
        let (server, origin) = (host("se01.contoso.com"), inventory.logs[0].document);
        let origin = kerbsync_source::Origin::document(origin);
        inventory.logs[0].test_verdicts.push(kerbsync_inventory::TestVerdict { server, valid: true, account: None, time: None, origin });
        let told = check(&RULE, inventory);
        assert!(!told.contains("setspn -D") && told.contains("a test of the product found se01.contoso.com valid"), "{told}");
    }

    #[test]
    fn without_directory_it_is_undecided() {
        let mut inventory = without_directory();
        inventory.assignments.pop();
        assert!(check(&RULE, inventory).contains("unknown se01.contoso.com: There is no directory export"));
    }
}
