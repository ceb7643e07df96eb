//! Joins the directory facts of several exports: one object per account, whatever the order of the documents.

use kerbsync_ad::{Dated, DirectoryFacts, distinguished_name_key};
use kerbsync_inventory::directory::{Account, Completeness, Directory, Domain, Group, Moment};
use kerbsync_inventory::{Gap, GapSubject, Inventory};
use kerbsync_source::{DocumentId, Shown, Spanned, Text, text};
use std::collections::HashMap;

/// NetBIOS name and DNS name of every domain that the exports name.
pub(crate) fn domains(parts: &[(DocumentId, DirectoryFacts)]) -> Vec<(String, String)> {
    parts.iter().flat_map(|(_, part)| &part.domains).map(|d| (d.netbios.clone(), d.dns.clone())).collect()
}

/// Puts the facts of all directory exports into the inventory.
///
/// The same object in several exports (by objectSid, else by distinguished name) becomes one. Where exports disagree, the one in which the object
/// was changed last holds (whenChanged, else pwdLastSet), and a gap names the attributes. `complete` says that the exports hold whole domains.
/// Configured domains (NetBIOS name, DNS name) count only where no export names the domain.
pub(crate) fn join(
    parts: Vec<(DocumentId, DirectoryFacts)>,
    complete: bool,
    configured_domains: &[(String, String)],
    inventory: &mut Inventory,
) {
    if parts.is_empty() {
        return;
    }
    let (mut documents, mut domains) = (Vec::new(), Vec::new());
    let mut accounts: Vec<Dated<Account>> = Vec::new();
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
    let gaps = &mut inventory.gaps;
    if complete {
        gaps.extend(cut.iter().map(|document| {
            Gap {
                subject: GapSubject::Document(*document),
                code: "directory-cut",
                reason:
                    "kerbsync.toml says that the directory exports are complete, but this one is cut: what it does not hold proves nothing."
                        .into(),
                remedy: Some("Export it again, with paging (ldapsearch -E pr=1000/noprompt).".into()),
                document: Some(*document),
            }
        }));
    }
    let complete = complete && exported && cut.is_empty() && filtered.is_none();
    gaps.extend(filtered);
    let mut accounts = merge_all(accounts, gaps);
    accounts.iter_mut().for_each(|account| drop_exported_from_shown(account, gaps));
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
    inventory.directory = Some(Directory {
        documents,
        accounts,
        groups: merge_all(groups, gaps),
        domains: merge_domains(domains, configured_domains, gaps),
        deleted,
        completeness: if complete { Completeness::Complete } else { Completeness::Partial },
    });
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

/// Names that setspn shows on an object beside an export of all its names: neither tells when, so one that only setspn shows is a question.
fn drop_exported_from_shown(account: &mut Account, gaps: &mut Vec<Gap>) {
    account.shown_spns.sort_by(|a, b| a.value.cmp(&b.value).then_with(|| a.origin.cmp(&b.origin)));
    account.shown_spns.dedup_by(|a, b| a.value == b.value);
    let Some(spns) = &account.spns else { return };
    let (known, beyond): (Vec<_>, Vec<_>) =
        account.shown_spns.drain(..).partition(|shown| spns.iter().any(|s| s.value.to_key() == shown.value.to_key()));
    drop(known);
    if let Some(first) = beyond.first() {
        gaps.push(Gap {
            subject: GapSubject::Account(account.name()),
            code: "setspn-conflict",
            reason: text!(
                "the output of setspn shows {} on {}, and the directory export does not: one of them is older",
                first.value,
                account.name()
            ),
            remedy: Some("Export the directory once more, or run setspn again, and leave what is older out.".into()),
            document: Some(first.origin.document),
        });
    }
}

/// An object that may come from several exports.
trait Mergeable {
    fn distinguished_name(&self) -> &str;
    fn sid(&self) -> Option<&str>;
    fn origin(&self) -> &kerbsync_source::Origin;
    fn name(&self) -> String;
    /// A moment that tells the later of two exports, where whenChanged does not.
    fn later(&self) -> Option<jiff::Timestamp>;
    /// The contents as text, to choose in the same way whatever the order of the documents.
    fn contents(&self) -> String;
    /// Takes what the other object knows beyond this one; adds the names of the attributes in which they disagree.
    fn take(&mut self, other: Self, differ: &mut Vec<&'static str>);
}

fn merge_all<T: Mergeable>(objects: Vec<Dated<T>>, gaps: &mut Vec<Gap>) -> Vec<T> {
    let mut sets: Vec<Vec<Dated<T>>> = Vec::new();
    let mut by_sid: HashMap<String, usize> = HashMap::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    // Objects with a SID first: one without joins them by name, in whatever order the documents came.
    let (mut with, without): (Vec<_>, Vec<_>) = objects.into_iter().partition(|o| o.object.sid().is_some());
    with.sort_by_cached_key(preference);
    for dated in with.into_iter().chain(without) {
        let name = distinguished_name_key(dated.object.distinguished_name());
        let at = match dated.object.sid() {
            Some(sid) => *by_sid.entry(sid.to_ascii_uppercase()).or_insert(sets.len()),
            None => *by_name.get(&name).unwrap_or(&sets.len()),
        };
        by_name.entry(name).or_insert(at);
        match sets.get_mut(at) {
            Some(set) => set.push(dated),
            None => sets.push(vec![dated]),
        }
    }
    let mut out: Vec<T> = sets.into_iter().filter_map(|set| merge(set, gaps)).collect();
    out.sort_by(|a, b| a.origin().cmp(b.origin()));
    out
}

/// The latest change first; where that is not known, some order that does not depend on the order of the documents.
fn preference<T: Mergeable>(dated: &Dated<T>) -> impl Ord + use<T> {
    std::cmp::Reverse((dated.changed, dated.object.later(), dated.object.contents()))
}

fn merge<T: Mergeable>(mut set: Vec<Dated<T>>, gaps: &mut Vec<Gap>) -> Option<T> {
    if set.len() > 1 {
        set.sort_by_cached_key(preference);
    }
    let mut objects = set.into_iter().map(|d| d.object);
    let mut first = objects.next()?;
    let mut differ = Vec::new();
    for other in objects {
        first.take(other, &mut differ);
    }
    differ.sort_unstable();
    differ.dedup();
    if !differ.is_empty() {
        gaps.push(Gap {
            subject: GapSubject::Account(first.name()),
            code: "directory-conflict",
            reason: text!(
                "the directory exports disagree on {} of {}; the latest change was taken",
                Text::join(differ.iter().map(|name| Shown::naming(name)), ", "),
                first.name()
            ),
            remedy: Some("Export the directory once more and leave the older exports out.".into()),
            document: Some(first.origin().document),
        });
    }
    Some(first)
}

/// Keeps `own` where it is known, else takes `other`; tells whether both are known and differ.
fn field<T>(own: &mut Option<T>, other: Option<T>, same: impl Fn(&T, &T) -> bool) -> bool {
    match (own.as_ref(), other) {
        (Some(a), Some(b)) => !same(a, &b),
        (None, Some(b)) => {
            *own = Some(b);
            false
        }
        (_, None) => false,
    }
}

fn value<T: PartialEq>(a: &Spanned<T>, b: &Spanned<T>) -> bool {
    a.value == b.value
}

/// Whether two lists hold the same values in any order.
fn members<T: Ord>(a: &[Spanned<T>], b: &[Spanned<T>]) -> bool {
    let sorted = |list: &'_ [Spanned<T>]| -> Vec<usize> {
        let mut order: Vec<usize> = (0..list.len()).collect();
        order.sort_by(|x, y| list[*x].value.cmp(&list[*y].value));
        order.dedup_by(|x, y| list[*x].value == list[*y].value);
        order
    };
    let (x, y) = (sorted(a), sorted(b));
    x.len() == y.len() && x.iter().zip(&y).all(|(i, j)| a[*i].value == b[*j].value)
}

impl Mergeable for Account {
    fn distinguished_name(&self) -> &str {
        &self.distinguished_name.value
    }
    fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }
    fn origin(&self) -> &kerbsync_source::Origin {
        &self.origin
    }
    fn name(&self) -> String {
        self.sam_account_name.as_ref().map_or(&self.distinguished_name, |s| s).value.clone()
    }
    fn later(&self) -> Option<jiff::Timestamp> {
        match self.password_last_set.as_ref()?.value {
            Moment::At(time) => Some(time),
            Moment::Never => None,
        }
    }
    fn contents(&self) -> String {
        let spns: Vec<_> = self.spns.iter().flatten().map(|s| s.value.to_key()).collect();
        let groups: Vec<_> = self.member_of.iter().flatten().map(|s| &s.value).collect();
        let bits =
            (self.user_account_control.as_deref(), self.enabled.as_deref(), self.encryption_types.as_deref(), self.expires.as_deref());
        format!("{} {spns:?} {groups:?} {bits:?} {:?}", self.distinguished_name.value, self.class.as_deref())
    }

    fn take(&mut self, other: Self, differ: &mut Vec<&'static str>) {
        if distinguished_name_key(&self.distinguished_name.value) != distinguished_name_key(&other.distinguished_name.value) {
            differ.push("distinguishedName");
        }
        let mut check = |name, differs: bool| {
            if differs {
                differ.push(name);
            }
        };
        check("sAMAccountName", field(&mut self.sam_account_name, other.sam_account_name, |a, b| a.value.eq_ignore_ascii_case(&b.value)));
        check("objectClass", field(&mut self.class, other.class, value));
        if self.user_account_control.is_none() {
            self.flags_not_told = other.flags_not_told;
        }
        check("userAccountControl", field(&mut self.user_account_control, other.user_account_control, value));
        check("enabled", field(&mut self.enabled, other.enabled, value));
        check("accountExpires", field(&mut self.expires, other.expires, value));
        check("pwdLastSet", field(&mut self.password_last_set, other.password_last_set, moments));
        check("whenCreated", field(&mut self.created, other.created, |a, b| a.value.as_second() == b.value.as_second()));
        check("msDS-SupportedEncryptionTypes", field(&mut self.encryption_types, other.encryption_types, value));
        check("servicePrincipalName", field(&mut self.spns, other.spns, |a, b| members(a, b)));
        self.shown_spns.extend(other.shown_spns);
        check("memberOf", field(&mut self.member_of, other.member_of, |a, b| members(a, b)));
        check("primaryGroupID", field(&mut self.primary_group, other.primary_group, value));
        check("adminCount", field(&mut self.admin_count, other.admin_count, value));
        check("msDS-AllowedToActOnBehalfOfOtherIdentity", field(&mut self.acted_for_by_others, other.acted_for_by_others, value));
        check("msDS-KeyVersionNumber", field(&mut self.key_version, other.key_version, value));
        check("dNSHostName", field(&mut self.dns_host_name, other.dns_host_name, value));
        check("ProtectedFromAccidentalDeletion", field(&mut self.protected_from_deletion, other.protected_from_deletion, value));
        check("operatingSystem", field(&mut self.operating_system, other.operating_system, value));
        check("msDS-KeyCredentialLink", field(&mut self.key_credential, other.key_credential, value));
        // Every domain controller has a time of its own, and both are logons.
        field(&mut self.last_logon, other.last_logon, |_, _| true);
        field(&mut self.silos, other.silos, |a, b| members(a, b));
        field(&mut self.domain, other.domain, |_, _| true);
        field(&mut self.sid, other.sid, |_, _| true);
        if self.delegates_to.is_empty() {
            self.delegates_to = other.delegates_to;
        }
    }
}

/// PowerShell's dates have 100 nanoseconds in Clixml but milliseconds in JSON.
fn moments(a: &Spanned<Moment>, b: &Spanned<Moment>) -> bool {
    match (a.value, b.value) {
        (Moment::At(a), Moment::At(b)) => a.as_second() == b.as_second(),
        (a, b) => a == b,
    }
}

impl Mergeable for Group {
    fn distinguished_name(&self) -> &str {
        &self.distinguished_name
    }
    fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }
    fn origin(&self) -> &kerbsync_source::Origin {
        &self.origin
    }
    fn name(&self) -> String {
        self.name.clone()
    }
    fn later(&self) -> Option<jiff::Timestamp> {
        None
    }
    fn contents(&self) -> String {
        let members: Vec<_> = self.members.iter().flatten().map(|m| &m.value).collect();
        format!("{} {} {members:?}", self.distinguished_name, self.name)
    }
    fn take(&mut self, other: Self, differ: &mut Vec<&'static str>) {
        if field(&mut self.members, other.members, |a, b| members(a, b)) {
            differ.push("member");
        }
        field(&mut self.created, other.created, |_, _| true);
        field(&mut self.sid, other.sid, |_, _| true);
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
        if !out.iter().any(|d| d.netbios.eq_ignore_ascii_case(netbios)) {
            out.push(Domain { netbios: netbios.clone(), dns: dns.clone(), origin: None });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_names::DownLevelName;
    use kerbsync_source::Source;
    use proptest::prelude::*;

    fn part(number: u32, text: &str) -> (DocumentId, DirectoryFacts) {
        let source = Source::decode(DocumentId(number), text.as_bytes().to_vec()).unwrap();
        (DocumentId(number), kerbsync_ad::read_ldif(&source, &mut Vec::new()).unwrap())
    }

    fn joined(parts: Vec<(DocumentId, DirectoryFacts)>, configured: &[(String, String)]) -> Inventory {
        let mut inventory = Inventory::default();
        join(parts, false, configured, &mut inventory);
        inventory
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

    /// An account that was deleted and created again under the same name is another account.
    #[test]
    fn another_sid_is_another_account() {
        let again = NEW.replace("-1106", "-2207");
        assert_eq!(joined(vec![part(0, NEW), part(1, &again)], &[]).directory.unwrap().accounts.len(), 2);
    }

    #[test]
    fn exported_domains_come_before_configured_ones() {
        let configured = [("contoso".to_owned(), "wrong.example".to_owned()), ("FABRIKAM".to_owned(), "fabrikam.com".to_owned())];
        let directory = joined(vec![part(0, CROSS), part(1, OLD)], &configured).directory.unwrap();
        let domains: Vec<_> = directory.domains.iter().map(|d| (d.netbios.as_str(), d.dns.as_str(), d.origin.is_some())).collect();
        assert_eq!(domains, [("CONTOSO", "contoso.com", true), ("FABRIKAM", "fabrikam.com", false)]);
        assert!(directory.account(&DownLevelName::parse("contoso\\kerbauth").unwrap().name).is_some());
    }

    #[test]
    fn without_an_export_there_is_no_directory() {
        assert!(joined(Vec::new(), &[("CONTOSO".into(), "contoso.com".into())]).directory.is_none());
    }

    #[test]
    fn a_cut_export_is_never_complete() {
        let mut inventory = Inventory::default();
        join(vec![part(0, OLD), part(1, &format!("{NEW}\nsearch: 2\nresult: 4 Size limit exceeded\n"))], true, &[], &mut inventory);
        assert_eq!(inventory.gaps.iter().filter(|g| g.code == "directory-cut").count(), 1);
        assert_eq!(inventory.directory.as_ref().unwrap().completeness, Completeness::Partial);
    }

    fn text(inventory: &Inventory) -> String {
        let d = inventory.directory.as_ref().unwrap();
        let accounts: Vec<_> = d.accounts.iter().map(|a| (Mergeable::contents(a), a.origin.document)).collect();
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
