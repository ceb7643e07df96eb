use crate::declare::declare_rule;
use crate::text::{day, list};
use crate::view::test_of;
use crate::{AccountView, Attribute, Policy, Verdicts, View, WebServer};
use jiff::{SignedDuration, Timestamp};
use kerbsync_inventory::directory::{Account, Moment};
use kerbsync_inventory::state::{Basis, Naming, Proofs, State, account_key, configuration_time};
use kerbsync_names::HostName;
use kerbsync_source::text;

declare_rule! {
    /// The account's password is newer than all proof of who holds it.
    ///
    /// ## What it checks
    /// Some server is proved to hold the account's password of today: the product's test found it valid after pwdLastSet. Where every
    /// proof is older than pwdLastSet, nothing is proved. Where manifest.json dates every configuration that holds the account more than
    /// a day before pwdLastSet, none of them can hold the password of today, and that is a failure. The time of a file as the disk shows
    /// it decides nothing, since a copy changes it.
    ///
    /// ## Why it matters
    /// Servers that agree with each other may all hold the password of last year. Then no ticket can be opened anywhere, and a copy from
    /// one of them to a new server only spreads it.
    ///
    /// ## What to do
    /// Let the product test today, and add its report to the bundle:
    ///
    /// ```powershell
    /// Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Report C:\Logs\Test.html
    /// ```
    ///
    /// Before: the test of March, pwdLastSet in April. After: a test of today that finds every server valid.
    ///
    /// ## Sources
    /// - [Pwd-Last-Set attribute](https://learn.microsoft.com/windows/win32/adschema/a-pwdlastset)
    /// - [Test-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Test-CsKerberosAccountAssignment.md)
    number: 213,
    severity: Error,
    confidence: Documented,
    family: Servers,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 CA-7"],
    reads: [PasswordLastSet],
}

/// What may lie between the clocks of a server and a domain controller, and the time that the directory takes to replicate.
const GRACE: SignedDuration = SignedDuration::from_hours(24);

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let servers: Vec<_> = view.web_servers().iter().filter(|s| s.expected().is_some() && is_of(view, s, account)).collect();
        judge(view, verdicts, account, object, &servers);
    });
}

fn is_of(view: &View<'_>, server: &WebServer<'_>, account: &AccountView<'_>) -> bool {
    server.account.and_then(|at| view.accounts().get(at)).is_some_and(|found| std::ptr::eq(found, account))
}

fn judge(view: &View<'_>, verdicts: &mut Verdicts<'_>, account: &AccountView<'_>, object: &Account, servers: &[&WebServer<'_>]) {
    let (subject, name) = (account.subject(), account.name);
    let holders: Vec<_> = servers.iter().filter(|s| s.counted_slots().iter().any(|(_, n)| *n == Naming::Expected)).collect();
    let Some(first) = servers.first() else {
        return verdicts.not_applicable(subject, text!("No web server is to hold {name}."));
    };
    let Some(set) = &object.password_last_set else { return verdicts.attribute_missing(account, Attribute::PasswordLastSet) };
    let Moment::At(time) = set.value else {
        return verdicts.not_applicable(subject, text!("The password of {name} has never been set."));
    };
    let proved = |s: &&&WebServer<'_>| s.state.is_some_and(|s| s.state == State::InSync && s.basis == Basis::ProductReport);
    if let Some(server) = servers.iter().find(proved) {
        return verdicts
            .pass(subject, text!("The password of {name} was set on {}; {} was found valid after that.", day(time), server.host));
    }
    let test = test_of(first.site);
    if !holders.is_empty() && holders.iter().all(|s| is_older(view, s, time)) {
        let hosts: Vec<&HostName> = holders.iter().map(|s| s.host).collect();
        let message = text!(
            "The password of {name} was set on {}, and the configurations of {} were written before: none of them can hold it.",
            day(time),
            list(&hosts)
        );
        verdicts.fail(subject, message).at(&set.origin, "the last change of the password").help(test);
        return;
    }
    let proofs = Proofs::of(view.inventory, &account_key(name, view.inventory.domains()));
    let hosts = || servers.iter().map(|s| s.host);
    let why = if let Some((server, tested)) = refuted(&proofs, hosts()) {
        text!(
            "The password of {name} was set on {}; the product's test of {} found {server} invalid, and none valid.",
            day(time),
            day(tested)
        )
    } else if let Some(tested) = proofs.newest_valid(hosts()).filter(|tested| *tested > time) {
        text!(
            "The password of {name} was set on {}. The product's test of {} found a server valid, but nothing shows that the configurations at hand are what it tested.",
            day(time),
            day(tested)
        )
    } else if let Some(tested) = proofs.newest_valid(hosts()) {
        text!(
            "The password of {name} was set on {}, and nothing proves who holds it since: the newest test is of {}.",
            day(time),
            day(tested)
        )
    } else {
        text!("The password of {name} was set on {}, and no test of the product says who holds it.", day(time))
    };
    verdicts
        .unknown_with_finding(subject, why, test.then_say("Add its report to the bundle."))
        .at(&set.origin, "the last change of the password");
}

/// A server that the product's test found invalid after the password was set.
fn refuted<'h>(proofs: &Proofs, mut servers: impl Iterator<Item = &'h HostName>) -> Option<(&'h HostName, Timestamp)> {
    servers.find_map(|host| Some((host, proofs.refuted(host)?)))
}

/// Whether manifest.json dates the server's configuration before the password, by more than clocks can differ.
fn is_older(view: &View<'_>, server: &WebServer<'_>, set: Timestamp) -> bool {
    let written = server.configuration().ok().and_then(|c| configuration_time(view.inventory, c));
    written.is_some_and(|written| set.duration_since(written) > GRACE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_document, check, estate, host, log, origin, time};
    use kerbsync_inventory::{DocumentKind, Inventory, TestVerdict};

    fn tested(inventory: &mut Inventory, when: &str) {
        let document = add_document(inventory, "Test.xml", DocumentKind::ManagementLog);
        let mut report = log(document, "Test-CsKerberosAccountAssignment", when);
        let origin = origin(document, 12, "Info");
        report.test_verdicts.push(TestVerdict { server: host("fe02.contoso.com"), valid: true, account: None, time: None, origin });
        inventory.logs.push(report);
    }

    fn written(inventory: &mut Inventory, when: &str) {
        for document in inventory.documents.iter_mut().filter(|d| d.kind == DocumentKind::ApplicationHost) {
            document.written = Some(time(when));
        }
    }

    #[test]
    fn a_test_after_the_password_passes_and_one_before_proves_nothing() {
        let mut inventory = estate();
        tested(&mut inventory, "2026-01-11T08:00:00Z");
        insta::assert_snapshot!(check(&RULE, inventory));
        let mut inventory = estate();
        tested(&mut inventory, "2026-01-09T08:00:00Z");
        insta::assert_snapshot!(check(&RULE, inventory));
        // A configuration written after the test is another one than was tested.
        let mut inventory = estate();
        tested(&mut inventory, "2026-01-11T08:00:00Z");
        written(&mut inventory, "2026-01-12T08:00:00Z");
        assert!(check(&RULE, inventory).starts_with("unknown "));
    }

    #[test]
    fn a_test_that_tells_no_time_has_no_day() {
        let mut inventory = estate();
        tested(&mut inventory, "2026-01-11T08:00:00Z");
        let report = inventory.logs.last_mut().unwrap();
        (report.started, report.ended) = (None, None);
        let told = check(&RULE, inventory);
        assert!(told.contains("the newest test is of a day that it does not tell."), "{told}");
    }

    #[test]
    fn configurations_of_before_the_password_fail_and_an_hour_is_no_contradiction() {
        let mut inventory = estate();
        written(&mut inventory, "2026-01-08T08:00:00Z");
        insta::assert_snapshot!(check(&RULE, inventory));
        let mut inventory = estate();
        written(&mut inventory, "2026-01-10T07:00:00Z");
        assert!(check(&RULE, inventory).starts_with("unknown "));
    }

    #[test]
    fn the_time_of_a_file_on_disk_decides_nothing() {
        let mut touched = estate();
        touched.documents.iter_mut().for_each(|d| d.modified = Some(time("2001-01-01T00:00:00Z")));
        assert_eq!(check(&RULE, touched), check(&RULE, estate()));
    }
}
