//! Service principal names, `class/host[:port][/name]`.

use crate::{HostName, folded};

/// A service principal name. Compares without regard to ASCII case, as Active Directory does.
#[derive(Debug, Clone)]
pub struct ServicePrincipalName {
    text: Box<str>,
    class_len: u32,
}

/// Why a text is no service principal name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpnError {
    /// No slash.
    #[error("a service principal name has a service class, a slash and a host: http/pool01.contoso.com")]
    NoSlash,
    /// Nothing before or behind the slash.
    #[error("the service class or the host is missing: http/pool01.contoso.com has both")]
    Part,
    /// A blank in the service class or the host. (A service name behind a second slash may hold blanks.)
    #[error("there is a blank in the service class or the host: several names are given one by one")]
    Blank,
}

impl ServicePrincipalName {
    /// Reads `class/host`, `class/host:port` or `class/host/name`.
    ///
    /// # Errors
    /// A missing slash, class or host.
    pub fn parse(text: &str) -> Result<Self, SpnError> {
        let text = text.trim();
        let (class, rest) = text.split_once('/').ok_or(SpnError::NoSlash)?;
        let host = rest.split(['/', ':']).next().unwrap_or("");
        if class.contains(char::is_whitespace) || host.contains(char::is_whitespace) {
            return Err(SpnError::Blank);
        }
        let class_len = u32::try_from(class.len()).ok().filter(|len| *len > 0);
        match (class_len, HostName::new(host)) {
            (Some(class_len), Some(_)) => Ok(Self { text: text.into(), class_len }),
            _ => Err(SpnError::Part),
        }
    }

    /// The SPN that web clients ask for: `http/<host>`.
    #[must_use]
    pub fn http(host: &HostName) -> Self {
        Self { text: format!("http/{host}").into(), class_len: 4 }
    }

    /// The service class, as given.
    #[must_use]
    pub fn class(&self) -> &str {
        self.parts().0
    }

    /// What stands before the first slash and behind it.
    fn parts(&self) -> (&str, &str) {
        let (class, rest) = self.text.split_at(self.class_len as usize);
        (class, rest.strip_prefix('/').unwrap_or(rest))
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> HostName {
        HostName::of_part(self.parts().1.split(['/', ':']).next().unwrap_or(""))
    }

    /// Whether the class is `http`, in any case, and neither port nor service name follows.
    #[must_use]
    pub fn is_plain_http(&self) -> bool {
        self.class().eq_ignore_ascii_case("http") && !self.parts().1.contains(['/', ':'])
    }

    /// The letters as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name in lower case, for use as a key.
    #[must_use]
    pub fn to_key(&self) -> String {
        self.text.to_ascii_lowercase()
    }
}

impl PartialEq for ServicePrincipalName {
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}
impl Eq for ServicePrincipalName {}
impl PartialOrd for ServicePrincipalName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for ServicePrincipalName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        folded::cmp(&self.text, &other.text)
    }
}
impl std::hash::Hash for ServicePrincipalName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        folded::hash(&self.text, state);
    }
}
impl std::fmt::Display for ServicePrincipalName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}
