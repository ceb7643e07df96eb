//! Sentences and commands in the order in which they are to be followed.

use crate::{Class, Command, Destroying};
use kerbsync_source::{Text, text};
use std::fmt;

/// One step of an advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A sentence.
    Say(Text),
    /// A command on a line of its own.
    Run(Command),
}

/// That the premise of a destroying command holds, with the words that say by what. Only a caller that has looked makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved(Text);

impl Proved {
    /// The premise is proved by this: one sentence, such as `The export is complete and names no other site.`
    #[must_use]
    pub fn by(what: impl Into<Text>) -> Self {
        Self(what.into())
    }
}

/// What to do next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Advice {
    steps: Vec<Step>,
}

impl Advice {
    /// Begins with a sentence.
    #[must_use]
    pub fn say(sentence: impl Into<Text>) -> Self {
        Self::default().then_say(sentence)
    }

    /// Begins with a command: `Run:`.
    #[must_use]
    pub fn run(command: Command) -> Self {
        Self::say("Run:").then_run(command)
    }

    /// A further sentence.
    #[must_use]
    pub fn then_say(mut self, sentence: impl Into<Text>) -> Self {
        let sentence = sentence.into();
        if !sentence.is_empty() {
            self.steps.push(Step::Say(sentence));
        }
        self
    }

    /// A further command. Its introduction is the sentence before it.
    #[must_use]
    pub fn then_run(mut self, command: Command) -> Self {
        debug_assert!(command.class() < Class::Destroys, "destroying commands come with proof and consequence");
        match command.line() {
            Ok(_) => self.steps.push(Step::Run(command)),
            Err(why) => self.steps.push(Step::Say(why.sentence())),
        }
        self
    }

    /// All steps of another advice behind those of this one.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self
    }

    /// A destroying command, last: what proves its premise, what it brings about and for whom, then the command.
    #[must_use]
    pub fn then_destroy(mut self, command: Destroying, proved: Proved, consequence: impl Into<Text>) -> Self {
        self.steps.push(Step::Say(proved.0));
        self.steps.push(Step::Say(consequence.into()));
        match command.command().line() {
            Ok(_) => self.steps.push(Step::Run(command.command().clone())),
            Err(why) => self.steps.push(Step::Say(why.sentence())),
        }
        self
    }

    /// The steps.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The gravest class of its commands.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        self.steps.iter().filter_map(|s| if let Step::Run(command) = s { Some(command.class()) } else { None }).max()
    }

    /// In one line, commands between backticks: for a sentence within a paragraph.
    #[must_use]
    pub fn inline(&self) -> Text {
        let mut out = Text::EMPTY;
        for step in &self.steps {
            if !out.is_empty() {
                out.push(" ");
            }
            match step {
                Step::Say(sentence) if sentence.ends_with(':') => out.push(sentence.without_end(":")),
                Step::Say(sentence) => out.push(sentence),
                Step::Run(command) => out.push(text!("`{command}`.")),
            }
        }
        out
    }
}

impl From<Text> for Advice {
    fn from(sentence: Text) -> Self {
        Self::say(sentence)
    }
}

impl From<&'static str> for Advice {
    fn from(sentence: &'static str) -> Self {
        Self::say(sentence)
    }
}

impl From<Command> for Advice {
    fn from(command: Command) -> Self {
        Self::run(command)
    }
}

/// Sentences in paragraphs, every command on a line of its own behind two blanks.
impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.steps.iter().enumerate() {
            let after_say = i > 0 && matches!(self.steps[i - 1], Step::Say(_));
            match step {
                Step::Say(sentence) if after_say => write!(f, " {sentence}")?,
                Step::Say(sentence) => write!(f, "{}{sentence}", if i > 0 { "\n" } else { "" })?,
                Step::Run(command) => write!(f, "{}  {command}", if i > 0 { "\n" } else { "" })?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands;

    #[test]
    fn commands_stand_on_lines_of_their_own() {
        let advice = Advice::say("Copy the password:")
            .then_run(commands::copy_password("fe01.contoso.com", "fe02.contoso.com"))
            .then_say("Then look.");
        assert_eq!(
            advice.to_string(),
            "Copy the password:\n  Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com\nThen look."
        );
        assert_eq!(
            advice.inline(),
            "Copy the password `Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com`. Then look."
        );
        assert_eq!(advice.class(), Some(Class::Changes));
    }

    #[test]
    fn destruction_comes_after_its_proof_and_its_consequence() {
        let advice = Advice::default().then_destroy(
            commands::spn_delete("http/pool01.contoso.com", "OLDSVC"),
            Proved::by("The export is complete."),
            "Clients of OLDSVC lose the name:",
        );
        assert_eq!(
            advice.to_string(),
            "The export is complete. Clients of OLDSVC lose the name:\n  setspn -D http/pool01.contoso.com OLDSVC"
        );
        assert_eq!(advice.class(), Some(Class::Destroys));
    }
}
