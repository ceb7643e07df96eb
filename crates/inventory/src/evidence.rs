//! The product's own reports (CsMgmtLog), as dated evidence.

use jiff::Timestamp;
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{DocumentId, Origin, Spanned};

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

/// An error or warning of a report.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// How grave.
    pub level: LogLevel,
    /// Title, or type of the exception.
    pub title: Option<String>,
    /// Text.
    pub message: String,
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
