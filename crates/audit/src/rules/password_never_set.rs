use crate::declare::declare_rule;
use crate::text::day;
use crate::view::new_password;
use crate::{Attribute, Policy, Verdicts, View};
use kerbsync_advice::{Advice, Proved};
use kerbsync_inventory::directory::{Moment, uac};
use kerbsync_source::text;

declare_rule! {
    /// The password of the Kerberos account was never set.
    ///
    /// ## What it checks
    /// pwdLastSet of every assigned account is set, and for an account that needs no password (PASSWD_NOTREQD) it is later than the
    /// creation of the object by more than a minute.
    ///
    /// ## Why it matters
    /// New-CsKerberosAccount creates the object; only Set-CsKerberosAccountPassword gives it a password that the servers know. If that
    /// step was left out, no server can hold the right secret, and tickets cannot be opened. That an object in this state was never
    /// given a password by the cmdlet is inferred.
    ///
    /// ## What to do
    /// ```powershell
    /// Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// | before | after |
    /// |---|---|
    /// | `pwdLastSet: 0`, or the time of creation | the time of the command |
    ///
    /// ## Sources
    /// - [Pwd-Last-Set attribute](https://learn.microsoft.com/windows/win32/adschema/a-pwdlastset)
    /// - [Set a Kerberos authentication account password on a server](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-set-a-kerberos-authentication-account-password-on-a-server)
    number: 415,
    severity: Error,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 IA-5"],
    reads: [UserAccountControl, PasswordLastSet],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let Some(set) = &object.password_last_set else { return verdicts.attribute_missing(account, Attribute::PasswordLastSet) };
        let optional = object.user_account_control.as_ref().is_some_and(|bits| bits.value & uac::PASSWD_NOTREQD != 0);
        let (message, created) = match (set.value, &object.created) {
            (Moment::Never, _) => (text!("The password of {name} was never set."), None),
            (Moment::At(time), Some(created)) if optional && time.as_second().abs_diff(created.value.as_second()) <= 60 => {
                let message = text!("The password of {name} was not set since the object was created on {}.", day(created.value));
                (message, Some(&created.origin))
            }
            (Moment::At(time), _) => return verdicts.pass(subject, text!("The password of {name} was set on {}.", day(time))),
        };
        let mut finding = verdicts.fail(subject, message).at(&set.origin, "the last change of the password");
        if let Some(origin) = created {
            finding = finding.at(origin, "the creation of the object");
        }
        finding.help(new_password(
            Advice::say("No server can hold a password that was never set, so there is none to copy."),
            name,
            Proved::by("The export shows that the password was never set."),
        ));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb, time};

    #[test]
    fn never_and_not_since_creation_fail() {
        let mut inventory = estate();
        kerb(&mut inventory).password_last_set = Some(at(DIRECTORY, 15, Moment::Never));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: The password of CONTOSO\KerbAuth was never set.
          error directory.ldf:15 the last change of the password
          help: No server can hold a password that was never set, so there is none to copy. The export shows that the password was never set. A new password reaches the servers one by one and Active Directory last: until then sign-in can fail on all sites of the account, and a server that cannot be reached fails afterwards. In a maintenance window, run:
              Set-CsKerberosAccountPassword -UserAccount CONTOSO\KerbAuth
        ");
        let mut inventory = estate();
        let account = kerb(&mut inventory);
        account.password_last_set = Some(at(DIRECTORY, 15, Moment::At(time("2025-01-10T08:00:01Z"))));
        assert!(check(&RULE, inventory).starts_with("pass "));
        let mut inventory = estate();
        let account = kerb(&mut inventory);
        account.password_last_set = Some(at(DIRECTORY, 15, Moment::At(time("2025-01-10T08:00:01Z"))));
        account.user_account_control.as_mut().unwrap().value = 4128;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: The password of CONTOSO\KerbAuth was not set since the object was created on 2025-01-10.
          error directory.ldf:15 the last change of the password
          error directory.ldf:15 the creation of the object
          help: No server can hold a password that was never set, so there is none to copy. The export shows that the password was never set. A new password reaches the servers one by one and Active Directory last: until then sign-in can fail on all sites of the account, and a server that cannot be reached fails afterwards. In a maintenance window, run:
              Set-CsKerberosAccountPassword -UserAccount CONTOSO\KerbAuth
        ");
        let mut inventory = estate();
        kerb(&mut inventory).password_last_set = None;
        assert!(check(&RULE, inventory).starts_with("unknown "));
    }
}
