//! What is not there: declarations that it is not, and the evidence that contradicts them.

use crate::AssignmentSetting;
use kerbsync_inventory::directory::{Completeness, Directory};
use kerbsync_inventory::{Gap, GapSubject, Inventory};
use kerbsync_names::HostName;
use kerbsync_source::{Text, text};

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

/// A directory that is declared complete holds the computer object of every web server of its domains; one that does not is not complete.
pub(crate) fn directory(inventory: &mut Inventory) {
    let Some(directory) = inventory.directory.as_ref().filter(|d| d.completeness == Completeness::Complete) else { return };
    let missing: Vec<&HostName> =
        inventory.web_servers().map(|(_, computer)| &computer.fqdn.value).filter(|host| is_missed(directory, host)).collect();
    let (Some(first), count) = (missing.first(), missing.len()) else { return };
    let others = if count > 1 { text!(" and of {} more", count - 1) } else { Text::EMPTY };
    let gap = Gap {
        subject: GapSubject::Estate,
        code: "directory-incomplete",
        reason: text!(
            "kerbsync.toml says that the directory exports are complete, but the computer object of web server {first}{others} is not in them: \
             what they do not hold proves nothing."
        ),
        remedy: Some("Export every user and computer, or take 'complete = true' out of kerbsync.toml.".into()),
        document: directory.documents.first().copied(),
    };
    if let Some(directory) = &mut inventory.directory {
        directory.completeness = Completeness::Partial;
    }
    inventory.gaps.push(gap);
}

/// Whether the exports hold objects of the computer's domain, and not the computer's.
fn is_missed(directory: &Directory, host: &HostName) -> bool {
    let Some((label, domain)) = host.as_str().split_once('.') else { return false };
    let mut covered = false;
    for account in &directory.accounts {
        let own = account.domain.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(domain));
        covered |= own;
        let named = account.dns_host_name.as_ref().is_some_and(|name| name.value.eq_ignore_ascii_case(host.as_str()));
        // A NetBIOS name has at most 15 characters.
        let short = own && label.get(..15).unwrap_or(label).eq_ignore_ascii_case(account.short_name());
        if named || short {
            return false;
        }
    }
    covered
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::{DocumentId, Source};

    fn estate(ldif: &str, complete: bool) -> Inventory {
        let source = Source::decode(DocumentId(0), ldif.as_bytes().to_vec()).unwrap();
        let part = kerbsync_ad::read_ldif(&source, &mut Vec::new()).unwrap();
        let mut inventory = Inventory::default();
        crate::directory::join(vec![(DocumentId(0), part)], complete, &[], &mut inventory);
        inventory
    }

    const FE01: &str = "dn: CN=FE01,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: FE01$\n\n";

    #[test]
    fn a_web_server_without_its_object_shows_that_the_export_is_not_complete() {
        let inventory = estate(FE01, true);
        let directory = inventory.directory.as_ref().unwrap();
        assert_eq!(directory.completeness, Completeness::Complete);
        let host = |name: &str| HostName::new(name).unwrap();
        assert!(!is_missed(directory, &host("fe01.contoso.com")) && is_missed(directory, &host("fe02.contoso.com")));
        // Of another domain the exports hold nothing, and say nothing.
        assert!(!is_missed(directory, &host("fe02.fabrikam.com")));
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
