use crate::declare::declare_rule;
use crate::view::is_conflict_object;
use crate::{Object, Policy, Subject, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::Assignment;
use kerbsync_inventory::directory::{Account, Directory, ObjectClass};
use kerbsync_names::{HostName, ServicePrincipalName};
use kerbsync_source::{Origin, Spanned, Text, text};
use std::collections::{HashMap, HashSet};

declare_rule! {
    /// An account looks like a Kerberos account, but no site has it.
    ///
    /// ## What it checks
    /// Assigned accounts serve a site with web servers. Beside them, no computer object looks like a Kerberos account that was retired: it
    /// holds a plain `http/` name of a pool or computer of the topology and no `HOST/` name, and is no computer of the topology; or a
    /// server still holds it where the account of the site would be expected. That such an object was one is inferred. Objects whose
    /// names are all of other places are passed over: Exchange and other products use computer objects in the same way. So is an object
    /// that an assignment may mean, as where the inputs do not tell the NetBIOS name of its domain, or where an assigned account does not
    /// exist under its name and the object holds the names of its pools: it may have been renamed.
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
    /// Before: `KerbOld` with `http/sql01.contoso.com`. After: no such object. Make sure that nothing else uses it.
    ///
    /// ## Sources
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    /// - [Get-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Get-CsKerberosAccountAssignment.md)
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
            verdicts.pass(subject, text!("{name} serves a site with web servers."));
        } else if view.topology_is_complete() {
            verdicts
                .not_applicable(subject, text!("{name} is assigned to no site with web servers: assignment-without-web-servers tells."));
        } else {
            let why = text!("The topology is not or only in part among the inputs, so the servers of {name} are not known.");
            verdicts.unknown_told_elsewhere(subject, why, commands::web_services());
        }
    }
    let Some(directory) = &view.inventory.directory else { return };
    let assigned: HashSet<*const Account> = view
        .accounts()
        .iter()
        .filter_map(|a| match a.object {
            Object::Found(object) => Some(std::ptr::from_ref(object)),
            _ => None,
        })
        .collect();
    let machines: HashSet<*const Account> =
        view.inventory.computers().filter_map(|(_, c)| view.machine(&c.fqdn.value)).map(std::ptr::from_ref).collect();
    let on_servers = on_servers(view, directory);
    let ours = names_of_the_deployment(view);
    for object in directory.accounts.iter().map(|account| &**account) {
        let at = std::ptr::from_ref(object);
        if assigned.contains(&at) || machines.contains(&at) || object.class.as_ref().is_none_or(|c| c.value != ObjectClass::Computer) {
            continue;
        }
        let (what, origin) = match (retired(object, &ours), on_servers.get(&at)) {
            (_, Some(origin)) => (Text::from("a server still holds it"), *origin),
            (Some(spn), None) if !is_conflict_object(object) => (text!("it holds {} and no HOST name", spn.value), &spn.origin),
            _ => continue,
        };
        let name = name_of(object, directory);
        let subject = Subject::Account(name.as_str().into());
        if !told.insert(name.to_lowercase()) {
            continue;
        }
        if let Some(account) = view.may_be(object) {
            let why = text!("{name} may be {}, which is assigned and does not exist under that name: account-missing tells.", account.name);
            verdicts.unknown_told_elsewhere(subject, why, commands::spn_list(object.short_name()));
        } else if let Some(assignment) = view.inventory.assignments.iter().find(|a| may_mean(view, a, object)) {
            let why = text!("{name} may be the account that the assignment '{}' means.", assignment.account_text.value);
            verdicts.unknown_told_elsewhere(subject, why, commands::domains());
        } else if view.inventory.assignments_known {
            verdicts
                .fail(subject, text!("{name} looks like a Kerberos account ({what}), but is assigned to no site."))
                .at(&object.origin, "the object")
                .at(origin, &what)
                .help(retire(view, object));
        } else {
            let why = text!("{name} looks like a Kerberos account ({what}), but the assignments are not among the inputs.");
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

/// The plain http name of this deployment on an object that has no HOST name: the mark of a computer object that stands for no computer.
fn retired<'i>(object: &'i Account, ours: &HashSet<&HostName>) -> Option<&'i Spanned<ServicePrincipalName>> {
    let spns = object.spns.as_ref()?;
    if spns.iter().any(|s| s.value.class().eq_ignore_ascii_case("HOST")) {
        return None;
    }
    spns.iter().find(|s| s.value.is_plain_http() && ours.contains(&s.value.host()))
}

/// The names of pools and computers of the topology, and the web names that pools have.
fn names_of_the_deployment<'i>(view: &View<'i>) -> HashSet<&'i HostName> {
    let pools = view.inventory.pools.iter().flat_map(|p| [Some(&p.fqdn), p.internal_web_override.as_ref()]);
    pools.flatten().map(|name| &name.value).chain(view.inventory.computers().map(|(_, c)| &c.fqdn.value)).collect()
}

/// Whether the inputs leave open that an assignment means the object: it names no account, or one of the same name in a domain of which
/// the inputs do not tell which it is.
fn may_mean(view: &View<'_>, assignment: &Assignment, object: &Account) -> bool {
    match &assignment.account {
        Ok(name) => {
            let is_open = !view.account(name).is_some_and(|a| matches!(a.object, Object::Found(_) | Object::Absent));
            is_open && name.account().trim_end_matches('$').eq_ignore_ascii_case(object.short_name())
        }
        Err(_) => assignment.account_text.value.to_lowercase().contains(&object.short_name().to_lowercase()),
    }
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
    use crate::testing::{account_text, check, computer, config, estate, kerb, spn};
    use kerbsync_inventory::Inventory;

    fn add(inventory: &mut Inventory, object: Account) {
        inventory.directory.as_mut().unwrap().accounts.push(object.into());
    }

    #[test]
    fn an_object_with_http_names_only_and_one_that_a_server_holds_are_told() {
        let mut inventory = estate();
        add(&mut inventory, computer("KerbOld", 600, &["http/sql01.contoso.com"]));
        add(&mut inventory, computer("KerbOlder", 620, &[]));
        add(&mut inventory, computer("web77", 640, &["HOST/web77", "http/shop.contoso.com"]));
        config(&mut inventory, "fe02").slots[0].account.value = account_text("CONTOSO\\KerbOlder");
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass CONTOSO\KerbAuth: CONTOSO\KerbAuth serves a site with web servers.
        fail CONTOSO\KerbOld: CONTOSO\KerbOld looks like a Kerberos account (it holds http/sql01.contoso.com and no HOST name), but is assigned to no site.
          note directory.ldf:600 the object
          note directory.ldf:607 it holds http/sql01.contoso.com and no HOST name
          help: Look what it holds, and ask who made it:
              setspn -L KerbOld
            No command that removes anything is given here: 'KerbOld' has a dNSHostName, as real computers have.
        fail CONTOSO\KerbOlder: CONTOSO\KerbOlder looks like a Kerberos account (a server still holds it), but is assigned to no site.
          note directory.ldf:620 the object
          note servers/fe02.contoso.com/applicationHost.config:60 a server still holds it
          help: Look what it holds, and ask who made it:
              setspn -L KerbOlder
            No command that removes anything is given here: 'KerbOlder' has a dNSHostName, as real computers have.
        ");
    }

    #[test]
    fn objects_of_other_products_and_conflict_objects_are_passed_over() {
        let mut inventory = estate();
        add(&mut inventory, computer("EXCHASA", 600, &["http/mail.contoso.com", "http/autodiscover.contoso.com"]));
        let mut conflict = computer("$DUPLICATE-4d2", 620, &["http/sql01.contoso.com"]);
        conflict.distinguished_name.value =
            "CN=KerbAuth\\0ACNF:11111111-1111-1111-1111-111111111111,CN=Computers,DC=contoso,DC=com".to_owned();
        add(&mut inventory, conflict);
        assert_eq!(check(&RULE, inventory), "pass CONTOSO\\KerbAuth: CONTOSO\\KerbAuth serves a site with web servers.\n");
    }

    #[test]
    fn an_object_that_an_assignment_may_mean_is_not_called_unused() {
        let mut inventory = estate();
        add(&mut inventory, computer("KerbCorp", 600, &["http/sql01.contoso.com"]));
        inventory.assignments.push(crate::testing::assignment("Dublin", None, "CORP\\KerbCorp", 9));
        let told = check(&RULE, inventory);
        assert!(!told.contains("\nfail ") && told.contains("unknown CONTOSO\\KerbCorp: CONTOSO\\KerbCorp may be the account"), "{told}");
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

    /// The object is the account itself, under another name: nothing that disables it may be advised.
    #[test]
    fn an_account_that_may_have_been_renamed_is_not_called_unused() {
        let mut inventory = estate();
        kerb(&mut inventory).sam_account_name.as_mut().unwrap().value = "KerbAuth2$".to_owned();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        pass CONTOSO\KerbAuth: CONTOSO\KerbAuth serves a site with web servers.
        unknown CONTOSO\KerbAuth2: CONTOSO\KerbAuth2 may be CONTOSO\KerbAuth, which is assigned and does not exist under that name: account-missing tells. Run `setspn -L KerbAuth2`.
        ");
    }
}
