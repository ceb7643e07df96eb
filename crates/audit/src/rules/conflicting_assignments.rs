use crate::declare::declare_rule;
use crate::text::list;
use crate::{Policy, Severity, Verdicts, View};
use kerbsync_advice::{Advice, commands};
use kerbsync_inventory::state::account_key;
use kerbsync_source::text;

declare_rule! {
    /// A site has several Kerberos accounts.
    ///
    /// ## What it checks
    /// All assignments of a site name the same account; letter case and a trailing `$` do not matter. The same assignment found in two
    /// exports counts once.
    ///
    /// ## Why it matters
    /// The product allows at most one account for each site. Two that differ mean that exports of two points in time are mixed, or that
    /// the Central Management store is damaged; nobody can say what the servers are to hold, so their state stays unknown.
    ///
    /// ## What to do
    /// Look at what is in force, and take the other export out of the bundle:
    ///
    /// ```powershell
    /// Get-CsKerberosAccountAssignment -Identity "site:Redmond"
    /// Set-CsKerberosAccountAssignment -Identity "site:Redmond" -UserAccount "CONTOSO\KerbAuth"
    /// ```
    ///
    /// Before: `CONTOSO\KerbAuth` and `CONTOSO\KerbOld` for one site. After: one of them.
    ///
    /// ## Sources
    /// - [Assign a Kerberos authentication account to a site](https://learn.microsoft.com/previous-versions/office/lync-server-2013/lync-server-2013-assign-a-kerberos-authentication-account-to-a-site)
    /// - [Get-CsKerberosAccountAssignment](https://github.com/MicrosoftDocs/office-docs-powershell/blob/main/skype/skype-ps/skype/Get-CsKerberosAccountAssignment.md)
    number: 104,
    severity: Error,
    confidence: Documented,
    family: Names,
    subject: Site,
    product_error: None,
    controls: ["NIST SP 800-53 CM-6", "NIST SP 800-53 AC-2"],
    waivable: false,
}

fn check(view: &View<'_>, _: &Policy, verdicts: &mut Verdicts<'_>) {
    let domains = view.inventory.domains();
    for site in view.sites() {
        let (subject, name) = (site.subject(), site.name());
        let mut distinct: Vec<&kerbsync_inventory::Assignment> = Vec::new();
        for assignment in &site.assignments {
            let same = |other: &&kerbsync_inventory::Assignment| match (&assignment.account, &other.account) {
                (Ok(a), Ok(b)) => account_key(a, domains) == account_key(b, domains),
                (Err(_), Err(_)) => assignment.account_text.value.to_lowercase() == other.account_text.value.to_lowercase(),
                _ => false,
            };
            if !distinct.iter().any(same) {
                distinct.push(assignment);
            }
        }
        match distinct.as_slice() {
            [] if view.inventory.assignments_known => verdicts.not_applicable(subject, text!("Site {name} has no assignment.")),
            [] => verdicts.unknown_told_elsewhere(
                subject,
                text!("The assignments are not among the inputs, so those of site {name} are not known."),
                commands::assignments(None),
            ),
            [one] => verdicts.pass(subject, text!("Site {name} has one account, {}.", one.account_text.value)),
            several => {
                let texts: Vec<&String> = several.iter().map(|a| &a.account_text.value).collect();
                let first = several.first().map(|a| a.account_text.origin.document);
                let in_one = several.iter().all(|a| Some(a.account_text.origin.document) == first);
                let mut finding = if in_one {
                    verdicts.fail(subject, text!("Site {name} has {} accounts: {}.", several.len(), list(&texts)))
                } else {
                    let message = text!(
                        "Exports assign {} accounts to site {name}, and nothing says which is newer: {}.",
                        several.len(),
                        list(&texts)
                    );
                    verdicts.fail(subject, message).at_most(Severity::Warning)
                };
                for assignment in several {
                    finding = finding.at(&assignment.account_text.origin, text!("assigns {}", assignment.account_text.value));
                }
                finding.help(
                    Advice::say("See which one is in force, and leave the other export out of the bundle:")
                        .then_run(commands::assignments(Some(name))),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{add_document, assignment, check, estate};
    use kerbsync_inventory::DocumentKind;
    use kerbsync_source::DocumentId;

    #[test]
    fn two_accounts_fail_and_the_same_one_twice_does_not() {
        let mut inventory = estate();
        inventory.assignments.push(assignment("redmond", Some("1"), "contoso\\KerbOld", 9));
        inventory.assignments.push(assignment("Dublin", Some("2"), "CONTOSO\\KERBAUTH$", 10));
        insta::assert_snapshot!(check(&RULE, inventory), @r"
        fail site:Redmond: Site Redmond has 2 accounts: CONTOSO\KerbAuth and contoso\KerbOld.
          error assignments.xml:5 assigns CONTOSO\KerbAuth
          error assignments.xml:9 assigns contoso\KerbOld
          help: See which one is in force, and leave the other export out of the bundle:
              Get-CsKerberosAccountAssignment -Identity site:Redmond
        pass site:Dublin: Site Dublin has one account, contoso\kerbauth.
        ");
    }

    #[test]
    fn two_exports_that_contradict_each_other_are_evidence_against_each_other_and_no_error() {
        let mut inventory = estate();
        let other = add_document(&mut inventory, "old/assignments.xml", DocumentKind::Clixml);
        let mut old = assignment("redmond", Some("1"), "contoso\\KerbOld", 9);
        old.account_text.origin.document = DocumentId(other);
        inventory.assignments.push(old);
        let text = check(&RULE, inventory);
        assert!(
            text.starts_with("fail site:Redmond: Exports assign 2 accounts to site Redmond, and nothing says which is newer: "),
            "{text}"
        );
        assert!(text.contains("  warning old/assignments.xml:9 assigns"), "{text}");
    }

    #[test]
    fn no_assignment_and_no_export() {
        let mut inventory = estate();
        inventory.assignments.truncate(1);
        assert!(check(&RULE, inventory).contains("notapplicable site:Dublin: Site Dublin has no assignment."));
        let mut inventory = estate();
        (inventory.assignments_known, inventory.assignments) = (false, Vec::new());
        assert!(check(&RULE, inventory).contains("unknown site:Dublin: The assignments are not among the inputs"));
    }
}
