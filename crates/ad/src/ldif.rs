//! LDIF, as `ldifde` and `ldapsearch` write it (RFC 2849).

mod names;
mod partial_set;
mod pieces;
mod searches;

use crate::DirectoryFacts;
use crate::allowance::Allowance;
use crate::entry::{Datum, Entry, Requested, odd_value, report};
use crate::filter::Search;
use crate::lines::{Line, lines};
use base64::Engine as _;
use kerbsync_source::{Level, Origin, Problem, Shown, Source, Span, Spanned, Spot, is_harmless, text};
use names::{Name, Names};
use pieces::Pieces;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

/// The longest excerpt of a line, in bytes.
const EXCERPT: usize = 240;

/// Whether a text is LDIF: after comments, blank lines, `version:` and what the tools print on a console (ldifde, SASL, `AdFind`) comes an entry,
/// `dn:` with an attribute of every entry right below.
#[must_use]
pub fn looks_like_ldif(text: &str) -> bool {
    let mut chatter = false;
    let mut content = lines(text).take(200).filter_map(|line| match line {
        Line::Content(content, _) => Some(content),
        Line::Blank | Line::Comment(..) => None,
    });
    while let Some(line) = content.next() {
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("dn") => {
                let next = content.next();
                let below = next.as_deref().and_then(|n| n.trim_start_matches('>').split_once(':')).map(|(name, _)| name);
                let first = |n: &str| ["changetype", "objectclass"].iter().any(|k| n.eq_ignore_ascii_case(k));
                return !chatter || (value.contains('=') && below.is_some_and(first));
            }
            Some((name, _)) if name.eq_ignore_ascii_case("version") => {}
            _ => chatter = true,
        }
    }
    false
}

/// The directory facts of an LDIF document; `None` where it holds no entry at all.
///
/// Entries with `changetype: add`, as `ldifde` writes every entry, are read like entries without; other changes are left out with a note.
#[must_use]
pub fn read_ldif(source: &Source, problems: &mut Vec<Problem>) -> Option<DirectoryFacts> {
    let before = problems.len();
    let mut reader = Reader {
        source,
        problems,
        entry: None,
        pieces: Vec::new(),
        skipping: None,
        section: Vec::new(),
        held_whole: false,
        unknown_kind: false,
        requested: Requested::Unknown,
        search: Search::default(),
        continued: None,
        all_told: true,
        names: Names::default(),
        excerpts: HashMap::new(),
        allowance: Allowance::of(source.text().len()),
        full: false,
        secrets: BTreeMap::new(),
        part: DirectoryFacts::default(),
        entries: 0,
    };
    for line in lines(source.text()) {
        if reader.full {
            break;
        }
        match line {
            Line::Blank => reader.end_record(),
            Line::Comment(text, at) => reader.comment(text.trim(), at),
            Line::Content(text, span) => reader.line(&text, span),
        }
    }
    reader.end_of_file();
    crate::facts::report_secrets(reader.problems, source.document(), &reader.secrets);
    // What concerns whole entries is found at the end of a search.
    reader.problems[before..].sort_by_key(|p| p.location);
    (reader.entries > 0).then_some(reader.part)
}

/// A longer line is hardly one that many objects have.
const REPEATED: usize = 40;

/// So many are kept, so that a file of short lines costs no memory for them.
const MOST_EXCERPTS: usize = 4096;

/// The line, where all of it may be shown: a name that was asked for, and a value that is harmless.
fn excerpt(line: &str, name: &Name) -> Option<Arc<str>> {
    let shown = line.len() <= EXCERPT
        && !name.is_secret
        && line.split_once(": ").is_some_and(|(n, value)| n.eq_ignore_ascii_case(&name.written) && is_harmless(n, value));
    shown.then(|| Arc::from(line))
}

struct Reader<'s, 'p> {
    source: &'s Source,
    problems: &'p mut Vec<Problem>,
    entry: Option<Entry>,
    /// What the entry holds in pieces.
    pieces: Vec<Pieces>,
    /// Why the lines of the current record are skipped, where they are.
    skipping: Option<&'static str>,
    /// The entries of the current search that were not taken yet.
    section: Vec<Entry>,
    /// Whether one of the entries of the current search shows that everything was asked for.
    held_whole: bool,
    /// Whether there are objects of which nothing tells the kind.
    unknown_kind: bool,
    requested: Requested,
    search: Search,
    /// The search of which the last page so far said that there are more.
    continued: Option<Search>,
    /// Whether every search with entries so far said what it asked for.
    all_told: bool,
    /// What is known of the names of attributes.
    names: Names,
    /// Excerpts of short lines.
    excerpts: HashMap<&'s str, Option<Arc<str>>>,
    allowance: Allowance,
    /// Whether the allowance is spent: nothing more is read.
    full: bool,
    /// Secret attributes: how many values, and where the first stands.
    secrets: BTreeMap<String, (usize, Origin)>,
    part: DirectoryFacts,
    entries: usize,
}

impl Reader<'_, '_> {
    fn end_record(&mut self) {
        self.skipping = None;
        for pieces in std::mem::take(&mut self.pieces) {
            self.judge(pieces);
        }
        if let Some(entry) = self.entry.take() {
            self.section.push(entry);
            self.take_settled();
        }
    }

    /// The place of a logical line, which begins with a physical one.
    fn origin(&mut self, span: Span, name: &str) -> Origin {
        let name = self.names.of(name);
        self.named_origin(span, &name)
    }

    fn named_origin(&mut self, span: Span, name: &Rc<Name>) -> Origin {
        let below = self.source.text().get(span.start..).unwrap_or_default();
        let line = &below[..memchr::memchr2(b'\r', b'\n', below.as_bytes()).unwrap_or(below.len())];
        let excerpt = match self.excerpts.get(line) {
            Some(known) => known.clone(),
            None => {
                let new = excerpt(line, name);
                // Every object has the same classes, and most of them the same flags.
                if line.len() <= REPEATED && self.excerpts.len() < MOST_EXCERPTS {
                    self.excerpts.insert(line, new.clone());
                }
                new
            }
        };
        let element = Arc::clone(&name.written);
        Origin::new(self.source.document(), Spot { location: Some(self.source.location(span)), element, excerpt })
    }

    fn line(&mut self, text: &str, span: Span) {
        // AdFind marks attributes with `>`.
        let text = if self.entry.is_some() { text.strip_prefix('>').unwrap_or(text) } else { text };
        let Some((name, rest)) = text.split_once(':') else {
            // Before the first entry a tool says what it does; AdFind counts at the end.
            if self.skipping.is_none() && self.entries > 0 && !text.trim_end().ends_with("Objects returned") {
                let origin = self.origin(span, "").without_excerpt();
                let message = "a line without a colon: it is left out";
                report(self.problems, Level::Warning, "ldif-line", &origin, message, Some("Look for a line that was broken by hand."));
                // It may be the rest of the value above it, or an attribute that would then seem to be unset.
                self.entry.iter_mut().for_each(|entry| entry.cut = true);
            }
            return;
        };
        let (name, option) = name.trim().split_once(';').unwrap_or((name.trim(), ""));
        if name.eq_ignore_ascii_case("dn") {
            self.begin(rest, span);
            return;
        }
        if self.skipping.is_some() {
            return;
        }
        if self.entry.is_none() {
            self.outside(name, rest, span);
            return;
        }
        if name.eq_ignore_ascii_case("changetype") {
            if !rest.trim().eq_ignore_ascii_case("add") {
                let origin = self.origin(span, name);
                let message = "a change record, not an entry: it is left out";
                report(self.problems, Level::Note, "ldif-change", &origin, message, Some("Export entries with ldifde -f, not changes."));
                // The object may be one that is looked for, in another state than the record tells.
                self.part.cut = true;
                self.entry = None;
                self.skipping = Some("change");
            }
            return;
        }
        let name = self.names.of(name);
        if name.is_secret {
            let origin = self.named_origin(span, &name);
            self.secrets.entry(name.written.to_string()).or_insert((0, origin)).0 += 1;
            return;
        }
        let Some(known) = name.kept else { return };
        if !self.allowance.value(rest.len()) {
            self.spent(span);
            return;
        }
        let origin = self.named_origin(span, &name);
        // An empty value is what ldapsearch -A writes for an attribute that has some: Active Directory stores no empty ones.
        let value = self.value(rest, known, &origin).filter(|v| !matches!(v, Datum::Text(t) if t.trim().is_empty()));
        let Some(value) = value else {
            self.entry.iter_mut().for_each(|e| e.unread.push(known));
            return;
        };
        if let Some(range) = option.split(';').find_map(pieces::range) {
            pieces::take(&mut self.pieces, known, range, &origin);
        }
        if let Some(entry) = &mut self.entry {
            entry.add(known, [Spanned::new(value, origin.clone())], origin);
        }
    }

    fn begin(&mut self, rest: &str, span: Span) {
        self.end_record();
        if !self.allowance.entry() || !self.allowance.value(rest.len()) {
            self.spent(span);
            return;
        }
        let origin = self.origin(span, "dn");
        match self.value(rest, "dn", &origin) {
            Some(Datum::Text(dn)) if !dn.trim().is_empty() => {
                self.entries += 1;
                self.entry = Some(Entry {
                    distinguished_name: Spanned::new(dn.trim().to_owned(), origin.clone()),
                    origin,
                    attributes: Vec::new(),
                    requested: Requested::Unknown,
                    unread: Vec::new(),
                    peers: Arc::default(),
                    cut: false,
                    type_name: None,
                });
            }
            // The root DSE has an empty name; nothing in it matters.
            Some(Datum::Text(_)) => self.skipping = Some("no name"),
            _ => {
                let message = "an entry whose distinguished name cannot be read is left out";
                report(
                    self.problems,
                    Level::Warning,
                    "ldif-name",
                    &origin,
                    message,
                    Some("Export it again with a tool that writes UTF-8."),
                );
                self.part.cut = true;
                self.skipping = Some("no name");
            }
        }
    }

    /// A line of a record that does not begin with `dn:`, such as what ldapsearch writes at the end.
    fn outside(&mut self, name: &str, rest: &str, span: Span) {
        match name.to_ascii_lowercase().as_str() {
            "version" | "search" | "ref" | "control" => {}
            "pagedresults" => self.page(rest),
            "result" => {
                let code = rest.trim().split(' ').next().unwrap_or("");
                self.search.ended = !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit());
                if code != "0" && self.search.ended {
                    self.part.cut = true;
                    let meaning = match code {
                        "3" => " (time limit exceeded): the export is cut",
                        "4" => " (size limit exceeded): the export is cut",
                        _ => ": the export may be cut",
                    };
                    let origin = self.origin(span, name);
                    let message = text!("the search ended with LDAP result {}{meaning}", Shown::naming(code));
                    report(
                        self.problems,
                        Level::Warning,
                        "ldif-result",
                        &origin,
                        message,
                        Some("Search again with paging: ldapsearch -E pr=1000/noprompt."),
                    );
                }
            }
            _ if self.entries == 0 => {}
            _ => {
                let origin = self.origin(span, "").without_excerpt();
                report(self.problems, Level::Warning, "ldif-record", &origin, "a record that does not begin with 'dn:' is left out", None);
                self.part.cut = true;
                self.skipping = Some("no dn");
            }
        }
    }

    /// What stands behind the first colon of a line.
    fn value(&mut self, rest: &str, name: &str, origin: &Origin) -> Option<Datum> {
        if let Some(encoded) = rest.strip_prefix(':') {
            let encoded: String = encoded.split_ascii_whitespace().collect();
            let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(encoded) else {
                odd_value(self.problems, origin, "base64");
                return None;
            };
            let binary = matches!(name, "objectsid" | "msds-allowedtoactonbehalfofotheridentity");
            return Some(match String::from_utf8(bytes) {
                Ok(text) if !binary => Datum::Text(text),
                Ok(text) => Datum::Bytes(text.into_bytes()),
                Err(e) => Datum::Bytes(e.into_bytes()),
            });
        }
        if rest.starts_with('<') {
            let message = text!("the value of '{}' stands in another file, which is not read", Shown::naming(origin.element()));
            report(self.problems, Level::Note, "ldif-file", origin, message, Some("Run ldapsearch without -t."));
            return None;
        }
        // RFC 2849 allows blanks before a value; one after it would be in base64.
        Some(Datum::Text(rest.trim().to_owned()))
    }
}
