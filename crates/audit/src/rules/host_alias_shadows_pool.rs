use crate::declare::declare_rule;
use crate::text::list;
use crate::view::{Holder, OWN_ACCOUNT};
use crate::{AccountView, Object, Policy, PoolView, Severity, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_names::ServicePrincipalName;
use kerbsync_source::{Shown, Text, text};

declare_rule! {
    /// Another object holds the HOST name of a pool.
    ///
    /// ## What it checks
    /// No object but the computer of that very name holds HOST/<pool FQDN> or HOST/<internal web FQDN>. HOST stands for many
    /// services, http among them (sPNMappings).
    ///
    /// ## Why it matters
    /// Domain controllers look for `http/<name>` first, then for `HOST/<name>`. Where the Kerberos account lacks the http name, clients
    /// get tickets for the other object, which the web servers cannot read, in place of falling back to NTLM. While the account holds
    /// the http name, the alias does no harm, and is a note.
    ///
    /// ## What to do
    /// ```powershell
    /// setspn -Q HOST/pool01.contoso.com
    /// ```
    ///
    /// Before: `HOST/pool01.contoso.com` on another computer. After: `http/pool01.contoso.com` on the Kerberos account. The alias may
    /// serve somebody: find out before it goes.
    ///
    /// ## Sources
    /// - [Service principal names](https://learn.microsoft.com/windows/win32/ad/service-principal-names)
    /// - [setspn](https://learn.microsoft.com/windows-server/administration/windows-commands/setspn)
    number: 431,
    severity: Error,
    confidence: Inferred,
    family: Directory,
    subject: Pool,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6"],
    reads: [ServicePrincipalName],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_assigned_pool(view, |verdicts, pool, account| judge(view, verdicts, pool, account));
}

fn judge(view: &View<'_>, verdicts: &mut Verdicts<'_>, pool: &PoolView<'_>, account: &AccountView<'_>) {
    let (subject, name) = (pool.subject(), account.name);
    let Object::Found(own) = account.object else {
        let query = commands::spn_query(&text!("HOST/{}", pool.name()));
        return verdicts.unknown_told_elsewhere(subject, text!("The directory export does not hold {name}."), query);
    };
    let aliases = [Some(pool.spn()), pool.override_spn()].into_iter().flatten().filter_map(|http| {
        let alias = ServicePrincipalName::parse(&text!("HOST/{}", http.host())).ok()?;
        Some((http, alias))
    });
    // The http names whose place an alias takes, and those that keep one from it.
    let (mut lacking, mut kept) = (Vec::new(), Vec::new());
    let mut found: Vec<(ServicePrincipalName, Holder<'_>)> = Vec::new();
    for (http, alias) in aliases {
        // The computer of that name holds it by right, as on a Standard Edition server.
        let by_right = view.machine(&http.host()).map(|machine| machine.distinguished_name.value.as_str());
        let others = view
            .holders(&alias)
            .into_iter()
            .filter(|(a, _)| !std::ptr::eq(*a, own) && by_right != Some(a.distinguished_name.value.as_str()));
        let before = found.len();
        found.extend(others.map(|holder| (alias.clone(), holder)));
        let is_held = own.spns.iter().flatten().any(|s| s.value == http);
        if found.len() > before {
            if own.spns.is_some() && !is_held { &mut lacking } else { &mut kept }.push(http);
        }
    }
    let is_in_force = !lacking.is_empty();
    if found.is_empty() {
        return if view.directory_is_complete() {
            verdicts.pass(subject, text!("No other object holds the HOST name of {}.", pool.name()));
        } else {
            let why = "The directory export is not known to hold every object.";
            verdicts.unknown_told_elsewhere(subject, why, text!("Run 'setspn -Q HOST/{}'.", pool.name()));
        };
    }
    let texts: Vec<Text> = found.iter().map(|(alias, (a, _))| text!("{alias} is on {}", Shown::naming(a.short_name()))).collect();
    let consequence = if is_in_force {
        text!("tickets for the pool are made for it, since {name} lacks the http name")
    } else {
        text!("it does no harm while {name} holds the http name")
    };
    let finding = verdicts
        .fail(subject, text!("{}; {consequence}.", list(&texts)))
        .at_most(if is_in_force { Severity::Error } else { Severity::Note })
        .at_each(found.iter().map(|(alias, (a, s))| (&s.origin, text!("{alias} on {}", Shown::naming(a.short_name())))))
        .at(&pool.pool.fqdn.origin, "the pool");
    finding.help(if account.machine.is_some() {
        Advice::say(OWN_ACCOUNT)
    } else if !is_in_force {
        Advice::say(text!("Keep {} on {name}, and find out what uses the alias.", list(&kept)))
    } else {
        let first = Advice::say(
            "Find out what uses the alias, and put the http name on the account; the command refuses a name that another object holds:",
        );
        lacking.iter().fold(first, |advice, http| advice.then_run(commands::spn_add(&http.to_string(), name.account())))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TOPOLOGY, at, check, estate, kerb, object, spn};
    use kerbsync_inventory::directory::Completeness;
    use kerbsync_names::HostName;

    #[test]
    fn an_alias_is_an_error_where_the_account_lacks_the_name_and_a_note_else() {
        let aliased = || {
            let mut inventory = estate();
            object(&mut inventory, "sql01").spns.as_mut().unwrap().push(spn(509, "host/POOL01.contoso.com"));
            inventory
        };
        insta::assert_snapshot!(check(&RULE, aliased()), @r"
        fail pool01.contoso.com: HOST/pool01.contoso.com is on sql01; it does no harm while CONTOSO\KerbAuth holds the http name.
          note directory.ldf:509 HOST/pool01.contoso.com on sql01
          note topology.xml:10 the pool
          help: Keep http/pool01.contoso.com on CONTOSO\KerbAuth, and find out what uses the alias.
        pass dirpool01.contoso.com: No other object holds the HOST name of dirpool01.contoso.com.
        pass se01.contoso.com: No other object holds the HOST name of se01.contoso.com.
        ");
        let mut lacking = aliased();
        kerb(&mut lacking).spns.as_mut().unwrap().retain(|s| s.value.host().first_label() != "pool01");
        assert!(check(&RULE, lacking).contains("  error directory.ldf:509 "));
    }

    /// The name that is advised is the one that the alias takes the place of.
    #[test]
    fn an_alias_of_the_override_is_about_the_name_of_the_override() {
        let aliased = || {
            let mut inventory = estate();
            inventory.pools[0].internal_web_override = Some(at(TOPOLOGY, 11, HostName::new("webint.contoso.com").unwrap()));
            object(&mut inventory, "sql01").spns.as_mut().unwrap().push(spn(509, "HOST/webint.contoso.com"));
            inventory
        };
        let told = check(&RULE, aliased());
        assert!(told.contains("-S http/webint.contoso.com KerbAuth") && !told.contains("http/pool01"), "{told}");
        let mut held = aliased();
        kerb(&mut held).spns.as_mut().unwrap().push(spn(18, "http/webint.contoso.com"));
        let told = check(&RULE, held);
        assert!(told.contains("Keep http/webint.contoso.com on CONTOSO\\KerbAuth"), "{told}");
    }

    #[test]
    fn a_computer_holds_its_own_name() {
        // se01 is pool and computer at once.
        assert!(!check(&RULE, estate()).contains("fail"));
        let mut inventory = estate();
        inventory.directory.as_mut().unwrap().completeness = Completeness::Partial;
        assert!(check(&RULE, inventory).starts_with("unknown pool01.contoso.com: "));
    }
}
