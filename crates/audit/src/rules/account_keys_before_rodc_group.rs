use crate::declare::declare_rule;
use crate::encryption::AES_FIRST;
use crate::text::day;
use crate::view::identity;
use crate::{Policy, Verdicts, View};
use kerbsync_advice::commands;
use kerbsync_inventory::directory::Moment;
use kerbsync_source::text;

declare_rule! {
    /// The Kerberos account's password is older than the domain's first keys for AES.
    ///
    /// ## What it checks
    /// pwdLastSet of an assigned account is later than whenCreated of the group Read-only Domain Controllers (relative identifier
    /// 521) of its domain. Windows Server 2008 creates this group, and no domain controller makes AES keys before it (inferred).
    ///
    /// ## Why it matters
    /// Without AES keys the domain controllers can give RC4 tickets only, and with the updates of 2026 none at all.
    ///
    /// ## What to do
    /// ```powershell
    /// Get-ADGroup 'Read-only Domain Controllers' -Properties whenCreated
    /// Set-CsKerberosAccountPassword -UserAccount "contoso\KerbAuth"
    /// ```
    ///
    /// Before: a password from before the group. After: a new one. While it is set, requests can fail on servers that do not have it
    /// yet: do it in a change window.
    ///
    /// ## Sources
    /// - [msDS-SupportedEncryptionTypes ([MS-KILE] 2.2.7)](https://learn.microsoft.com/openspecs/windows_protocols/ms-kile/6cfc7b50-11ed-4b4d-846d-6f08f0812919)
    number: 426,
    severity: Warning,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 SC-13", "NIST SP 800-53 IA-5"],
    reads: [PasswordLastSet],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let groups = view.inventory.directory.as_ref().map_or(&[][..], |d| &d.groups);
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let set = match object.password_last_set.as_ref().map(|p| (p.value, &p.origin)) {
            Some((Moment::At(time), origin)) => (time, origin),
            Some((Moment::Never, _)) => return verdicts.not_applicable(subject, text!("The password of {name} was never set.")),
            None => {
                let why = text!("The directory exports do not tell pwdLastSet of {name}.");
                let command = commands::show_computer(&identity(object, name), "pwdLastSet");
                return verdicts.unknown_told_elsewhere(subject, why, command);
            }
        };
        if set.0 < AES_FIRST {
            return verdicts.not_applicable(subject, "No domain could make AES keys then; rule encryption-keys-older-than-aes tells.");
        }
        let domain = object.sid.as_deref().and_then(|sid| sid.rsplit_once('-')).map(|(domain, _)| domain);
        let created = groups.iter().find_map(|group| {
            let (of, rid) = group.sid.as_deref()?.rsplit_once('-')?;
            (rid == "521" && Some(of) == domain).then_some(group.created.as_ref()).flatten()
        });
        match created {
            Some(group) if set.0 < group.value => {
                let message =
                    text!("The password of {name} is of {}, and the domain has no AES keys from before {}.", day(set.0), day(group.value));
                verdicts
                    .fail(subject, message)
                    .at(set.1, "pwdLastSet")
                    .at(&group.origin, "the group was created")
                    .help("Plan a new password for all servers of the account in a change window: requests can fail while it is set.");
            }
            Some(group) => {
                verdicts.pass(
                    subject,
                    text!("The password of {name} is of {}, after the domain could make AES keys ({}).", day(set.0), day(group.value)),
                );
            }
            None => {
                // Few exports hold the group, and a password of any year but the first ones is later: no reason to call an audit incomplete.
                let command = commands::show_group("Read-only Domain Controllers", "whenCreated, objectSid");
                let why = "Not looked at: the inputs do not hold whenCreated of the group Read-only Domain Controllers of the domain of";
                verdicts.not_applicable(subject, text!("{why} {name} (`{command}`)."));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, group, kerb, time};
    use kerbsync_inventory::Inventory;

    fn created(sid: &str, when: &str) -> Inventory {
        let mut inventory = estate();
        kerb(&mut inventory).sid = Some("S-1-5-21-1-2-3-1105".to_owned());
        inventory.directory.as_mut().unwrap().groups.clear();
        group(&mut inventory, "RODC", sid, &[]);
        inventory.directory.as_mut().unwrap().groups.last_mut().unwrap().created = Some(at(DIRECTORY, 952, time(when)));
        inventory
    }

    #[test]
    fn a_password_from_before_the_group_fails() {
        insta::assert_snapshot!(check(&RULE, created("S-1-5-21-1-2-3-521", "2026-02-01T08:00:00Z")), @r"
        fail CONTOSO\KerbAuth: The password of CONTOSO\KerbAuth is of 2026-01-10, and the domain has no AES keys from before 2026-02-01.
          warning directory.ldf:15 pwdLastSet
          warning directory.ldf:952 the group was created
          help: Plan a new password for all servers of the account in a change window: requests can fail while it is set.
        ");
        assert!(check(&RULE, created("S-1-5-21-1-2-3-521", "2020-02-01T08:00:00Z")).starts_with("pass CONTOSO\\KerbAuth: "));
    }

    #[test]
    fn the_group_of_another_domain_decides_nothing() {
        assert!(check(&RULE, created("S-1-5-21-9-9-9-521", "2026-02-01T08:00:00Z")).starts_with("notapplicable CONTOSO\\KerbAuth: "));
        assert!(check(&RULE, estate()).starts_with("pass CONTOSO\\KerbAuth: "));
    }
}
