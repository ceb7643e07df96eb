//! Texts about what has a name, with what is the same in them held once.

use super::Text;
use crate::Words;
use crate::left_out::{leave_out, put_back, says};
use std::collections::HashSet;
use std::sync::Arc;

/// A [`Text`] about something that has a name, with the name left out: what is said of thousands of servers differs in nothing else.
#[derive(Debug, Clone)]
pub struct TextAbout(Words);

impl TextAbout {
    /// The text of which it was made, where `name` is the one that was given then. With another one it is a text about that.
    #[must_use]
    pub fn text(&self, name: &str) -> Text {
        match put_back(&self.0, name) {
            std::borrow::Cow::Borrowed(_) => Text(self.0.clone()),
            std::borrow::Cow::Owned(told) => Text::of(&told),
        }
    }

    /// The letters with their marks, as [`leave_out`] writes them.
    #[must_use]
    pub fn into_words(self) -> Words {
        self.0
    }
}

/// Texts about different things, each held once where only the names differ.
///
/// ```
/// # use kerbsync_source::{TextsAbout, text};
/// let mut texts = TextsAbout::default();
/// let [one, other] = ["fe01", "fe02"].map(|server| texts.about(text!("{server} has both web sites."), server));
/// assert_eq!(one.text("fe01"), "fe01 has both web sites.");
/// assert_eq!(other.text("fe02"), "fe02 has both web sites.");
/// ```
#[derive(Debug, Default)]
pub struct TextsAbout {
    known: HashSet<Arc<str>>,
    /// What was said last is what is said next, mostly.
    last: Option<Words>,
}

impl TextsAbout {
    /// Leaves the name out of a text.
    #[must_use]
    pub fn about(&mut self, text: Text, name: &str) -> TextAbout {
        if let Some(last) = self.last.as_ref().filter(|last| says(last, name, &text)) {
            return TextAbout(last.clone());
        }
        let marked = leave_out(&text, name);
        let words = match text.0 {
            Words::OfSource(words) if *words == *marked => Words::OfSource(words),
            _ => Words::Shared(match self.known.get(&*marked) {
                Some(known) => Arc::clone(known),
                None => {
                    let new: Arc<str> = marked.into();
                    self.known.insert(Arc::clone(&new));
                    new
                }
            }),
        };
        TextAbout(self.last.insert(words).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    #[test]
    fn texts_that_differ_in_the_name_alone_share_their_letters() {
        let mut texts = TextsAbout::default();
        let servers = ["fe01", "fe02", "dir01"];
        let told = |server: &str| [text!("{} holds {} accounts.", server.to_owned(), 2), text!("Its site has {}.", 2), "It passes.".into()];
        let held: Vec<[TextAbout; 3]> = servers.iter().map(|server| told(server).map(|text| texts.about(text, server))).collect();
        for (server, about) in servers.iter().zip(&held) {
            assert_eq!(about.each_ref().map(|a| a.text(server)), told(server));
        }
        let address = |about: &TextAbout| about.0.as_ptr();
        assert!(held.iter().all(|about| about.each_ref().map(address) == held[0].each_ref().map(address)));
        assert!(matches!(held[0][2].0, Words::OfSource(_)));
    }
}
