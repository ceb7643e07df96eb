//! Joins the directory facts of several exports: one object per account, whatever the order of the documents.

mod merge;

use kerbsync_ad::{Dated, DirectoryFacts};
use kerbsync_inventory::directory::{Account, Completeness, Directory, Domain, Group};
use kerbsync_inventory::{Gap, GapSubject};
use kerbsync_source::{DocumentId, text};
use merge::{Mergeable as _, merge_all};

/// NetBIOS name and DNS name of every domain that the exports name.
pub(crate) fn domains(parts: &[(DocumentId, DirectoryFacts)]) -> Vec<(String, String)> {
    parts.iter().flat_map(|(_, part)| &part.domains).map(|d| (d.netbios.clone(), d.dns.clone())).collect()
}

/// What all directory exports together say; `None` where there is none.
///
/// The same object in several exports (by objectSid, else by distinguished name) becomes one. Where exports disagree, the one in which the object
/// was changed last holds (whenChanged, else pwdLastSet), and a gap names the attributes. `complete` says that the exports hold whole domains.
/// Configured domains (NetBIOS name, DNS name) count only where no export names the domain.
pub(crate) fn join(
    parts: Vec<(DocumentId, DirectoryFacts)>,
    complete: bool,
    configured_domains: &[(String, String)],
    gaps: &mut Vec<Gap>,
) -> Option<Directory> {
    if parts.is_empty() {
        return None;
    }
    let (mut documents, mut domains) = (Vec::new(), Vec::new());
    let mut accounts = Vec::new();
    let mut groups: Vec<Dated<Group>> = Vec::new();
    let mut deleted = Vec::new();
    let mut cut: Vec<DocumentId> = parts.iter().filter(|(_, part)| part.cut).map(|(document, _)| *document).collect();
    cut.sort_unstable();
    let listed: Vec<DocumentId> = parts.iter().filter(|(_, part)| part.names_only).map(|(document, _)| *document).collect();
    let exported = parts.iter().any(|(_, part)| !part.names_only);
    let filtered = asked_for_less(&parts).filter(|_| complete);
    for (document, part) in parts {
        documents.push(document);
        accounts.extend(part.accounts);
        groups.extend(part.groups);
        domains.extend(part.domains);
        deleted.extend(part.deleted);
    }
    deleted.sort_by(|a, b| a.origin.cmp(&b.origin));
    documents.sort_unstable();
    documents.dedup();
    if complete {
        gaps.extend(cut.iter().map(|document| {
            Gap {
                subject: GapSubject::Document(*document),
                code: "directory-cut",
                reason:
                    "kerbsync.toml says that the directory exports are complete, but this one is cut or lacks objects (a warning tells \
                     where): what it does not hold proves nothing."
                        .into(),
                remedy: Some("Export it again, with paging (ldapsearch -E pr=1000/noprompt).".into()),
                document: Some(*document),
            }
        }));
    }
    let complete = complete && exported && cut.is_empty() && filtered.is_none();
    gaps.extend(filtered);
    let mut accounts = merge_all(accounts, gaps);
    accounts.iter_mut().for_each(|account| drop_exported_from_shown(account, &listed, gaps));
    // An object that a whole export does not hold was there at another time than the export, or the export is not whole.
    accounts.retain(|account| {
        let kept = !(complete && listed.contains(&account.origin.document) && account.sid.is_none() && account.sam_account_name.is_none());
        if !kept {
            gaps.push(Gap {
                subject: GapSubject::Account(account.name()),
                code: "setspn-conflict",
                reason: text!(
                    "the output of setspn shows {}, which the complete directory export does not hold: one of them is older",
                    account.name()
                ),
                remedy: Some("Export the directory once more, or run setspn again, and leave what is older out.".into()),
                document: Some(account.origin.document),
            });
        }
        kept
    });
    Some(Directory {
        documents,
        accounts,
        groups: merge_all(groups, gaps),
        domains: merge_domains(domains, configured_domains, gaps),
        deleted,
        completeness: if complete { Completeness::Complete } else { Completeness::Partial },
    })
}

/// The gap where every export says by itself that it was asked for less than all users and computers.
fn asked_for_less(parts: &[(DocumentId, DirectoryFacts)]) -> Option<Gap> {
    let mut told = parts.iter().filter(|(_, part)| !part.names_only).map(|(id, part)| part.asked_for.clone().map(|asked| (*id, asked)));
    let (document, mut asked) = told.next()??;
    for next in told {
        asked.add(next?.1);
    }
    (!asked.everything()).then(|| Gap {
        subject: GapSubject::Document(document),
        code: "directory-filtered",
        reason: text!(
            "kerbsync.toml says that the directory exports are complete, but their own words contradict it (line {}: {}): what they do not hold \
             proves nothing.",
            asked.line, asked.words
        ),
        remedy: Some("Export every user and computer, or take 'complete = true' out of kerbsync.toml.".into()),
        document: Some(document),
    })
}

/// Names that setspn, or an export that lacks some, shows on an object beside an export of all its names: neither tells when, so one that
/// only they show is a question.
fn drop_exported_from_shown(account: &mut Account, listed: &[DocumentId], gaps: &mut Vec<Gap>) {
    account.shown_spns.sort_by(|a, b| a.value.cmp(&b.value).then_with(|| a.origin.cmp(&b.origin)));
    account.shown_spns.dedup_by(|a, b| a.value == b.value);
    let Some(spns) = &account.spns else { return };
    let (known, beyond): (Vec<_>, Vec<_>) =
        account.shown_spns.drain(..).partition(|shown| spns.iter().any(|s| s.value.to_key() == shown.value.to_key()));
    drop(known);
    if let Some(first) = beyond.first() {
        let (code, shows, again) = if listed.contains(&first.origin.document) {
            ("setspn-conflict", "the output of setspn", ", or run setspn again,")
        } else {
            ("directory-conflict", "a directory export", "")
        };
        gaps.push(Gap {
            subject: GapSubject::Account(account.name()),
            code,
            reason: text!(
                "{shows} shows {} on {}, and the directory export of all its names does not: one of them is older",
                first.value,
                account.name()
            ),
            remedy: Some(text!("Export the directory once more{again} and leave what is older out.")),
            document: Some(first.origin.document),
        });
    }
}

/// One entry per NetBIOS name, sorted; what an export says comes before what is configured.
fn merge_domains(mut found: Vec<Domain>, configured: &[(String, String)], gaps: &mut Vec<Gap>) -> Vec<Domain> {
    found.sort_by(|a, b| {
        let key = |d: &Domain| (d.netbios.to_lowercase(), d.dns.to_lowercase());
        key(a).cmp(&key(b)).then_with(|| a.origin.cmp(&b.origin))
    });
    let mut out: Vec<Domain> = Vec::new();
    for domain in found {
        match out.last() {
            Some(last) if last.netbios.eq_ignore_ascii_case(&domain.netbios) => {
                if !last.dns.eq_ignore_ascii_case(&domain.dns) {
                    gaps.push(Gap {
                        subject: GapSubject::Estate,
                        code: "domain-conflict",
                        reason: text!(
                            "the directory exports give two DNS names for the domain {}: {} and {}",
                            domain.netbios,
                            last.dns,
                            domain.dns
                        ),
                        remedy: Some("Leave out the export that belongs to another forest.".into()),
                        document: domain.origin.as_ref().map(|o| o.document),
                    });
                }
            }
            _ => out.push(domain),
        }
    }
    for (netbios, dns) in configured {
        if let Some(exported) = out.iter().find(|d| d.origin.is_some() && contradicts(d, netbios, dns)) {
            let use_of_both = if exported.netbios.eq_ignore_ascii_case(netbios) { "the export's is used" } else { "both are used" };
            gaps.push(Gap {
                subject: GapSubject::Estate,
                code: "domain-conflict",
                reason: text!(
                    "[domains] of the settings says that {netbios} is {dns}, and the directory export that {} is {}: {use_of_both}",
                    exported.netbios,
                    exported.dns
                ),
                remedy: Some("Correct [domains] in kerbsync.toml, or leave out the export that belongs to another forest.".into()),
                document: exported.origin.as_ref().map(|o| o.document),
            });
        }
        if !out.iter().any(|d| d.netbios.eq_ignore_ascii_case(netbios)) {
            out.push(Domain { netbios: netbios.clone(), dns: dns.clone(), origin: None });
        }
    }
    out
}

/// Whether a domain of an export has one of these names, and not the other.
fn contradicts(exported: &Domain, netbios: &str, dns: &str) -> bool {
    let dns_of = |d: &str| d.trim_end_matches('.').to_ascii_lowercase();
    exported.netbios.eq_ignore_ascii_case(netbios) != (dns_of(&exported.dns) == dns_of(dns))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_inventory::Inventory;
    use kerbsync_names::DownLevelName;
    use kerbsync_source::Source;
    use proptest::prelude::*;

    fn part(number: u32, text: &str) -> (DocumentId, DirectoryFacts) {
        let source = Source::decode(DocumentId(number), text.as_bytes().to_vec()).unwrap();
        (DocumentId(number), kerbsync_ad::read_ldif(&source, &mut Vec::new()).unwrap())
    }

    fn joined(parts: Vec<(DocumentId, DirectoryFacts)>, configured: &[(String, String)]) -> Inventory {
        joined_as(parts, false, configured)
    }

    fn joined_as(parts: Vec<(DocumentId, DirectoryFacts)>, complete: bool, configured: &[(String, String)]) -> Inventory {
        let mut gaps = Vec::new();
        let directory = join(parts, complete, configured, &mut gaps);
        Inventory { directory, gaps, ..Inventory::default() }
    }

    const OLD: &str = "dn: CN=KerbAuth,CN=Computers,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: KerbAuth$\n\
        objectSid: S-1-5-21-1-2-3-1106\nwhenChanged: 20240101000000.0Z\nservicePrincipalName: http/old.contoso.com\npwdLastSet: 0\n";
    const NEW: &str = "dn: CN=KerbAuth,OU=Service,DC=contoso,DC=com\nobjectClass: computer\nobjectSid: S-1-5-21-1-2-3-1106\n\
        whenChanged: 20250101000000.0Z\nservicePrincipalName: http/new.contoso.com\n";
    const BARE: &str = "dn: cn=kerbauth, ou=service,dc=contoso,dc=com\nuserAccountControl: 4096\n";
    const CROSS: &str = "dn: CN=CONTOSO,CN=Partitions,CN=Configuration,DC=contoso,DC=com\nobjectClass: crossRef\nnETBIOSName: CONTOSO\ndnsRoot: contoso.com\n";

    #[test]
    fn the_latest_change_holds_and_the_rest_is_filled_in() {
        let inventory = joined(vec![part(0, OLD), part(1, NEW), part(2, BARE)], &[]);
        let directory = inventory.directory.unwrap();
        let [account] = directory.accounts.as_slice() else { panic!("one account: {:?}", directory.accounts) };
        assert_eq!(account.spns.as_ref().unwrap()[0].value.as_str(), "http/new.contoso.com");
        assert_eq!(account.sam_account_name.as_ref().unwrap().value, "KerbAuth$");
        assert_eq!(account.user_account_control.as_ref().unwrap().value, 4096);
        assert_eq!(directory.documents, [DocumentId(0), DocumentId(1), DocumentId(2)]);
        insta::assert_snapshot!(inventory.gaps[0].reason, @"the directory exports disagree on distinguishedName, servicePrincipalName of KerbAuth$; the latest change was taken");
    }

    /// Neither the order of files nor their contents say which of two exports is the later.
    #[test]
    fn what_exports_disagree_on_is_unknown_where_nothing_tells_the_later() {
        let text = |more: &str| {
            format!(
                "dn: CN=K,DC=contoso,DC=com\nobjectClass: computer\nsAMAccountName: K$\nservicePrincipalName: http/both\n\
                 userAccountControl: 4096\n{more}"
            )
        };
        let disabled = "dn: CN=K,DC=contoso,DC=com\nobjectClass: computer\nenabled: FALSE\n";
        let other = text("whenChanged: 20250101000000.0Z\nservicePrincipalName: http/one\n");
        for (one, two) in [(text(""), disabled.to_owned()), (text("whenChanged: 20250101000000.0Z\n"), disabled.to_owned())] {
            let inventory = joined(vec![part(0, &one), part(1, &two)], &[]);
            let account = &inventory.directory.as_ref().unwrap().accounts[0];
            assert!(account.is_enabled().is_none() && account.flags_not_told == u32::MAX);
            assert!(inventory.gaps[0].reason.contains("disagree on enabled of K$; nothing tells"), "{}", inventory.gaps[0].reason);
        }
        // The later of two holds, and an older word does not overrule its bits.
        let older = format!("{disabled}whenChanged: 20240101000000.0Z\n");
        let inventory = joined(vec![part(0, &older), part(1, &other)], &[]);
        assert_eq!(inventory.directory.as_ref().unwrap().accounts[0].is_enabled(), Some(true));
        assert!(inventory.gaps[0].reason.contains("the latest change was taken"));
        // Of names, what both have is there.
        let inventory = joined(vec![part(0, &other), part(1, &text("servicePrincipalName: http/two\n"))], &[]);
        let account = &inventory.directory.as_ref().unwrap().accounts[0];
        assert!(account.spns.is_none());
        assert_eq!(account.shown_spns.iter().map(|s| s.value.as_str()).collect::<Vec<_>>(), ["http/both"]);
    }

    /// An account that was deleted and created again under the same name is another account.
    #[test]
    fn another_sid_is_another_account() {
        let again = NEW.replace("-1106", "-2207");
        assert_eq!(joined(vec![part(0, NEW), part(1, &again)], &[]).directory.unwrap().accounts.len(), 2);
    }

    #[test]
    fn exported_domains_come_before_configured_ones() {
        let configured = [("contoso".to_owned(), "wrong.example".to_owned()), ("FABRIKAM".to_owned(), "fabrikam.com".to_owned())];
        let inventory = joined(vec![part(0, CROSS), part(1, OLD)], &configured);
        insta::assert_snapshot!(inventory.gaps[0].reason, @"[domains] of the settings says that contoso is wrong.example, and the directory export that CONTOSO is contoso.com: the export's is used");
        assert_eq!(inventory.gaps.len(), 1);
        let directory = inventory.directory.unwrap();
        let domains: Vec<_> = directory.domains.iter().map(|d| (d.netbios.as_str(), d.dns.as_str(), d.origin.is_some())).collect();
        assert_eq!(domains, [("CONTOSO", "contoso.com", true), ("FABRIKAM", "fabrikam.com", false)]);
        assert!(directory.account(&DownLevelName::parse("contoso\\kerbauth").unwrap().name).is_some());
    }

    #[test]
    fn a_second_short_name_of_an_exported_domain_is_told() {
        let gaps = |netbios: &str, dns: &str| joined(vec![part(0, CROSS)], &[(netbios.to_owned(), dns.to_owned())]).gaps;
        insta::assert_snapshot!(gaps("CORP", "Contoso.com")[0].reason, @"[domains] of the settings says that CORP is Contoso.com, and the directory export that CONTOSO is contoso.com: both are used");
        assert!(gaps("contoso", "CONTOSO.com").is_empty() && gaps("FABRIKAM", "fabrikam.com").is_empty());
    }

    #[test]
    fn without_an_export_there_is_no_directory() {
        assert!(joined(Vec::new(), &[("CONTOSO".into(), "contoso.com".into())]).directory.is_none());
    }

    #[test]
    fn a_cut_export_is_never_complete() {
        let inventory = joined_as(vec![part(0, OLD), part(1, &format!("{NEW}\nsearch: 2\nresult: 4 Size limit exceeded\n"))], true, &[]);
        assert_eq!(inventory.gaps.iter().filter(|g| g.code == "directory-cut").count(), 1);
        assert_eq!(inventory.directory.as_ref().unwrap().completeness, Completeness::Partial);
    }

    /// Neither a list that lacks values nor the object that an export leaves out is taken for all.
    #[test]
    fn a_list_with_holes_stands_beside_a_whole_one() {
        let holes = NEW.replace("servicePrincipalName: http/new.contoso.com", "servicePrincipalName;range=0-0: http/other.contoso.com");
        let joined = joined(vec![part(0, NEW), part(1, &holes)], &[]);
        let [account] = joined.directory.as_ref().unwrap().accounts.as_slice() else { panic!("one account") };
        assert_eq!(account.spns.as_ref().unwrap()[0].value.as_str(), "http/new.contoso.com");
        insta::assert_snapshot!(joined.gaps[0].reason, @"a directory export shows http/other.contoso.com on CN=KerbAuth,OU=Service,DC=contoso,DC=com, and the directory export of all its names does not: one of them is older");
        let left_out = "dn: CN=other,DC=contoso,DC=com\nchangetype: modify\nreplace: description\ndescription: x\n-\n";
        let alone = joined_as(vec![part(0, &format!("{holes}\n{left_out}"))], true, &[]);
        let directory = alone.directory.as_ref().unwrap();
        assert_eq!((directory.completeness, directory.accounts[0].spns.is_none()), (Completeness::Partial, true));
        assert_eq!(alone.gaps.iter().map(|g| g.code).collect::<Vec<_>>(), ["directory-cut"]);
    }

    fn text(inventory: &Inventory) -> String {
        let d = inventory.directory.as_ref().unwrap();
        let accounts: Vec<_> = d.accounts.iter().map(|a| (a.contents(), a.origin.document)).collect();
        let mut gaps: Vec<_> = inventory.gaps.iter().map(|g| &g.reason).collect();
        gaps.sort();
        format!("{accounts:?} {:?} {gaps:?}", d.domains.iter().map(|d| &d.dns).collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn the_order_of_documents_does_not_matter(order in Just(vec![OLD, NEW, BARE, CROSS, "dn: CN=KerbAuth,OU=Service,DC=contoso,DC=com\nenabled: TRUE\nservicePrincipalName: http/x\n"]).prop_shuffle()) {
            let all = [OLD, NEW, BARE, CROSS];
            let number = |t: &str| u32::try_from(all.iter().position(|a| *a == t).unwrap_or(4)).unwrap();
            let shuffled = joined(order.iter().map(|t| part(number(t), t)).collect(), &[]);
            let mut sorted = order.clone();
            sorted.sort_by_key(|t| number(t));
            prop_assert_eq!(text(&shuffled), text(&joined(sorted.iter().map(|t| part(number(t), t)).collect(), &[])));
        }
    }
}
