//! Everything that was looked at stands in a plan, also what holds: whoever approves it reads there what was proved and what was not.

use crate::estate::{ACCOUNT, Builder, Holds};
use crate::{common, computer, refused, sync, usual};
use kerbsync_inventory::directory::Completeness;
use kerbsync_inventory::{Inventory, SecretState};
use kerbsync_plan::{CopyTarget, Precondition, PreconditionOutcome, Request, SyncRequest, plan_set_password, plan_sync};
use std::fmt::Write as _;

fn looked_at(all: &[Precondition]) -> String {
    let mut out = String::new();
    for p in all {
        let outcome = match p.outcome {
            PreconditionOutcome::Pass => "pass",
            PreconditionOutcome::Unknown => "unknown",
            PreconditionOutcome::Fail => "fail",
        };
        writeln!(out, "{outcome} {} {}: {} [{}]", p.id, p.subject, p.reason, p.remedy.as_deref().unwrap_or("-")).unwrap();
    }
    out
}

#[test]
fn of_a_copy_that_is_planned() {
    let plan = sync(&usual(), "fe01.contoso.com", &[CopyTarget::All]).unwrap();
    insta::assert_snapshot!(looked_at(&plan.preconditions), @r"
    pass operator CONTOSO\ann: CONTOSO\ann is a member of RTCUniversalServerAdmins. [-]
    pass server-name fe01.contoso.com: fe01.contoso.com is a web server of pool pool01.contoso.com. [-]
    pass same-account dir01.contoso.com: Its site and that of fe01.contoso.com have the same account. [-]
    pass same-account fe02.contoso.com: Its site and that of fe01.contoso.com have the same account. [-]
    pass same-account se01.contoso.com: Its site and that of fe01.contoso.com have the same account. [-]
    pass source-readable fe01.contoso.com: Its secret of CONTOSO\KerbAuth was read. [-]
    unknown source-current fe01.contoso.com: No input proves that it holds the current password: The secret of the kerberosAccount in 'Lync Server External Web Site' agrees with 1 other; not proved against Active Directory. [before this, run
    Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html]
    pass keys dir01.contoso.com: A key of AesProvider (container iisConfigurationKey) opens its values. [-]
    pass keys se01.contoso.com: A key of AesProvider (container iisConfigurationKey) opens its values. [-]
    ");
}

#[test]
fn of_a_copy_that_is_refused_by_the_name_of_its_source() {
    let names = ["dir01.contoso.com", "pool01.contoso.com", "nowhere.contoso.com"].map(computer);
    let refused = sync(&usual(), "pool01.contoso.com", &names).unwrap_err();
    insta::assert_snapshot!(looked_at(&refused.preconditions), @r"
    pass operator CONTOSO\ann: CONTOSO\ann is a member of RTCUniversalServerAdmins. [-]
    fail server-name pool01.contoso.com: pool01.contoso.com is a pool of 2 computers, not a server. (N02) [fe01.contoso.com
    fe02.contoso.com]
    fail server-name nowhere.contoso.com: nowhere.contoso.com is not a computer of the topology. (N07) [dir01.contoso.com
    fe01.contoso.com
    fe02.contoso.com
    fe09.contoso.com
    se01.contoso.com]
    ");
}

#[test]
fn of_a_copy_whose_source_has_no_account() {
    let mut inventory = usual();
    inventory.assignments.clear();
    let refused = sync(&inventory, "fe01.contoso.com", &[computer("fe02.contoso.com")]).unwrap_err();
    insta::assert_snapshot!(looked_at(&refused.preconditions), @r#"
    pass operator CONTOSO\ann: CONTOSO\ann is a member of RTCUniversalServerAdmins. [-]
    pass server-name fe01.contoso.com: fe01.contoso.com is a web server of pool pool01.contoso.com. [-]
    pass server-name fe02.contoso.com: fe02.contoso.com is a web server of pool pool01.contoso.com. [-]
    fail same-account fe02.contoso.com: fe01.contoso.com cannot take part: site Redmond has no Kerberos account. (N11) [a server of a site that has an account
    or assign one: New-CsKerberosAccountAssignment -Identity "site:Redmond" -UserAccount DOMAIN\name]
    "#);
}

#[test]
fn of_a_copy_that_leaves_servers_out() {
    let request = SyncRequest {
        from: "fe01.contoso.com".into(),
        to: vec![CopyTarget::All, computer("fe09.contoso.com")],
        except: vec!["fe02.contoso.com".into()],
        ready_only: true,
        common: common(),
    };
    let plan = plan_sync(&usual(), &request).unwrap();
    insta::assert_snapshot!(looked_at(&plan.preconditions), @r"
    pass operator CONTOSO\ann: CONTOSO\ann is a member of RTCUniversalServerAdmins. [-]
    pass server-name fe01.contoso.com: fe01.contoso.com is a web server of pool pool01.contoso.com. [-]
    pass server-name fe09.contoso.com: fe09.contoso.com is a web server of pool pool09.contoso.com. [-]
    pass same-account dir01.contoso.com: Its site and that of fe01.contoso.com have the same account. [-]
    pass same-account se01.contoso.com: Its site and that of fe01.contoso.com have the same account. [-]
    pass source-readable fe01.contoso.com: Its secret of CONTOSO\KerbAuth was read. [-]
    unknown source-current fe01.contoso.com: No input proves that it holds the current password: The secret of the kerberosAccount in 'Lync Server External Web Site' agrees with 1 other; not proved against Active Directory. [before this, run
    Test-CsKerberosAccountAssignment -Identity site:Redmond -Report C:\Logs\Test.html]
    pass keys dir01.contoso.com: A key of AesProvider (container iisConfigurationKey) opens its values. [-]
    pass keys se01.contoso.com: A key of AesProvider (container iisConfigurationKey) opens its values. [-]
    ");
    let left: Vec<String> = plan.report.waiting_on.iter().map(|r| format!("{}: {}", r.subject, r.text)).collect();
    insta::assert_snapshot!(left.join("\n"), @r"
    fe02.contoso.com: Left out (--except).
    fe09.contoso.com: Left out (--ready-only): The two servers have different accounts: fe01.contoso.com (site Redmond) has CONTOSO\KerbAuth, fe09.contoso.com (site Paris) has CONTOSO\Paris. (N11) [same-account]
    ");
}

#[test]
fn of_a_new_password() {
    let plan = plan_set_password(&usual(), ACCOUNT, &common()).unwrap();
    insta::assert_snapshot!(looked_at(&plan.preconditions), @r"
    pass operator CONTOSO\ann: CONTOSO\ann is a member of RTCUniversalServerAdmins. [-]
    pass account-name CONTOSO\KerbAuth: It is of the form DOMAIN\name with at most 15 characters. [-]
    pass account-assigned CONTOSO\KerbAuth: 4 web servers are to hold it. [-]
    pass account-in-directory CONTOSO\KerbAuth: The directory holds it. [-]
    pass keys dir01.contoso.com: A key of AesProvider (container iisConfigurationKey) opens its values. [-]
    pass keys fe01.contoso.com: A key of AesProvider (container iisConfigurationKey) opens its values. [-]
    pass keys fe02.contoso.com: A key of AesProvider (container iisConfigurationKey) opens its values. [-]
    pass keys se01.contoso.com: A key of AesProvider (container iisConfigurationKey) opens its values. [-]
    ");
}

/// What is not known of the account is told, and does not stop a plan.
#[test]
fn of_a_new_password_where_the_directory_does_not_tell() {
    let mut inventory = usual();
    let directory = inventory.directory.as_mut().unwrap();
    directory.completeness = Completeness::Partial;
    directory.accounts.retain(|a| !a.short_name().eq_ignore_ascii_case("kerbauth"));
    let of_account = |inventory: &Inventory| {
        let plan = plan_set_password(inventory, ACCOUNT, &Request { operator: None, ..common() }).unwrap();
        looked_at(&plan.preconditions.into_iter().filter(|p| p.id == "account-in-directory").collect::<Vec<_>>())
    };
    insta::assert_snapshot!(of_account(&inventory), @r"
    unknown account-in-directory CONTOSO\KerbAuth: The directory export does not hold it. [Get-ADComputer -Identity 'KerbAuth$' -Properties Enabled]
    ");
    inventory.directory = None;
    insta::assert_snapshot!(of_account(&inventory), @r"
    unknown account-in-directory CONTOSO\KerbAuth: No directory export is among the inputs. [Get-ADComputer -Identity 'KerbAuth$' -Properties Enabled]
    ");
}

#[test]
fn of_a_new_password_that_is_refused() {
    let refused = plan_set_password(&usual(), "CONTOSO\\nobody", &common()).unwrap_err();
    insta::assert_snapshot!(looked_at(&refused.preconditions), @r"
    pass operator CONTOSO\ann: CONTOSO\ann is a member of RTCUniversalServerAdmins. [-]
    pass account-name CONTOSO\nobody: It is of the form DOMAIN\name with at most 15 characters. [-]
    fail account-assigned CONTOSO\nobody: No site with web servers has this account. [Get-CsKerberosAccountAssignment lists the assignments; export them into the bundle]
    ");
    let nowhere = Builder::with(&[("dir01.contoso.com", Holds::Nothing), ("se01.contoso.com", Holds::Nothing)]);
    let mut inventory = nowhere.inventory;
    inventory.servers.iter_mut().for_each(|server| server.slots.clear());
    let refused = plan_set_password(&inventory, ACCOUNT, &common()).unwrap_err();
    insta::assert_snapshot!(looked_at(&refused.preconditions), @r"
    pass operator CONTOSO\ann: CONTOSO\ann is a member of RTCUniversalServerAdmins. [-]
    pass account-name CONTOSO\KerbAuth: It is of the form DOMAIN\name with at most 15 characters. [-]
    pass account-assigned CONTOSO\KerbAuth: 4 web servers are to hold it. [-]
    pass account-in-directory CONTOSO\KerbAuth: The directory holds it. [-]
    fail slot-known CONTOSO\KerbAuth: No server holds it yet, and where the product keeps it is not public. [run Set-CsKerberosAccountPassword once, or declare the places as [[slots]] in kerbsync.toml]
    ");
}

/// What `kerbsync redact` made of a bundle shows where secrets stand, and no longer holds them.
#[test]
fn of_a_copy_from_a_bundle_whose_secrets_were_taken_out() {
    let mut inventory = usual();
    let source = inventory.servers.iter_mut().find(|s| s.computer.as_str() == "fe01.contoso.com").unwrap();
    source.slots.iter_mut().for_each(|slot| slot.secret = SecretState::TakenOut);
    insta::assert_snapshot!(refused(sync(&inventory, "fe01.contoso.com", &[computer("dir01.contoso.com")])), @r"
    fe01.contoso.com: The secret of its kerberosAccount in 'Lync Server External Web Site' was taken out of this copy of the bundle. [source-readable]
      plan on the bundle itself, not on what `kerbsync redact` made of it
    ");
}
