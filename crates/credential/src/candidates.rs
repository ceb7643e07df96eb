//! A cheap look for elements that may hold an account or a secret, before any attribute is looked at.

use crate::layouts::LAYOUTS;
use kerbsync_xml::{Document, Element};
use memchr::memmem;
use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

/// Elements whose start tag, or whose text, holds a word that some layout looks for. In document order, each once.
///
/// A few passes over the bytes find the words. On a file without slots nothing else is done.
pub(crate) fn find(document: &Document) -> Vec<Element<'_>> {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(LAYOUTS.iter().flat_map(|layout| layout.words())));
    holding(document, &WORDS)
}

fn holding<'d>(document: &'d Document, words: &Words) -> Vec<Element<'d>> {
    let hits = words.hits(document.source().text().as_bytes());
    let (mut out, mut seen) = (Vec::<Element<'_>>::new(), HashSet::new());
    let mut elements = document.root().descendants().peekable();
    let mut current: Option<Element<'_>> = None;
    for hit in hits {
        while let Some(next) = elements.next_if(|e| e.start_tag().start <= hit) {
            current = Some(next);
        }
        let Some(at) = current else { continue }; // before the root: a comment
        let holder = if hit < at.start_tag().end {
            Some(at)
        } else {
            // In the text of the innermost element around, or in a comment there. Only text of leaves can be a value.
            std::iter::once(at).chain(at.ancestors()).find(|e| hit < e.span().end).filter(|e| e.children().next().is_none())
        };
        if let Some(holder) = holder
            && seen.insert(holder.id())
        {
            out.push(holder);
        }
    }
    out
}

/// Words, prepared for the search.
///
/// A word with a capital in it is found as it is written. Any other is found in any case when it holds a letter that is rare in
/// configurations, so that each of these can be looked at; else in small letters and in capitals, whatever its first letter is.
struct Words {
    texts: Vec<memmem::Finder<'static>>,
    /// Words by the rare letter they hold, with its place in each.
    by_letter: Vec<(u8, Vec<WordAround>)>,
}

/// A word, and where its rare letter stands in it.
type WordAround = (usize, &'static [u8]);

impl Words {
    fn new(words: impl Iterator<Item = &'static &'static str>) -> Self {
        let words: BTreeSet<&'static str> = words.copied().collect();
        let (mut texts, mut by_letter) = (Vec::new(), Vec::<(u8, Vec<WordAround>)>::new());
        for word in words.iter().filter(|w| !w.is_empty()) {
            let bytes = word.as_bytes();
            let rare = bytes.iter().position(|b| b"[wqxz".contains(b));
            if bytes.iter().any(u8::is_ascii_uppercase) {
                texts.push(memmem::Finder::new(*word).into_owned());
            } else if let Some(at) = rare {
                match by_letter.iter_mut().find(|(letter, _)| *letter == bytes[at]) {
                    Some((_, known)) => known.push((at, bytes)),
                    None => by_letter.push((bytes[at], vec![(at, bytes)])),
                }
            } else {
                let rest = word.get(1..).filter(|rest| !rest.is_empty()).unwrap_or(word);
                texts.push(memmem::Finder::new(rest).into_owned());
                texts.push(memmem::Finder::new(&rest.to_ascii_uppercase()).into_owned());
            }
        }
        Self { texts, by_letter }
    }

    /// Offsets in the text at which a word is found, or most of one, in order.
    fn hits(&self, text: &[u8]) -> Vec<usize> {
        let mut hits: Vec<usize> = self.texts.iter().flat_map(|f| f.find_iter(text)).collect();
        for (letter, words) in &self.by_letter {
            let is = |i: usize, at: usize, word: &[u8]| {
                let from = i.checked_sub(at);
                from.and_then(|from| text.get(from..from + word.len())).is_some_and(|t| t.eq_ignore_ascii_case(word))
            };
            let found = |i: &usize| words.iter().any(|(at, word)| is(*i, *at, word));
            hits.extend(memchr::memchr2_iter(*letter, letter.to_ascii_uppercase(), text).filter(found));
        }
        hits.sort_unstable();
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::{DocumentId, Source};
    use kerbsync_xml::Limits;

    fn document(text: &str) -> Document {
        Document::parse(Source::decode(DocumentId(0), text.as_bytes().to_vec()).unwrap(), &Limits::default()).unwrap()
    }

    fn names(text: &str, words: Option<&'static [&'static str]>) -> String {
        let document = document(text);
        let found = match words {
            Some(words) => holding(&document, &Words::new(words.iter())),
            None => find(&document),
        };
        found.iter().map(|e| e.local_name().to_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_element_is_offered_for_any_word_that_a_layout_looks_for() {
        let text = r#"<r><a principal="x"/><b Password="x"/><c PASSWD="x"/><d userName="x"/><e>[ENC:x</e><f clientSecret="x"/>
<g APPSECRET="x"/><h passPhrase="x"/><i sslPassphrase="x"/><j><key name="pwd">x</key></j><!-- password --><l value="x"/></r>"#;
        assert_eq!(names(text, None), "a b c d e f g i key");
    }

    /// What a new layout declares is offered, and nothing else of the program has to know the word.
    #[test]
    fn words_of_a_further_layout_are_offered() {
        let text = r#"<r><a keytab="x"/><b KeyTab="x"/><c>KEYTAB</c><d ticketId="x"/><e ticketid="x"/><f/></r>"#;
        assert_eq!(names(text, Some(&["keytab", "ticketId"])), "a c d");
        assert_eq!(names(text, Some(&[])), "");
    }
}
