//! How IIS compares names and reads scalar values.

use crate::Place;
use kerbsync_source::{Level, Problem, ProblemSink, Shown, Text, text};
use kerbsync_xml::{Attribute, Element};

/// Whether two names of sites, pools, applications or locations are the same: case does not count
/// (`caseSensitive` is false by default in the IIS schema).
#[must_use]
pub fn same_name(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!(a.is_ascii() && b.is_ascii()) && a.to_lowercase() == b.to_lowercase())
}

/// The segments of a path between slashes; empty ones are left out, so `/Abs/` and `Abs` are the same.
pub fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|s| !s.is_empty())
}

/// A path within a site in the form in which paths compare: lower case, one slash between segments, none at the ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PathKey(String);

impl PathKey {
    /// The key of a path; that of `/` and of the empty path is empty.
    #[must_use]
    pub fn new(path: &str) -> Self {
        let mut key = String::with_capacity(path.len());
        for segment in segments(path) {
            if !key.is_empty() {
                key.push('/');
            }
            key.push_str(segment);
        }
        if key.is_ascii() {
            key.make_ascii_lowercase();
            Self(key)
        } else {
            Self(key.to_lowercase())
        }
    }

    /// Number of segments.
    #[must_use]
    pub fn depth(&self) -> usize {
        segments(&self.0).count()
    }

    /// The keys of all paths that contain this one, from the site itself down to this path: `""`, `"a"`, `"a/b"`.
    pub fn prefixes(&self) -> impl DoubleEndedIterator<Item = &str> {
        let whole = (!self.0.is_empty()).then_some(self.0.as_str());
        std::iter::once("").chain(self.0.match_indices('/').map(|(end, _)| &self.0[..end])).chain(whole)
    }

    /// Whether `other` is this path or one below it, by whole segments.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.0.strip_prefix(self.0.as_str()).is_some_and(|rest| self.0.is_empty() || rest.is_empty() || rest.starts_with('/'))
    }
}

/// A key orders and hashes as its text does.
impl std::borrow::Borrow<str> for PathKey {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A boolean attribute. Only `true` and `false` were seen in real files; other letters' case is tolerated, anything else is reported
/// and left out.
pub(crate) fn boolean(element: Element<'_>, attribute: Attribute<'_>, problems: &mut dyn ProblemSink) -> Option<bool> {
    let value = attribute.value();
    let value = value.trim();
    if value.eq_ignore_ascii_case("true") {
        Some(true)
    } else if value.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        report_value(element, attribute, "true or false", problems);
        None
    }
}

/// Reports an attribute whose value is none of the expected ones. The value itself is not quoted.
pub(crate) fn report_value(element: Element<'_>, attribute: Attribute<'_>, expected: &'static str, problems: &mut dyn ProblemSink) {
    problems.report(Problem {
        level: Level::Warning,
        code: "iis-invalid-value",
        document: element.document().source().document(),
        location: Place::attribute(element, attribute).location(),
        message: text!(
            "attribute {} of <{}> is not {expected}: it was left out.",
            Shown::naming(attribute.name()),
            Shown::naming(element.name())
        ),
        help: Some("IIS refuses such a file; correct the value.".into()),
    });
}

/// A problem at the start tag of an element.
pub(crate) fn problem(element: Element<'_>, level: Level, code: &'static str, message: impl Into<Text>, help: &'static str) -> Problem {
    Problem {
        level,
        code,
        document: element.document().source().document(),
        location: Place::element(element).location(),
        message: message.into(),
        help: Some(help.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case_beyond_ascii() {
        assert!(same_name("Lync Server", "LYNC server"));
        assert!(same_name("Büro", "BÜRO"));
        assert!(!same_name("Büro", "Buro"));
    }

    #[test]
    fn a_path_contains_what_is_below_it_by_whole_segments() {
        let contains = |a: &str, b: &str| PathKey::new(a).contains(&PathKey::new(b));
        assert!(contains("/Abs", "abs/Files/") && contains("/", "x") && contains("a/b", "/A/B"));
        assert!(!contains("/Abs", "Absolute") && !contains("a/b", "a"));
        assert_eq!(PathKey::new("/a//b/").depth(), 2);
    }

    #[test]
    fn the_prefixes_of_a_path_are_the_paths_that_contain_it() {
        let prefixes = |path: &str| PathKey::new(path).prefixes().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(prefixes("/A//b/C"), ["", "a", "a/b", "a/b/c"]);
        assert_eq!((prefixes("/"), prefixes("Abs")), (vec![String::new()], vec![String::new(), "abs".into()]));
        for prefix in PathKey::new("a/b/c").prefixes() {
            assert!(PathKey::new(prefix).contains(&PathKey::new("a/b/c")));
        }
    }

    #[test]
    fn empty_segments_do_not_count() {
        assert_eq!(segments("/Abs//files/").collect::<Vec<_>>(), ["Abs", "files"]);
        assert_eq!(segments("/").count(), 0);
    }
}
