use crate::declare::declare_rule;
use crate::{Policy, Subject, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::directory::{Account, Directory, ObjectClass};
use kerbsync_source::Origin;
use std::collections::{HashMap, HashSet};

declare_rule! {
    /// An account looks like a Kerberos account, but no site has it.
    ///
    /// ## What it checks
    /// Assigned accounts serve a site with web servers. Beside them, no computer object looks like a Kerberos account that was retired: it
    /// holds a plain `http/` name and no `HOST/` name, and is no computer of the topology; or a server still holds it where the account of
    /// the site would be expected. That such an object was one is inferred.
    ///
    /// ## Why it matters
    /// Removing an assignment keeps the object in Active Directory, with a valid password that lies on servers and in backups. A
    /// retired account has to be deleted by hand.
    ///
    /// ## What to do
    /// ```powershell
    /// Get-CsKerberosAccountAssignment
    /// setspn -L KerbOld
    /// Remove-ADComputer KerbOld
    /// ```
    ///
    /// Before: `KerbOld` with `http/oldpool.contoso.com`. After: no such object. Make sure that nothing else uses it.
    number: 507,
    severity: Note,
    confidence: Inferred,
    family: Process,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 AC-2", "CIS Controls v8 5.3"],
    reads: [ObjectClass, ServicePrincipalName],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let mut told: HashSet<String> = HashSet::new();
    for account in view.accounts() {
        let (subject, name) = (account.subject(), account.name);
        told.insert(subject.to_string().to_lowercase());
        if !account.pools.is_empty() {
            verdicts.pass(subject, format!("{name} serves a site with web servers."));
        } else if view.topology_is_complete() {
            verdicts
                .not_applicable(subject, format!("{name} is assigned to no site with web servers: assignment-without-web-servers tells."));
        } else {
            let why = format!("The topology is not or only in part among the inputs, so the servers of {name} are not known.");
            verdicts.unknown_told_elsewhere(subject, why, commands::web_services());
        }
    }
    let Some(directory) = &view.inventory.directory else { return };
    let assigned: HashSet<*const Account> = view
        .accounts()
        .iter()
        .filter_map(|a| match a.object {
            crate::Object::Found(object) => Some(std::ptr::from_ref(object)),
            _ => None,
        })
        .collect();
    let machines: HashSet<*const Account> =
        view.inventory.computers().filter_map(|(_, c)| view.machine(&c.fqdn.value)).map(std::ptr::from_ref).collect();
    let on_servers = on_servers(view, directory);
    for object in &directory.accounts {
        let at = std::ptr::from_ref(object);
        if assigned.contains(&at) || machines.contains(&at) || object.class.as_ref().is_none_or(|c| c.value != ObjectClass::Computer) {
            continue;
        }
        let (what, origin) = match (retired(object), on_servers.get(&at)) {
            (_, Some(origin)) => ("a server still holds it", *origin),
            (Some(origin), None) => ("it holds an http name and no HOST name", origin),
            (None, None) => continue,
        };
        let name = name_of(object, directory);
        let subject = Subject::Account(name.clone());
        if !told.insert(name.to_lowercase()) {
            continue;
        }
        if view.inventory.assignments_known {
            verdicts
                .fail(subject, format!("{name} looks like a Kerberos account ({what}), but is assigned to no site."))
                .at(&object.origin, "the object")
                .at(origin, what)
                .help(retire(view, object));
        } else {
            let why = format!("{name} looks like a Kerberos account ({what}), but the assignments are not among the inputs.");
            verdicts.unknown_told_elsewhere(subject, why, commands::assignments(None));
        }
    }
}

/// Disabling comes before deleting: it shows who still needs the account, and can be taken back.
fn retire(view: &View<'_>, object: &Account) -> Advice {
    let advice = Advice::say("Look what it holds, and ask who made it:").then_run(commands::spn_list(object.short_name()));
    match (view.may_retire(object), &object.sam_account_name) {
        (Ok(proved), Some(sam)) => advice.then_destroy(
            commands::disable_account(&sam.value),
            proved,
            "Whoever still uses it gets no more tickets, and Enable-ADAccount takes that back; delete the object by hand weeks later. Run:",
        ),
        (Ok(_), None) => advice,
        (Err(why), _) => advice.then_say(why),
    }
}

/// The plain http name of an object that has no HOST name: the mark of a computer object that stands for no computer.
fn retired(object: &Account) -> Option<&Origin> {
    let spns = object.spns.as_ref()?;
    if spns.iter().any(|s| s.value.class().eq_ignore_ascii_case("HOST")) {
        return None;
    }
    spns.iter().find(|s| s.value.is_plain_http()).map(|s| &s.origin)
}

/// Objects that a slot names where the account of the site would be expected, with the place of one such slot.
fn on_servers<'i>(view: &View<'i>, directory: &'i Directory) -> HashMap<*const Account, &'i Origin> {
    let mut found = HashMap::new();
    let mut asked: HashSet<String> = HashSet::new();
    for slot in view.slots().iter().filter(|s| s.counts()) {
        let account = &slot.slot.account;
        let Some(name) = account.value.name.as_ref().filter(|n| view.account(n).is_none()) else { continue };
        if asked.insert(name.to_key())
            && let Some(object) = directory.account(name)
        {
            found.insert(std::ptr::from_ref(object), &account.origin);
        }
    }
    found
}

/// `DOMAIN\name` of an object; the domain's NetBIOS name where it is known, else the first label of its DNS name.
fn name_of(object: &Account, directory: &Directory) -> String {
    let own = object.domain.as_deref().unwrap_or("");
    let known = directory.domains.iter().find(|d| d.dns.eq_ignore_ascii_case(own));
    let domain = known.map_or_else(|| own.split('.').next().unwrap_or("").to_uppercase(), |d| d.netbios.clone());
    if domain.is_empty() { object.short_name().to_owned() } else { format!("{domain}\\{}", object.short_name()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{account_text, check, computer, config, estate, spn};
    use kerbsync_inventory::Inventory;

    fn add(inventory: &mut Inventory, object: Account) {
        inventory.directory.as_mut().unwrap().accounts.push(object);
    }

    #[test]
    fn an_object_with_http_names_only_and_one_that_a_server_holds_are_told() {
        let mut inventory = estate();
        add(&mut inventory, computer("KerbOld", 600, &["http/oldpool.contoso.com"]));
        add(&mut inventory, computer("KerbOlder", 620, &[]));
        add(&mut inventory, computer("web77", 640, &["HOST/web77", "http/shop.contoso.com"]));
        config(&mut inventory, "fe02").slots[0].account.value = account_text("CONTOSO\\KerbOlder");
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass CONTOSO\KerbAuth: CONTOSO\KerbAuth serves a site with web servers.
        fail CONTOSO\KerbOld: CONTOSO\KerbOld looks like a Kerberos account (it holds an http name and no HOST name), but is assigned to no site.
          note directory.ldf:600 the object
          note directory.ldf:607 it holds an http name and no HOST name
          help: Look what it holds, and ask who made it:
              setspn -L KerbOld
            No command that removes anything is given here: KerbOld has a dNSHostName, as real computers have.
        fail CONTOSO\KerbOlder: CONTOSO\KerbOlder looks like a Kerberos account (a server still holds it), but is assigned to no site.
          note directory.ldf:620 the object
          note servers/fe02.contoso.com/applicationHost.config:60 a server still holds it
          help: Look what it holds, and ask who made it:
              setspn -L KerbOlder
            No command that removes anything is given here: KerbOlder has a dNSHostName, as real computers have.
        ");
    }

    #[test]
    fn without_the_assignments_it_is_unknown() {
        let mut inventory = estate();
        (inventory.assignments_known, inventory.assignments) = (false, Vec::new());
        assert!(check(&RULE, inventory).starts_with("unknown CONTOSO\\KerbAuth: CONTOSO\\KerbAuth looks like a Kerberos account"));
    }

    #[test]
    fn a_computer_of_the_topology_is_none() {
        let mut inventory = estate();
        let machine = crate::testing::object(&mut inventory, "sql01");
        machine.spns = Some(vec![spn(507, "http/sql01.contoso.com")]);
        assert!(!check(&RULE, inventory).contains("fail"));
    }

    #[test]
    fn an_assigned_account_without_web_servers_is_told_by_another_rule() {
        let mut inventory = estate();
        inventory.assignments.push(crate::testing::assignment("Nowhere", None, "CONTOSO\\KerbOther", 9));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass CONTOSO\KerbAuth: CONTOSO\KerbAuth serves a site with web servers.
        notapplicable CONTOSO\KerbOther: CONTOSO\KerbOther is assigned to no site with web servers: assignment-without-web-servers tells.
        ");
    }
}
