//! What a search was asked for, as `ldapsearch` writes it above the entries.

/// The longest filter that is repeated in a message, in characters.
const SHOWN: usize = 80;

/// Which objects an export was asked for, by its own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedFor {
    /// Whether every computer of a domain is among them.
    pub computers: bool,
    /// Whether every user of a domain is among them.
    pub users: bool,
    /// Base, scope and filter as the export words them, shortened.
    pub words: String,
    /// Where the first of them stands.
    pub line: u32,
}

impl AskedFor {
    /// Takes what a further search or export was asked for.
    pub fn add(&mut self, other: Self) {
        self.computers |= other.computers;
        self.users |= other.users;
        if other.words != self.words {
            self.words = format!("{}; {}", self.words, other.words).chars().take(3 * SHOWN).collect();
        }
    }

    /// Whether every user and computer is among them.
    #[must_use]
    pub fn everything(&self) -> bool {
        self.computers && self.users
    }
}

/// One search: what its head and its end say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Search {
    /// Its head was seen.
    pub(crate) begun: bool,
    /// Its result was seen.
    pub(crate) ended: bool,
    /// Its last page says that there are more.
    pub(crate) more_pages: bool,
    base: Option<String>,
    filter: Option<String>,
    line: u32,
}

impl Search {
    /// Takes a comment of the head; `false` where it is none of those.
    pub(crate) fn comment(&mut self, text: &str, line: u32) -> bool {
        let known = if text.starts_with("base <") {
            &mut self.base
        } else if text.starts_with("filter") && text.contains(':') {
            &mut self.filter
        } else {
            return false;
        };
        *known = Some(text.to_owned());
        if self.line == 0 {
            self.line = line;
        }
        true
    }

    pub(crate) fn said_something(&self) -> bool {
        self.base.is_some() || self.filter.is_some()
    }

    /// Whether the other asked for the same, as the pages of one search do.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.base, &self.filter) == (&other.base, &other.filter)
    }

    /// Whether it was asked of a global catalogue: only one answers below the empty name.
    pub(crate) fn is_of_catalogue(&self) -> bool {
        self.base.as_deref().is_some_and(|base| base.starts_with("base <>"))
    }

    /// What it was asked for, where it says so.
    pub(crate) fn asked_for(&self) -> Option<AskedFor> {
        let filter = self.filter.as_deref()?;
        let whole = self.base.as_deref().is_none_or(is_whole_domain);
        // `filter pattern: (cn=%s)` is filled in by lines that the export does not show.
        let condition = filter.strip_prefix("filter:").map(str::trim);
        let admits = |class| whole && condition.is_some_and(|c| admits(c, class));
        let words = [self.base.as_deref(), Some(filter)].into_iter().flatten().collect::<Vec<_>>().join(", ");
        Some(AskedFor {
            computers: admits(Class::Computer),
            users: admits(Class::User),
            words: words.chars().filter(|c| !c.is_control()).take(2 * SHOWN).collect(),
            line: self.line,
        })
    }
}

/// `base <DC=contoso,DC=com> with scope subtree`: a whole domain, or with an empty name a whole catalogue.
fn is_whole_domain(text: &str) -> bool {
    let Some((base, rest)) = text.strip_prefix("base <").and_then(|t| t.split_once('>')) else { return false };
    let domain = base.split(',').all(|part| part.trim().is_empty() || part.trim().get(..3).is_some_and(|p| p.eq_ignore_ascii_case("DC=")));
    domain && rest.contains("subtree")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Computer,
    User,
}

/// Whether every object of a class passes a filter. What is not understood may leave some out.
fn admits(filter: &str, class: Class) -> bool {
    let mut rest = filter.trim();
    // Parentheses around the whole may be missing.
    if !rest.starts_with('(') {
        return item(rest, class);
    }
    condition(&mut rest, class, 0) == Some(true) && rest.trim().is_empty()
}

fn condition(rest: &mut &str, class: Class, depth: usize) -> Option<bool> {
    if depth > 32 {
        return None;
    }
    let inner = rest.trim_start().strip_prefix('(')?.trim_start();
    let all = match inner.chars().next()? {
        '&' => true,
        '|' => false,
        _ => {
            let end = inner.find(')')?;
            *rest = &inner[end + 1..];
            // A negation leaves something out.
            return Some(!inner.starts_with('!') && item(&inner[..end], class));
        }
    };
    *rest = &inner[1..];
    let mut value = all;
    while rest.trim_start().starts_with('(') {
        let part = condition(rest, class, depth + 1)?;
        value = if all { value && part } else { value || part };
    }
    *rest = rest.trim_start().strip_prefix(')')?;
    Some(value)
}

/// One comparison that every object of the class passes.
fn item(text: &str, class: Class) -> bool {
    let Some((name, value)) = text.split_once('=') else { return false };
    let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase());
    match (name.as_str(), value.as_str()) {
        ("objectclass" | "objectcategory" | "samaccountname" | "distinguishedname" | "name" | "cn" | "objectsid" | "objectguid", "*") => {
            true
        }
        // In Active Directory a computer is a user by its class.
        ("objectclass", "top" | "person" | "organizationalperson" | "user") => true,
        ("objectclass" | "objectcategory", "computer") | ("samaccounttype", "805306369") => class == Class::Computer,
        ("objectcategory", "person") | ("samaccounttype", "805306368") => class == Class::User,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(base: &str, filter: &str) -> (bool, bool) {
        let mut search = Search::default();
        assert!(search.comment(base, 4) && search.comment(filter, 5));
        let asked = search.asked_for().unwrap();
        (asked.computers, asked.users)
    }

    #[test]
    fn filters_say_which_classes_are_whole() {
        let domain = "base <DC=contoso,DC=com> with scope subtree";
        let seen = [
            "filter: (objectclass=*)",
            "filter: (objectClass=computer)",
            "filter: (&(objectCategory=person)(objectClass=user))",
            "filter: (|(objectClass=computer)(objectCategory=person))",
            "filter: (sAMAccountName=fe01$)",
            "filter: (&(objectClass=computer)(name=fe*))",
            "filter: (!(objectClass=computer))",
            "filter: (servicePrincipalName=*)",
            "filter: objectClass=computer",
            "filter: (objectClass=computer",
            "filter pattern: (cn=%s)",
        ]
        .map(|f| asked(domain, f));
        let (both, computers, users, none) = ((true, true), (true, false), (false, true), (false, false));
        assert_eq!(seen, [both, computers, users, both, none, none, none, none, computers, none, none]);
    }

    #[test]
    fn a_part_of_a_domain_is_not_whole() {
        let all = "filter: (objectclass=*)";
        assert_eq!(asked("base <> (default) with scope subtree", all), (true, true));
        assert_eq!(asked("base <OU=Servers,DC=contoso,DC=com> with scope subtree", all), (false, false));
        assert_eq!(asked("base <DC=contoso,DC=com> with scope oneLevel", all), (false, false));
    }

    proptest::proptest! {
        #[test]
        fn any_filter_is_looked_at_without_panic(text in "[()&|!=*a-z ]{0,60}") {
            let _ = admits(&text, Class::User);
        }
    }
}
