//! What many servers have alike, held once.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A value that is held once for all servers that have it; a change is made to a copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shared<T>(Arc<T>);

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Shared<T> {
    /// Whether both are one value that is held once. Values that are held apart may be equal all the same.
    #[must_use]
    pub fn is_one(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_made_to_one_holder_alone() {
        let one = Shared::from(vec![1]);
        let mut two = one.clone();
        assert!(one.is_one(&two));
        two.push(2);
        assert!(!one.is_one(&two));
        assert_eq!((&**one, &**two), (&[1][..], &[1, 2][..]));
    }
}
