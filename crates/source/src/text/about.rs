//! A text about what has a name, without the name.

use super::Text;
use crate::Words;
use crate::left_out::{leave_out, put_back, says};

/// A [`Text`] about something that has a name, with the name left out: what is said of thousands of servers differs in nothing else.
///
/// ```
/// # use kerbsync_source::{TextAbout, text};
/// let [one, other] = ["fe01", "fe02"].map(|server| TextAbout::new(text!("{server} has both web sites."), server));
/// assert_eq!(one, other);
/// assert_eq!(one.text("fe02"), "fe02 has both web sites.");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TextAbout(Words);

impl TextAbout {
    /// Leaves the name out of a text.
    #[must_use]
    pub fn new(text: Text, name: &str) -> Self {
        match leave_out(&text, name) {
            std::borrow::Cow::Borrowed(_) => Self(text.0),
            std::borrow::Cow::Owned(marked) => Self(Words::Shared(marked.into())),
        }
    }

    /// The text of which it was made, where `name` is the one that was given then. With another one it is a text about that.
    #[must_use]
    pub fn text(&self, name: &str) -> Text {
        match put_back(&self.0, name) {
            std::borrow::Cow::Borrowed(_) => Text(self.0.clone()),
            std::borrow::Cow::Owned(told) => Text::of(&told),
        }
    }

    /// Whether [`Self::text`] gives this text.
    #[must_use]
    pub fn says(&self, name: &str, text: &Text) -> bool {
        says(&self.0, name, text)
    }

    /// The letters with their marks, as [`leave_out`] writes them.
    #[must_use]
    pub fn into_words(self) -> Words {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    #[test]
    fn texts_that_differ_in_the_name_alone_are_the_same_text() {
        let told = |server: &str| [text!("{} holds {} accounts.", server.to_owned(), 2), text!("Its site has {}.", 2), "It passes.".into()];
        let about = |server| told(server).map(|text| TextAbout::new(text, server));
        for server in ["fe01", "fe02", "dir01"] {
            let held = about(server);
            assert_eq!(held.each_ref().map(|a| a.text(server)), told(server));
            assert_eq!(held, about("fe03"));
            assert!(held[0].says(server, &told(server)[0]) && !held[0].says("fe03", &told(server)[0]));
            assert!(matches!(held[2].0, Words::OfSource(_)));
        }
    }
}
