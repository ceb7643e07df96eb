//! Which searches a file holds, what each asked for, and whether it came to its end.

use super::{Reader, partial_set};
use crate::entry::{Attribute, Entry, Requested, report};
use kerbsync_source::{Level, Span};
use std::sync::Arc;

/// Attributes that every object has and that nobody lists by hand: most of them in one entry show that the export asked for everything (inferred).
const SIGNS: &[&str] = &["objectclass", "objectcategory", "instancetype", "usncreated", "usnchanged", "whencreated", "whenchanged"];

const MORE_PAGES: &str = "the search ended with a page after which more were to come: the export is cut";

/// Whether an entry has most of the attributes that every object has.
fn is_full(entry: &Entry) -> bool {
    SIGNS.iter().filter(|s| entry.first(s).is_some()).count() >= SIGNS.len() - 1 && entry.first("instancetype").is_some()
}

/// Where the last value of an attribute stands.
fn place(attribute: &Attribute) -> Option<u64> {
    attribute.values.last()?.origin.location().map(|l| l.byte_start)
}

impl Reader<'_, '_> {
    /// `ldapsearch` says in comments where a search begins and what it asked for.
    pub(super) fn comment(&mut self, text: &str, at: usize) {
        if text.eq_ignore_ascii_case("extended LDIF") || text.eq_ignore_ascii_case("LDAPv3") {
            self.end_record();
            self.end_section();
            self.search.begun = true;
        } else if let Some(rest) = text.strip_prefix("pagedresults:") {
            // So with -L, -LL and -LLL.
            self.page(rest);
        } else if text.starts_with("numResponses:") {
            // With -L the result goes to the screen alone, and this is all that the file has of the end.
            self.search.ended = true;
        } else if text.starts_with("base <") || text.starts_with("filter") {
            let line = self.source.location(Span::new(at, at)).position.line;
            self.search.comment(text, line);
        } else if let Some(names) = text.strip_prefix("requesting:") {
            let names: Arc<[String]> = names.split([' ', ',']).filter(|n| !n.is_empty()).map(str::to_ascii_lowercase).collect();
            self.requested = if names.iter().any(|n| n == "all" || n == "*") { Requested::All } else { Requested::Only(names) };
        }
    }

    pub(super) fn end_section(&mut self) {
        let search = std::mem::take(&mut self.search);
        if self.section.is_empty() && !search.said_something() {
            // Between two lines of one head.
            self.search = search;
            return;
        }
        if self.continued.take().is_some_and(|before| !before.is_same(&search)) {
            self.cut(MORE_PAGES);
        }
        if search.more_pages {
            self.continued = Some(search.clone());
        } else if search.begun && search.said_something() && !search.ended && !self.part.cut {
            self.cut("the search has a head but no end, which ldapsearch writes as 'result:' below '# search result': the file is cut");
        }
        if !self.section.is_empty() {
            match search.asked_for() {
                Some(asked) if self.all_told => match &mut self.part.asked_for {
                    Some(all) => all.add(asked),
                    none => *none = Some(asked),
                },
                _ => (self.all_told, self.part.asked_for) = (false, None),
            }
        }
        let mut entries = std::mem::take(&mut self.section);
        let requested = std::mem::replace(&mut self.requested, Requested::Unknown);
        self.held_whole = false;
        if requested == Requested::Unknown {
            crate::class::tell_peers(&mut entries);
        }
        entries.into_iter().for_each(|entry| self.take(entry, &requested, search.is_of_catalogue()));
        self.part.cut |= self.unknown_kind;
    }

    /// Takes what can be taken before the end of the search: where it is known what was asked for, every entry but the last, which the end of the
    /// file may have cut. Each goes as soon as it is taken, so that what is taken of the next finds room where it was.
    pub(super) fn take_settled(&mut self) {
        let Some(last) = self.section.pop() else { return };
        self.held_whole |= is_full(&last);
        if self.requested == Requested::Unknown && self.held_whole {
            self.requested = Requested::All;
        }
        if self.requested != Requested::Unknown {
            let (requested, of_catalogue) = (self.requested.clone(), self.search.is_of_catalogue());
            std::mem::take(&mut self.section).into_iter().for_each(|entry| self.take(entry, &requested, of_catalogue));
        }
        self.section.push(last);
    }

    /// Takes an entry. That its kind is unknown says nothing of whether the search came to its end.
    fn take(&mut self, mut entry: Entry, requested: &Requested, of_catalogue: bool) {
        entry.requested = if entry.cut { Requested::Unknown } else { requested.clone() };
        partial_set::bound(&mut entry, of_catalogue);
        let cut = self.part.cut;
        self.part.cut |= self.unknown_kind;
        self.part.take(&entry, self.problems);
        self.unknown_kind |= self.part.cut && !cut;
        self.part.cut = cut;
    }

    /// What a page says at its end: one that is not the last has a cookie that asks for the next (RFC 2696).
    pub(super) fn page(&mut self, rest: &str) {
        let cookie = rest.split_ascii_whitespace().find_map(|word| word.strip_prefix("cookie="));
        self.search.more_pages = cookie.is_some_and(|cookie| !cookie.is_empty());
    }

    /// The file ends within a line, and its last entry lacks what the others have: the line may be half of what it was.
    pub(super) fn end_of_file(&mut self) {
        self.end_record();
        if !self.full && ends_within_a_name(self.source.text()) && !self.section.is_empty() {
            if let Some(last) = self.section.last_mut() {
                last.cut = true;
            }
            self.cut("the file ends within a line: it is cut");
            return self.end_searches();
        }
        if !self.full
            && !self.source.text().ends_with(['\n', '\r'])
            && self.held_whole
            && let Some(last) = self.section.last_mut().filter(|e| !is_full(e))
        {
            last.cut = true;
            if let Some(attribute) = last.attributes.iter_mut().max_by(|a, b| place(a).cmp(&place(b))) {
                attribute.values.pop();
                last.unread.push(attribute.name);
            }
            self.cut("the file ends within an entry: it is cut");
        }
        self.end_searches();
    }

    fn end_searches(&mut self) {
        self.end_section();
        self.part.pack_rest();
        if self.continued.take().is_some() {
            self.cut(MORE_PAGES);
        }
    }

    fn cut(&mut self, message: &'static str) {
        self.part.cut = true;
        let end = self.source.text().trim_end().len();
        let origin = self.origin(Span::new(end, end), "").without_excerpt();
        report(self.problems, Level::Error, "ldif-cut", &origin, message, Some("Export it again, or copy the whole file."));
    }

    /// The allowance is spent: what was read counts, and the rest proves nothing.
    pub(super) fn spent(&mut self, span: Span) {
        self.full = true;
        self.part.cut = true;
        self.entry.iter_mut().for_each(|entry| entry.cut = true);
        let origin = self.origin(span, "").without_excerpt();
        let message = "the export holds more entries and values than memory is spent on: it is not read from here on";
        report(
            self.problems,
            Level::Error,
            "ldif-size",
            &origin,
            message,
            Some("Export only the accounts that matter, in files of their own."),
        );
    }
}

/// Whether a text ends with a line that is the begin of an attribute's name, without a colon or a line end.
fn ends_within_a_name(text: &str) -> bool {
    let last = text.rsplit(['\r', '\n']).next().unwrap_or("");
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ';' | '.');
    last.starts_with(|c: char| c.is_ascii_alphabetic()) && last.chars().all(name)
}
