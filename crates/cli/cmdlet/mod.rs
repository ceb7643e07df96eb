//! The product's own cmdlet lines, as the documentation has them: `kerbsync Set-CsKerberosAccountPassword -FromComputer …`.

mod get_assignment;
mod help;
mod own;
mod parameters;
mod report_file;
mod set_password;
mod set_report;
mod site;
mod table;
mod test_assignment;
mod test_report;
mod unknown;

use crate::args::Global;
use crate::failure::Failure;
use crate::{Exit, Io};
use parameters::{Bound, Token};
use std::ffi::{OsStr, OsString};
use table::Cmdlet;

/// A line that begins with the name of a cmdlet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The name, with plain dashes.
    name: String,
    /// kerbsync's own flags, from before and behind the name.
    flags: Vec<OsString>,
    /// What belongs to the cmdlet.
    tokens: Vec<Token>,
    /// Whether only the help page is wanted.
    help: bool,
    /// The first word that cannot be used at all.
    stray: Option<String>,
}

/// The cmdlet line in the arguments, which begin with the program's own name. `None` when the first word behind the flags is something
/// else.
pub(crate) fn find(args: &[OsString]) -> Option<Line> {
    let mut at = 1;
    let mut flags = Vec::new();
    let name = loop {
        let word = args.get(at)?;
        let taken = if word == "-q" { 1 } else { own::words(word).unwrap_or(0) };
        if taken == 0 {
            break cmdlet_name(word)?;
        }
        flags.extend(args.get(at..at.saturating_add(taken).min(args.len()))?.iter().cloned());
        at += taken;
    };
    let mut line = Line { name, flags, tokens: Vec::new(), help: false, stray: None };
    line.rest(args.get(at + 1..)?);
    Some(line)
}

/// `Verb-CsNoun`, with a plain dash.
fn cmdlet_name(word: &OsStr) -> Option<String> {
    let word = word.to_str()?;
    let (verb, noun) = word.split_once(parameters::is_dash)?;
    let letters = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphabetic());
    let product = noun.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("cs")) && noun.len() > 2;
    (letters(verb) && letters(noun) && product).then(|| format!("{verb}-{noun}"))
}

impl Line {
    fn rest(&mut self, words: &[OsString]) {
        let mut at = 0;
        while let Some(word) = words.get(at) {
            if let Some(taken) = own::words(word) {
                let end = at.saturating_add(taken).min(words.len());
                self.flags.extend(words.get(at..end).unwrap_or_default().iter().cloned());
                self.tokens.push(Token::Gap);
                at = end;
                continue;
            }
            match word.to_str() {
                Some("--help") => self.help = true,
                Some(text) if parameters::parameter_name(text) == Some("?") => self.help = true,
                Some(text) if text == "--" || !text.starts_with("--") => self.tokens.push(Token::Word(text.to_owned())),
                _ => {
                    self.stray.get_or_insert_with(|| word.to_string_lossy().into_owned());
                }
            }
            at += 1;
        }
    }
}

/// Runs a cmdlet line.
pub(crate) fn run(line: &Line, io: &mut Io<'_>) -> Exit {
    let is = |cmdlet: &Cmdlet| cmdlet.name.eq_ignore_ascii_case(&line.name);
    if is(&set_password::SET) {
        known::<own::SetFlags>(&set_password::SET, line, io, set_password::run)
    } else if is(&test_assignment::TEST) {
        known::<own::TestFlags>(&test_assignment::TEST, line, io, test_assignment::run)
    } else if is(&get_assignment::GET) {
        known::<own::GetFlags>(&get_assignment::GET, line, io, get_assignment::run)
    } else {
        fail(&unknown::cmdlet(&line.name), io)
    }
}

/// A parser of flags that holds those that every command has.
trait Flags: clap::CommandFactory + clap::FromArgMatches {
    fn global(&self) -> &Global;
}

impl Flags for own::SetFlags {
    fn global(&self) -> &Global {
        &self.common.global
    }
}

impl Flags for own::TestFlags {
    fn global(&self) -> &Global {
        &self.common.global
    }
}

impl Flags for own::GetFlags {
    fn global(&self) -> &Global {
        &self.common.global
    }
}

fn known<F: Flags>(
    cmdlet: &'static Cmdlet,
    line: &Line,
    io: &mut Io<'_>,
    run: impl FnOnce(&Bound, F, &mut Io<'_>) -> Result<Exit, Failure>,
) -> Exit {
    if line.help {
        io.out(&help::page(cmdlet, &F::command()));
        return Exit::Done;
    }
    if let Some(stray) = &line.stray {
        return fail(&unknown::flag(cmdlet, stray), io);
    }
    let flags: F = match own::parse(cmdlet, &line.flags) {
        Ok(flags) => flags,
        Err(failure) => return fail(&failure, io),
    };
    io.color = flags.global().color.decide(io);
    match parameters::bind(cmdlet, &line.tokens) {
        Err(error) => fail(&error.failure(cmdlet), io),
        Ok(bound) => run(&bound, flags, io).unwrap_or_else(|failure| fail(&failure, io)),
    }
}

fn fail(failure: &Failure, io: &mut Io<'_>) -> Exit {
    io.failure(failure);
    failure.exit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<Line> {
        find(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_cmdlet_is_the_first_word_that_is_no_flag() {
        for line in [
            "kerbsync audit Set-CsKerberosAccountPassword",
            "kerbsync",
            "kerbsync --quiet",
            "kerbsync --unknown Get-CsPool",
            "kerbsync --bundle",
        ] {
            assert_eq!(found(line), None, "{line}");
        }
        for word in ["Get-Cs", "Get-Process", "-CsPool", "Get-CsPool.ps1", "Get-C", "Get--CsPool", "Getöcs"] {
            assert_eq!(found(&format!("kerbsync {word}")), None, "{word}");
        }
        let line = found("kerbsync -q --bundle DIR --color=never get–cspool --now 1 -X --json").unwrap();
        assert_eq!(line.name, "get-cspool");
        assert_eq!(line.flags, ["-q", "--bundle", "DIR", "--color=never", "--now", "1"].map(OsString::from));
        assert_eq!(line.tokens, [Token::Gap, Token::Word("-X".into())]);
        assert_eq!(line.stray.as_deref(), Some("--json"));
        assert!(found("kerbsync Get-CsPool –?").unwrap().help);
    }
}
