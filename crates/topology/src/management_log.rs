//! `CsMgmtLog`: the report of a management cmdlet, the XML twin of its `-Report` file.

mod sentences;
mod verdicts;

use crate::context::{Context, plain};
use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{DocumentId, Origin, Shown, Spanned};
use kerbsync_xml::Element;
use std::collections::HashSet;

/// A time of a report, in RFC 3339 and UTC (reports write `2018-11-01 17:37:04Z`). Sorts by time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogTime(String);

impl LogTime {
    /// Reads `2018-11-01 17:37:04Z`. Whether the day exists is not checked here.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        const SHAPE: &[u8] = b"dddd-dd-dd dd:dd:ddZ";
        let text = text.trim();
        let fits = |(shape, byte): (&u8, u8)| match shape {
            b'd' => byte.is_ascii_digit(),
            b' ' => matches!(byte, b' ' | b'T'),
            other => byte == *other,
        };
        (text.len() == SHAPE.len() && SHAPE.iter().zip(text.bytes()).all(fits)).then(|| Self(text.replace(' ', "T")))
    }

    /// The time in RFC 3339: `2018-11-01T17:37:04Z`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One report.
#[derive(Debug, Clone)]
pub struct ManagementLog {
    /// The document.
    pub document: DocumentId,
    /// Name of the cmdlet as written (`Enable-CSTopology` in real reports).
    pub cmdlet: String,
    /// First time in the report.
    pub started: Option<LogTime>,
    /// Last time in the report.
    pub ended: Option<LogTime>,
    /// Whether the run ended with "Command run is complete.". It does after errors too.
    pub complete: bool,
    /// Warnings, errors and exceptions, in order.
    pub entries: Vec<LogEntry>,
    /// Sites without a Kerberos account, each once.
    pub unassigned_sites: Vec<Spanned<SiteId>>,
    /// What the report says about SPNs, in order.
    pub spns: Vec<Spanned<SpnEvent>>,
    /// For Test-CsKerberosAccountAssignment: the site tested, as `site:<name>` (inferred).
    pub tested_site: Option<String>,
    /// Computers that it says it is about (`Name`, `Host`), each once.
    pub computers: Vec<HostName>,
    /// For Test-CsKerberosAccountAssignment: what it said per server.
    pub verdicts: Vec<TestVerdict>,
}

/// How grave an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// `Warning`.
    Warning,
    /// `Error` or `Exception`.
    Error,
}

/// A warning, error or exception.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// How grave.
    pub level: LogLevel,
    /// Title of an error, type of an exception.
    pub title: Option<Shown>,
    /// Text.
    pub message: Shown,
    /// Where.
    pub origin: Origin,
}

/// What a report says about one SPN.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SpnEvent {
    /// It was added to an object.
    Added {
        /// The SPN.
        spn: String,
        /// Distinguished name of the object.
        object: String,
    },
    /// It was there already.
    Present {
        /// The SPN.
        spn: String,
        /// Distinguished name of the object.
        object: String,
    },
    /// It was not found.
    Missing {
        /// The SPN.
        spn: String,
        /// The account on which it was expected; `None` = on no object at all.
        expected_on: Option<String>,
    },
}

/// What Test-CsKerberosAccountAssignment said about one server. The sentences of invalid servers are documented for the HTML report; that
/// the XML twin carries them in the form of all other errors is inferred, and so is every form of a valid verdict.
#[derive(Debug, Clone)]
pub struct TestVerdict {
    /// The server.
    pub server: HostName,
    /// Whether its configuration was found valid.
    pub valid: bool,
    /// The account that was expected, as written.
    pub account: Option<String>,
    /// When.
    pub time: Option<LogTime>,
    /// Where.
    pub origin: Origin,
}

/// Reads a report.
pub(crate) fn read(root: Element<'_>, context: &mut Context<'_>) -> ManagementLog {
    let mut log = ManagementLog {
        document: context.origin(root).document,
        cmdlet: plain(root, "Name").unwrap_or_default(),
        started: None,
        ended: None,
        complete: false,
        entries: Vec::new(),
        unassigned_sites: Vec::new(),
        spns: Vec::new(),
        tested_site: None,
        computers: Vec::new(),
        verdicts: Vec::new(),
    };
    if log.cmdlet.is_empty() {
        let origin = context.origin(root);
        context.warn("log-without-name", &origin, "The report does not name its cmdlet: only its sentences are used.", "");
    }
    let mut said = Said::default();
    for element in root.descendants() {
        if let Some(time) = element.attribute("Time").and_then(|t| LogTime::parse(&t.value())) {
            if log.started.as_ref().is_none_or(|s| time < *s) {
                log.started = Some(time.clone());
            }
            if log.ended.as_ref().is_none_or(|e| time > *e) {
                log.ended = Some(time);
            }
        }
        let level = match element.local_name() {
            "Info" => None,
            "Warning" => Some(LogLevel::Warning),
            "Error" | "Exception" => Some(LogLevel::Error),
            _ => continue,
        };
        let exception = element.local_name() == "Exception";
        let message = if exception { plain(element, "Message").unwrap_or_default() } else { element.text().trim().to_owned() };
        if let Some(level) = level {
            let title = plain(element, if exception { "Type" } else { "Title" }).map(|t| Shown::of(&t));
            log.entries.push(LogEntry { level, title, message: Shown::of(&message), origin: context.origin(element) });
        }
        if element.local_name() == "Info"
            && matches!(plain(element, "Title").as_deref(), Some("Name" | "Host"))
            && let Some(host) = HostName::new(&message).filter(|h| h.as_str().contains('.'))
            && said.computers.insert(host.clone())
        {
            log.computers.push(host);
        }
        sentence(element, &message, context, &mut said, &mut log);
    }
    if is_test(&log.cmdlet) {
        verdicts::read(root, context, &mut log);
    }
    log
}

/// Whether a cmdlet is the one that tests assignments; the product's spelling varies in case.
fn is_test(cmdlet: &str) -> bool {
    cmdlet.eq_ignore_ascii_case("Test-CsKerberosAccountAssignment")
}

/// What a report has said already.
#[derive(Default)]
struct Said {
    sites: HashSet<SiteId>,
    events: HashSet<SpnEvent>,
    computers: HashSet<HostName>,
}

/// Takes what one sentence says. Sentences come twice and more: sites and SPN events are kept once.
fn sentence(element: Element<'_>, text: &str, context: &Context<'_>, said: &mut Said, log: &mut ManagementLog) {
    if text.trim_end_matches('.').eq_ignore_ascii_case("Command run is complete") {
        log.complete = true;
    } else if let Some(site) = sentences::unassigned_site(text) {
        if said.sites.insert(site.clone()) {
            log.unassigned_sites.push(Spanned::new(site, context.origin(element)));
        }
    } else if let Some(event) = sentences::spn_event(text)
        && said.events.insert(event.clone())
    {
        log.spns.push(Spanned::new(event, context.origin(element)));
    }
}
