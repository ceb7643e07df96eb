//! Which of several documents goes before the others: what the user prefers, else the newest by a manifest, else none.

use jiff::{SignedDuration, Timestamp};
use kerbsync_inventory::Document;
use kerbsync_inventory::state::moment;
use kerbsync_source::{Text, text};

/// What the user prefers: files or folders, as `--prefer`, `--topology` and kerbsync.toml name them.
pub(crate) struct Preferred(Vec<String>);

impl Preferred {
    pub(crate) fn new<'p>(paths: impl IntoIterator<Item = &'p String>) -> Self {
        let clean =
            |path: &String| path.replace('\\', "/").replace("!/", "/").trim_start_matches("./").trim_end_matches('/').to_lowercase();
        Self(paths.into_iter().map(clean).filter(|p| !p.is_empty()).collect())
    }

    /// Whether a document's path is one of those named, ends in it, or lies below it.
    pub(crate) fn names(&self, path: &str) -> bool {
        // An archive is named without the sign that stands between it and a member of it.
        let path = format!("/{}/", path.to_lowercase().replace("!/", "/").trim_start_matches("./").trim_matches('/'));
        self.0.iter().any(|named| path.contains(&format!("/{}/", named.trim_start_matches('/'))))
    }
}

/// The dates that a manifest gives a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Dates {
    pub(crate) written: Option<Timestamp>,
    pub(crate) read_at: Option<Timestamp>,
}

impl From<&Document> for Dates {
    fn from(document: &Document) -> Self {
        Self { written: document.written, read_at: document.read_at }
    }
}

/// One run of an export reads its files within so much time: their order says nothing.
const ONE_EXPORT: SignedDuration = SignedDuration::from_hours(1);

impl Dates {
    /// Whether this is newer than the other by every date that both have, and by one of them at least.
    pub(crate) fn is_newer(self, than: Self) -> bool {
        let written = self.written.zip(than.written).map(|(a, b)| a.cmp(&b));
        let read = self.read_at.zip(than.read_at).map(|(a, b)| {
            let apart = a.duration_since(b);
            if apart.abs() < ONE_EXPORT { std::cmp::Ordering::Equal } else { a.cmp(&b) }
        });
        let orders = [written, read].into_iter().flatten();
        let mut newer = false;
        for order in orders {
            match order {
                std::cmp::Ordering::Less => return false,
                std::cmp::Ordering::Equal => {}
                std::cmp::Ordering::Greater => newer = true,
            }
        }
        newer
    }

    /// For a sentence: `written on 2026-03-01 08:00 UTC`.
    pub(crate) fn told(self) -> Text {
        match (self.written, self.read_at) {
            (Some(written), _) => text!("last written on {}", moment(written)),
            (None, Some(read)) => text!("read on {}", moment(read)),
            (None, None) => "without a date".into(),
        }
    }
}

/// Which of several documents goes before all others, and whether the user said so; `None` where nothing tells.
pub(crate) fn first(preferred: &Preferred, documents: &[(&str, Dates)]) -> Option<(usize, Reason)> {
    let mut named = documents.iter().enumerate().filter(|(_, (path, _))| preferred.names(path));
    if let (Some((at, _)), None) = (named.next(), named.next()) {
        return Some((at, Reason::Preferred));
    }
    let newest = |at: usize, dates: Dates| documents.iter().enumerate().all(|(other, (_, than))| other == at || dates.is_newer(*than));
    documents.iter().enumerate().find(|(at, (_, dates))| newest(*at, *dates)).map(|(at, _)| (at, Reason::Newest))
}

/// Why a document goes before others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// The user named it.
    Preferred,
    /// It is newer than all others by the manifest.
    Newest,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(written: &str, read_at: &str) -> Dates {
        Dates { written: written.parse().ok(), read_at: read_at.parse().ok() }
    }

    #[test]
    fn the_newest_wins_only_where_no_date_says_otherwise() {
        let none = Preferred::new(&[]);
        let first = |all: &[Dates]| first(&none, &all.iter().map(|d| ("x", *d)).collect::<Vec<_>>());
        let (old, new) = (dates("2026-03-01T08:00:00Z", ""), dates("2026-03-02T08:00:00Z", ""));
        assert_eq!(first(&[old, new]), Some((1, Reason::Newest)));
        assert_eq!(first(&[new, new]), None);
        assert_eq!(first(&[new, Dates::default()]), None, "what has no date may be newer");
        // Read in one export: the order of reading says nothing.
        let read = |written, read_at| dates(written, read_at);
        let pair = [read("2026-03-01T08:00:00Z", "2026-03-05T08:00:09Z"), read("2026-03-02T08:00:00Z", "2026-03-05T08:00:01Z")];
        assert_eq!(first(&pair), Some((1, Reason::Newest)));
        // What was written earlier but read days later may have been restored.
        let pair = [read("2026-03-01T08:00:00Z", "2026-03-09T08:00:00Z"), read("2026-03-02T08:00:00Z", "2026-03-05T08:00:00Z")];
        assert_eq!(first(&pair), None);
    }

    #[test]
    fn what_the_user_names_goes_before_dates_and_two_names_choose_nothing() {
        let of = |named: &[&str], paths: [&str; 2]| {
            let preferred = Preferred::new(&named.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
            first(&preferred, &paths.map(|p| (p, Dates::default()))).map(|(at, _)| at)
        };
        let paths = ["b/servers/fe02/applicationHost.config", "b/servers/fe02.contoso.com/applicationHost.config"];
        assert_eq!(of(&["servers\\FE02\\applicationHost.config"], paths), Some(0));
        assert_eq!(of(&["./b/servers/fe02.contoso.com/"], paths), Some(1));
        assert_eq!(of(&["b"], paths), None, "it names both");
        assert_eq!(of(&["fe0"], paths), None, "a part of a name is no name");
        let archives = ["b/one.zip!/topology.xml", "b/two.zip!/topology.xml"];
        for named in ["./b/one.zip", "one.zip!/topology.xml"] {
            assert_eq!(of(&[named], archives), Some(0), "{named}");
        }
    }
}
