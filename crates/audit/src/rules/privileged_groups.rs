use crate::declare::declare_rule;
use crate::text::list;
use crate::{Attribute, Policy, Verdicts, View};
use kerbsync_inventory::directory::{Account, Group};
use kerbsync_source::Origin;
use std::collections::{HashMap, HashSet};

declare_rule! {
    /// The Kerberos account has privileges through groups.
    ///
    /// ## What it checks
    /// An assigned account is in no privileged group, directly or through other groups of the export; its primary group is Domain
    /// Computers; adminCount is not set. Privileged are the built-in groups of administrators and operators, the groups that can change the
    /// directory or the domain controllers, and the product's own groups of server administrators. Well-known groups are known by
    /// their identifiers, in any language. Other groups beyond Domain Computers are told for information.
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
    number: 416,
    severity: Warning,
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
/// Privileged groups by name, for exports without identifiers and for groups of the product.
const NAMES: &[&str] = &[
    "administrators",
    "account operators",
    "backup operators",
    "cert publishers",
    "cloneable domain controllers",
    "csadministrator",
    "csserveradministrator",
    "dnsadmins",
    "domain admins",
    "domain controllers",
    "enterprise admins",
    "enterprise key admins",
    "enterprise read-only domain controllers",
    "group policy creator owners",
    "key admins",
    "print operators",
    "read-only domain controllers",
    "rtcuniversalserveradmins",
    "rtcuniversaluseradmins",
    "schema admins",
    "server operators",
];

/// A group that the account is in: its name, whether it is privileged, and what shows the membership.
struct Membership<'i> {
    name: String,
    privileged: bool,
    origin: Option<&'i Origin>,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let groups: &[Group] = view.inventory.directory.as_ref().map_or(&[], |d| &d.groups);
    let mut by_name: HashMap<String, &Group> = HashMap::new();
    let mut with_member: HashMap<String, Vec<(&Group, &Origin)>> = HashMap::new();
    for group in groups {
        by_name.entry(group.distinguished_name.to_lowercase()).or_insert(group);
        for member in group.members.iter().flatten() {
            with_member.entry(member.value.to_lowercase()).or_default().push((group, &member.origin));
        }
    }
    verdicts.each_object(view, |verdicts, account, object| {
        let (subject, name) = (account.subject(), account.name);
        let memberships = memberships(object, &by_name, &with_member);
        let mut bad: Vec<(String, Option<&Origin>)> =
            memberships.iter().filter(|m| m.privileged).map(|m| (format!("member of {}", m.name), m.origin)).collect();
        if let Some(primary) = object.primary_group.as_ref().filter(|p| DOMAIN_RIDS.contains(&p.value.to_string().as_str())) {
            bad.push((format!("primary group {}", primary.value), Some(&primary.origin)));
        }
        if let Some(count) = object.admin_count.as_ref().filter(|c| c.value != 0) {
            bad.push((format!("adminCount {}", count.value), Some(&count.origin)));
        }
        let others: Vec<&str> = memberships.iter().filter(|m| !m.privileged).map(|m| m.name.as_str()).collect();
        if !bad.is_empty() {
            let texts: Vec<&str> = bad.iter().map(|(text, _)| text.as_str()).collect();
            let mut finding = verdicts.fail(subject, format!("{name} has privileges: {}.", list(&texts)));
            for (text, origin) in &bad {
                finding = finding.at(origin.unwrap_or(&object.origin), text.clone());
            }
            finding.help(format!(
                "Find out who put {name} there and what relies on it; the account needs no group beyond Domain Computers. If the object is a real computer or serves another product, leave it in its groups and assign an account of its own instead."
            ));
        } else if object.member_of.is_none() {
            verdicts.attribute_missing(account, Attribute::MemberOf);
        } else if others.is_empty() {
            verdicts.pass(subject, format!("{name} is in no group beyond Domain Computers, as far as the export shows."));
        } else {
            verdicts.informational(subject, format!("{name} needs no group, but is in {}.", list(&others)));
        }
    });
}

/// The groups that the object is in, directly or through others, each once.
fn memberships<'i>(
    object: &'i Account,
    by_name: &HashMap<String, &'i Group>,
    with_member: &HashMap<String, Vec<(&'i Group, &'i Origin)>>,
) -> Vec<Membership<'i>> {
    let mut found = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let mut open: Vec<(String, String, Option<&'i Origin>)> = Vec::new();
    let direct = object.member_of.iter().flatten();
    open.extend(direct.map(|dn| (dn.value.to_lowercase(), dn.value.clone(), Some(&dn.origin))));
    let listed = with_member.get(&object.distinguished_name.value.to_lowercase());
    open.extend(listed.into_iter().flatten().map(|(g, o)| (g.distinguished_name.to_lowercase(), g.distinguished_name.clone(), Some(*o))));
    open.reverse();
    while let Some((key, dn, origin)) = open.pop() {
        if !seen.insert(key.clone()) {
            continue;
        }
        let group = by_name.get(&key);
        let name = group.map_or_else(|| common_name(&dn), |g| g.name.clone());
        let privileged = NAMES.contains(&name.to_lowercase().as_str()) || group.and_then(|g| g.sid.as_deref()).is_some_and(is_privileged);
        found.push(Membership { name, privileged, origin });
        for (parent, origin) in with_member.get(&key).into_iter().flatten() {
            open.push((parent.distinguished_name.to_lowercase(), parent.distinguished_name.clone(), Some(*origin)));
        }
    }
    // The primary group of every computer; memberOf does not list it, but a group's own list may.
    found.retain(|m| !m.name.eq_ignore_ascii_case("Domain Computers"));
    found
}

fn common_name(dn: &str) -> String {
    dn.split(',').next().and_then(|rdn| rdn.split_once('=')).map_or_else(|| dn.to_owned(), |(_, name)| name.to_owned())
}

fn is_privileged(sid: &str) -> bool {
    let Some((domain, rid)) = sid.rsplit_once('-') else { return false };
    if domain.eq_ignore_ascii_case("S-1-5-32") { BUILTIN_RIDS.contains(&rid) } else { DOMAIN_RIDS.contains(&rid) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{DIRECTORY, at, check, estate, kerb, origin};
    use kerbsync_inventory::Inventory;

    fn group(inventory: &mut Inventory, name: &str, sid: &str, members: &[&str]) {
        inventory.directory.as_mut().unwrap().groups.push(Group {
            origin: origin(DIRECTORY, 950, name),
            distinguished_name: format!("CN={name},OU=Groups,DC=contoso,DC=com"),
            name: name.to_owned(),
            members: Some(members.iter().map(|m| at(DIRECTORY, 951, (*m).to_owned())).collect()),
            sid: Some(sid.to_owned()),
        });
    }

    #[test]
    fn direct_nested_and_translated_groups_fail() {
        let mut inventory = estate();
        kerb(&mut inventory).member_of = Some(vec![at(DIRECTORY, 21, "cn=web team,ou=groups,DC=contoso,DC=com".to_owned())]);
        group(&mut inventory, "Web Team", "S-1-5-21-1-2-3-5000", &[]);
        group(&mut inventory, "Domänen-Admins", "S-1-5-21-1-2-3-512", &["CN=Web Team,OU=Groups,DC=contoso,DC=com"]);
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth has privileges: member of Domänen-Admins.
          warning directory.ldf:951 member of Domänen-Admins
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
        fail CONTOSO\KerbAuth: CONTOSO\KerbAuth has privileges: member of Sicherungs-Operatoren, primary group 516 and adminCount 1.
          warning directory.ldf:951 member of Sicherungs-Operatoren
          warning directory.ldf:18 primary group 516
          warning directory.ldf:22 adminCount 1
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
        unknown CONTOSO\KerbAuth: The directory export does not hold memberOf of CONTOSO\KerbAuth. Run `Get-ADComputer -Identity KerbAuth -Properties memberOf`.
          warning
        ");
    }
}
