use crate::declare::declare_rule;
use crate::text::list;
use crate::{AccountView, Attribute, Object, Policy, Severity, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::{Text, text};

declare_rule! {
    /// The assigned account is the account of a computer that exists.
    ///
    /// ## What it checks
    /// No assigned account is the object of a computer: neither of a computer of the topology, nor one that carries what a computer
    /// writes about itself: operatingSystem, or HOST names of its own name. Names alone may have been written by hand, and are a
    /// warning.
    ///
    /// ## Why it matters
    /// The Kerberos account stands for a machine that does not exist. A computer changes its own password every 30 days, and with it
    /// the key that every web server would need. The other way round, Set-CsKerberosAccountPassword sets a password that the computer
    /// does not know: it loses its trust with the domain, and nobody can log on to it.
    ///
    /// ## What to do
    /// ```powershell
    /// New-CsKerberosAccount -UserAccount "contoso\KerbAuth" -ContainerDN "CN=Computers,DC=contoso,DC=com"
    /// Set-CsKerberosAccountAssignment -Identity "site:Redmond" -UserAccount "contoso\KerbAuth"
    /// Enable-CsTopology
    /// Set-CsKerberosAccountPassword -UserAccount "contoso\KerbAuth"
    /// ```
    ///
    /// Before: `UserAccount: contoso\fe01`. After: an account that no computer uses. Never set the password of the computer, and
    /// leave its names and groups as they are.
    ///
    /// ## Sources
    /// - [Prerequisites for enabling Kerberos authentication](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-prerequisites-for-enabling-kerberos-authentication)
    /// - [Kerberos and Microsoft Lync Server 2010 Web Services](https://learn.microsoft.com/archive/blogs/jenstr/kerberos-and-microsoft-lync-server-2010-web-services)
    number: 420,
    severity: Error,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 IA-4"],
    reads: [ServicePrincipalName],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for account in view.accounts() {
        let (subject, name) = (account.subject(), account.name);
        if let Some(machine) = &account.machine {
            let texts: Vec<&Text> = machine.signs.iter().map(|(text, _)| text).collect();
            let message = match (machine.computer, machine.is_proved) {
                (Some(fqdn), _) => text!("{name} is the account of {}, a computer of the topology.", fqdn.value),
                (None, true) => text!("{name} is the account of a real computer: its object holds {}.", list(&texts)),
                (None, false) => text!("{name} has the names of a real computer: its object holds {}.", list(&texts)),
            };
            let severity = if machine.is_proved { Severity::Error } else { Severity::Warning };
            let mut finding = verdicts.fail(subject, message).at_most(severity);
            if let Some(fqdn) = machine.computer {
                finding = finding.at(&fqdn.origin, "the computer");
            }
            finding = finding.at_each(machine.signs.iter().map(|(text, origin)| (*origin, text.clone())));
            if let Some(origin) = account.origin() {
                finding = finding.at(origin, "the assignment");
            }
            finding.help(remedy(account));
            continue;
        }
        match account.object {
            Object::Found(object) if object.spns.is_some() || object.operating_system.is_some() => {
                verdicts.pass(subject, text!("{name} has nothing that a computer writes about itself."));
            }
            Object::Found(_) => verdicts.attribute_missing(account, Attribute::ServicePrincipalName),
            Object::Absent => verdicts.not_applicable(subject, text!("{name} does not exist in Active Directory.")),
            Object::NotInExport => {
                verdicts.unknown_told_elsewhere(subject, text!("The directory export does not hold {name}."), account.get_all());
            }
            Object::NoExport => {
                verdicts.unknown_told_elsewhere(subject, "There is no directory export among the inputs.", account.get_all());
            }
        }
    }
}

/// An account of its own for the sites; nothing is advised that touches the computer.
fn remedy(account: &AccountView<'_>) -> Advice {
    let advice = Advice::say("Do not set its password, which would break the computer. Create an account that no computer uses:")
        .then_run(commands::create_account(None))
        .then_say("Assign it, and let the product write its names:");
    let assigned = account.assignments.iter().fold(advice, |advice, a| advice.then_run(commands::reassign(&a.site_text.value, None)));
    assigned.then_run(commands::enable_topology())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ASSIGNMENTS, DIRECTORY, assignment, at, check, estate, host, kerb, object, spn, without_directory};
    use kerbsync_inventory::Inventory;
    use kerbsync_inventory::directory::Moment;

    /// Both sites get a server of the pool as their account.
    fn assigned_to_a_server(mut inventory: Inventory) -> Inventory {
        inventory.assignments =
            vec![assignment("Redmond", Some("1"), "CONTOSO\\FE01", 5), assignment("Dublin", Some("2"), "contoso\\fe01$", 6)];
        assert_eq!(inventory.assignments[0].origin.document.0, ASSIGNMENTS);
        inventory
    }

    #[test]
    fn a_computer_of_the_topology_fails() {
        insta::assert_snapshot!(check(&RULE, assigned_to_a_server(estate())), @r"
        fail CONTOSO\FE01: CONTOSO\FE01 is the account of fe01.contoso.com, a computer of the topology.
          error topology.xml:11 the computer
          error directory.ldf:107 the name HOST/fe01
          error directory.ldf:108 the name HOST/fe01.contoso.com
          error directory.ldf:109 dNSHostName fe01.contoso.com
          error assignments.xml:5 the assignment
          help: Do not set its password, which would break the computer. Create an account that no computer uses:
              New-CsKerberosAccount -UserAccount 'DOMAIN\name'
            Assign it, and let the product write its names:
              Set-CsKerberosAccountAssignment -Identity Site:Redmond -UserAccount 'DOMAIN\name'
              Set-CsKerberosAccountAssignment -Identity Site:Dublin -UserAccount 'DOMAIN\name'
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
        ");
    }

    #[test]
    fn a_plain_account_passes_whatever_its_time_stamps_say() {
        let mut inventory = estate();
        kerb(&mut inventory).last_logon = Some(at(DIRECTORY, 19, Moment::At(crate::testing::time("2026-02-20T00:00:00Z"))));
        kerb(&mut inventory).dns_host_name = Some(at(DIRECTORY, 19, "kerbauth.contoso.com".to_owned()));
        kerb(&mut inventory).spns.as_mut().unwrap().push(spn(30, "HOST/pool01.contoso.com"));
        assert!(check(&RULE, inventory).starts_with("pass CONTOSO\\KerbAuth: "));
    }

    #[test]
    fn signs_of_a_computer_fail_and_names_alone_warn() {
        let mut inventory = estate();
        kerb(&mut inventory).operating_system = Some(at(DIRECTORY, 19, Some("Windows Server 2019 Standard".to_owned())));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is the account of a real computer: its object holds operatingSystem Windows Server 2019 Standard.
          error directory.ldf:19 operatingSystem Windows Server 2019 Standard
          error assignments.xml:5 the assignment
          help: Do not set its password, which would break the computer. Create an account that no computer uses:
              New-CsKerberosAccount -UserAccount 'DOMAIN\name'
            Assign it, and let the product write its names:
              Set-CsKerberosAccountAssignment -Identity Site:Redmond -UserAccount 'DOMAIN\name'
              Set-CsKerberosAccountAssignment -Identity Site:Dublin -UserAccount 'DOMAIN\name'
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
        ");
        let mut inventory = estate();
        kerb(&mut inventory).spns.as_mut().unwrap().push(spn(30, "host/KERBAUTH"));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth has the names of a real computer: its object holds the name host/KERBAUTH.
          warning directory.ldf:30 the name host/KERBAUTH
          warning assignments.xml:5 the assignment
          help: Do not set its password, which would break the computer. Create an account that no computer uses:
              New-CsKerberosAccount -UserAccount 'DOMAIN\name'
            Assign it, and let the product write its names:
              Set-CsKerberosAccountAssignment -Identity Site:Redmond -UserAccount 'DOMAIN\name'
              Set-CsKerberosAccountAssignment -Identity Site:Dublin -UserAccount 'DOMAIN\name'
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
        ");
        let mut inventory = estate();
        let account = kerb(&mut inventory);
        account.spns.as_mut().unwrap().push(spn(30, "RestrictedKrbHost/kerbauth"));
        account.last_logon = Some(at(DIRECTORY, 19, Moment::At(crate::testing::time("2026-02-20T00:00:00Z"))));
        assert!(check(&RULE, inventory).contains("  error directory.ldf:30 the name RestrictedKrbHost/kerbauth"));
    }

    #[test]
    fn a_narrow_export_decides_nothing() {
        let mut inventory = estate();
        let account = kerb(&mut inventory);
        (account.spns, account.operating_system) = (None, None);
        assert!(check(&RULE, inventory).starts_with("unknown CONTOSO\\KerbAuth: The directory exports do not tell servicePrincipalName"));
        // The names of an account that is not in the export still meet those of the topology, where the domain is known.
        let mut inventory = assigned_to_a_server(estate());
        inventory.directory.as_mut().unwrap().accounts.clear();
        assert!(check(&RULE, inventory).starts_with("fail CONTOSO\\FE01: "));
        assert!(check(&RULE, assigned_to_a_server(without_directory())).starts_with("unknown CONTOSO\\FE01: "));
        // A computer of that name in another domain is another object.
        let mut inventory = assigned_to_a_server(estate());
        inventory.pools[0].computers[0].fqdn.value = host("fe01.fabrikam.com");
        object(&mut inventory, "fe01").spns = Some(Vec::new());
        assert!(check(&RULE, inventory).starts_with("pass CONTOSO\\FE01: "));
    }
}
