//! Output of `setspn -L`, `-Q` and `-X`: which objects hold which service principal names.
//!
//! It says no time, and nothing of an object but its distinguished name and names. `-L` lists all names of one object; `-Q` and `-X` show that
//! an object holds a name, beside which it may hold others. What no output shows is not shown to be absent.

use crate::{Dated, DirectoryFacts, distinguished_name_key, dn};
use kerbsync_inventory::directory::Account;
use kerbsync_names::ServicePrincipalName;
use kerbsync_source::{Level, Origin, Problem, Shown, Source, Span, Spanned, Spot, text};
use std::collections::HashMap;
use std::sync::Arc;

/// Begin of the line above the names of an object.
const LISTED: &str = "Registered ServicePrincipalNames for ";
/// End of the line above the objects that hold a name.
const SHARED: &str = " is registered on these accounts:";
/// How many lines are looked at for one that only setspn writes.
const HEAD: usize = 40;

/// Whether a text is what setspn prints.
#[must_use]
pub fn looks_like_setspn(text: &str) -> bool {
    let is = |line: &str| {
        let line = line.trim_end();
        line.starts_with(LISTED)
            || line.ends_with(SHARED)
            || ["Checking domain DC=", "Checking forest DC="].iter().any(|begin| line.starts_with(begin))
            || is_end(line)
    };
    text.lines().take(HEAD).any(is)
}

/// `found 1 group of duplicate SPNs.`
fn is_end(line: &str) -> bool {
    line.starts_with("found ") && line.contains(" of duplicate SPN")
}

/// What the indented lines belong to.
enum Section {
    None,
    /// All names of one object.
    All(usize),
    /// Names of one object, perhaps not all.
    Some(usize),
    /// Objects that hold this name.
    Holders(ServicePrincipalName),
}

/// Reads the output of one or several runs; `None` where no object is named.
pub fn read_setspn(source: &Source, problems: &mut Vec<Problem>) -> Option<DirectoryFacts> {
    let mut reading = Reading { source, accounts: Vec::new(), by_name: HashMap::new(), problems };
    let mut section = Section::None;
    let (mut searches, mut ends) = (0_usize, 0_usize);
    let mut at = 0;
    for line in source.text().split('\n') {
        let text = line.trim_end();
        let span = Span::new(at, at + text.len());
        at += line.len() + 1;
        let indented = text.starts_with([' ', '\t']);
        let text = text.trim();
        section = match (text, indented) {
            ("", _) => Section::None,
            (name, true) => {
                match &section {
                    Section::All(account) => reading.name(*account, name, span, true),
                    Section::Some(account) => reading.name(*account, name, span, false),
                    Section::Holders(spn) => {
                        let account = reading.account(name, span);
                        let origin = reading.origin(span, "servicePrincipalName");
                        reading.hold(account, Spanned::new(spn.clone(), origin), false);
                    }
                    Section::None => {}
                }
                continue;
            }
            _ if is_end(text) => {
                ends += 1;
                Section::None
            }
            _ => match (text.strip_prefix(LISTED), text.strip_suffix(SHARED)) {
                (Some(object), _) => {
                    let account = reading.account(object.trim_end_matches(':'), span);
                    reading.lists_all(account);
                    Section::All(account)
                }
                (None, Some(name)) => {
                    searches = searches.max(ends + 1);
                    ServicePrincipalName::parse(name).map_or(Section::None, Section::Holders)
                }
                // `-Q` writes the object's name alone.
                (None, None) if dn::is_distinguished_name(text) => Section::Some(reading.account(text, span)),
                (None, None) => Section::None,
            },
        };
    }
    if searches > ends {
        reading.problems.push(Problem {
            level: Level::Warning,
            code: "setspn-cut",
            document: source.document(),
            location: None,
            message: "the output of setspn -X does not end with the number of groups that it found: it is cut.".into(),
            help: Some("Run setspn -X -F > setspn.txt again, and let it come to its end.".into()),
        });
    }
    let accounts = reading.accounts;
    (!accounts.is_empty() || ends > 0).then(|| DirectoryFacts {
        accounts: accounts.into_iter().map(|object| Dated { object: Box::new(object), changed: None }).collect(),
        names_only: true,
        ..DirectoryFacts::default()
    })
}

struct Reading<'s, 'p> {
    source: &'s Source,
    accounts: Vec<Account>,
    /// Numbers of the objects by the keys of their names.
    by_name: HashMap<String, usize>,
    problems: &'p mut Vec<Problem>,
}

impl Reading<'_, '_> {
    fn origin(&self, span: Span, element: &str) -> Origin {
        let excerpt = Shown::of(&self.source.text()[span.range()]).into_string();
        let spot = Spot { location: Some(self.source.location(span)), element: Arc::from(element), excerpt: Some(Arc::from(excerpt)) };
        Origin::new(self.source.document(), spot)
    }

    /// The object of that distinguished name, by its number.
    fn account(&mut self, name: &str, span: Span) -> usize {
        let name = name.trim();
        let key = distinguished_name_key(name);
        if let Some(at) = self.by_name.get(&key) {
            return *at;
        }
        self.by_name.insert(key, self.accounts.len());
        let origin = self.origin(span, "distinguishedName");
        let domain = dn::domain_of(name);
        self.accounts.push(Account::named(Spanned::new(name.to_owned(), origin), domain));
        self.accounts.len() - 1
    }

    fn lists_all(&mut self, account: usize) {
        if let Some(account) = self.accounts.get_mut(account) {
            account.spns.get_or_insert_default();
        }
    }

    fn name(&mut self, account: usize, text: &str, span: Span, all: bool) {
        let origin = self.origin(span, "servicePrincipalName");
        match ServicePrincipalName::parse(text) {
            Ok(spn) => self.hold(account, Spanned::new(spn, origin), all),
            Err(error) => self.problems.push(Problem {
                level: Level::Warning,
                code: "ad-value",
                document: self.source.document(),
                location: origin.location(),
                message: text!("a line below an object is no service principal name ({error})."),
                help: None,
            }),
        }
    }

    fn hold(&mut self, account: usize, spn: Spanned<ServicePrincipalName>, all: bool) {
        let Some(account) = self.accounts.get_mut(account) else { return };
        let list = if all { account.spns.get_or_insert_default() } else { &mut account.shown_spns };
        if !list.iter().any(|known| known.value == spn.value) {
            list.push(spn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::DocumentId;

    fn told(text: &str) -> String {
        let source = Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap();
        let mut problems = Vec::new();
        let part = read_setspn(&source, &mut problems);
        let mut lines: Vec<String> = part
            .iter()
            .flat_map(|p| &p.accounts)
            .map(|a| {
                let names = |list: &[Spanned<ServicePrincipalName>]| list.iter().map(|s| s.value.to_string()).collect::<Vec<_>>().join(" ");
                let all = a.object.spns.as_ref().map_or_else(|| "?".to_owned(), |list| names(list));
                format!("{} | all: {all} | shown: {}", a.object.distinguished_name.value, names(&a.object.shown_spns))
            })
            .collect();
        lines.extend(problems.iter().map(|p| p.code.to_owned()));
        lines.join("\n")
    }

    #[test]
    fn a_list_holds_all_names_of_one_object() {
        let text =
            "Registered ServicePrincipalNames for CN=Kerb,DC=contoso,DC=com:\r\n\thttp/pool01.contoso.com\r\n\thttp/pool02.contoso.com\r\n";
        assert!(looks_like_setspn(text));
        insta::assert_snapshot!(told(text), @"CN=Kerb,DC=contoso,DC=com | all: http/pool01.contoso.com http/pool02.contoso.com | shown:");
        insta::assert_snapshot!(told("Registered ServicePrincipalNames for CN=None,DC=contoso,DC=com:\n"), @"CN=None,DC=contoso,DC=com | all:  | shown:");
    }

    #[test]
    fn duplicates_name_their_holders_and_nothing_else() {
        let text = "Checking domain DC=contoso,DC=com\nProcessing entry 0\nhttp/pool01.contoso.com is registered on these accounts:\n\tCN=Kerb,DC=contoso,DC=com\n\tCN=Old,DC=contoso,DC=com\n\nfound 1 group of duplicate SPNs.\n";
        insta::assert_snapshot!(told(text), @"
        CN=Kerb,DC=contoso,DC=com | all: ? | shown: http/pool01.contoso.com
        CN=Old,DC=contoso,DC=com | all: ? | shown: http/pool01.contoso.com
        ");
        let cut = text.split("found").next().unwrap();
        assert!(told(cut).ends_with("setspn-cut"), "{}", told(cut));
        assert_eq!(told("Checking domain DC=contoso,DC=com\n\nfound 0 group of duplicate SPNs.\n"), "");
    }

    #[test]
    fn a_query_shows_an_object_with_its_names() {
        let text = "Checking domain DC=contoso,DC=com\nCN=SQL01,OU=x,DC=contoso,DC=com\n\tMSSQLSvc/sql01:1433\n\thttp/pool01.contoso.com\n\tno name\n\nExisting SPN found!\n";
        assert!(looks_like_setspn(text));
        insta::assert_snapshot!(told(text), @"
        CN=SQL01,OU=x,DC=contoso,DC=com | all: ? | shown: MSSQLSvc/sql01:1433 http/pool01.contoso.com
        ad-value
        ");
        assert_eq!(told("Checking domain DC=contoso,DC=com\n\nNo such SPN found.\n"), "");
    }

    #[test]
    fn other_texts_are_none() {
        for text in ["", "dn: CN=x\n", "Registered\n", "found it\n", "http/x is registered\n"] {
            assert!(!looks_like_setspn(text), "{text}");
        }
    }
}
