//! Fully qualified domain names of servers (rules N01, N05, N06 of the naming rules).

use crate::Parsed;
use crate::folded::folded;

/// The fully qualified domain name of a computer: two or more labels of 1 to 63 letters, digits and hyphens, 255 characters in all.
///
/// The syntax is that of DNS host names (RFC 1123); that the product's cmdlets want exactly this is inferred.
#[derive(Debug, Clone)]
pub struct Fqdn(String);

folded!(Fqdn);

/// Something tolerated in an FQDN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FqdnNote {
    /// One trailing dot was dropped.
    TrailingDot,
    /// Blanks around the name were dropped.
    Blanks,
}

/// Why a text is not the FQDN of one server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FqdnError {
    /// Nothing there.
    #[error("the name is empty: give the server's FQDN, such as fe01.contoso.com")]
    Empty,
    /// A list of names (N05).
    #[error("this is a list of names: the parameter takes one FQDN; run it once per server")]
    List,
    /// A wildcard (N05).
    #[error("wildcards are not accepted: name one server by its FQDN")]
    Wildcard,
    /// An IP address (N06).
    #[error("this is an IP address: give the server's FQDN")]
    IpAddress,
    /// One label only (N01).
    #[error("'{0}' is a single label (a NetBIOS name): give the server's FQDN")]
    SingleLabel(String),
    /// A label of no length.
    #[error("two dots in a row, or a dot at the start: a label is missing")]
    EmptyLabel,
    /// A label of more than 63 characters.
    #[error("a label of {0} characters: at most 63 are allowed")]
    LongLabel(usize),
    /// More than 255 characters.
    #[error("a name of {0} characters: at most 255 are allowed")]
    Long(usize),
    /// A character that no host name has.
    #[error("the character {0:?} is not allowed in a host name: letters, digits, hyphens and dots are")]
    Character(char),
    /// A hyphen at an end of a label.
    #[error("a label begins or ends with a hyphen")]
    Hyphen,
}

impl Fqdn {
    /// Reads one FQDN. Blanks around it and one trailing dot are dropped, each with a note.
    ///
    /// # Errors
    /// The first rule that the text breaks.
    pub fn parse(text: &str) -> Result<Parsed<Self, FqdnNote>, FqdnError> {
        let mut notes = Vec::new();
        let name = text.trim();
        if name.len() != text.len() {
            notes.push(FqdnNote::Blanks);
        }
        if name.is_empty() {
            return Err(FqdnError::Empty);
        }
        if name.contains([',', ';']) || name.split_whitespace().count() > 1 {
            return Err(FqdnError::List);
        }
        if name.contains(['*', '?']) {
            return Err(FqdnError::Wildcard);
        }
        if name.parse::<std::net::IpAddr>().is_ok() {
            return Err(FqdnError::IpAddress);
        }
        let name = match name.strip_suffix('.') {
            Some(rest) => {
                notes.push(FqdnNote::TrailingDot);
                rest
            }
            None => name,
        };
        if name.len() > 255 {
            return Err(FqdnError::Long(name.len()));
        }
        for label in name.split('.') {
            if label.is_empty() {
                return Err(FqdnError::EmptyLabel);
            }
            if let Some(c) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
                return Err(FqdnError::Character(c));
            }
            if label.len() > 63 {
                return Err(FqdnError::LongLabel(label.len()));
            }
            if label.starts_with('-') || label.ends_with('-') {
                return Err(FqdnError::Hyphen);
            }
        }
        if !name.contains('.') {
            return Err(FqdnError::SingleLabel(name.to_owned()));
        }
        Ok(Parsed { name: Self(name.to_owned()), notes })
    }
}
