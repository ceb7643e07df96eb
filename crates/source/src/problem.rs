//! What a reader noticed in a document, short of giving up on it.

use crate::{DocumentId, Location};
use std::fmt;

/// How much a problem hinders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Told for completeness.
    Note,
    /// Something is odd; the value was taken all the same.
    Warning,
    /// Something expected could not be read.
    Error,
}

/// One thing noticed in one document. Its texts never hold a value of the document that could be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How much it hinders.
    pub level: Level,
    /// Kebab-case id of the kind of problem, stable.
    pub code: &'static str,
    /// The document.
    pub document: DocumentId,
    /// The place, where one can be named.
    pub location: Option<Location>,
    /// What was found and what was expected.
    pub message: crate::Text,
    /// What to do next.
    pub help: Option<crate::Text>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(l) = &self.location {
            write!(f, "line {}, column {} (byte {}): ", l.position.line, l.position.column, l.byte_start)?;
        }
        f.write_str(&self.message)?;
        if let Some(help) = &self.help {
            write!(f, " {help}")?;
        }
        Ok(())
    }
}

/// Where a reader puts what it notices.
pub trait ProblemSink {
    /// Takes one problem.
    fn report(&mut self, problem: Problem);
}

/// A sink that keeps everything, in order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl ProblemSink for Problems {
    fn report(&mut self, problem: Problem) {
        self.0.push(problem);
    }
}

impl ProblemSink for Vec<Problem> {
    fn report(&mut self, problem: Problem) {
        self.push(problem);
    }
}
