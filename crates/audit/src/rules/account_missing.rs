use crate::declare::declare_rule;
use crate::text::{day, list};
use crate::{Object, Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::directory::Account;
use kerbsync_names::DownLevelName;
use kerbsync_source::{Shown, Text, text};

declare_rule! {
    /// An assigned account does not exist in Active Directory.
    ///
    /// ## What it checks
    /// Every account that is assigned to a site is an object of the directory export. That it is missing is proved only where the export
    /// is known to hold every object of the account's domain; else the outcome is unknown.
    ///
    /// ## Why it matters
    /// The account stands for no computer, so clean-up scripts that look for stale computers delete it. From then on no client gets a
    /// ticket, on all servers of all its sites at once.
    ///
    /// ## What to do
    /// See whether it was renamed: names of its pools are then on an object of another name, which has to get its own again. Restore the
    /// object if it was deleted (its password comes back as it was), else create it and set everything anew:
    ///
    /// ```powershell
    /// Get-ADObject -LDAPFilter '(&(isDeleted=TRUE)(sAMAccountName=KerbAuth$))' -IncludeDeletedObjects
    /// Restore-ADObject -Identity '11111111-2222-3333-4444-555555555555'
    /// ```
    ///
    /// The second line takes the objectGUID that the first one shows; a pattern of names can bring back others. If nothing is found:
    ///
    /// ```powershell
    /// New-CsKerberosAccount -UserAccount "CONTOSO\KerbAuth" -ContainerDN "OU=Kerberos,DC=contoso,DC=com"
    /// Enable-CsTopology
    /// Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// Before: `Get-ADComputer KerbAuth` finds nothing. After: it shows the object, in a container that clean-up leaves alone.
    ///
    /// ## Sources
    /// - [Prerequisites for enabling Kerberos authentication](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-prerequisites-for-enabling-kerberos-authentication)
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    number: 401,
    severity: Error,
    confidence: Documented,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 AC-2", "NIST SP 800-53 IA-9", "CIS Controls v8 5.5"],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    for account in view.accounts() {
        let (subject, name) = (account.subject(), account.name);
        let deleted = view.inventory.directory.as_ref().and_then(|d| d.deleted(name));
        let since = deleted.and_then(|d| d.changed).map_or_else(|| Text::EMPTY, |t| text!(" (last changed on {})", day(t)));
        match account.object {
            Object::Found(object) => verdicts.pass(subject, text!("{name} is {}.", object.distinguished_name.value)),
            Object::Absent => {
                let renamed = view.perhaps_renamed(account);
                let holders: Vec<Shown> = renamed.iter().map(|object| Shown::naming(object.short_name())).collect();
                let elsewhere = if holders.is_empty() { Text::EMPTY } else { text!("; names of its pools are on {}", list(&holders)) };
                let what = match deleted {
                    Some(deleted) if deleted.recycled => {
                        text!("{name} is assigned, but its object in Active Directory is deleted and recycled{since}{elsewhere}.")
                    }
                    Some(_) => text!("{name} is assigned, but its object in Active Directory is deleted{since}{elsewhere}."),
                    None => text!("{name} is assigned, but does not exist in Active Directory{elsewhere}."),
                };
                let mut finding = verdicts.fail(subject, what);
                for object in renamed {
                    finding = finding.at(&object.origin, "it may be the account under another name");
                }
                if let Some(deleted) = deleted {
                    finding = finding.at(&deleted.origin, "the deleted object");
                }
                if let Some(origin) = account.origin() {
                    finding = finding.at(origin, "the assignment");
                }
                finding.help(restore_or_create(name, renamed, deleted.is_some_and(|d| d.recycled)));
            }
            Object::NotInExport => {
                let why = match deleted {
                    Some(_) => text!(
                        "The directory export holds {name} only as a deleted object{since}, and is not known to hold every object of the domain."
                    ),
                    None => text!("The directory export does not hold {name}, and is not known to hold every object of the domain."),
                };
                let mut finding = verdicts.unknown_with_finding(subject, why, account.get_all());
                if let Some(deleted) = deleted {
                    finding = finding.at(&deleted.origin, "the deleted object");
                }
                if let Some(origin) = account.origin() {
                    finding.at(origin, "the assignment");
                }
            }
            Object::NoExport => {
                let why = text!("There is no directory export among the inputs, so nothing is known about {name}.");
                let remedy =
                    account.get_all().then_say("Or export all computer objects into the bundle:").then_run(commands::export_computers());
                verdicts.unknown_with_finding(subject, why, remedy);
            }
        }
    }
}

/// A deleted object keeps its password; a new one needs a new password on every server.
fn restore_or_create(name: &DownLevelName, renamed: &[&Account], recycled: bool) -> Advice {
    let restore = if recycled {
        Advice::say("A recycled object cannot be restored with Restore-ADObject. If no backup of Active Directory has it, create it:")
    } else {
        Advice::say("Look whether the object was deleted; restored, it has the password that the servers hold:")
            .then_run(commands::show_deleted())
            .then_say("Restore it by its objectGUID with Restore-ADObject, never by a pattern of names. Only if it cannot be had again, create it:")
    };
    let first = if renamed.is_empty() { restore } else { give_name_back(name, renamed).then(restore) };
    first
        .then_run(commands::create_account(Some(&name.to_string())))
        .then_say("Then put its names into Active Directory:")
        .then_run(commands::enable_topology())
        .then_say("A new object has no password that a server knows: the manual page of this rule tells how to set one.")
}

/// So many objects are looked at by a command of the advice.
const SHOWN: usize = 4;

/// An account that was renamed has all that it had but its name.
fn give_name_back(name: &DownLevelName, renamed: &[&Account]) -> Advice {
    let mut advice = Advice::say("Look first whether it was renamed; what may be it holds names of its pools:");
    // Those beyond are named by the finding.
    for object in renamed.iter().take(SHOWN) {
        advice = advice.then_run(commands::spn_list(object.short_name()));
    }
    advice.then_say(text!(
        "If it was, give it the sAMAccountName '{}$' again: a new object would have neither its names nor the password that the servers hold.",
        Shown::naming(name.account().trim_end_matches('$'))
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assignment, check, estate, kerb, without_directory};
    use kerbsync_inventory::directory::{Completeness, Deleted};

    #[test]
    fn only_a_complete_export_proves_absence() {
        let mut inventory = estate();
        inventory.directory.as_mut().unwrap().accounts.remove(0);
        inventory.assignments.push(assignment("Lab", None, "FABRIKAM\\KerbAuth", 9));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is assigned, but does not exist in Active Directory.
          error assignments.xml:5 the assignment
          help: Look whether the object was deleted; restored, it has the password that the servers hold:
              Get-ADObject -LDAPFilter '(&(isDeleted=TRUE)(objectClass=computer))' -IncludeDeletedObjects -Properties sAMAccountName, lastKnownParent, whenChanged
            Restore it by its objectGUID with Restore-ADObject, never by a pattern of names. Only if it cannot be had again, create it:
              New-CsKerberosAccount -UserAccount CONTOSO\KerbAuth
            Then put its names into Active Directory:
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
            A new object has no password that a server knows: the manual page of this rule tells how to set one.
        unknown FABRIKAM\KerbAuth: The directory export does not hold FABRIKAM\KerbAuth, and is not known to hold every object of the domain. Run `Get-ADComputer -Identity KerbAuth -Properties *`.
          warning assignments.xml:9 the assignment
        ");
    }

    #[test]
    fn an_account_that_was_renamed_is_looked_for_by_its_names() {
        let mut inventory = estate();
        kerb(&mut inventory).sam_account_name.as_mut().unwrap().value = "KerbAuth2$".to_owned();
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is assigned, but does not exist in Active Directory; names of its pools are on KerbAuth2.
          error directory.ldf:10 it may be the account under another name
          error assignments.xml:5 the assignment
          help: Look first whether it was renamed; what may be it holds names of its pools:
              setspn -L KerbAuth2
            If it was, give it the sAMAccountName 'KerbAuth$' again: a new object would have neither its names nor the password that the servers hold. Look whether the object was deleted; restored, it has the password that the servers hold:
              Get-ADObject -LDAPFilter '(&(isDeleted=TRUE)(objectClass=computer))' -IncludeDeletedObjects -Properties sAMAccountName, lastKnownParent, whenChanged
            Restore it by its objectGUID with Restore-ADObject, never by a pattern of names. Only if it cannot be had again, create it:
              New-CsKerberosAccount -UserAccount CONTOSO\KerbAuth
            Then put its names into Active Directory:
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
            A new object has no password that a server knows: the manual page of this rule tells how to set one.
        ");
    }

    #[test]
    fn of_many_that_may_be_it_all_are_cited_and_a_few_are_to_be_looked_at() {
        let mut inventory = estate();
        let one = kerb(&mut inventory).clone();
        kerb(&mut inventory).sam_account_name.as_mut().unwrap().value = "Other0$".to_owned();
        for n in 1..7 {
            let mut other = one.clone();
            other.sam_account_name.as_mut().unwrap().value = format!("Other{n}$");
            inventory.directory.as_mut().unwrap().accounts.push(Box::new(other));
        }
        let told = check(&RULE, inventory);
        assert!(told.contains("are on Other0, Other1, Other2 and 4 more."), "{told}");
        assert_eq!((told.matches("it may be the account").count(), told.matches("setspn -L Other").count()), (7, SHOWN), "{told}");
    }

    #[test]
    fn a_recycled_object_is_not_to_be_restored() {
        let mut inventory = estate();
        let directory = inventory.directory.as_mut().unwrap();
        let gone = directory.accounts.remove(0);
        let domain = gone.domain.clone();
        directory.deleted.push(Deleted { origin: gone.origin.clone(), name: "KerbAuth".to_owned(), domain, changed: None, recycled: true });
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is assigned, but its object in Active Directory is deleted and recycled.
          error directory.ldf:10 the deleted object
          error assignments.xml:5 the assignment
          help: A recycled object cannot be restored with Restore-ADObject. If no backup of Active Directory has it, create it:
              New-CsKerberosAccount -UserAccount CONTOSO\KerbAuth
            Then put its names into Active Directory:
              Enable-CsTopology -Report C:\Logs\Enable-CsTopology.html
            A new object has no password that a server knows: the manual page of this rule tells how to set one.
        ");
    }

    #[test]
    fn a_partial_export_and_none_at_all_are_unknown() {
        let mut inventory = estate();
        let directory = inventory.directory.as_mut().unwrap();
        directory.accounts.remove(0);
        directory.completeness = Completeness::Partial;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: The directory export does not hold CONTOSO\KerbAuth, and is not known to hold every object of the domain. Run `Get-ADComputer -Identity KerbAuth -Properties *`.
          warning assignments.xml:5 the assignment
        ");
        insta::assert_snapshot!(check(&RULE, without_directory()), @r"
        unknown CONTOSO\KerbAuth: There is no directory export among the inputs, so nothing is known about CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties *`. Or export all computer objects into the bundle `Get-ADComputer -Filter * -Properties * | Export-Clixml computers.xml`.
          warning
        ");
    }
}
