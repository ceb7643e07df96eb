use crate::declare::declare_rule;
use crate::text::list;
use crate::view::{Holder, OWN_ACCOUNT};
use crate::{AccountView, Object, Policy, PoolView, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::{Shown, text};

declare_rule! {
    /// The name of an overridden internal web FQDN is on another object than the Kerberos account.
    ///
    /// ## What it checks
    /// Where the internal web FQDN of a pool is overridden, no other object than the account of its site holds http/<that name>. Of
    /// computers of the pool itself, rule spn-on-machine-account tells; of a name on both, rule spn-duplicate.
    ///
    /// ## Why it matters
    /// Clients use the overridden name. The domain controllers encrypt their tickets with the key of the object that holds it, and
    /// the web servers, which have the key of the Kerberos account, cannot read them: KRB_AP_ERR_MODIFIED, and the client is refused.
    ///
    /// ## What to do
    /// ```powershell
    /// setspn -Q http/webint.contoso.com
    /// ```
    ///
    /// Before: the name is on the account of a former product or test. After: it is on the Kerberos account. Moving a name takes it
    /// away from whoever uses the other object: find out who that is first.
    ///
    /// ## Sources
    /// - [Change the Web Services URL](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-change-the-web-services-url)
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    number: 430,
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
    if let Some(why) = pool.web_names_unknown() {
        return verdicts.unknown_told_elsewhere(subject, why, commands::web_services());
    }
    let Some(spn) = pool.override_spn() else {
        return verdicts.not_applicable(subject, text!("The internal web FQDN of {} is not overridden.", pool.name()));
    };
    let own = match account.object {
        Object::Found(object) => Some(object),
        Object::Absent | Object::NotInExport | Object::NoExport => None,
    };
    let is_own = |holder: &&Holder<'_>| own.is_some_and(|own| std::ptr::eq(own, holder.0));
    let holders = view.holders(&spn);
    if holders.iter().any(|h| is_own(&h)) {
        return verdicts.pass(subject, text!("{spn} is on {name}."));
    }
    let others: Vec<&Holder<'_>> = holders.iter().filter(|(a, _)| !view.is_machine_of(a, pool.pool)).collect();
    if others.is_empty() || own.is_none_or(|own| own.spns.is_none()) {
        return if holders.is_empty() && view.directory_is_complete() {
            verdicts.pass(subject, text!("No other object holds {spn}."));
        } else if holders.is_empty() || !others.is_empty() {
            let why = text!("The inputs do not show every holder of {spn}.");
            verdicts.unknown_told_elsewhere(subject, why, commands::spn_query(&spn.to_string()));
        } else {
            verdicts.not_applicable(subject, text!("{spn} is on a computer of the pool; rule spn-on-machine-account tells."));
        };
    }
    let names: Vec<Shown> = others.iter().map(|(a, _)| Shown::naming(a.short_name())).collect();
    let message = text!("{spn}, the overridden internal web FQDN of {}, is on {} instead of {name}.", pool.name(), list(&names));
    let mut finding = verdicts
        .fail(subject, message)
        .at_each(others.iter().map(|(a, s)| (&s.origin, text!("the name on {}", Shown::naming(a.short_name())))));
    if let Some(name) = &pool.pool.internal_web_override {
        finding = finding.at(&name.origin, "the override");
    }
    finding.help(if account.machine.is_some() {
        Advice::say(OWN_ACCOUNT)
    } else {
        Advice::say(text!("Find out what uses {} under this name before the name is moved to {name}: that use ends with it.", list(&names)))
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TOPOLOGY, at, check, estate, host, kerb, object, spn};
    use kerbsync_inventory::Inventory;
    use kerbsync_inventory::directory::Completeness;

    fn overridden() -> Inventory {
        let mut inventory = estate();
        inventory.pools[0].internal_web_override = Some(at(TOPOLOGY, 12, host("webint.contoso.com")));
        inventory
    }

    #[test]
    fn another_holder_is_named() {
        let mut inventory = overridden();
        object(&mut inventory, "sql01").spns.as_mut().unwrap().push(spn(509, "HTTP/WebInt.Contoso.com"));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail pool01.contoso.com: http/webint.contoso.com, the overridden internal web FQDN of pool01.contoso.com, is on sql01 instead of CONTOSO\KerbAuth.
          error directory.ldf:509 the name on sql01
          error topology.xml:12 the override
          help: Find out what uses sql01 under this name before the name is moved to CONTOSO\KerbAuth: that use ends with it.
        notapplicable dirpool01.contoso.com: The internal web FQDN of dirpool01.contoso.com is not overridden.
        notapplicable se01.contoso.com: The internal web FQDN of se01.contoso.com is not overridden.
        ");
    }

    #[test]
    fn the_account_and_the_pool_s_own_computers_are_told_elsewhere() {
        let mut inventory = overridden();
        object(&mut inventory, "sql01").spns.as_mut().unwrap().push(spn(509, "http/webint.contoso.com"));
        kerb(&mut inventory).spns.as_mut().unwrap().push(spn(30, "http/webint.contoso.com"));
        assert!(check(&RULE, inventory).starts_with("pass pool01.contoso.com: "));
        let mut inventory = overridden();
        object(&mut inventory, "fe01").spns.as_mut().unwrap().push(spn(109, "http/webint.contoso.com"));
        assert!(check(&RULE, inventory).starts_with("notapplicable pool01.contoso.com: "));
        let mut inventory = overridden();
        inventory.directory.as_mut().unwrap().completeness = Completeness::Partial;
        assert!(check(&RULE, inventory).starts_with("unknown pool01.contoso.com: "));
        // Whether the account holds the name too is not known.
        let mut inventory = overridden();
        object(&mut inventory, "sql01").spns.as_mut().unwrap().push(spn(509, "http/webint.contoso.com"));
        kerb(&mut inventory).spns = None;
        assert!(check(&RULE, inventory).starts_with("unknown pool01.contoso.com: "));
    }
}
