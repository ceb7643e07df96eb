//! Who asks: an account of the domain, with its password or a cache of Kerberos tickets.

use kerbsync_secret::Secret;
use kerbsync_source::Shown;
use smb2::auth::kerberos::ccache::load_ccache;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The longest password that is read, in bytes. Active Directory takes 256 characters.
const LONGEST_PASSWORD: u64 = 4096;

/// An account of the domain that asks the directory and the servers.
#[derive(Clone)]
pub struct Operator {
    user: String,
    domain: String,
    authority: Authority,
}

/// What proves that it is the operator who asks.
#[derive(Clone)]
pub enum Authority {
    /// The password. It is never sent in clear.
    Password(Secret),
    /// A credential cache of MIT Kerberos (a file).
    Cache(PathBuf),
}

/// An operator that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OperatorError {
    /// Not of the form `name@domain`.
    #[error("'{}' is no user of the form name@contoso.com", Shown::of(.0))]
    Form(String),
    /// A file that others may read holds no secret.
    #[error("the password file '{0}' may be read by others; make it private (chmod 600)")]
    NotPrivate(String),
    /// A password file or ticket cache that is none.
    #[error("'{path}' cannot be read: {why}")]
    Unreadable {
        /// The path as given.
        path: String,
        /// What the system said.
        why: String,
    },
    /// No password in it.
    #[error("the password file '{0}' is empty")]
    Empty(String),
}

impl std::fmt::Debug for Operator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operator").field("user", &self.user).field("domain", &self.domain).finish_non_exhaustive()
    }
}

impl Operator {
    /// An operator by user principal name: `name@contoso.com`, where the part behind the `@` is the DNS name of the account's domain.
    ///
    /// # Errors
    /// Of another form.
    pub fn new(name: &str, authority: Authority) -> Result<Self, OperatorError> {
        let error = || OperatorError::Form(name.to_owned());
        let (user, domain) = name.split_once('@').ok_or_else(error)?;
        let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._-$ ".contains(c));
        if !plain(user) || !plain(domain) || !domain.contains('.') {
            return Err(error());
        }
        Ok(Self { user: user.to_owned(), domain: domain.to_ascii_lowercase(), authority })
    }

    /// The operator of a credential cache: its default principal.
    ///
    /// # Errors
    /// The cache cannot be read, or its principal is no user of a domain.
    pub fn from_cache(path: &Path) -> Result<Self, OperatorError> {
        let unreadable = |why: &str| OperatorError::Unreadable { path: path.display().to_string(), why: why.to_owned() };
        let cache = load_ccache(Some(path)).map_err(|_| unreadable("it is no credential cache in a file, or there is none"))?;
        let principal = &cache.default_principal;
        let [user] = principal.components.as_slice() else { return Err(unreadable("its principal is no user")) };
        Self::new(&format!("{user}@{}", principal.realm), Authority::Cache(path.to_owned()))
    }

    /// The name before the `@`.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The DNS name of the domain, in small letters.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The Kerberos realm of the domain.
    #[must_use]
    pub fn realm(&self) -> String {
        self.domain.to_ascii_uppercase()
    }

    /// `name@domain`.
    #[must_use]
    pub fn principal(&self) -> String {
        format!("{}@{}", self.user, self.domain)
    }

    /// What proves it.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }
}

/// The first line of a file, which must be an ordinary file that its owner alone may read (mode 0600 or stricter; on Windows whatever the
/// folder's access list says).
///
/// # Errors
/// It is not there, not private, or empty. The text of the file is in no error.
pub fn read_password_file(path: &Path) -> Result<Secret, OperatorError> {
    let shown = path.display().to_string();
    let fail = |why: &std::io::Error| OperatorError::Unreadable { path: shown.clone(), why: why.kind().to_string() };
    let meta = std::fs::metadata(path).map_err(|e| fail(&e))?;
    if !meta.is_file() {
        return Err(OperatorError::Unreadable { path: shown, why: "it is no ordinary file".to_owned() });
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if meta.permissions().mode() & 0o077 != 0 {
            return Err(OperatorError::NotPrivate(shown));
        }
    }
    #[allow(clippy::disallowed_methods, reason = "a password is no input of a bundle: it is read here, and kept nowhere else")]
    let file = std::fs::File::open(path).map_err(|e| fail(&e))?;
    first_line(file).map_err(|e| fail(&e))?.ok_or(OperatorError::Empty(shown))
}

/// The password that stands in an open descriptor of this process (Unix).
///
/// # Errors
/// There is no such descriptor, or nothing in it.
pub fn read_password_descriptor(descriptor: u16) -> Result<Secret, OperatorError> {
    let path = format!("/dev/fd/{descriptor}");
    #[allow(clippy::disallowed_methods, reason = "a password is no input of a bundle: it is read here, and kept nowhere else")]
    let read = std::fs::File::open(&path).and_then(first_line);
    read.map_err(|e| OperatorError::Unreadable { path: path.clone(), why: e.kind().to_string() })?.ok_or(OperatorError::Empty(path))
}

/// The first line of what can be read, without its end; `None` where it is empty.
fn first_line(from: impl std::io::Read) -> std::io::Result<Option<Secret>> {
    let mut text = Zeroizing::new(String::new());
    from.take(LONGEST_PASSWORD).read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    Ok((!line.is_empty()).then(|| Secret::new(line.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> Authority {
        Authority::Cache(PathBuf::from("/nowhere"))
    }

    #[test]
    fn an_operator_has_a_name_and_a_domain() {
        let operator = Operator::new("LyncAdmin@Contoso.com", cache()).unwrap();
        assert_eq!((operator.user(), operator.domain(), operator.realm().as_str()), ("LyncAdmin", "contoso.com", "CONTOSO.COM"));
        for bad in ["lyncadmin", "a@", "@contoso.com", "a@contoso", "CONTOSO\\a", "a@b.c@d.e", "a@contoso.com\r\n"] {
            assert!(Operator::new(bad, cache()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_operator_shows_no_secret() {
        let operator = Operator::new("a@contoso.com", Authority::Password(Secret::new("Adm1n-Pass".into()))).unwrap();
        assert!(!format!("{operator:?}").contains("Adm1n"));
    }

    #[cfg(unix)]
    #[test]
    #[allow(clippy::disallowed_methods, reason = "the test writes the file that is read")]
    fn a_password_file_is_private_and_not_empty() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        std::fs::write(&path, "Adm1n-Pass\nsecond line\n").unwrap();
        let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        mode(0o640);
        assert!(matches!(read_password_file(&path), Err(OperatorError::NotPrivate(_))));
        mode(0o600);
        assert_eq!(read_password_file(&path).ok().unwrap().expose(), "Adm1n-Pass");
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(read_password_file(&path), Err(OperatorError::Empty(_))));
        assert!(matches!(read_password_file(dir.path()), Err(OperatorError::Unreadable { .. })));
    }
}
