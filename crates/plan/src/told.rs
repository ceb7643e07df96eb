//! Sentences of a plan.

use kerbsync_source::{Shown, Tell, Teller, Text};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;

/// A sentence or a name that a plan tells its reader. The planner makes it of a [`Text`] and of nothing else, so that what was read from
/// documents has passed the gate. In a plan that was read back it stands as it is in the file, since the plan's digest covers it, and passes
/// the gate when it is told: somebody may have written into that file.
///
/// ```compile_fail,E0277
/// let site: String = std::env::args().collect();
/// let told: kerbsync_plan::Told = site.into();
/// ```
#[derive(Clone)]
pub struct Told {
    words: Text,
    /// As it stands in the file, where that is not what is told.
    raw: Option<String>,
}

impl Told {
    /// What is told.
    #[must_use]
    pub const fn text(&self) -> &Text {
        &self.words
    }

    fn stored(&self) -> &str {
        self.raw.as_deref().unwrap_or(&self.words)
    }
}

impl From<Text> for Told {
    fn from(words: Text) -> Self {
        Self { words, raw: None }
    }
}

impl From<&'static str> for Told {
    fn from(words: &'static str) -> Self {
        Text::from(words).into()
    }
}

/// The same in the file.
impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        self.stored() == other.stored()
    }
}

impl Eq for Told {}

impl Deref for Told {
    type Target = str;
    fn deref(&self) -> &str {
        &self.words
    }
}

impl Tell for Told {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        self.words.tell(to)
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words.fmt(f)
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words.fmt(f)
    }
}

impl PartialEq<&str> for Told {
    fn eq(&self, other: &&str) -> bool {
        self.words == *other
    }
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.stored())
    }
}

impl<'de> Deserialize<'de> for Told {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(deserializer)?;
        let words = Text::from(Shown::quoting_lines(&raw));
        let raw = Some(raw).filter(|raw| *raw != *words);
        Ok(Self { words, raw })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kerbsync_source::text;
    use proptest::prelude::*;

    #[test]
    fn what_somebody_wrote_into_a_plan_is_masked_where_it_is_told() {
        let told: Told = serde_json::from_str(r#""It needs 'Password=hunter2\u001b[2J'.""#).unwrap();
        assert!(!told.to_string().contains("hunter2") && !told.to_string().contains('\u{1b}'), "{told}");
        assert!(serde_json::to_string(&told).unwrap().contains("hunter2"), "the digest covers what stands in the file");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(words in "\\PC{0,40}") {
            let told = Told::from(text!("Server {} has none.", words.clone()));
            let written = serde_json::to_string(&told).unwrap();
            let read: Told = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), written);
        }
    }
}
