//! What is known of the names of attributes, found out once for each.

use crate::entry::kept;
use kerbsync_objects::is_secret_property;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// So many are remembered, so that a file that is all names costs no memory for them. The schema of a forest has about 1,500.
const MOST: usize = 4096;

/// The name of an attribute as a file writes it.
pub(super) struct Name {
    pub(super) written: Arc<str>,
    /// Whether its values hold a secret.
    pub(super) is_secret: bool,
    /// Its canonical spelling, where it is one that is kept.
    pub(super) kept: Option<&'static str>,
}

/// The names that occurred so far.
#[derive(Default)]
pub(super) struct Names(HashMap<Arc<str>, Rc<Name>>);

impl Names {
    pub(super) fn of(&mut self, name: &str) -> Rc<Name> {
        if let Some(known) = self.0.get(name) {
            return Rc::clone(known);
        }
        let written: Arc<str> = Arc::from(name);
        let new = Rc::new(Name { written: Arc::clone(&written), is_secret: is_secret_property(name), kept: kept(name) });
        if self.0.len() < MOST {
            self.0.insert(written, Rc::clone(&new));
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_at_once_and_no_more_are_remembered_than_fit() {
        let mut names = Names::default();
        let (first, second) = (names.of("Member"), names.of("Member"));
        assert!(Rc::ptr_eq(&first, &second) && first.kept == Some("member") && !first.is_secret && &*first.written == "Member");
        assert!(names.of("unicodePwd").is_secret && names.of("cn").kept.is_none());
        (0..2 * MOST).for_each(|n| drop(names.of(&format!("x{n}"))));
        assert_eq!(names.0.len(), MOST);
        assert_eq!(names.of("serviceprincipalName").kept, Some("serviceprincipalname"));
    }
}
