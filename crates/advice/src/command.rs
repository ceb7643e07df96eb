//! One command line.

use crate::{Class, Program, is_hostile, quoted};
use kerbsync_source::{Tell, Teller, Text, text};
use std::fmt;

/// A word of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A parameter or a word that the program's own text spells.
    Word(&'static str),
    /// A value from the inputs.
    Value(String),
}

/// No command line can be printed: a value in it could mean more than itself to a shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unprintable {
    /// The program that was to be run.
    pub program: Program,
}

/// A command that reads or changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    program: Program,
    tokens: Vec<Token>,
    class: Class,
}

/// A command that removes something or resets what others rely on. It gets into an advice only with a proof and a consequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destroying(Command);

impl Command {
    pub(crate) const fn new(program: Program) -> Self {
        Self { program, tokens: Vec::new(), class: program.class() }
    }

    /// A word that this crate spells: a parameter, a file name, a constant.
    #[must_use]
    pub(crate) fn word(mut self, word: &'static str) -> Self {
        self.tokens.push(Token::Word(word));
        self
    }

    /// A parameter and its value from the inputs.
    #[must_use]
    pub(crate) fn with(self, parameter: &'static str, value: impl Into<String>) -> Self {
        self.word(parameter).value(value)
    }

    #[must_use]
    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        self.tokens.push(Token::Value(value.into()));
        self
    }

    /// With these parameters it changes something.
    #[must_use]
    pub(crate) fn changing(mut self) -> Self {
        self.class = self.class.max(Class::Changes);
        self
    }

    pub(crate) fn destroying(mut self) -> Destroying {
        self.class = Class::Destroys;
        Destroying(self)
    }

    /// The program that it begins with.
    #[must_use]
    pub const fn program(&self) -> Program {
        self.program
    }

    /// What it does.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.class
    }

    /// The command line.
    ///
    /// # Errors
    /// A value is hostile to a shell, or cannot be handed to a program that is no cmdlet.
    pub fn line(&self) -> Result<String, Unprintable> {
        let mut line = self.program.text().to_owned();
        let native = matches!(self.program, Program::Setspn | Program::Appcmd | Program::AspnetRegiis | Program::Kerbsync);
        for token in &self.tokens {
            match token {
                Token::Word(word) => {
                    line.push(' ');
                    line.push_str(word);
                }
                Token::Value(value) => {
                    // To such a program a leading sign is an option, and a backslash before the closing quote takes the quote in.
                    let misread = native && (value.starts_with(['-', '/']) || value.ends_with('\\'));
                    if is_hostile(value) || misread {
                        return Err(Unprintable { program: self.program });
                    }
                    line.push(' ');
                    line.push_str(&quoted(value));
                }
            }
        }
        Ok(line)
    }
}

impl Destroying {
    /// The command itself.
    #[must_use]
    pub const fn command(&self) -> &Command {
        &self.0
    }
}

impl Unprintable {
    /// What is said in place of the command.
    #[must_use]
    pub fn sentence(self) -> Text {
        let name = match self.program {
            Program::Appcmd => "appcmd",
            Program::AspnetRegiis => "aspnet_regiis",
            Program::GetCsTopology => "Get-CsTopology",
            other => other.text(),
        };
        text!(
            "No command line is printed for {name}, since a name in it holds characters that a shell could run: check where that name comes from first."
        )
    }
}

impl Tell for Command {
    fn tell(&self, to: &mut Teller<'_, '_>) -> fmt::Result {
        match self.line() {
            Ok(line) => to.command(&line),
            Err(why) => to.tell(&why.sentence()),
        }
    }
}

/// The line, or the sentence that stands in its place.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line() {
            Ok(line) => f.write_str(&line),
            Err(why) => f.write_str(&why.sentence()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::commands;

    #[test]
    fn a_hostile_name_gives_no_command() {
        let bad = commands::test_assignment(Some("Dub$(calc)\"; calc #"));
        assert!(bad.line().is_err());
        assert!(!bad.to_string().contains("calc"), "{bad}");
        assert_eq!(
            commands::assign("O'Brien", Some("CONTOSO\\KerbAuth")).line().unwrap(),
            "New-CsKerberosAccountAssignment -Identity 'site:O''Brien' -UserAccount CONTOSO\\KerbAuth"
        );
        assert_eq!(
            commands::spn_add("http/pool01.contoso.com", "$DUPLICATE-1f40").line().unwrap(),
            "setspn -S http/pool01.contoso.com '$DUPLICATE-1f40'"
        );
        assert!(commands::spn_list("-D http/x").line().is_err(), "a name is no option");
        assert!(commands::spn_list("SQL01\nCNF:1f40").line().is_err());
    }
}
