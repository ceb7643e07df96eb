use crate::declare::declare_rule;
use crate::text::{day, days_between};
use crate::view::identity;
use crate::{Attribute, Policy, Severity, Verdicts, View};
use kerbsync_advice::commands;
use kerbsync_inventory::directory::Moment;
use kerbsync_source::text;

declare_rule! {
    /// The Kerberos account has expired.
    ///
    /// ## What it checks
    /// accountExpires of every assigned account lies ahead or is not set. An account that expires within 30 days is a warning.
    ///
    /// ## Why it matters
    /// The product's own test names an expired account as one of the reasons of InvalidKerberosConfiguration. The domain controllers
    /// give no ticket for it, so Kerberos stops on all servers of the account's sites from one minute to the next.
    ///
    /// ## What to do
    /// A service account has no use for an end date:
    ///
    /// ```powershell
    /// Clear-ADAccountExpiration -Identity 'KerbAuth$'
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `accountExpires` in the past | `accountExpires: 9223372036854775807` (never) |
    ///
    /// ## Sources
    /// - [Account-Expires attribute](https://learn.microsoft.com/windows/win32/adschema/a-accountexpires)
    /// - [Test-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Test-CsKerberosAccountAssignment.md)
    number: 403,
    severity: Error,
    confidence: Documented,
    family: Directory,
    subject: Account,
    product_error: Some("InvalidKerberosConfiguration"),
    controls: ["NIST SP 800-53 AC-2", "NIST SP 800-53 IA-9"],
    reads: [AccountExpires],
}

/// Days before the end that are worth a word.
const SOON: i64 = 30;

fn check(view: &View<'_>, policy: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        match &object.expires {
            None => verdicts.attribute_missing(account, Attribute::AccountExpires),
            Some(expires) => match expires.value {
                Moment::Never => verdicts.pass(subject, text!("{name} never expires.")),
                Moment::At(end) if end <= policy.now => {
                    verdicts
                        .fail(subject, text!("{name} expired on {}.", day(end)))
                        .at(&expires.origin, "the account has expired")
                        .help(commands::clear_expiration(&identity(object, name)));
                }
                Moment::At(end) if days_between(policy.now, end) <= SOON => {
                    verdicts
                        .fail(subject, text!("{name} expires on {}.", day(end)))
                        .at_most(Severity::Warning)
                        .at(&expires.origin, "the account expires soon")
                        .help(commands::clear_expiration(&identity(object, name)));
                }
                Moment::At(end) => verdicts.pass(subject, text!("{name} expires on {}.", day(end))),
            },
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb, time};

    fn expiring(moment: Option<Moment>) -> String {
        let mut inventory = estate();
        kerb(&mut inventory).expires = moment.map(|m| at(DIRECTORY, 14, m));
        check(&RULE, inventory)
    }

    #[test]
    fn past_near_and_far() {
        insta::assert_snapshot!(expiring(Some(Moment::At(time("2026-02-28T00:00:00Z")))), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth expired on 2026-02-28.
          error directory.ldf:14 the account has expired
          help: Run:
              Clear-ADAccountExpiration -Identity 'KerbAuth$'
        ");
        insta::assert_snapshot!(expiring(Some(Moment::At(time("2026-03-20T00:00:00Z")))), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth expires on 2026-03-20.
          warning directory.ldf:14 the account expires soon
          help: Run:
              Clear-ADAccountExpiration -Identity 'KerbAuth$'
        ");
        insta::assert_snapshot!(expiring(Some(Moment::At(time("2027-03-20T00:00:00Z")))), @r"pass CONTOSO\KerbAuth: CONTOSO\KerbAuth expires on 2027-03-20.");
        insta::assert_snapshot!(expiring(Some(Moment::Never)), @r"pass CONTOSO\KerbAuth: CONTOSO\KerbAuth never expires.");
        insta::assert_snapshot!(expiring(None), @r"
        unknown CONTOSO\KerbAuth: The directory exports do not tell accountExpires of CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties accountExpires`.
          warning
        ");
    }
}
