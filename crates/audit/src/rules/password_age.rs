use crate::declare::declare_rule;
use crate::text::{day, days_between};
use crate::view::new_password;
use crate::{Attribute, Policy, Verdicts, View};
use kerbsync_advice::{Advice, Proved};
use kerbsync_inventory::directory::Moment;
use kerbsync_source::text;

declare_rule! {
    /// The password of the Kerberos account is old.
    ///
    /// ## What it checks
    /// pwdLastSet of every assigned account is not older than the greatest age of the policy: 365 days, unless kerbsync.toml says
    /// otherwise.
    ///
    /// ## Why it matters
    /// Computers change their passwords by themselves; this object stands for no computer, so nothing changes its password. It lies on
    /// every web server and in every backup of their configurations, and all who left the team since then may know it. Clean-up
    /// scripts also take the old date for a sign that the computer is gone.
    ///
    /// ## What to do
    /// Set a new one in a quiet hour: servers first get the new password, then Active Directory, and tickets that were issued before stay
    /// valid for up to ten hours.
    ///
    /// ```powershell
    /// Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth"
    /// Test-CsKerberosAccountAssignment -Identity "site:Redmond" -Report C:\Logs\Test.html
    /// ```
    ///
    /// Before: `PasswordLastSet` two years ago. After: today, and every server in sync.
    ///
    /// ## Sources
    /// - [Pwd-Last-Set attribute](https://learn.microsoft.com/windows/win32/adschema/a-pwdlastset)
    /// - [MITRE ATT&CK T1558.003 Kerberoasting](https://attack.mitre.org/techniques/T1558/003/)
    number: 413,
    severity: Warning,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 IA-5", "NIST SP 800-53 SC-12"],
    reads: [PasswordLastSet],
}

fn check(view: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let Some(set) = &object.password_last_set else { return verdicts.attribute_missing(account, Attribute::PasswordLastSet) };
        let Moment::At(time) = set.value else {
            return verdicts.not_applicable(subject, text!("The password of {name} has never been set."));
        };
        let (age, limit) = (days_between(time, policy.now), policy.password_age_days);
        if age <= i64::from(limit) {
            return verdicts.pass(subject, text!("The password of {name} was set on {}; the limit is {limit} days.", day(time)));
        }
        verdicts
            .fail(subject, text!("The password of {name} is {age} days old (set on {}); the limit is {limit} days.", day(time)))
            .at(&set.origin, "the last change")
            .help(new_password(
                Advice::say("Only a new password mends this, and only a server that can be reached gets it: check all first."),
                name,
                Proved::by(text!("The export shows that the password was set on {}.", day(time))),
            ));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb, time};

    fn set(moment: Option<Moment>) -> String {
        let mut inventory = estate();
        kerb(&mut inventory).password_last_set = moment.map(|m| at(DIRECTORY, 15, m));
        check(&RULE, inventory)
    }

    #[test]
    fn one_day_over_the_limit_fails() {
        insta::assert_snapshot!(set(Some(Moment::At(time("2025-02-28T11:00:00Z")))), @r"
        fail CONTOSO\KerbAuth: The password of CONTOSO\KerbAuth is 366 days old (set on 2025-02-28); the limit is 365 days.
          warning directory.ldf:15 the last change
          help: Only a new password mends this, and only a server that can be reached gets it: check all first. The export shows that the password was set on 2025-02-28. A new password reaches the servers one by one and Active Directory last: until then sign-in can fail on all sites of the account, and a server that cannot be reached fails afterwards. In a maintenance window, run:
              Set-CsKerberosAccountPassword -UserAccount CONTOSO\KerbAuth
        ");
        assert!(set(Some(Moment::At(time("2025-03-01T12:00:00Z")))).starts_with("pass "));
        insta::assert_snapshot!(set(Some(Moment::Never)), @r"notapplicable CONTOSO\KerbAuth: The password of CONTOSO\KerbAuth has never been set.");
        insta::assert_snapshot!(set(None), @r"
        unknown CONTOSO\KerbAuth: The directory exports do not tell pwdLastSet of CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties pwdLastSet`.
          warning
        ");
    }
}
