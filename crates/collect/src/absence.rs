//! What is not there: declarations that it is not, and the evidence that contradicts them.

use crate::AssignmentSetting;
use kerbsync_inventory::directory::{Completeness, Directory};
use kerbsync_inventory::{Gap, GapSubject, Inventory};
use kerbsync_names::HostName;
use kerbsync_source::{Shown, Text, text};
use std::collections::HashSet;

/// Takes `assignments = "none"` of kerbsync.toml, unless an assignment contradicts it.
pub(crate) fn assignments(declared: Option<AssignmentSetting>, inventory: &mut Inventory) {
    if declared != Some(AssignmentSetting::None) {
        return;
    }
    let Some(first) = inventory.assignments.first() else {
        (inventory.assignments_known, inventory.assignments_declined) = (true, true);
        return;
    };
    inventory.gaps.push(Gap {
        subject: GapSubject::Estate,
        code: "assignments-contradicted",
        reason: text!(
            "kerbsync.toml says that no site has a Kerberos account, but {} is assigned: the declaration does not count.",
            first.account_text.value
        ),
        remedy: Some("Take assignments = \"none\" out of kerbsync.toml, or export the assignments again.".into()),
        document: Some(first.origin.document),
    });
}

/// A directory that is declared complete holds the computer object of every web server of its domains, and objects of every domain that it
/// names; and nothing of it was missed when it was collected (`missed` is the path of such a file). One that does not is not complete.
pub(crate) fn directory(missed: Option<&str>, inventory: &mut Inventory) {
    let Some(directory) = inventory.directory.as_ref().filter(|d| d.completeness == Completeness::Complete) else { return };
    let objects = Objects::of(directory);
    let missing: Vec<&HostName> =
        inventory.web_servers().map(|(_, computer)| &computer.fqdn.value).filter(|host| objects.miss(host)).collect();
    // One that only kerbsync.toml names may be of another forest.
    let unseen = directory.domains.iter().find(|d| d.origin.is_some() && !objects.domains.contains(&d.dns.to_ascii_lowercase()));
    let what = if let Some(path) = missed {
        text!("{} could not be had when they were collected", Shown::naming(path))
    } else if let Some(domain) = unseen {
        text!("the domain {}, which they name, is not in them", Shown::naming(&domain.dns))
    } else if let Some(first) = missing.first() {
        let others = if missing.len() > 1 { text!(" and of {} more", missing.len() - 1) } else { Text::EMPTY };
        text!("the computer object of web server {first}{others} is not in them")
    } else {
        return;
    };
    let gap = Gap {
        subject: GapSubject::Estate,
        code: "directory-incomplete",
        reason: text!("kerbsync.toml says that the directory exports are complete, but {what}: what they do not hold proves nothing."),
        remedy: Some("Export every user and computer, or take 'complete = true' out of kerbsync.toml.".into()),
        document: directory.documents.first().copied(),
    };
    if let Some(directory) = &mut inventory.directory {
        directory.completeness = Completeness::Partial;
    }
    inventory.gaps.push(gap);
}

/// The objects of the exports, by the names that a computer is found by, in small letters.
struct Objects {
    /// Domains of which there are objects.
    domains: HashSet<String>,
    /// FQDNs of computers.
    fqdns: HashSet<String>,
    /// Domain and short name.
    shorts: HashSet<(String, String)>,
}

impl Objects {
    fn of(directory: &Directory) -> Self {
        let (mut domains, mut fqdns, mut shorts) = (HashSet::new(), HashSet::new(), HashSet::new());
        for account in &directory.accounts {
            fqdns.extend(account.dns_host_name.as_ref().map(|name| name.value.to_ascii_lowercase()));
            if let Some(domain) = account.domain.as_deref().map(str::to_ascii_lowercase) {
                shorts.insert((domain.clone(), account.short_name().to_ascii_lowercase()));
                domains.insert(domain);
            }
        }
        Self { domains, fqdns, shorts }
    }

    /// Whether they hold objects of the computer's domain, and not the computer's.
    fn miss(&self, host: &HostName) -> bool {
        let name = host.as_str().to_ascii_lowercase();
        let Some((label, domain)) = name.split_once('.') else { return false };
        // A NetBIOS name has at most 15 characters.
        let short = (domain.to_owned(), label.get(..15).unwrap_or(label).to_owned());
        self.domains.contains(domain) && !self.fqdns.contains(&name) && !self.shorts.contains(&short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::{DocumentId, Source};

    fn estate(ldif: &str, complete: bool) -> Inventory {
        let source = Source::decode(DocumentId(0), ldif.as_bytes().to_vec()).unwrap();
        let part = kerbsync_ad::read_ldif(&source, &mut Vec::new()).unwrap();
        let mut gaps = Vec::new();
        let directory = crate::directory::join(vec![(DocumentId(0), part)], complete, &[], &mut gaps);
        Inventory { directory, gaps, ..Inventory::default() }
    }

    const FE01: &str = "dn: CN=FE01,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: FE01$\n\n";

    #[test]
    fn a_web_server_without_its_object_shows_that_the_export_is_not_complete() {
        let inventory = estate(FE01, true);
        let directory = inventory.directory.as_ref().unwrap();
        assert_eq!(directory.completeness, Completeness::Complete);
        let host = |name: &str| HostName::new(name).unwrap();
        let objects = Objects::of(directory);
        assert!(!objects.miss(&host("fe01.contoso.com")) && objects.miss(&host("fe02.contoso.com")));
        // Of another domain the exports hold nothing, and say nothing.
        assert!(!objects.miss(&host("fe02.fabrikam.com")));
    }

    #[test]
    fn a_domain_that_is_not_in_the_exports_shows_that_they_are_not_complete() {
        let told = |missed, text: &str| {
            let mut inventory = estate(text, true);
            directory(missed, &mut inventory);
            let reasons: Vec<String> = inventory.gaps.iter().map(|gap| gap.reason.to_string()).collect();
            (inventory.directory.unwrap().completeness, reasons.concat())
        };
        let cross = |name: &str| {
            let dns = format!("{}.contoso.com", name.to_lowercase());
            format!(
                "dn: CN={name},CN=Partitions,CN=Configuration,DC=contoso,DC=com\nobjectClass: crossRef\nnETBIOSName: {name}\ndnsRoot: {dns}\n\n"
            )
        };
        assert_eq!(told(None, FE01), (Completeness::Complete, String::new()));
        let (completeness, why) = told(None, &format!("{FE01}{}", cross("CHILD")));
        assert!(
            completeness == Completeness::Partial && why.contains("the domain child.contoso.com, which they name, is not in them"),
            "{why}"
        );
        let child = FE01.replace("DC=contoso", "DC=child,DC=contoso");
        assert_eq!(told(None, &format!("{child}{}", cross("Child"))).0, Completeness::Complete);
        let (completeness, why) = told(Some("directory/asia.contoso.com/accounts.ldif"), FE01);
        assert!(
            completeness == Completeness::Partial && why.contains("directory/asia.contoso.com/accounts.ldif could not be had"),
            "{why}"
        );
    }

    #[test]
    fn the_head_of_an_export_contradicts_the_declaration() {
        let head = "# extended LDIF\n# LDAPv3\n# base <DC=contoso,DC=com> with scope subtree\n# filter: (sAMAccountName=fe01$)\n\n";
        let end = "# search result\nresult: 0 Success\n";
        let inventory = estate(&format!("{head}{FE01}{end}"), true);
        assert_eq!(inventory.directory.as_ref().unwrap().completeness, Completeness::Partial);
        assert_eq!(inventory.gaps[0].code, "directory-filtered");
        let whole = head.replace("sAMAccountName=fe01$", "objectclass=*");
        assert_eq!(estate(&format!("{whole}{FE01}{end}"), true).directory.unwrap().completeness, Completeness::Complete);
        assert!(estate(&format!("{head}{FE01}{end}"), false).gaps.is_empty());
    }

    #[test]
    fn a_declaration_of_no_assignments_counts_without_evidence_against_it() {
        let mut inventory = Inventory::default();
        assignments(Some(AssignmentSetting::None), &mut inventory);
        assert!(inventory.assignments_known && inventory.assignments_declined);
        let mut inventory = Inventory::default();
        assignments(None, &mut inventory);
        assert!(!inventory.assignments_known && !inventory.assignments_declined);
    }
}
