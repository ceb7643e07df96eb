//! Every command that is ever advised, by what it is for.

use crate::{Command, Destroying, Program as P};

fn site(name: &str) -> String {
    format!("site:{name}")
}

/// Writes the published topology to a file.
#[must_use]
pub fn export_topology() -> Command {
    Command::new(P::GetCsTopology).word("| Out-File topology.xml")
}

/// Writes the assignments to a file.
#[must_use]
pub fn export_assignments() -> Command {
    Command::new(P::GetCsKerberosAccountAssignment).word("| Export-Clixml assignments.xml")
}

/// Shows the assignments, or that of one site.
#[must_use]
pub fn assignments(of: Option<&str>) -> Command {
    let command = Command::new(P::GetCsKerberosAccountAssignment);
    match of {
        Some(name) => command.with("-Identity", site(name)),
        None => command,
    }
}

/// Shows the sites.
#[must_use]
pub fn sites() -> Command {
    Command::new(P::GetCsSite).word("| Select-Object Identity")
}

/// Shows the services that run Web Services.
#[must_use]
pub fn web_services() -> Command {
    Command::new(P::GetCsService).word("-WebServer")
}

/// Shows a computer of the topology.
#[must_use]
pub fn computer(fqdn: &str) -> Command {
    Command::new(P::GetCsComputer).with("-Identity", fqdn)
}

/// Lets the product test a site; without a name, its place is left for the reader.
#[must_use]
pub fn test_assignment(of: Option<&str>) -> Command {
    let command = match of {
        Some(name) => test_site(name),
        None => Command::new(P::TestCsKerberosAccountAssignment).word("-Identity 'site:NAME'"),
    };
    command.word("-Report C:\\Logs\\Test.html")
}

/// The same of one site, for a script that adds the place of the report.
#[must_use]
pub fn test_site(name: &str) -> Command {
    Command::new(P::TestCsKerberosAccountAssignment).with("-Identity", site(name))
}

/// Gives a site without an account one; without a name, its place is left for the reader.
#[must_use]
pub fn assign(to: &str, account: Option<&str>) -> Command {
    user_account(Command::new(P::NewCsKerberosAccountAssignment).with("-Identity", site(to)), account)
}

/// Changes the account of a site that has one, by the identity as the assignment writes it.
#[must_use]
pub fn reassign(identity: &str, account: Option<&str>) -> Command {
    user_account(Command::new(P::SetCsKerberosAccountAssignment).with("-Identity", identity), account)
}

fn user_account(command: Command, account: Option<&str>) -> Command {
    match account {
        Some(name) => command.with("-UserAccount", name),
        None => command.word("-UserAccount 'DOMAIN\\name'"),
    }
}

/// Takes the account from a site.
#[must_use]
pub fn unassign(from: &str) -> Destroying {
    Command::new(P::RemoveCsKerberosAccountAssignment).with("-Identity", site(from)).destroying()
}

/// Creates the computer object of an account.
#[must_use]
pub fn create_account(account: Option<&str>) -> Command {
    user_account(Command::new(P::NewCsKerberosAccount), account)
}

/// Copies the password from one server to another; Active Directory stays as it is.
#[must_use]
pub fn copy_password(from: &str, to: &str) -> Command {
    Command::new(P::SetCsKerberosAccountPassword).with("-FromComputer", from).with("-ToComputer", to)
}

/// Copies the password to one server from a peer that the reader names.
#[must_use]
pub fn copy_password_to(to: &str) -> Command {
    Command::new(P::SetCsKerberosAccountPassword).word("-FromComputer 'PEER-FQDN'").with("-ToComputer", to)
}

/// Makes a new password for an account, on all its servers and in Active Directory.
#[must_use]
pub fn new_password(account: &str) -> Destroying {
    Command::new(P::SetCsKerberosAccountPassword).with("-UserAccount", account).destroying()
}

/// Makes the product write its names to Active Directory.
#[must_use]
pub fn enable_topology() -> Command {
    enable_topology_without_report().word("-Report C:\\Logs\\Enable-CsTopology.html")
}

/// The same, for a script that adds the place of the report.
#[must_use]
pub fn enable_topology_without_report() -> Command {
    Command::new(P::EnableCsTopology)
}

/// Shows an object of Active Directory with the attributes named, separated by commas.
#[must_use]
pub fn show_computer(identity: &str, properties: &'static str) -> Command {
    Command::new(P::GetAdComputer).with("-Identity", identity).word("-Properties").word(properties)
}

/// Shows the objects, deleted ones too, that had this account name.
#[must_use]
pub fn show_deleted() -> Command {
    Command::new(P::GetAdObject)
        .word("-LDAPFilter '(&(isDeleted=TRUE)(objectClass=computer))'")
        .word("-IncludeDeletedObjects -Properties sAMAccountName, lastKnownParent, whenChanged")
}

/// Brings a deleted object back, by its objectGUID or distinguished name.
#[must_use]
pub fn restore(identity: &str) -> Command {
    Command::new(P::RestoreAdObject).with("-Identity", identity)
}

/// Shows a group of Active Directory with the attributes named, separated by commas.
#[must_use]
pub fn show_group(identity: &str, properties: &'static str) -> Command {
    Command::new(P::GetAdGroup).with("-Identity", identity).word("-Properties").word(properties)
}

/// Writes every computer object with every attribute to a file.
#[must_use]
pub fn export_computers() -> Command {
    Command::new(P::GetAdComputer).word("-Filter * -Properties * | Export-Clixml computers.xml")
}

/// Shows the NetBIOS names of the domains of the forest.
#[must_use]
pub fn domains() -> Command {
    Command::new(P::GetAdObject)
        .word("-SearchBase \"CN=Partitions,$((Get-ADRootDSE).configurationNamingContext)\"")
        .word("-LDAPFilter '(nETBIOSName=*)' -Properties nETBIOSName, dnsRoot | Export-Clixml domains.xml")
}

/// Enables an account.
#[must_use]
pub fn enable_account(identity: &str) -> Command {
    Command::new(P::EnableAdAccount).with("-Identity", identity)
}

/// Disables an account.
#[must_use]
pub fn disable_account(identity: &str) -> Destroying {
    Command::new(P::DisableAdAccount).with("-Identity", identity).destroying()
}

/// Takes the end date from an account.
#[must_use]
pub fn clear_expiration(identity: &str) -> Command {
    Command::new(P::ClearAdAccountExpiration).with("-Identity", identity)
}

/// Sets bits of userAccountControl by parameters of this crate.
#[must_use]
pub fn account_control(identity: &str, bits: &'static str) -> Command {
    Command::new(P::SetAdAccountControl).with("-Identity", identity).word(bits)
}

/// Clears attributes of a computer object.
#[must_use]
pub fn clear_attributes(identity: &str, attributes: &'static str) -> Command {
    Command::new(P::SetAdComputer).with("-Identity", identity).word("-Clear").word(attributes)
}

/// Sets the encryption types of a computer object.
#[must_use]
pub fn encryption_types(identity: &str, types: &'static str) -> Command {
    Command::new(P::SetAdComputer).with("-Identity", identity).word("-KerberosEncryptionType").word(types)
}

/// Takes a member out of a group.
#[must_use]
pub fn remove_member(group: &str, member: &str) -> Destroying {
    Command::new(P::RemoveAdGroupMember).with("-Identity", group).with("-Members", member).destroying()
}

/// Shows which objects hold a name.
#[must_use]
pub fn spn_query(spn: &str) -> Command {
    Command::new(P::Setspn).with("-Q", spn)
}

/// Shows the names of an account.
#[must_use]
pub fn spn_list(account: &str) -> Command {
    Command::new(P::Setspn).with("-L", account)
}

/// Shows all names that several objects of the forest hold.
#[must_use]
pub fn spn_duplicates() -> Command {
    Command::new(P::Setspn).word("-X -F")
}

/// Puts a name on an account, unless another object holds it.
#[must_use]
pub fn spn_add(spn: &str, account: &str) -> Command {
    Command::new(P::Setspn).with("-S", spn).value(account).changing()
}

/// Takes a name off an account.
#[must_use]
pub fn spn_delete(spn: &str, account: &str) -> Destroying {
    Command::new(P::Setspn).with("-D", spn).value(account).destroying()
}

/// Shows a section of IIS at a place.
#[must_use]
pub fn iis_show(place: &str, section: &'static str) -> Command {
    Command::new(P::Appcmd).word("list config").value(place).word(section)
}

/// Changes a section of IIS at a place, in applicationHost.config.
#[must_use]
pub fn iis_set(place: &str, section: &'static str, change: &'static str) -> Command {
    Command::new(P::Appcmd).word("set config").value(place).word(section).word(change).word("/commit:apphost").changing()
}

/// Shows the application pools.
#[must_use]
pub fn iis_pools() -> Command {
    Command::new(P::Appcmd).word("list apppool")
}

/// Exports a key container with its private key.
#[must_use]
pub fn export_key(container: &str) -> Command {
    Command::new(P::AspnetRegiis).with("-px", container).word("C:\\keys\\key.xml -pri")
}

/// Shows whether Windows authentication is installed in IIS.
#[must_use]
pub fn show_windows_authentication() -> Command {
    Command::new(P::GetWindowsFeature).word("Web-Windows-Auth")
}

/// Installs Windows authentication in IIS.
#[must_use]
pub fn install_windows_authentication() -> Command {
    Command::new(P::AddWindowsFeature).word("Web-Windows-Auth")
}

/// Shows who is in the group of server administrators.
#[must_use]
pub fn operators() -> Command {
    Command::new(P::GetAdGroupMember).word("RTCUniversalServerAdmins -Recursive")
}

/// Shows whether a server takes its configuration from elsewhere.
#[must_use]
pub fn show_redirection() -> Command {
    Command::new(P::GetContent).word("$env:windir\\System32\\inetsrv\\config\\redirection.config")
}

/// Compares a server's configuration of before a run of Set-CsKerberosAccountPassword with that of after it, and writes where the
/// credential is held.
#[must_use]
pub fn learn() -> Command {
    Command::new(P::Kerbsync).word("learn --before before.config --after after.config --output learned.toml")
}
