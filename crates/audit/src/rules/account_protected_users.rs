use crate::declare::declare_rule;
use crate::view::identity;
use crate::{Attribute, Policy, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_source::text;

declare_rule! {
    /// The Kerberos account is in Protected Users.
    ///
    /// ## What it checks
    /// An assigned account is not a member of the group Protected Users (relative identifier 525), directly, by its primary group or
    /// through another group of the export.
    ///
    /// ## Why it matters
    /// Microsoft documents that accounts of services and computers must not be members: their authentication fails. The group also
    /// takes RC4 and delegation away.
    ///
    /// ## What to do
    /// ```powershell
    /// Remove-ADGroupMember -Identity 'Protected Users' -Members 'KerbAuth$'
    /// ```
    ///
    /// Before: `memberOf: CN=Protected Users,CN=Users,DC=contoso,DC=com`. After: the account is in no group of its own.
    ///
    /// ## Sources
    /// - [Protected Users security group](https://learn.microsoft.com/windows-server/security/credentials-protection-and-management/protected-users-security-group)
    number: 421,
    severity: Error,
    confidence: Documented,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 AC-2"],
    reads: [MemberOf],
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let groups = view.groups_of(object);
        let primary = object.primary_group.as_ref().filter(|p| p.value == 525).map(|p| &p.origin);
        let place = groups.iter().find(|g| g.is_domain_group("525", "Protected Users")).map(|g| g.origin).or(primary);
        match place {
            Some(origin) => {
                verdicts
                    .fail(subject, text!("{name} is in Protected Users, where accounts of services and computers cannot authenticate."))
                    .at(origin, "the membership")
                    .help(Advice::say(
                        "Find out who put it there; then take it out of Protected Users, or out of the group that leads there. Until then the group's protection is what stops sign-in.",
                    ));
            }
            None if object.member_of.is_none() => {
                let why = text!("The directory exports do not tell memberOf of {name}.");
                let command = commands::show_computer(&identity(object, name), Attribute::MemberOf.name());
                verdicts.unknown_told_elsewhere(subject, why, command);
            }
            None => verdicts.pass(subject, text!("{name} is not in Protected Users, as far as the export shows.")),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, group, kerb};

    #[test]
    fn the_group_fails_by_name_by_identifier_and_through_others() {
        let mut inventory = estate();
        kerb(&mut inventory).member_of = Some(vec![at(DIRECTORY, 21, "cn=protected users,CN=Users,DC=contoso,DC=com".to_owned())]);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth is in Protected Users, where accounts of services and computers cannot authenticate.
          error directory.ldf:21 the membership
          help: Find out who put it there; then take it out of Protected Users, or out of the group that leads there. Until then the group's protection is what stops sign-in.
        ");
        let mut inventory = estate();
        group(&mut inventory, "Web Team", "S-1-5-21-1-2-3-5000", &["cn=kerbauth,ou=kerberos,dc=contoso,dc=com"]);
        group(&mut inventory, "Geschützte Benutzer", "S-1-5-21-1-2-3-525", &["CN=Web Team,OU=Groups,DC=contoso,DC=com"]);
        assert!(check(&RULE, inventory).starts_with("fail CONTOSO\\KerbAuth: "));
        // The object of the group itself is not in the export.
        let mut inventory = estate();
        group(&mut inventory, "Web Team", "S-1-5-21-1-2-3-5000", &["cn=kerbauth,ou=kerberos,dc=contoso,dc=com"]);
        let team = inventory.directory.as_mut().unwrap().groups.last_mut().unwrap();
        team.shown_member_of = vec![at(DIRECTORY, 952, "CN=Protected Users,CN=Users,DC=contoso,DC=com".to_owned())];
        assert!(check(&RULE, inventory).starts_with("fail CONTOSO\\KerbAuth: "));
        let mut inventory = estate();
        kerb(&mut inventory).primary_group = Some(at(DIRECTORY, 18, 525));
        assert!(check(&RULE, inventory).starts_with("fail CONTOSO\\KerbAuth: "));
        // A group of ours with that name is not the built-in one.
        let mut inventory = estate();
        group(&mut inventory, "Protected Users", "S-1-5-21-1-2-3-5000", &["cn=kerbauth,ou=kerberos,dc=contoso,dc=com"]);
        assert!(check(&RULE, inventory).starts_with("pass CONTOSO\\KerbAuth: "));
    }

    #[test]
    fn without_the_attribute_it_is_unknown() {
        let mut inventory = estate();
        kerb(&mut inventory).member_of = None;
        assert!(check(&RULE, inventory).starts_with("unknown CONTOSO\\KerbAuth: "));
    }
}
