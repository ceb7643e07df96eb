//! Account names in down-level form, `DOMAIN\account` (rules N13 to N17).

use crate::Parsed;

/// An account as `DOMAIN\name`, without the trailing `$` of a computer account. Compares without regard to ASCII case.
#[derive(Debug, Clone)]
pub struct DownLevelName {
    domain: String,
    account: String,
}

/// Something tolerated in an account name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountNote {
    /// A trailing `$` was dropped: `contoso\KerbAuth$` is the same account (N15, inferred).
    Dollar,
    /// The domain part looks like a DNS name; every documented example has a NetBIOS name (N16, unknown).
    DnsDomain,
    /// The account part has more than 15 characters (N14): the product's cmdlets refuse it.
    LongAccount,
}

/// Why a text is not an account name of the form that the product takes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountNameError {
    /// Nothing there.
    #[error("the account name is empty: give it as DOMAIN\\name")]
    Empty,
    /// `name@domain` (N13).
    #[error("user principal names are not supported here: give the account as DOMAIN\\name")]
    UserPrincipalName,
    /// A distinguished name (N13).
    #[error("this is a distinguished name: give the account as DOMAIN\\name")]
    DistinguishedName,
    /// No domain (N13).
    #[error("the domain is missing: give the account as DOMAIN\\name")]
    NoDomain,
    /// `DOMAIN/name` (N13).
    #[error("a slash stands where a backslash belongs: give the account as DOMAIN\\name")]
    Slash,
    /// `.\\name`, an account of one machine.
    #[error("this names an account of the local machine: give a domain account as DOMAIN\\name")]
    LocalMachine,
    /// Blanks beside the backslash or before the `$`.
    #[error("there is a blank beside the backslash or at the end of the name: give the account as DOMAIN\\name")]
    Blank,
    /// Nothing on one side of the backslash, or a second backslash.
    #[error("expected one backslash between a domain and a name: DOMAIN\\name")]
    Parts,
    /// A character that account names do not have.
    #[error("the character {0:?} is not allowed in an account name: give the account as DOMAIN\\name")]
    Character(char),
}

impl AccountNameError {
    /// The naming rule that the text breaks: `N13`.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        "N13"
    }
}

impl DownLevelName {
    /// Reads `DOMAIN\name` or `DOMAIN\name$`. A name of more than 15 characters or a DNS domain is accepted with a note: rules judge it.
    ///
    /// # Errors
    /// Any other form.
    pub fn parse(text: &str) -> Result<Parsed<Self, AccountNote>, AccountNameError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AccountNameError::Empty);
        }
        let Some((domain, account)) = text.split_once('\\') else {
            return Err(if text.contains('=') && text.contains(',') {
                AccountNameError::DistinguishedName
            } else if text.contains('@') {
                AccountNameError::UserPrincipalName
            } else if text.contains('/') {
                AccountNameError::Slash
            } else {
                AccountNameError::NoDomain
            });
        };
        let mut notes = Vec::new();
        let account = match account.strip_suffix('$') {
            Some(rest) => {
                notes.push(AccountNote::Dollar);
                rest
            }
            None => account,
        };
        if domain.is_empty() || account.is_empty() || account.contains('\\') {
            return Err(AccountNameError::Parts);
        }
        if domain == "." {
            return Err(AccountNameError::LocalMachine);
        }
        if domain.trim() != domain || account.trim() != account {
            return Err(AccountNameError::Blank);
        }
        let odd = |c: char| {
            c.is_control() || matches!(c, '/' | '[' | ']' | ':' | ';' | '|' | '=' | ',' | '+' | '*' | '?' | '<' | '>' | '"' | '@')
        };
        if let Some(c) = text.chars().find(|c| odd(*c)) {
            return Err(AccountNameError::Character(c));
        }
        if domain.contains('.') {
            notes.push(AccountNote::DnsDomain);
        }
        if account.chars().count() > 15 {
            notes.push(AccountNote::LongAccount);
        }
        Ok(Parsed { name: Self { domain: domain.to_owned(), account: account.to_owned() }, notes })
    }

    /// The domain part, as given.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The account part without `$`, as given.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// `domain\account` in lower case, for use as a key.
    #[must_use]
    pub fn to_key(&self) -> String {
        self.to_string().to_lowercase()
    }
}

impl std::fmt::Display for DownLevelName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\\{}", self.domain, self.account)
    }
}
impl PartialEq for DownLevelName {
    fn eq(&self, other: &Self) -> bool {
        self.to_key() == other.to_key()
    }
}
impl Eq for DownLevelName {}
impl PartialOrd for DownLevelName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for DownLevelName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.to_key().cmp(&other.to_key())
    }
}
impl std::hash::Hash for DownLevelName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.to_key().hash(state);
    }
}
