//! The glossary of the manual, for `explain WORD`: one text for both.

use kerbsync_report::render::Meaning;

const GLOSSARY: &str = include_str!("../../docs/glossary.md");

/// Every meaning, in the order of the glossary: the rows of its tables, below the headings of its chapters.
pub(crate) fn entries() -> impl Iterator<Item = Meaning<'static>> {
    let mut chapter = "";
    GLOSSARY.lines().filter_map(move |line| {
        if let Some(heading) = line.strip_prefix("## ") {
            chapter = heading;
        }
        let (words, text) = line.strip_prefix("| `")?.strip_suffix(" |")?.split_once("` | ")?;
        Some(Meaning { chapter, words, text })
    })
}

/// The single words of an entry.
pub(crate) fn words(entry: Meaning<'static>) -> impl Iterator<Item = &'static str> {
    entry.words.split("`, `")
}

/// What a word means; the same word may be said of several things.
pub(crate) fn meanings(word: &str) -> Vec<Meaning<'static>> {
    entries().filter(|e| words(*e).any(|w| w.eq_ignore_ascii_case(word))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_no_word_stands_twice_in_a_chapter() {
        let rows = GLOSSARY.lines().filter(|l| l.starts_with("| `")).count();
        assert_eq!(entries().count(), rows);
        let mut all: Vec<(&str, &str)> = entries().flat_map(|e| words(e).map(move |w| (e.chapter, w))).collect();
        all.sort_unstable();
        let count = all.len();
        all.dedup();
        assert_eq!(all.len(), count);
        assert!(entries().all(|e| e.text.ends_with(['.', ')']) && !e.chapter.is_empty()));
        assert!(meanings("In-Sync").len() == 1 && meanings("nonsense").is_empty());
    }
}
