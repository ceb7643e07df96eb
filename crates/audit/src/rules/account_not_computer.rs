use crate::declare::declare_rule;
use crate::{Attribute, Policy, Severity, Verdicts, View};
use kerbsync_inventory::directory::{Account, ObjectClass, uac};
use kerbsync_source::{Spanned, hex_bits, text};

declare_rule! {
    /// The Kerberos account is not a computer object.
    ///
    /// ## What it checks
    /// The object of every assigned account is of class computer, as New-CsKerberosAccount makes it, and userAccountControl does not mark it
    /// as something else: an ordinary user (0x200), a trust between domains (0x800), or one that logs on with a smart card (0x40000). It
    /// stands for no real machine.
    ///
    /// ## Why it matters
    /// The documentation calls the computer object intended, although the parameter is named UserAccount. The cmdlets set the password
    /// of a computer object; a user object has a password that expires, can log on interactively, and is found by everyone who
    /// collects tickets of user accounts to guess passwords. A directory gives an account that has to log on with a smart card a random
    /// password when it is marked so (documented for users; that it does so for computers is inferred): no server holds that one.
    ///
    /// ## What to do
    /// ```powershell
    /// New-CsKerberosAccount -UserAccount "CONTOSO\KerbAuth2" -ContainerDN "OU=Kerberos,DC=contoso,DC=com"
    /// Set-CsKerberosAccountAssignment -Identity "site:Redmond" -UserAccount "CONTOSO\KerbAuth2"
    /// Enable-CsTopology
    /// Set-CsKerberosAccountPassword -UserAccount "CONTOSO\KerbAuth2"
    /// ```
    ///
    /// Before: `objectClass: user`. After: `objectClass: computer`. Delete the old user when no SPN is left on it.
    ///
    /// ## Sources
    /// - [Prerequisites for enabling Kerberos authentication](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-prerequisites-for-enabling-kerberos-authentication)
    /// - [Kerberos and Microsoft Lync Server 2010 Web Services](https://learn.microsoft.com/archive/blogs/jenstr/kerberos-and-microsoft-lync-server-2010-web-services)
    number: 404,
    severity: Error,
    confidence: Documented,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 AC-2", "NIST SP 800-53 IA-5"],
    reads: [ObjectClass],
}

/// What to do about a mark.
const OTHER: &str = "Find out who set the mark and what relies on it. Create a computer object with New-CsKerberosAccount, assign that one, and run Enable-CsTopology.";
const SMART_CARD: &str = "Find out who set the mark. When it was set, the directory may have given the account a random password that no server holds: take the mark off, let the product test the sites of the account, and set a new password where the test fails.";

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        match &object.class {
            None => verdicts.attribute_missing(account, Attribute::ObjectClass),
            Some(class) if class.value == ObjectClass::Computer => match marked_otherwise(object) {
                None => verdicts.pass(subject, text!("{name} is a computer object.")),
                Some((flags, mark, severity)) => {
                    verdicts
                        .fail(
                            subject,
                            text!("{name} is a computer object, but userAccountControl {} marks it as {mark}.", hex_bits(flags.value)),
                        )
                        .at_most(severity)
                        .at(&flags.origin, "the mark")
                        .at(&class.origin, "the class of the object")
                        .help(if flags.value & uac::SMARTCARD_REQUIRED != 0 && severity == Severity::Warning { SMART_CARD } else { OTHER });
                }
            },
            Some(class) => {
                let what = match &class.value {
                    ObjectClass::User => "a user".into(),
                    ObjectClass::ManagedServiceAccount => "a managed service account".into(),
                    ObjectClass::Other(class) => text!("of class {class}"),
                    ObjectClass::Computer => "a computer".into(),
                };
                verdicts
                    .fail(subject, text!("{name} is {what}; it has to be a computer object."))
                    .at(&class.origin, "the class of the object")
                    .help("Create a computer object with New-CsKerberosAccount, assign that one, and run Enable-CsTopology.");
            }
        }
    });
}

/// What userAccountControl marks a computer object as, where that is no computer. Directories refuse such marks today, so what becomes of an
/// ordinary user's is told as a warning (inferred).
fn marked_otherwise(object: &Account) -> Option<(&Spanned<u32>, &'static str, Severity)> {
    let flags = object.user_account_control.as_ref()?;
    let marked = |mark: u32| flags.value & mark != 0;
    match () {
        () if marked(uac::INTERDOMAIN_TRUST_ACCOUNT) => Some((flags, "the account of a trust between domains", Severity::Error)),
        () if marked(uac::SMARTCARD_REQUIRED) => Some((flags, "one that has to log on with a smart card", Severity::Warning)),
        () if marked(uac::WORKSTATION_TRUST_ACCOUNT | uac::SERVER_TRUST_ACCOUNT) => None,
        () if marked(uac::NORMAL_ACCOUNT) => Some((flags, "an ordinary user", Severity::Warning)),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb};

    #[test]
    fn a_computer_that_is_marked_as_something_else_fails() {
        let marked = |flags: u32| {
            let mut inventory = estate();
            kerb(&mut inventory).user_account_control = Some(at(DIRECTORY, 13, flags));
            check(&RULE, inventory)
        };
        insta::assert_snapshot!([uac::INTERDOMAIN_TRUST_ACCOUNT | uac::WORKSTATION_TRUST_ACCOUNT, uac::NORMAL_ACCOUNT].map(marked).concat(), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is a computer object, but userAccountControl 0x1800 marks it as the account of a trust between domains.
          error directory.ldf:13 the mark
          error directory.ldf:12 the class of the object
          help: Find out who set the mark and what relies on it. Create a computer object with New-CsKerberosAccount, assign that one, and run Enable-CsTopology.
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is a computer object, but userAccountControl 0x200 marks it as an ordinary user.
          warning directory.ldf:13 the mark
          warning directory.ldf:12 the class of the object
          help: Find out who set the mark and what relies on it. Create a computer object with New-CsKerberosAccount, assign that one, and run Enable-CsTopology.
        ");
        insta::assert_snapshot!(marked(uac::SMARTCARD_REQUIRED | uac::WORKSTATION_TRUST_ACCOUNT), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is a computer object, but userAccountControl 0x41000 marks it as one that has to log on with a smart card.
          warning directory.ldf:13 the mark
          warning directory.ldf:12 the class of the object
          help: Find out who set the mark. When it was set, the directory may have given the account a random password that no server holds: take the mark off, let the product test the sites of the account, and set a new password where the test fails.
        ");
        // What only another rule judges, and what says nothing of the kind.
        for flags in [uac::WORKSTATION_TRUST_ACCOUNT | uac::NORMAL_ACCOUNT, uac::SERVER_TRUST_ACCOUNT, 0, uac::ACCOUNTDISABLE] {
            assert!(marked(flags).starts_with("pass "), "{flags:#x}");
        }
    }

    #[test]
    fn a_user_fails() {
        let mut inventory = estate();
        kerb(&mut inventory).class = Some(at(DIRECTORY, 12, ObjectClass::User));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is a user; it has to be a computer object.
          error directory.ldf:12 the class of the object
          help: Create a computer object with New-CsKerberosAccount, assign that one, and run Enable-CsTopology.
        ");
        let mut inventory = estate();
        kerb(&mut inventory).class = None;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: The directory exports do not tell objectClass of CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties objectClass`.
          warning
        ");
    }
}
