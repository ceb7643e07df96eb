//! Everything outside the program that a command may touch, besides the files it is told of.

use crate::failure::Failure;
use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use kerbsync_report::render::TextOptions;
use kerbsync_source::Shown;
use std::fmt::Write as _;
use std::io::{BufRead, BufWriter, Write};

/// Bytes that are written at once of what comes in small pieces.
pub(crate) const BUFFER: usize = 1 << 16;

/// Standard output and error, the environment and the clock.
pub struct Io<'a> {
    stdout: &'a mut dyn Write,
    stderr: &'a mut dyn Write,
    /// Whether standard output and standard error are terminals.
    pub(crate) terminals: (bool, bool),
    pub(crate) env: &'a dyn Fn(&str) -> Option<String>,
    pub(crate) now: &'a dyn Fn() -> Timestamp,
    /// Name of this machine, for locks and journals.
    pub(crate) host: String,
    /// Columns of the terminal, where they are known.
    columns: Option<usize>,
    /// Whether each may be coloured, as decided by the arguments.
    pub(crate) color: (bool, bool),
    /// A failure to write to standard output that is worth an exit code: anything but a reader that went away.
    pub(crate) lost: Option<String>,
    closed: bool,
    /// Where answers come from, when somebody sits there.
    answers: Option<&'a mut dyn BufRead>,
}

impl<'a> Io<'a> {
    /// Writers for output and errors, whether each is a terminal, the environment and the clock.
    pub fn new(
        stdout: &'a mut dyn Write,
        stderr: &'a mut dyn Write,
        terminals: (bool, bool),
        env: &'a dyn Fn(&str) -> Option<String>,
        now: &'a dyn Fn() -> Timestamp,
    ) -> Self {
        Self {
            stdout,
            stderr,
            terminals,
            env,
            now,
            host: "unknown".to_owned(),
            columns: None,
            color: (false, false),
            lost: None,
            closed: false,
            answers: None,
        }
    }

    /// The same, on a terminal of so many columns, where that is known.
    #[must_use]
    pub fn wide(self, columns: Option<usize>) -> Self {
        Self { columns, ..self }
    }

    /// The same, on a machine of that name. Locks and journals carry it; without it they say `unknown`.
    #[must_use]
    pub fn on_host(self, host: String) -> Self {
        Self { host, ..self }
    }

    /// The same, with somebody at the keyboard who can be asked. Without it nobody is.
    #[must_use]
    pub fn answered_by(self, input: &'a mut dyn BufRead) -> Self {
        Self { answers: Some(input), ..self }
    }

    /// Whether somebody is there who can be asked.
    pub(crate) fn is_attended(&self) -> bool {
        self.answers.is_some()
    }

    /// Asks on standard error. `None` when there is nobody to ask, or nobody answers.
    pub(crate) fn ask(&mut self, question: &str) -> Option<String> {
        self.answers.as_ref()?;
        self.err(question);
        let mut answer = String::new();
        match self.answers.as_mut()?.read_line(&mut answer) {
            Ok(0) | Err(_) => None,
            Ok(_) => Some(answer.trim().to_owned()),
        }
    }

    /// Writes to standard output. A reader that went away ends the output quietly; another failure is kept for the exit code.
    pub(crate) fn out(&mut self, text: &str) {
        self.out_by(|out| out.write_all(text.as_bytes()));
    }

    /// As [`Self::out`], for what is written piece by piece.
    pub(crate) fn out_by(&mut self, write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) {
        if self.closed {
            return;
        }
        let mut out = BufWriter::with_capacity(BUFFER, &mut *self.stdout);
        if let Err(error) = write(&mut out).and_then(|()| out.flush()) {
            self.closed = true;
            if error.kind() != std::io::ErrorKind::BrokenPipe {
                self.lost = Some(error.to_string());
            }
        }
    }

    /// Writes to standard error; nothing can be said where that fails.
    pub(crate) fn err(&mut self, text: &str) {
        let _ = self.stderr.write_all(text.as_bytes());
        let _ = self.stderr.flush();
    }

    /// `error: …` and `hint: …` lines.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        let (red, blue) = (AnsiColor::BrightRed.on_default().bold(), AnsiColor::BrightBlue.on_default().bold());
        let mut text = String::new();
        self.labelled(&mut text, red, "error", &failure.message);
        for hint in &failure.hints {
            self.labelled(&mut text, blue, "hint", hint);
        }
        self.err(&text);
    }

    /// A `note: …` line.
    pub(crate) fn note(&mut self, note: &str) {
        let mut text = String::new();
        self.labelled(&mut text, AnsiColor::BrightBlue.on_default().bold(), "note", &Shown::quoting_lines(note));
        self.err(&text);
    }

    /// A `warning: …` line with its `hint: …` lines.
    pub(crate) fn warning(&mut self, warning: &str, hints: &[Shown]) {
        let (yellow, blue) = (AnsiColor::BrightYellow.on_default().bold(), AnsiColor::BrightBlue.on_default().bold());
        let mut text = String::new();
        self.labelled(&mut text, yellow, "warning", &Shown::quoting_lines(warning));
        for hint in hints {
            self.labelled(&mut text, blue, "hint", hint);
        }
        self.err(&text);
    }

    fn labelled(&self, out: &mut String, style: Style, label: &str, message: &Shown) {
        let message = kerbsync_report::render::clean(message.as_str());
        // Writing to a String cannot fail.
        let _ = match self.color.1 {
            true => writeln!(out, "{style}{label}:{style:#} {message}"),
            false => writeln!(out, "{label}: {message}"),
        };
    }

    /// Columns of a line: those of the terminal, where it or its shell tells them, else 100.
    pub(crate) fn width(&self) -> usize {
        let told = || self.columns.or_else(|| (self.env)("COLUMNS").and_then(|c| c.parse().ok()));
        let told = if self.terminals.0 { told() } else { None };
        told.filter(|w| (40..=400).contains(w)).unwrap_or(100)
    }

    /// How a text for standard output is to look.
    pub(crate) fn view(&self, verbosity: u8) -> TextOptions {
        TextOptions { color: self.color.0, width: self.width(), verbosity }
    }
}
