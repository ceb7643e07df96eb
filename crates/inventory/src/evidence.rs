//! The product's own reports (CsMgmtLog), as dated evidence.

use jiff::Timestamp;
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{DocumentId, Origin, Shown, Spanned};

/// One report of a management cmdlet.
#[derive(Debug, Clone)]
pub struct ManagementLog {
    /// The document.
    pub document: DocumentId,
    /// Name of the cmdlet, such as `Enable-CsTopology`.
    pub cmdlet: String,
    /// First time in the report. UTC.
    pub started: Option<Timestamp>,
    /// Last time in the report. UTC.
    pub ended: Option<Timestamp>,
    /// Whether the run ended with "Command run is complete.".
    pub complete: bool,
    /// Errors, exceptions and warnings, in order.
    pub entries: Vec<LogEntry>,
    /// Sites that the report says are "not assigned to a Kerberos account".
    pub unassigned_sites: Vec<Spanned<SiteId>>,
    /// SPNs that the report says were added: SPN, distinguished name of the object.
    pub spns_added: Vec<Spanned<(String, String)>>,
    /// SPNs that the report says were not found on any, or on the expected, object.
    pub spns_missing: Vec<Spanned<String>>,
    /// For Test-CsKerberosAccountAssignment: the site tested, as `site:<name>`, where the report says.
    pub tested_site: Option<String>,
    /// Computers that it says it is about, each once: it speaks for no other.
    pub computers: Vec<HostName>,
    /// What Test-CsKerberosAccountAssignment said per server.
    pub test_verdicts: Vec<TestVerdict>,
}

/// How grave an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// `Warning`.
    Warning,
    /// `Error` or `Exception`.
    Error,
}

/// An error or warning of a report. Its text is somebody's, and may hold a password; so it is of a type that only the gate gives.
///
/// ```
/// # use kerbsync_inventory::{LogEntry, LogLevel};
/// # use kerbsync_source::{DocumentId, Origin, Shown};
/// let message = Shown::of("Login failed: Password=hunter2");
/// let entry = LogEntry { level: LogLevel::Error, title: None, message, origin: Origin::document(DocumentId(0)) };
/// assert_eq!(entry.message.as_str(), "Login failed: Password=***");
/// ```
/// A text that did not pass the gate is not taken:
/// ```compile_fail,E0308
/// # use kerbsync_inventory::{LogEntry, LogLevel};
/// # use kerbsync_source::{DocumentId, Origin, Shown};
/// let message = "Login failed: Password=hunter2".to_owned();
/// let entry = LogEntry { level: LogLevel::Error, title: None, message, origin: Origin::document(DocumentId(0)) };
/// ```
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// How grave.
    pub level: LogLevel,
    /// Title, or type of the exception.
    pub title: Option<Shown>,
    /// Text.
    pub message: Shown,
    /// Where.
    pub origin: Origin,
}

/// What Test-CsKerberosAccountAssignment said about one server. That the XML report carries it in this form is inferred.
#[derive(Debug, Clone)]
pub struct TestVerdict {
    /// The server.
    pub server: HostName,
    /// Whether its configuration was found valid: account, expiry and password against Active Directory in one.
    pub valid: bool,
    /// The account that was expected, as written.
    pub account: Option<String>,
    /// When. UTC.
    pub time: Option<Timestamp>,
    /// Where.
    pub origin: Origin,
}
