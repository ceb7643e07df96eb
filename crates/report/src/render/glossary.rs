//! What words mean, for `explain WORD`.

use super::TextOptions;
use super::text_writer::{BOLD, TextWriter};

/// One meaning of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning<'g> {
    /// The chapter of the glossary: in what it is said.
    pub chapter: &'g str,
    /// The words that mean this, in the glossary's letters.
    pub words: &'g str,
    /// What is meant.
    pub text: &'g str,
}

/// Every meaning of a word.
#[must_use]
pub fn meanings(meanings: &[Meaning<'_>], options: &TextOptions) -> String {
    let mut writer = TextWriter::new(options);
    for meaning in meanings {
        writer.gap();
        writer.line(0, &format!("{} ({})", meaning.words.replace('`', ""), meaning.chapter), Some(BOLD));
        writer.text(2, meaning.text);
    }
    writer.into_text()
}
