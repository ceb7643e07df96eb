//! Texts of a report, each held once.

use kerbsync_names::{HostName, SiteId};
use kerbsync_source::{Text, Words};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Deref;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// A text of a report. A report of a fleet says the same of thousands of servers, so copies share their letters, also with the audit and the
/// inventory that they come from. In the formats it is a string.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wording(Arc<str>);

impl Wording {
    /// The letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Words of this program's source, of which there are few, as shared letters.
static OF_SOURCE: LazyLock<Mutex<HashMap<&'static str, Arc<str>>>> = LazyLock::new(Mutex::default);

impl From<&'static str> for Wording {
    fn from(words: &'static str) -> Self {
        let mut known = OF_SOURCE.lock().unwrap_or_else(PoisonError::into_inner);
        Self(Arc::clone(known.entry(words).or_insert_with(|| words.into())))
    }
}

impl From<Words> for Wording {
    fn from(words: Words) -> Self {
        match words {
            Words::OfSource(words) => words.into(),
            Words::Shared(words) => Self(words),
        }
    }
}

impl From<Text> for Wording {
    fn from(text: Text) -> Self {
        text.into_words().into()
    }
}

impl From<&Text> for Wording {
    fn from(text: &Text) -> Self {
        text.clone().into()
    }
}

impl From<Arc<str>> for Wording {
    fn from(letters: Arc<str>) -> Self {
        Self(letters)
    }
}

impl From<String> for Wording {
    fn from(letters: String) -> Self {
        Self(letters.into())
    }
}

impl From<&HostName> for Wording {
    fn from(host: &HostName) -> Self {
        Self(host.to_shared())
    }
}

impl From<&SiteId> for Wording {
    fn from(site: &SiteId) -> Self {
        Self(site.to_shared())
    }
}

impl Default for Wording {
    fn default() -> Self {
        "".into()
    }
}

impl Deref for Wording {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Wording {
    fn as_ref(&self) -> &str {
        self
    }
}

impl PartialEq<str> for Wording {
    fn eq(&self, other: &str) -> bool {
        &**self == other
    }
}

impl PartialEq<&str> for Wording {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl PartialEq<String> for Wording {
    fn eq(&self, other: &String) -> bool {
        **self == **other
    }
}

impl fmt::Display for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl Serialize for Wording {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Wording {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::from)
    }
}

/// What was said before, so that who says the same again says it with the same letters.
#[derive(Debug, Default)]
pub(super) struct SaidBefore {
    letters: HashSet<Arc<str>>,
    /// By where they lie: most of what is said again lies there already, and need not be read to be found. Whoever is in here is kept, so
    /// that nothing else can come to lie there.
    places: HashMap<Place, (Arc<str>, Wording), BuildHasherDefault<PlaceHasher>>,
}

/// Where letters lie: their address, and how many there are.
type Place = (usize, usize);

/// Hashes places. Nobody who writes a document has a hand in where its letters come to lie, so that no more is needed than that places differ.
#[derive(Debug, Default)]
struct PlaceHasher(u64);

impl Hasher for PlaceHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize(usize::from(*byte)));
    }

    fn write_usize(&mut self, n: usize) {
        // The golden ratio of 64 bits: neighbours come to lie far from each other.
        self.0 = (self.0.rotate_left(32) ^ n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl SaidBefore {
    /// A text that many have, such as what is to be done about a kind of finding.
    pub(super) fn share(&mut self, text: impl Into<Wording>) -> Wording {
        let Wording(letters) = text.into();
        let place = (letters.as_ptr().addr(), letters.len());
        if let Some((_, known)) = self.places.get(&place) {
            return known.clone();
        }
        // Others may come with them again.
        let are_held_elsewhere = Arc::strong_count(&letters) > 1;
        let shared = match self.letters.get(&letters) {
            Some(known) => Wording(Arc::clone(known)),
            None => {
                self.letters.insert(Arc::clone(&letters));
                Wording(Arc::clone(&letters))
            }
        };
        if are_held_elsewhere {
            self.places.insert(place, (letters, shared.clone()));
        }
        shared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_held_once() {
        let (mut said, told) = (SaidBefore::default(), || kerbsync_source::text!("Register {} names.", 2));
        let (first, second) = (said.share(told()), said.share(told()));
        assert!(Arc::ptr_eq(&first.0, &second.0));
        let held: Arc<str> = "Register 2 names.".into();
        let again = [said.share(Arc::clone(&held)), said.share(Arc::clone(&held)), said.share(told())];
        assert!(again.iter().all(|w| Arc::ptr_eq(&w.0, &first.0)) && said.places.len() == 1 && said.letters.len() == 1);
        assert!(Arc::ptr_eq(&Wording::from("server").0, &Wording::from("server").0));
        assert_eq!(serde_json::to_string(&first).unwrap(), r#""Register 2 names.""#);
        assert_eq!(serde_json::from_str::<Wording>(r#""Register 2 names.""#).unwrap(), first);
    }
}
