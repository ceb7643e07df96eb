//! Defects that can be planted. Each is named like the rule that has to find it.

pub use crate::plant::Defect;
use crate::plant::NAMES;

impl Defect {
    /// Every defect.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(defect, _)| *defect)
    }

    /// Its name: the id of the rule that has to find it.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(defect, _)| *defect == self).map_or("", |(_, name)| name)
    }
}

/// A name that no defect has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no defect '{0}'; the defects are: {known}", known = Defect::all().map(Defect::name).collect::<Vec<_>>().join(", "))]
pub struct UnknownDefect(pub String);

impl std::str::FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(text: &str) -> Result<Self, UnknownDefect> {
        let wanted = text.trim();
        NAMES
            .iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(wanted))
            .map(|(defect, _)| *defect)
            .ok_or_else(|| UnknownDefect(wanted.to_owned()))
    }
}

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_defects() {
        for defect in Defect::all() {
            assert_eq!(defect.name().parse(), Ok(defect));
            assert!(!defect.name().is_empty());
        }
        let error = "no-such-thing".parse::<Defect>().unwrap_err().to_string();
        assert!(error.starts_with("there is no defect 'no-such-thing'; the defects are: site-without-assignment, "));
        assert!(error.contains("unused-kerberos-account"));
    }
}
