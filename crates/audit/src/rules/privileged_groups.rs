use crate::declare::declare_rule;
use crate::text::list;
use crate::view::Membership;
use crate::{Attribute, Policy, Severity, Verdicts, View};
use kerbsync_inventory::directory::ObjectClass;
use kerbsync_source::{Origin, Text, text};

declare_rule! {
    /// The Kerberos account has privileges through groups.
    ///
    /// ## What it checks
    /// An assigned account is in no privileged group, directly or through other groups of the export; its primary group is Domain
    /// Computers; adminCount is not set. Privileged are the built-in groups of administrators and operators, the groups that can change the
    /// directory or the domain controllers, and the product's own groups of server administrators. Well-known groups are known by
    /// their identifiers, in any language. Groups that rule the domain or its controllers are errors.
    /// Other groups beyond Domain Computers are told for information.
    ///
    /// ## Why it matters
    /// The secret lies on every web server, and every administrator of a web server can read it. What the account may do, all of them
    /// may do. It needs no right at all beyond being there.
    ///
    /// ## What to do
    /// ```powershell
    /// Remove-ADGroupMember -Identity "Domain Admins" -Members 'KerbAuth$'
    /// Set-ADComputer KerbAuth -Clear adminCount
    /// ```
    ///
    /// Before: `MemberOf: CN=Domain Admins,...`. After: `MemberOf` is empty. Also reset the permissions that adminCount has frozen.
    ///
    /// ## Sources
    /// - [Privileged accounts and groups in Active Directory](https://learn.microsoft.com/windows-server/identity/ad-ds/plan/security-best-practices/appendix-b--privileged-accounts-and-groups-in-active-directory)
    number: 416,
    severity: Error,
    confidence: Inferred,
    family: Directory,
    subject: Account,
    product_error: None,
    controls: ["NIST SP 800-53 AC-6", "NIST SP 800-53 AC-2"],
    reads: [MemberOf, PrimaryGroup],
}

/// Relative identifiers of privileged groups of a domain (documented: Microsoft, "Security identifiers").
const DOMAIN_RIDS: &[&str] = &["498", "512", "516", "517", "518", "519", "520", "521", "526", "527"];
/// The same for built-in groups, `S-1-5-32-…`.
const BUILTIN_RIDS: &[&str] = &["544", "548", "549", "550", "551"];
/// Privileged groups without an identifier of their own: those of the product, and of DNS.
const PRODUCT: &[&str] = &["csadministrator", "csserveradministrator", "dnsadmins", "rtcuniversalserveradmins", "rtcuniversaluseradmins"];
/// Privileged groups by name, for exports without identifiers.
const NAMES: &[&str] = &[
    "administrators",
    "account operators",
    "backup operators",
    "cert publishers",
    "cloneable domain controllers",
    "domain admins",
    "domain controllers",
    "enterprise admins",
    "enterprise key admins",
    "enterprise read-only domain controllers",
    "group policy creator owners",
    "key admins",
    "print operators",
    "read-only domain controllers",
    "schema admins",
    "server operators",
];

/// Relative identifiers of groups that rule a domain or its controllers, with their English names.
const RULING: &[(&str, &str)] = &[
    ("498", "Enterprise Read-only Domain Controllers"),
    ("512", "Domain Admins"),
    ("516", "Domain Controllers"),
    ("518", "Schema Admins"),
    ("519", "Enterprise Admins"),
    ("521", "Read-only Domain Controllers"),
];

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let (privileged, others): (Vec<_>, Vec<_>) = view.groups_of(object).into_iter().partition(is_privileged);
        let mut bad: Vec<(Text, &Origin)> = privileged.iter().map(|m| (text!("member of {}", m.name), m.origin)).collect();
        let mut rules_the_domain = privileged.iter().any(|m| RULING.iter().any(|(rid, name)| m.is_domain_group(rid, name)))
            || privileged
                .iter()
                .any(|m| m.sid == Some("S-1-5-32-544") || (m.sid.is_none() && m.name.eq_ignore_ascii_case("Administrators")));
        // Of a user object rule account-not-computer tells, and Domain Users is its usual group.
        let is_user = object.class.as_ref().is_some_and(|c| c.value == ObjectClass::User);
        let usual = if is_user { 513 } else { 515 };
        if let Some(primary) = object.primary_group.as_ref().filter(|p| p.value != usual && p.value != 515) {
            rules_the_domain |= RULING.iter().any(|(rid, _)| *rid == primary.value.to_string());
            bad.push((text!("primary group {} in place of Domain Computers (515)", primary.value), &primary.origin));
        }
        if let Some(count) = object.admin_count.as_ref().filter(|c| c.value != 0) {
            bad.push((text!("adminCount {}", count.value), &count.origin));
        }
        // Rule account-protected-users tells of that group.
        let others: Vec<&String> = others.iter().filter(|m| !m.is_domain_group("525", "Protected Users")).map(|m| &m.name).collect();
        if !bad.is_empty() {
            let texts: Vec<&Text> = bad.iter().map(|(text, _)| text).collect();
            let severity = if rules_the_domain { Severity::Error } else { Severity::Warning };
            let mut finding = verdicts.fail(subject, text!("{name} has more than it needs: {}.", list(&texts))).at_most(severity);
            for (text, origin) in &bad {
                finding = finding.at(*origin, text.clone());
            }
            finding.help(text!(
                "Find out who put {name} there and what relies on it; the account needs no group beyond Domain Computers. If the object is a real computer or serves another product, leave it in its groups and assign an account of its own instead."
            ));
        } else if object.member_of.is_none() {
            verdicts.attribute_missing(account, Attribute::MemberOf);
        } else if others.is_empty() {
            verdicts.pass(subject, text!("{name} is in no group beyond Domain Computers, as far as the export shows."));
        } else {
            verdicts.informational(subject, text!("{name} needs no group, but is in {}.", list(&others)));
        }
    });
}

fn is_privileged(membership: &Membership<'_>) -> bool {
    match membership.sid {
        Some(sid) => is_privileged_sid(sid) || PRODUCT.contains(&membership.name.to_lowercase().as_str()),
        None => NAMES.contains(&membership.name.to_lowercase().as_str()) || PRODUCT.contains(&membership.name.to_lowercase().as_str()),
    }
}

fn is_privileged_sid(sid: &str) -> bool {
    let Some((domain, rid)) = sid.rsplit_once('-') else { return false };
    if domain.eq_ignore_ascii_case("S-1-5-32") { BUILTIN_RIDS.contains(&rid) } else { DOMAIN_RIDS.contains(&rid) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, group, kerb};

    #[test]
    fn direct_nested_and_translated_groups_fail() {
        let mut inventory = estate();
        kerb(&mut inventory).member_of = Some(vec![at(DIRECTORY, 21, "cn=web team,ou=groups,DC=contoso,DC=com".to_owned())]);
        group(&mut inventory, "Web Team", "S-1-5-21-1-2-3-5000", &[]);
        group(&mut inventory, "Domänen-Admins", "S-1-5-21-1-2-3-512", &["CN=Web Team,OU=Groups,DC=contoso,DC=com"]);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth has more than it needs: member of Domänen-Admins.
          error directory.ldf:951 member of Domänen-Admins
          help: Find out who put CONTOSO\KerbAuth there and what relies on it; the account needs no group beyond Domain Computers. If the object is a real computer or serves another product, leave it in its groups and assign an account of its own instead.
        ");
    }

    #[test]
    fn a_group_s_own_list_an_odd_primary_group_and_admin_count_fail() {
        let mut inventory = estate();
        group(&mut inventory, "Sicherungs-Operatoren", "S-1-5-32-551", &["cn=kerbauth,ou=kerberos,dc=contoso,dc=com"]);
        let account = kerb(&mut inventory);
        (account.member_of, account.primary_group, account.admin_count) = (None, Some(at(DIRECTORY, 18, 516)), Some(at(DIRECTORY, 22, 1)));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth has more than it needs: member of Sicherungs-Operatoren, primary group 516 in place of Domain Computers (515) and adminCount 1.
          error directory.ldf:951 member of Sicherungs-Operatoren
          error directory.ldf:18 primary group 516 in place of Domain Computers (515)
          error directory.ldf:22 adminCount 1
          help: Find out who put CONTOSO\KerbAuth there and what relies on it; the account needs no group beyond Domain Computers. If the object is a real computer or serves another product, leave it in its groups and assign an account of its own instead.
        ");
    }

    #[test]
    fn other_groups_are_told_and_a_circle_of_groups_ends() {
        let mut inventory = estate();
        kerb(&mut inventory).member_of = Some(vec![at(DIRECTORY, 21, "CN=A,OU=Groups,DC=contoso,DC=com".to_owned())]);
        group(&mut inventory, "A", "S-1-5-21-1-2-3-5001", &["CN=B,OU=Groups,DC=contoso,DC=com"]);
        group(&mut inventory, "B", "S-1-5-21-1-2-3-5002", &["CN=A,OU=Groups,DC=contoso,DC=com"]);
        insta::assert_snapshot!(check(&RULE, inventory), @r"informational CONTOSO\KerbAuth: CONTOSO\KerbAuth needs no group, but is in A and B.");
        let mut inventory = estate();
        kerb(&mut inventory).member_of = None;
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        unknown CONTOSO\KerbAuth: The directory exports do not tell memberOf of CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties memberOf`.
          warning
        ");
    }
}
