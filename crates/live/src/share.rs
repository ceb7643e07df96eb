//! A server's administrative share, by SMB. Signed, or not used.

use crate::operator::{Authority, Operator};
use jiff::Timestamp;
use kerbsync_source::Shown;
use smb2::auth::kerberos::KerberosCredentials;
use smb2::auth::kerberos::ccache::load_ccache;
use smb2::client::connection::{Connection, NegotiatedParams};
use smb2::client::session::Session;
use smb2::types::Dialect;
use smb2::types::flags::Capabilities;
use smb2::{Error, ErrorKind, Tree};
use std::time::Duration;

/// How a server is made to believe the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Authentication {
    /// A ticket for the server's own name.
    #[default]
    Kerberos,
    /// NTLM, for servers that no ticket can be had for. Never tried unless asked for.
    Ntlm,
}

/// Why a file of a server cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareErrorKind {
    /// Nobody answers under that name, or not in time.
    Unreachable,
    /// The operator is not believed.
    NotBelieved,
    /// The operator is believed, and may not.
    Denied,
    /// There is no such file or folder.
    NotFound,
    /// Another program holds the file.
    Busy,
    /// The server does not sign, or wants what this version cannot.
    Unprotected,
    /// Anything else.
    Other,
}

/// A share or a file of it that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct ShareError {
    /// What went wrong, as far as callers act on it.
    pub kind: ShareErrorKind,
    /// What happened, and what to do next.
    pub why: String,
}

impl ShareError {
    fn new(kind: ShareErrorKind, why: impl Into<String>) -> Self {
        Self { kind, why: why.into() }
    }

    /// Of a share that says that it demands encryption (SMB2_SHAREFLAG_ENCRYPT_DATA, MS-SMB2 2.2.10), on a connection that has none.
    fn of_demand(doing: &str, is_demanded: bool, is_encrypted: bool) -> Option<Self> {
        let why = format!("{doing}: the share demands encryption, which this version cannot");
        (is_demanded && !is_encrypted).then(|| Self::new(ShareErrorKind::Unprotected, why))
    }

    /// Of the library, before a share was opened.
    fn before(error: &Error, doing: &str, encryption: Encryption) -> Self {
        let mut told = Self::of(error, doing);
        if told.kind == ShareErrorKind::Denied && encryption == Encryption::None {
            told.why.push_str(OR_ENCRYPTION);
        }
        told
    }

    /// Of the library, while something was done.
    fn of(error: &Error, doing: &str) -> Self {
        let (kind, why) = match error.kind() {
            ErrorKind::TimedOut => (ShareErrorKind::Unreachable, "the server does not answer in time".to_owned()),
            ErrorKind::ConnectionLost => (ShareErrorKind::Unreachable, "the server cannot be reached".to_owned()),
            ErrorKind::AuthRequired => {
                (ShareErrorKind::NotBelieved, "the operator is not believed: wrong name, password or ticket".to_owned())
            }
            ErrorKind::AccessDenied => (ShareErrorKind::Denied, "access denied: the operator may not".to_owned()),
            ErrorKind::NotFound => (ShareErrorKind::NotFound, "there is no such file".to_owned()),
            ErrorKind::SharingViolation => (ShareErrorKind::Busy, "another program holds the file".to_owned()),
            ErrorKind::SignatureInvalid => (ShareErrorKind::Unprotected, "an answer was not signed as it should be".to_owned()),
            // What a server said, or the library made of it.
            _ => (ShareErrorKind::Other, Shown::of(&error.to_string()).into_string()),
        };
        Self::new(kind, format!("{doing}: {why}"))
    }
}

/// What a server that agreed on no encryption denies in the same words.
const OR_ENCRYPTION: &str = ", or encryption is demanded there, which was not agreed on with this server";

/// Whether a kind of encryption was agreed on with a server. Only then it says of a share that it demands encryption; else it denies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encryption {
    Agreed,
    None,
}

impl Encryption {
    /// SMB 3.1.1 names the cipher, 3.0 only says that there is one, and SMB 2 has none (MS-SMB2 2.2.4 and 2.2.4.1.2).
    fn of(params: &NegotiatedParams) -> Self {
        let is_agreed = match params.dialect {
            Dialect::Smb2_0_2 | Dialect::Smb2_1 => false,
            Dialect::Smb3_0 | Dialect::Smb3_0_2 => params.capabilities.contains(Capabilities::ENCRYPTION),
            Dialect::Smb3_1_1 => params.cipher.is_some(),
        };
        if is_agreed { Self::Agreed } else { Self::None }
    }
}

/// How servers are reached.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) authentication: Authentication,
    /// Host and port of a Kerberos key distribution centre.
    pub(crate) kdc: String,
    pub(crate) timeout: Duration,
}

/// A file with its date on the server.
pub(crate) struct RemoteFile {
    pub(crate) bytes: Vec<u8>,
    /// When it was last written there.
    pub(crate) written: Option<Timestamp>,
}

/// The share of one server.
pub(crate) struct Share {
    pub(crate) connection: Connection,
    pub(crate) tree: Tree,
    pub(crate) timeout: Duration,
}

impl Share {
    /// Connects to `\\host\share`.
    pub(crate) async fn connect(host: &str, share: &str, operator: &Operator, route: &Route) -> Result<Self, ShareError> {
        within(route.timeout, "connecting", Self::open(host, share, operator, route)).await
    }

    async fn open(host: &str, share: &str, operator: &Operator, route: &Route) -> Result<Self, ShareError> {
        let failed = |doing: &'static str| move |e: Error| ShareError::of(&e, doing);
        let mut connection = Connection::connect(&format!("{host}:445"), route.timeout).await.map_err(failed("connecting"))?;
        connection.set_response_timeout(Some(route.timeout));
        connection.negotiate().await.map_err(failed("negotiating"))?;
        let encryption = connection.params().map_or(Encryption::None, |p| Encryption::of(&p));
        let session = logged_on(&mut connection, host, operator, route).await;
        let session = session.map_err(|e| ShareError::before(&e, "logging on", encryption))?;
        if !(session.should_sign || session.should_encrypt) {
            let why = "the server neither signs nor encrypts: what it answers could be anyone's; turn signing on there";
            return Err(ShareError::new(ShareErrorKind::Unprotected, why));
        }
        let doing = format!("opening {share}");
        let tree = Tree::connect(&mut connection, share).await.map_err(|e| ShareError::before(&e, &doing, encryption))?;
        match ShareError::of_demand(&doing, tree.encrypt_data, connection.should_encrypt()) {
            Some(error) => Err(error),
            None => Ok(Self { connection, tree, timeout: route.timeout }),
        }
    }

    /// A whole file, by its path with `/`: the library takes `\` for a part of a name.
    pub(crate) async fn read(&mut self, path: &str) -> Result<RemoteFile, ShareError> {
        let read = async {
            let (bytes, info) =
                self.tree.read_file_compound_with_info(&mut self.connection, path).await.map_err(|e| ShareError::of(&e, "reading"))?;
            Ok(RemoteFile { bytes, written: timestamp(info.modified.0) })
        };
        within(self.timeout, "reading", read).await
    }

    /// The folders in a folder, likewise.
    pub(crate) async fn folders(&mut self, path: &str) -> Result<Vec<String>, ShareError> {
        let listed = async {
            let entries = self.tree.list_directory(&mut self.connection, path).await.map_err(|e| ShareError::of(&e, "listing"))?;
            let mut names: Vec<String> =
                entries.into_iter().filter(|e| e.is_directory && !e.is_link() && e.name != "." && e.name != "..").map(|e| e.name).collect();
            names.sort();
            Ok(names)
        };
        within(self.timeout, "listing", listed).await
    }
}

async fn logged_on(connection: &mut Connection, host: &str, operator: &Operator, route: &Route) -> Result<Session, Error> {
    let credentials = |password: &str| KerberosCredentials {
        username: operator.user().to_owned(),
        password: password.to_owned(),
        realm: operator.realm(),
        kdc_address: route.kdc.clone(),
    };
    match (operator.authority(), route.authentication) {
        (Authority::Password(password), Authentication::Kerberos) => {
            Session::setup_kerberos(connection, &credentials(password.expose()), host).await
        }
        (Authority::Password(password), Authentication::Ntlm) => {
            Session::setup(connection, operator.user(), password.expose(), operator.domain()).await
        }
        (Authority::Cache(path), _) => {
            let cache = load_ccache(Some(path))?;
            Session::setup_kerberos_from_ccache(connection, &credentials(""), host, &cache).await
        }
    }
}

async fn within<T>(timeout: Duration, doing: &str, work: impl Future<Output = Result<T, ShareError>>) -> Result<T, ShareError> {
    let late = || ShareError::new(ShareErrorKind::Unreachable, format!("{doing}: the server does not answer in time"));
    tokio::time::timeout(timeout.saturating_mul(2), work).await.unwrap_or_else(|_| Err(late()))
}

/// A time of Windows: intervals of 100 ns since 1601-01-01 UTC. 0 is none.
fn timestamp(filetime: u64) -> Option<Timestamp> {
    const TO_1970: i64 = 11_644_473_600;
    let intervals = i64::try_from(filetime).ok().filter(|t| *t > 0)?;
    let nanos = i32::try_from(intervals % 10_000_000).ok()? * 100;
    Timestamp::new(intervals / 10_000_000 - TO_1970, nanos).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use smb2::crypto::encryption::Cipher;
    use smb2::pack::Guid;
    use smb2::types::Command;
    use smb2::types::status::NtStatus;

    #[test]
    fn times_of_windows_are_times() {
        assert_eq!(timestamp(0), None);
        assert_eq!(timestamp(u64::MAX), None);
        assert_eq!(timestamp(133_485_408_000_000_000).unwrap().to_string(), "2024-01-01T00:00:00Z");
        assert_eq!(timestamp(133_485_408_005_000_000).unwrap().to_string(), "2024-01-01T00:00:00.5Z");
    }

    #[test]
    fn errors_say_what_to_do_and_repeat_no_secret() {
        let error = ShareError::of(&Error::Auth { message: "KRB-ERROR 24".into() }, "logging on");
        assert_eq!(error.kind, ShareErrorKind::NotBelieved);
        assert_eq!(error.to_string(), "logging on: the operator is not believed: wrong name, password or ticket");
    }

    fn params(dialect: Dialect, cipher: Option<Cipher>, capabilities: u32) -> NegotiatedParams {
        NegotiatedParams {
            dialect,
            max_read_size: 65_536,
            max_write_size: 65_536,
            max_transact_size: 65_536,
            server_guid: Guid::ZERO,
            signing_required: true,
            capabilities: Capabilities::new(capabilities),
            gmac_negotiated: false,
            cipher,
            compression_supported: false,
        }
    }

    /// Only where none was agreed on, a refusal may mean that encryption is demanded.
    #[test]
    fn a_refusal_names_encryption_where_it_may_be_the_cause() {
        let denied = Error::Protocol { status: NtStatus::ACCESS_DENIED, command: Command::TreeConnect };
        let told = |params| ShareError::before(&denied, "opening C$", Encryption::of(&params));
        let gcm = Some(Cipher::Aes128Gcm);
        for (dialect, cipher, capabilities) in [
            (Dialect::Smb2_0_2, None, 0),
            (Dialect::Smb2_1, None, Capabilities::ENCRYPTION),
            (Dialect::Smb3_0, None, 0),
            (Dialect::Smb3_0_2, None, 0),
            // As Samba 4.17 answers.
            (Dialect::Smb3_1_1, None, Capabilities::ENCRYPTION),
        ] {
            let told = told(params(dialect, cipher, capabilities));
            assert_eq!(told.kind, ShareErrorKind::Denied);
            assert!(told.why.contains("the operator may not, or encryption is demanded there"), "{dialect}: {told}");
        }
        for (dialect, cipher, capabilities) in [
            (Dialect::Smb3_0, None, Capabilities::ENCRYPTION),
            (Dialect::Smb3_0_2, None, Capabilities::ENCRYPTION),
            (Dialect::Smb3_1_1, gcm, 0),
        ] {
            assert_eq!(told(params(dialect, cipher, capabilities)).to_string(), "opening C$: access denied: the operator may not");
        }
        let away = ShareError::before(&Error::Timeout, "opening C$", Encryption::None);
        assert!(!away.why.contains("encryption"), "{away}");
    }

    #[test]
    fn a_share_that_says_that_it_demands_encryption_is_refused_for_that_alone() {
        let told = |is_demanded, is_encrypted| ShareError::of_demand("opening C$", is_demanded, is_encrypted);
        let refused = told(true, false).unwrap();
        assert_eq!(refused.kind, ShareErrorKind::Unprotected);
        assert_eq!(refused.to_string(), "opening C$: the share demands encryption, which this version cannot");
        // A session that is encrypted as a whole will do.
        assert_eq!([told(true, true), told(false, false), told(false, true)], [None, None, None]);
    }
}
