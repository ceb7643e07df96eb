use crate::declare::declare_rule;
use crate::text::list;
use crate::{Attribute, Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::directory::Account;
use kerbsync_names::ServicePrincipalName;
use kerbsync_source::{Shown, Text, text};

declare_rule! {
    /// A service principal name of the Kerberos account is also on another object.
    ///
    /// ## What it checks
    /// Every name on an assigned account, and every name that its pools need, is held by one object at most. Letter case does not
    /// matter. That there is no second holder is proved only by an export of every object.
    ///
    /// ## Why it matters
    /// Service principal names are unique in a forest. With two holders the domain controllers log event 11 of the KDC and give no
    /// ticket, or one for the wrong object: clients fall back to NTLM or fail. On a Standard Edition server, Enable-CsTopology without
    /// an account puts the very name that the Kerberos account needs later on the computer's own object.
    ///
    /// ## What to do
    /// Keep the name on the Kerberos account and take it off the other object:
    ///
    /// ```powershell
    /// setspn -X
    /// setspn -D http/pool01.contoso.com OLDSVC
    /// ```
    ///
    /// Before: `http/pool01.contoso.com` on KerbAuth and OLDSVC. After: on KerbAuth only, and `setspn -X` finds no duplicate.
    ///
    /// ## Sources
    /// - [Service principal names](https://learn.microsoft.com/windows/win32/ad/service-principal-names)
    /// - [setspn](https://learn.microsoft.com/windows-server/administration/windows-commands/setspn)
    number: 406,
    severity: Error,
    confidence: Documented,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 IA-9", "NIST SP 800-53 CM-6"],
    reads: [ServicePrincipalName],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let shown = object.spns.iter().flatten().chain(&object.shown_spns);
        let mut wanted: Vec<ServicePrincipalName> = shown.map(|s| s.value.clone()).collect();
        for pool in account.pools.iter().filter_map(|&p| view.web_pools().get(p)) {
            wanted.push(pool.spn());
            wanted.extend(pool.override_spn());
        }
        wanted.sort();
        wanted.dedup();
        let doubled: Vec<&ServicePrincipalName> = wanted.iter().filter(|spn| view.holders(spn).len() > 1).collect();
        let Some(first) = doubled.first() else {
            if object.spns.is_none() {
                return verdicts.attribute_missing(account, Attribute::ServicePrincipalName);
            }
            return if view.directory_is_complete() {
                verdicts.pass(subject, text!("No name of {name} is on a second object."));
            } else {
                let why = text!("No name of {name} is on a second object of the export, which is not known to hold every object.");
                verdicts.unknown_with_finding(subject, why, commands::spn_duplicates());
            };
        };
        let mut places = Vec::new();
        let mut texts = Vec::new();
        for spn in &doubled {
            let holders: Vec<Shown> = view.holders(spn).iter().map(|(a, _)| Shown::naming(a.short_name())).collect();
            texts.push(text!("{spn} is on {}", list(&holders)));
            places.extend(view.holders(spn).iter().map(|(a, s)| (&s.origin, text!("{spn} on {}", Shown::naming(a.short_name())))));
        }
        let others: Vec<&Account> = view.holders(first).iter().map(|(a, _)| *a).filter(|a| !std::ptr::eq(*a, object)).collect();
        verdicts.fail(subject, text!("{}.", Text::join(&texts, "; "))).at_each(places).help(take_off(view, first, &others));
    });
}

/// Looks first; a name is taken off an object only where it is proved to be nobody's.
fn take_off(view: &View<'_>, spn: &ServicePrincipalName, others: &[&Account]) -> Advice {
    let mut advice =
        Advice::say("Look who holds the name now, and what the other object is:").then_run(commands::spn_query(&spn.to_string()));
    for other in others {
        advice = match view.may_retire(other) {
            Ok(proved) => advice.then_destroy(
                commands::spn_delete(&spn.to_string(), other.short_name()),
                proved,
                text!("Clients that ask for the name get no more tickets for {}. Run:", Shown::naming(other.short_name())),
            ),
            Err(why) => advice.then_say(why),
        };
    }
    advice
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{check, estate, kerb, object, spn};
    use kerbsync_inventory::directory::Completeness;

    #[test]
    fn two_holders_fail() {
        let mut inventory = estate();
        object(&mut inventory, "sql01").spns.as_mut().unwrap().push(spn(509, "HTTP/Pool01.contoso.com"));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: http/pool01.contoso.com is on KerbAuth and sql01.
          error directory.ldf:17 http/pool01.contoso.com on KerbAuth
          error directory.ldf:509 http/pool01.contoso.com on sql01
          help: Look who holds the name now, and what the other object is:
              setspn -Q http/pool01.contoso.com
            No command that removes anything is given here: 'sql01' is a server of the topology.
        ");
    }

    #[test]
    fn two_holders_in_a_partial_export_fail_and_one_is_unknown() {
        let mut inventory = estate();
        inventory.directory.as_mut().unwrap().completeness = Completeness::Partial;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: No name of CONTOSO\KerbAuth is on a second object of the export, which is not known to hold every object. Run `setspn -X -F`.
          warning
        ");
        let mut inventory = estate();
        inventory.directory.as_mut().unwrap().completeness = Completeness::Partial;
        object(&mut inventory, "sql01").spns.as_mut().unwrap().push(spn(509, "http/pool01.contoso.com"));
        assert!(check(&RULE, inventory).starts_with("fail "));
    }

    #[test]
    fn a_name_that_one_object_lists_twice_has_one_holder() {
        let mut inventory = estate();
        kerb(&mut inventory).spns.as_mut().unwrap().push(spn(29, "HTTP/pool01.contoso.com"));
        assert!(check(&RULE, inventory).starts_with("pass "));
        let mut inventory = estate();
        kerb(&mut inventory).spns = None;
        assert!(check(&RULE, inventory).starts_with("unknown CONTOSO\\KerbAuth: The directory exports do not tell servicePrincipalName"));
    }
}
