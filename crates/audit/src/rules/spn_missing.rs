use crate::declare::declare_rule;
use crate::text::{day, days_between, list};
use crate::view::OWN_ACCOUNT;
use crate::{AccountView, Object, Policy, PoolView, Verdicts, View};
use jiff::Timestamp;
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::ManagementLog;
use kerbsync_inventory::directory::Account;
use kerbsync_names::ServicePrincipalName;
use kerbsync_source::{Origin, Shown, Text, text};

declare_rule! {
    /// The service principal name of a pool is not on the Kerberos account.
    ///
    /// ## What it checks
    /// `http/<pool FQDN>` of every pool with Web Services stands on the account of the pool's site. Names that no page documents
    /// (`http/<member>`, simple URLs) are not asked for. Where a report of the product did not find a name that the directory export shows,
    /// and nothing tells that the export is the later of the two, it is unknown.
    ///
    /// ## Why it matters
    /// This is what Test-CsKerberosAccountAssignment reports as ServicePrincipalNameError. A client that finds no object with the name
    /// falls back to NTLM; one that finds another object gets a ticket that the servers cannot open. Enable-CsTopology writes the
    /// names, but only with the rights to do so: a container that was not delegated (Grant-CsSetupPermission) is left out when the
    /// operator is no domain administrator.
    ///
    /// ## What to do
    /// ```powershell
    /// Enable-CsTopology
    /// setspn -L KerbAuth
    /// setspn -S http/pool01.contoso.com KerbAuth
    /// ```
    ///
    /// The last line only if the name is still missing. Before: `setspn -L KerbAuth` without it. After: it lists
    /// `http/pool01.contoso.com`.
    ///
    /// ## Sources
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    /// - [Service principal names](https://learn.microsoft.com/windows/win32/ad/service-principal-names)
    number: 405,
    severity: Error,
    confidence: Documented,
    family: Directory,
    subject: Pool,
    product_error: Some("ServicePrincipalNameError"),
    controls: ["NIST SP 800-53 IA-9", "NIST SP 800-53 CM-6"],
    reads: [ServicePrincipalName],
}

fn check(view: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_assigned_pool(view, |verdicts, pool, account| {
        let subject = pool.subject();
        let remedy = commands::spn_query(&pool.spn().to_string());
        match account.object {
            Object::Found(object) => judge(view, policy, verdicts, pool, account, object),
            Object::Absent => verdicts.not_applicable(subject, text!("{} does not exist in Active Directory.", account.name)),
            Object::NotInExport => {
                verdicts.unknown_told_elsewhere(subject, text!("The directory export does not hold {}.", account.name), remedy)
            }
            Object::NoExport => verdicts.unknown_told_elsewhere(subject, "There is no directory export among the inputs.", remedy),
        }
    });
}

fn judge(view: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>, pool: &PoolView<'_>, account: &AccountView<'_>, object: &Account) {
    let (subject, spn, name) = (pool.subject(), pool.spn(), account.name);
    let Some(spns) = &object.spns else {
        let why = text!("The directory exports do not tell servicePrincipalName of {name}.");
        return verdicts.unknown_told_elsewhere(subject, why, commands::spn_query(&spn.to_string()));
    };
    if let Some(held) = spns.iter().find(|s| s.value == spn) {
        let Some((log, place)) = looked_for_in_vain(view, policy, &spn, &held.origin) else {
            return verdicts.pass(subject, text!("{spn} is on {name}."));
        };
        let when = time(log).map_or_else(|| Text::from("without a time"), |t| text!("of {}", day(t)));
        let why = text!(
            "{spn} is on {name} in the directory export, but the report of {} {when} did not find it, and nothing shows that the export is the later of the two.",
            log.cmdlet
        );
        verdicts
            .unknown_with_finding(subject, why, Advice::run(commands::spn_query(&spn.to_string())))
            .at(place, "the product did not find it")
            .at(&held.origin, "the name stands here");
        return;
    }
    let others: Vec<Shown> = view.holders(&spn).iter().map(|(a, _)| Shown::naming(a.short_name())).collect();
    let elsewhere = if others.is_empty() { Text::EMPTY } else { text!("; it is on {}", list(&others)) };
    let place = spns.first().map_or(&object.origin, |s| &s.origin);
    let mut finding = verdicts
        .fail(subject, text!("The service principal name {spn} is not on {name}{elsewhere}."))
        .at(place, text!("the names on {name}"))
        .at(&pool.pool.fqdn.origin, "the pool");
    for (_, held) in view.holders(&spn) {
        finding = finding.at(&held.origin, "the name stands here");
    }
    let help = if account.machine.is_some() {
        Advice::say(OWN_ACCOUNT)
    } else if others.is_empty() {
        Advice::run(commands::enable_topology())
            .then_say("If the name is still missing, add it; the command refuses a name that another object holds:")
            .then_run(commands::spn_add(&spn.to_string(), name.account()))
    } else {
        Advice::say(text!("{} has to give the name up first. Find out what it is and who uses it:", list(&others)))
            .then_run(commands::spn_query(&spn.to_string()))
            .then_say(text!("When the name is free there, put it on {name}:"))
            .then_run(commands::spn_add(&spn.to_string(), name.account()))
    };
    finding.help(help);
}

/// The newest of the product's reports that looked for a name in vain, where no later one found it and the export is not known to be later.
fn looked_for_in_vain<'i>(
    view: &View<'i>,
    policy: &Policy,
    spn: &ServicePrincipalName,
    held: &Origin,
) -> Option<(&'i ManagementLog, &'i Origin)> {
    let missing = |log: &'i ManagementLog| {
        let named = |text: &str| ServicePrincipalName::parse(text).is_ok_and(|name| name == *spn);
        log.spns_missing.iter().find(|m| named(&m.value)).map(|m| &m.origin)
    };
    let logs = || view.inventory.logs.iter();
    let (log, place) = logs().filter_map(|log| Some((log, missing(log)?))).max_by_key(|(log, _)| time(log))?;
    let found_later = |other: &'i ManagementLog| {
        other.cmdlet.eq_ignore_ascii_case(&log.cmdlet) && other.complete && time(other) > time(log) && missing(other).is_none()
    };
    let exported_at = view.inventory.document(held.document).and_then(|d| d.read_at);
    let too_old = time(log).is_some_and(|t| days_between(t, policy.now) > i64::from(policy.evidence_age_days));
    let exported_later = exported_at.is_some() && exported_at > time(log) && time(log).is_some();
    (!too_old && !exported_later && !logs().any(found_later)).then_some((log, place))
}

fn time(log: &ManagementLog) -> Option<Timestamp> {
    log.ended.or(log.started)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, LOG, at, check, estate, kerb, log, object, spn, without_directory};

    #[test]
    fn a_name_that_is_missing_or_elsewhere_fails() {
        let mut inventory = estate();
        kerb(&mut inventory).spns.as_mut().unwrap().drain(1..);
        object(&mut inventory, "se01").spns.as_mut().unwrap().push(spn(409, "HTTP/se01.contoso.com"));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass pool01.contoso.com: http/pool01.contoso.com is on CONTOSO\KerbAuth.
        fail dirpool01.contoso.com: The service principal name http/dirpool01.contoso.com is not on CONTOSO\KerbAuth.
          error directory.ldf:17 the names on CONTOSO\KerbAuth
          error topology.xml:20 the pool
          help: Run:
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
            If the name is still missing, add it; the command refuses a name that another object holds:
              setspn -S http/dirpool01.contoso.com KerbAuth
        fail se01.contoso.com: The service principal name http/se01.contoso.com is not on CONTOSO\KerbAuth; it is on se01.
          error directory.ldf:17 the names on CONTOSO\KerbAuth
          error topology.xml:40 the pool
          error directory.ldf:409 the name stands here
          help: se01 has to give the name up first. Find out what it is and who uses it:
              setspn -Q http/se01.contoso.com
            When the name is free there, put it on CONTOSO\KerbAuth:
              setspn -S http/se01.contoso.com KerbAuth
        ");
    }

    #[test]
    fn a_name_that_the_product_did_not_find_is_undecided_until_the_export_is_known_to_be_later() {
        let told = |cmdlet: &str, ended: Option<&str>, exported: Option<&str>, later: bool| {
            let mut inventory = estate();
            let mut run = log(LOG, cmdlet, ended.unwrap_or("2026-02-27T00:00:00Z"));
            run.spns_missing = vec![at(LOG, 7, "HTTP/Pool01.contoso.com".to_owned())];
            if ended.is_none() {
                (run.started, run.ended) = (None, None);
            }
            inventory.logs = vec![run];
            if later {
                inventory.logs.push(log(LOG, cmdlet, "2026-02-27T12:00:00Z"));
            }
            inventory.documents.iter_mut().find(|d| d.id.0 == DIRECTORY).unwrap().read_at = exported.map(crate::testing::time);
            check(&RULE, inventory)
        };
        let fresh = Some("2026-02-27T00:00:00Z");
        insta::assert_snapshot!(told("Enable-CsTopology", fresh, None, false).lines().take(4).collect::<Vec<_>>().join("\n"), @r"
        unknown pool01.contoso.com: http/pool01.contoso.com is on CONTOSO\KerbAuth in the directory export, but the report of Enable-CsTopology of 2026-02-27 did not find it, and nothing shows that the export is the later of the two. Run `setspn -Q http/pool01.contoso.com`.
          warning Enable-CsTopology.xml:7 the product did not find it
          warning directory.ldf:17 the name stands here
        pass dirpool01.contoso.com: http/dirpool01.contoso.com is on CONTOSO\KerbAuth.
        ");
        assert!(told("Enable-CsTopology", None, None, false).starts_with("unknown pool01"));
        assert!(told("Test-CsKerberosAccountAssignment", fresh, Some("2026-02-26T00:00:00Z"), false).starts_with("unknown pool01"));
        assert!(told("Enable-CsTopology", fresh, Some("2026-02-28T00:00:00Z"), false).starts_with("pass pool01"));
        assert!(told("Enable-CsTopology", fresh, None, true).starts_with("pass pool01"));
        assert!(told("Enable-CsTopology", Some("2025-01-01T00:00:00Z"), None, false).starts_with("pass pool01"));
    }

    #[test]
    fn without_the_attribute_the_account_or_the_export_nothing_is_proved() {
        let mut inventory = estate();
        kerb(&mut inventory).spns = None;
        inventory.assignments.pop();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown pool01.contoso.com: The directory exports do not tell servicePrincipalName of CONTOSO\KerbAuth. Run `setspn -Q http/pool01.contoso.com`.
        unknown dirpool01.contoso.com: The directory exports do not tell servicePrincipalName of CONTOSO\KerbAuth. Run `setspn -Q http/dirpool01.contoso.com`.
        notapplicable se01.contoso.com: Site Dublin has no Kerberos account.
        ");
        let mut inventory = estate();
        inventory.directory.as_mut().unwrap().accounts.remove(0);
        assert!(check(&RULE, inventory).lines().all(|l| l.starts_with("notapplicable ")));
        assert!(check(&RULE, without_directory()).lines().all(|l| l.starts_with("unknown ")));
    }
}
