use crate::declare::declare_rule;
use crate::text::list;
use crate::view::OWN_ACCOUNT;
use crate::{Object, Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::state::Expectation;
use kerbsync_source::{Shown, text};

declare_rule! {
    /// The name of an overridden internal web FQDN is not on the Kerberos account.
    ///
    /// ## What it checks
    /// Where the internal web FQDN of a pool is overridden, `http/<that FQDN>` stands on the account of the pool's site.
    ///
    /// ## Why it matters
    /// Clients inside go to the overridden name and ask for a ticket for it. Enable-CsTopology registers the name of the pool only;
    /// the documentation has the administrator add the other one. Without it these clients fall back to NTLM.
    ///
    /// ## What to do
    /// ```powershell
    /// setspn -S http/webint.contoso.com KerbAuth
    /// ```
    ///
    /// Before: `setspn -L KerbAuth` lists `http/pool01.contoso.com`. After: also `http/webint.contoso.com`. Nothing says that the name
    /// is removed by itself later: take it off by hand when the override goes.
    ///
    /// ## Sources
    /// - [Change the Web Services URL](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-change-the-web-services-url)
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    number: 408,
    severity: Error,
    confidence: Documented,
    family: Directory,
    subject: Pool,
    product_error: None,
    controls: ["NIST SP 800-53 IA-9", "NIST SP 800-53 CM-6"],
    reads: [ServicePrincipalName],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for pool in view.web_pools() {
        let subject = pool.subject();
        if let (Expectation::Account(_), Some(why)) = (&pool.expectation, pool.web_names_unknown()) {
            verdicts.unknown_with_finding(subject, why, Advice::run(commands::web_services()));
            continue;
        }
        let Some(spn) = pool.override_spn() else {
            verdicts.not_applicable(subject, text!("The internal web FQDN of {} is not overridden.", pool.name()));
            continue;
        };
        let query = commands::spn_query(&spn.to_string());
        let account = pool.account.and_then(|a| view.accounts().get(a));
        match (&pool.expectation, account.map(|a| (a.name, a.object))) {
            (Expectation::NoAccount(why), _) => verdicts.not_applicable(subject, why.clone()),
            (Expectation::Unknown(why), _) => verdicts.unknown_told_elsewhere(subject, why.clone(), commands::assignments(None)),
            (_, Some((name, Object::Found(object)))) => match &object.spns {
                None => {
                    let why = text!("The directory exports do not tell servicePrincipalName of {name}.");
                    verdicts.unknown_told_elsewhere(subject, why, query);
                }
                Some(spns) if spns.iter().any(|s| s.value == spn) => verdicts.pass(subject, text!("{spn} is on {name}.")),
                Some(_) if !view.holders(&spn).is_empty() => {
                    let others: Vec<Shown> = view.holders(&spn).iter().map(|(a, _)| Shown::naming(a.short_name())).collect();
                    verdicts.not_applicable(subject, text!("{spn} is on {} instead; another rule tells.", list(&others)));
                }
                Some(spns) => {
                    let place = spns.first().map_or(&object.origin, |s| &s.origin);
                    let mut finding = verdicts
                        .fail(subject, text!("{spn}, the overridden internal web FQDN of {}, is not on {name}.", pool.name()))
                        .at(place, text!("the names on {name}"));
                    if let Some(name) = &pool.pool.internal_web_override {
                        finding = finding.at(&name.origin, "the override");
                    }
                    finding.help(if view.is_real_machine(pool.account) {
                        Advice::say(OWN_ACCOUNT)
                    } else {
                        Advice::say("The command refuses a name that another object holds. Run:")
                            .then_run(commands::spn_add(&spn.to_string(), name.account()))
                    });
                }
            },
            (_, Some((name, Object::Absent))) => verdicts.not_applicable(subject, text!("{name} does not exist in Active Directory.")),
            (_, Some((name, Object::NotInExport))) => {
                verdicts.unknown_told_elsewhere(subject, text!("The directory export does not hold {name}."), query);
            }
            (_, Some((_, Object::NoExport)) | None) => {
                verdicts.unknown_told_elsewhere(subject, "There is no directory export among the inputs.", query)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{TOPOLOGY, at, check, estate, host, kerb, spn, without_directory};

    #[test]
    fn an_override_needs_its_own_name() {
        let overridden = |inventory: &mut kerbsync_inventory::Inventory| {
            inventory.pools[0].internal_web_override = Some(at(TOPOLOGY, 12, host("webint.contoso.com")));
        };
        let mut inventory = estate();
        overridden(&mut inventory);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail pool01.contoso.com: http/webint.contoso.com, the overridden internal web FQDN of pool01.contoso.com, is not on CONTOSO\KerbAuth.
          error directory.ldf:17 the names on CONTOSO\KerbAuth
          error topology.xml:12 the override
          help: The command refuses a name that another object holds. Run:
              setspn -S http/webint.contoso.com KerbAuth
        notapplicable dirpool01.contoso.com: The internal web FQDN of dirpool01.contoso.com is not overridden.
        notapplicable se01.contoso.com: The internal web FQDN of se01.contoso.com is not overridden.
        ");
        let mut inventory = estate();
        overridden(&mut inventory);
        kerb(&mut inventory).spns.as_mut().unwrap().push(spn(30, "HTTP/WebInt.contoso.com"));
        assert!(check(&RULE, inventory).starts_with("pass pool01.contoso.com: http/webint.contoso.com is on CONTOSO\\KerbAuth."));
        let mut inventory = without_directory();
        overridden(&mut inventory);
        assert!(check(&RULE, inventory).starts_with("unknown pool01.contoso.com: "));
    }

    /// An export of Get-CsPool holds no web FQDNs: that none is overridden is not known.
    #[test]
    fn web_fqdns_that_no_document_tells_may_be_overridden() {
        let mut inventory = estate();
        inventory.pools[0].web_fqdns_known = false;
        let told = check(&RULE, inventory);
        assert!(told.starts_with("unknown pool01.contoso.com: No input tells the web FQDNs of pool01.contoso.com"), "{told}");
        assert!(told.contains("Get-CsService -WebServer") && told.contains("notapplicable se01.contoso.com"), "{told}");
    }
}
