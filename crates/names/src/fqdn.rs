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
    /// An IP address, or what looks like one (N06).
    #[error("this is an IP address: give the server's FQDN")]
    IpAddress,
    /// A URL.
    #[error("this is a URL: give only the server's FQDN, without scheme and path")]
    Url,
    /// A port behind the name.
    #[error("a port does not belong to the name: give only the server's FQDN")]
    Port,
    /// `\\server`, `DOMAIN\server` or a path.
    #[error("this is a network path or an account: give only the server's FQDN, without backslashes")]
    Backslash,
    /// A name with letters beyond ASCII (an internationalised name in U-label form, quirk Q6).
    #[error("the letter {0:?} is not ASCII: give the name in its A-label form, each such label as xn--…")]
    International(char),
    /// A last label of digits only, which no domain has (RFC 1123 section 2.1).
    #[error("the last label has only digits: give the server's FQDN, such as fe01.contoso.com")]
    NumericDomain,
    /// One label only (N01).
    #[error("'{0}' is a single label (a NetBIOS name): give the server's FQDN")]
    SingleLabel(String),
    /// A label of no length.
    #[error("two dots in a row, or a dot at the start: give the server's FQDN, such as fe01.contoso.com")]
    EmptyLabel,
    /// A label of more than 63 characters.
    #[error("a label of {0} characters, where at most 63 are allowed: give the server's FQDN as DNS knows it")]
    LongLabel(usize),
    /// More than 255 characters.
    #[error("a name of {0} characters, where at most 255 are allowed: give the server's FQDN as DNS knows it")]
    Long(usize),
    /// A character that no host name has.
    #[error("the character {0:?} is not allowed in a host name: give the server's FQDN, of letters, digits, hyphens and dots")]
    Character(char),
    /// A hyphen at an end of a label.
    #[error("a label begins or ends with a hyphen: give the server's FQDN as DNS knows it")]
    Hyphen,
}

impl FqdnError {
    /// The naming rule that the text breaks: `N01`, `N05` or `N06`.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::SingleLabel(_) => "N01",
            Self::List | Self::Wildcard => "N05",
            _ => "N06",
        }
    }
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
        if name.contains("://") {
            return Err(FqdnError::Url);
        }
        if name.contains([',', ';']) || name.split_whitespace().count() > 1 {
            return Err(FqdnError::List);
        }
        if name.contains(['*', '?']) {
            return Err(FqdnError::Wildcard);
        }
        if is_address(name) {
            return Err(FqdnError::IpAddress);
        }
        if name.contains('\\') {
            return Err(FqdnError::Backslash);
        }
        if name.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())) {
            return Err(FqdnError::Port);
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
                return Err(if c.is_alphabetic() { FqdnError::International(c) } else { FqdnError::Character(c) });
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
        if name.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit())) {
            return Err(FqdnError::NumericDomain);
        }
        Ok(Parsed { name: Self(name.to_owned()), notes })
    }
}

/// Whether a text is an IP address: also in brackets, with a zone, with a port, or with numbers that are too large.
fn is_address(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|t| t.split(']').next()).unwrap_or(text);
    let inner = inner.split('%').next().unwrap_or(inner);
    let is_v4 = |t: &str| t.split('.').count() == 4 && t.split('.').all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    inner.parse::<std::net::IpAddr>().is_ok() || is_v4(inner) || inner.rsplit_once(':').is_some_and(|(host, _)| is_v4(host))
}
