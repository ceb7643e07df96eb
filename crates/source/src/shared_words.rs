//! Letters that many hold at once.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// Letters of the source or of the run, which every copy shares: a report says the same of thousands of servers. It compares as `str` does.
#[derive(Clone)]
pub enum Words {
    /// Words of the source.
    OfSource(&'static str),
    /// What was put together in this run.
    Shared(Arc<str>),
}

impl Deref for Words {
    type Target = str;
    fn deref(&self) -> &str {
        match self {
            Self::OfSource(words) => words,
            Self::Shared(words) => words,
        }
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::OfSource("")
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}
impl Eq for Words {}
impl PartialOrd for Words {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Words {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}
impl Hash for Words {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
