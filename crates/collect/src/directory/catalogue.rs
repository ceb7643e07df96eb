//! What the global catalogue answered: every object of the forest that holds a service principal name.

use kerbsync_ad::{Dated, DirectoryFacts, distinguished_name_key};
use kerbsync_inventory::directory::Account;
use kerbsync_inventory::{Gap, GapSubject};
use kerbsync_source::{DocumentId, Shown, text};
use std::collections::HashSet;

/// Whole answers of the global catalogue among the exports, beside what others show.
pub(super) struct Catalogue {
    answered: bool,
    /// A holder of another export that no answer has, and where it stands.
    lacks: Option<(Shown, DocumentId)>,
}

impl Catalogue {
    pub(super) fn of(parts: &[(DocumentId, DirectoryFacts)]) -> Self {
        let (answers, others): (Vec<_>, Vec<_>) = parts.iter().partition(|(_, part)| is_answer(part));
        let known: HashSet<String> = answers.iter().flat_map(|(_, part)| holders(part)).map(|h| name(&h.object)).collect();
        let of_others = others.iter().flat_map(|(document, part)| holders(part).map(|holder| (*document, &holder.object)));
        let lacks = of_others
            .filter(|(_, holder)| !known.is_empty() && !known.contains(&name(holder)))
            .min_by_key(|(document, holder)| (*document, name(holder)))
            .map(|(document, holder)| (Shown::naming(holder.short_name()), document));
        Self { answered: !known.is_empty(), lacks }
    }

    /// Whether every holder of the forest is known by an answer. One that lacks a holder which another export shows was given at another time,
    /// or of another forest: a gap says so.
    pub(super) fn whole(self, gaps: &mut Vec<Gap>) -> bool {
        let Some((holder, document)) = self.lacks else { return self.answered };
        gaps.push(Gap {
            subject: GapSubject::Document(document),
            code: "catalogue-behind",
            reason: text!(
                "{holder} holds names of services, and the answer of the global catalogue among the exports lacks it: that a name has no other \
                 holder is not proved."
            ),
            remedy: Some("Export both at one time, from one forest.".into()),
            document: Some(document),
        });
        false
    }
}

/// An answer without any name of a service is none: every domain controller holds some.
fn is_answer(part: &DirectoryFacts) -> bool {
    part.asked_for.as_ref().is_some_and(|asked| asked.holders) && !part.cut && holders(part).next().is_some()
}

fn holders(part: &DirectoryFacts) -> impl Iterator<Item = &Dated<Account>> {
    part.accounts.iter().filter(|account| account.object.spns.as_ref().is_some_and(|spns| !spns.is_empty()))
}

fn name(account: &Account) -> String {
    distinguished_name_key(&account.distinguished_name.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::Source;

    const HEAD: &str = "# extended LDIF\n# LDAPv3\n# base <> with scope subtree\n# filter: (servicePrincipalName=*)\n# requesting: servicePrincipalName\n\n";
    const END: &str = "# search result\nresult: 0 Success\n";
    const KERB: &str = "dn: CN=KerbAuth,DC=contoso,DC=com\nobjectClass: computer\nservicePrincipalName: http/lync.contoso.com\n\n";
    const CHILD: &str = "dn: CN=Old,DC=emea,DC=contoso,DC=com\nobjectClass: computer\nservicePrincipalName: http/old.contoso.com\n\n";

    fn seen(exports: &[&str]) -> (bool, Vec<String>) {
        let read = |text: &&str| {
            let source = Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap();
            kerbsync_ad::read_ldif(&source, &mut Vec::new()).unwrap()
        };
        let parts: Vec<_> = (0..).map(DocumentId).zip(exports.iter().map(read)).collect();
        let mut gaps = Vec::new();
        let whole = Catalogue::of(&parts).whole(&mut gaps);
        (whole, gaps.iter().map(|g| format!("{}: {}", g.code, g.reason)).collect())
    }

    #[test]
    fn a_whole_answer_knows_every_holder() {
        assert_eq!(seen(&[&format!("{HEAD}{KERB}{CHILD}{END}"), KERB]), (true, Vec::new()));
        assert_eq!(seen(&[KERB, CHILD]), (false, Vec::new()), "nobody asked the catalogue");
        let bare = "dn: CN=a,DC=contoso,DC=com\nobjectClass: computer\n\n";
        assert_eq!(seen(&[&format!("{HEAD}{bare}{END}")]), (false, Vec::new()), "an answer without a holder is none");
        assert!(!seen(&[&format!("{HEAD}{KERB}")]).0, "a cut answer is none");
        let narrow = HEAD.replace("=*", "=http/*");
        assert!(!seen(&[&format!("{narrow}{KERB}{END}")]).0);
    }

    #[test]
    fn a_holder_that_the_answer_lacks_is_told() {
        let (whole, gaps) = seen(&[&format!("{HEAD}{KERB}{END}"), CHILD]);
        assert!(!whole && gaps.len() == 1 && gaps[0].starts_with("catalogue-behind: Old holds"), "{gaps:?}");
        // Two answers together.
        assert!(seen(&[&format!("{HEAD}{KERB}{END}"), &format!("{HEAD}{CHILD}{END}"), CHILD]).0);
    }
}
