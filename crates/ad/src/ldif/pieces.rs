//! Values that a domain controller hands out in pieces: `member;range=0-1499`, then `member;range=1500-*`, whose `*` says that nothing follows
//! (documented: Microsoft, [MS-ADTS] 3.1.1.3.1.3.3, "Range Retrieval of Attribute Values").

use super::Reader;
use crate::entry::report;
use kerbsync_source::{Level, Origin, Shown, text};

/// The pieces of one attribute of an entry.
pub(super) struct Pieces {
    name: &'static str,
    /// The range of the last value, as it is written.
    last: String,
    reach: Reach,
    origin: Origin,
}

/// How far the pieces go from the first value without a hole.
enum Reach {
    /// The number of the next value.
    To(u64),
    /// To the last value.
    End,
    /// A piece is missing, or is none.
    Broken,
}

impl Reach {
    fn with(&self, range: &str) -> Self {
        let Self::To(next) = self else { return Self::Broken };
        let Some((first, last)) = range.split_once('-') else { return Self::Broken };
        match (first.parse::<u64>(), last, last.parse::<u64>()) {
            (Ok(first), "*", _) if first == *next => Self::End,
            (Ok(first), _, Ok(last)) if first == *next && last >= first => last.checked_add(1).map_or(Self::Broken, Self::To),
            _ => Self::Broken,
        }
    }
}

/// The range of an attribute's option.
pub(super) fn range(option: &str) -> Option<&str> {
    let (name, range) = option.split_once('=')?;
    name.eq_ignore_ascii_case("range").then_some(range)
}

/// Takes a value of a range.
pub(super) fn take(all: &mut Vec<Pieces>, name: &'static str, range: &str, origin: &Origin) {
    match all.iter_mut().find(|p| p.name == name) {
        Some(pieces) if pieces.last == range => {}
        Some(pieces) => {
            pieces.reach = pieces.reach.with(range);
            range.clone_into(&mut pieces.last);
        }
        None => all.push(Pieces { name, last: range.to_owned(), reach: Reach::To(0).with(range), origin: origin.clone() }),
    }
}

impl Reader<'_, '_> {
    /// Marks and tells an attribute of which pieces are missing.
    pub(super) fn judge(&mut self, pieces: Pieces) {
        let Pieces { name, last, reach, origin } = pieces;
        let message = match reach {
            Reach::End => return,
            Reach::To(_) => {
                text!(
                    "'{}' is cut: the last range of values that the export holds is {}",
                    Shown::naming(origin.element()),
                    Shown::naming(&last)
                )
            }
            Reach::Broken => text!("'{}' has holes: the export does not hold all of its ranges", Shown::naming(origin.element())),
        };
        report(
            self.problems,
            Level::Warning,
            "ldif-range",
            &origin,
            message,
            Some("Export with a tool that follows ranges, such as ldifde."),
        );
        self.entry.iter_mut().for_each(|entry| entry.unread.push(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::{DocumentId, Spot};

    fn reach(ranges: &[&str]) -> &'static str {
        let (mut all, origin) = (Vec::new(), Origin::new(DocumentId(0), Spot { location: None, element: "member".into(), excerpt: None }));
        ranges.iter().for_each(|r| take(&mut all, "member", r, &origin));
        match all[0].reach {
            Reach::To(_) => "cut",
            Reach::End => "whole",
            Reach::Broken => "broken",
        }
    }

    #[test]
    fn pieces_are_whole_from_the_first_to_the_last() {
        let seen = [
            &["0-*"][..],
            &["0-1", "0-1", "2-*", "2-*"],
            &["0-1"],
            &["0-1", "2-3"],
            &["2-*"],
            &["0-1", "3-*"],
            &["0-*", "2-3"],
            &["0"],
            &["0-18446744073709551615"],
            &["1-0", "1-*"],
        ]
        .map(reach);
        assert_eq!(seen, ["whole", "whole", "cut", "cut", "broken", "broken", "broken", "broken", "broken", "broken"]);
    }
}
