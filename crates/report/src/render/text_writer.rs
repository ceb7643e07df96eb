//! Lines, wrapping, tables and colours. Every text from outside is cleaned here and nowhere else.

use super::TextOptions;
use super::advice::{self, Piece};
use anstyle::{AnsiColor, Style};
pub(super) use kerbsync_source::{count, grouped};
use std::borrow::Cow;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const RED: Style = AnsiColor::BrightRed.on_default().bold();
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const GREEN: Style = AnsiColor::BrightGreen.on_default().bold();
pub(super) const BLUE: Style = AnsiColor::BrightBlue.on_default().bold();
pub(super) const CYAN: Style = AnsiColor::Cyan.on_default();

/// The text without characters that steer a terminal or turn the direction of writing: these are spelled `\u{1b}`.
pub fn clean(text: &str) -> Cow<'_, str> {
    kerbsync_source::printable(text)
}

/// Columns that a text takes: wide East Asian characters and emoji two, combining marks none.
pub(super) fn columns(text: &str) -> usize {
    let wide = |c: char| matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd);
    let none = |c: char| matches!(u32::from(c), 0x300..=0x36f | 0x200b..=0x200d | 0xfe00..=0xfe0f | 0x20d0..=0x20ff);
    text.chars().map(|c| if none(c) { 0 } else { 1 + usize::from(wide(c)) }).sum()
}

/// The words of a text. A command counts as one, with the marks around it and behind it.
fn words(text: &str) -> Vec<&str> {
    let mut commands = Vec::new();
    let mut at = 0;
    for piece in advice::pieces(text) {
        let (Piece::Text(part) | Piece::Command(part)) = piece;
        commands.extend(Some(at..at + part.len()).filter(|_| matches!(piece, Piece::Command(_))));
        at += part.len();
    }
    let mut words = Vec::new();
    let mut start = None;
    for (i, c) in text.char_indices() {
        if !c.is_whitespace() || commands.iter().any(|command| command.contains(&i)) {
            start.get_or_insert(i);
        } else if let Some(start) = start.take() {
            words.extend(text.get(start..i));
        }
    }
    words.extend(start.and_then(|start| text.get(start..)));
    words
}

/// A text under way.
#[derive(Debug)]
pub(super) struct TextWriter<'v> {
    pub(super) options: &'v TextOptions,
    out: String,
}

/// A cell of a table.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    text: String,
    style: Option<Style>,
}

impl Cell {
    pub(super) fn styled(text: &str, style: Style) -> Self {
        Self { text: clean(text).into_owned(), style: Some(style) }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: clean(text.as_ref()).into_owned(), style: None }
    }
}

impl<'v> TextWriter<'v> {
    pub(super) const fn new(options: &'v TextOptions) -> Self {
        Self { options, out: String::new() }
    }

    pub(super) fn into_text(self) -> String {
        self.out
    }

    /// A blank line, unless one is there already or nothing was written.
    pub(super) fn gap(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn paint(&mut self, style: Option<Style>, text: &str) {
        match style.filter(|_| self.options.color && !text.is_empty()) {
            Some(style) => self.out.push_str(&format!("{style}{text}{style:#}")),
            None => self.out.push_str(text),
        }
    }

    /// A heading after a blank line.
    pub(super) fn heading(&mut self, text: &str) {
        self.gap();
        self.line(0, text, Some(BOLD));
    }

    /// One line that is not wrapped.
    pub(super) fn line(&mut self, indent: usize, text: &str, style: Option<Style>) {
        self.out.push_str(&" ".repeat(indent));
        self.paint(style, &clean(text));
        self.out.push('\n');
    }

    /// Lines made elsewhere, already clean.
    pub(super) fn raw(&mut self, lines: &str) {
        self.out.push_str(lines);
    }

    /// A wrapped text.
    pub(super) fn text(&mut self, indent: usize, text: &str) {
        self.labelled(indent, "", None, text, indent);
    }

    /// A wrapped text behind a label; its further lines are indented by `hang`. Words are never broken.
    pub(super) fn labelled(&mut self, indent: usize, label: &str, style: Option<Style>, text: &str, hang: usize) {
        let label = clean(label);
        self.out.push_str(&" ".repeat(indent));
        self.paint(style, &label);
        let mut at = indent + columns(&label);
        let mut fresh = label.is_empty();
        for word in words(&clean(text)) {
            let width = columns(word);
            if !fresh && at + 1 + width > self.options.width {
                self.out.push('\n');
                self.out.push_str(&" ".repeat(hang));
                at = hang;
                fresh = true;
            }
            if !fresh {
                self.out.push(' ');
                at += 1;
            }
            self.out.push_str(word);
            at += width;
            fresh = false;
        }
        self.out.push('\n');
    }

    /// What to do, behind a label: words are wrapped, and every command stands unbroken on a line of its own.
    pub(super) fn advice(&mut self, indent: usize, label: &str, style: Option<Style>, text: &str, hang: usize) {
        if text.contains("\n  ") {
            return self.typed_advice(indent, label, style, text, hang);
        }
        let text = clean(text);
        let pieces = advice::pieces(&text);
        // The label stands before the first piece alone.
        let mut label = Some(label).filter(|l| !l.is_empty());
        for (i, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Text(words) => {
                    // What ends a sentence behind a command would stand alone.
                    let words = if i > 0 { words.trim_start_matches(['.', ',', ';', ')']) } else { words }.trim();
                    // The command says it alone.
                    let bare = i == 0 && label.is_none() && words == "Run" && pieces.len() > 1;
                    if words.is_empty() || bare {
                        continue;
                    }
                    let leads = i + 1 < pieces.len() && !words.ends_with([':', '(']);
                    let words = if leads { format!("{words}:") } else { words.to_owned() };
                    match label.take() {
                        Some(label) => self.labelled(indent, label, style, &words, hang),
                        None => self.text(hang, &words),
                    }
                }
                Piece::Command(command) => {
                    if let Some(label) = label.take() {
                        self.line(indent, label, style);
                    }
                    self.line(hang + 2, advice::bare(command), None);
                }
            }
        }
    }

    /// An advice that was built from typed commands: each of them is a line behind two blanks.
    fn typed_advice(&mut self, indent: usize, label: &str, style: Option<Style>, text: &str, hang: usize) {
        let mut label = Some(label).filter(|l| !l.is_empty());
        for line in text.split('\n') {
            match (line.strip_prefix("  "), label.take()) {
                (Some(command), _) => self.line(hang + 2, command, None),
                // The command says it alone.
                (None, None) if line == "Run:" => {}
                (None, Some(label)) => self.labelled(indent, label, style, line, hang),
                (None, None) => self.text(hang, line),
            }
        }
    }

    /// Rows in aligned columns, two blanks between them; the last column is wrapped. The first row is the head when `head` is set.
    pub(super) fn table(&mut self, indent: usize, head: bool, rows: &[Vec<Cell>]) {
        let mut widths: Vec<usize> = Vec::new();
        for row in rows {
            for (i, cell) in row.iter().enumerate() {
                let width = columns(&cell.text);
                match widths.get_mut(i) {
                    Some(w) => *w = (*w).max(width),
                    None => widths.push(width),
                }
            }
        }
        for (r, row) in rows.iter().enumerate() {
            self.out.push_str(&" ".repeat(indent));
            // Blanks are written before the next cell that is not empty, so that no line ends with blanks.
            let (mut owed, mut at) = (0, indent);
            for (i, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let style = if head && r == 0 { Some(DIM) } else { cell.style };
                if !cell.text.is_empty() {
                    self.out.push_str(&" ".repeat(owed));
                    owed = 0;
                    if i + 1 == widths.len() && at + columns(&cell.text) > self.options.width {
                        self.wrap(&cell.text, style, at);
                    } else {
                        self.paint(style, &cell.text);
                    }
                }
                owed += width.saturating_sub(columns(&cell.text)) + 2;
                at += width + 2;
            }
            self.out.push('\n');
        }
    }

    /// The words of a cell in lines that begin at a column.
    fn wrap(&mut self, text: &str, style: Option<Style>, from: usize) {
        let mut line = String::new();
        for word in words(text) {
            if !line.is_empty() && from + columns(&line) + 1 + columns(word) > self.options.width {
                self.paint(style, &line);
                self.out.push('\n');
                self.out.push_str(&" ".repeat(from));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.paint(style, &line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_of_inputs_do_not_reach_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c\r\nd"), "a\\u{1b}[31mb\\u{202e}c  d");
        let mut writer = TextWriter::new(&TextOptions::PLAIN);
        writer.table(0, false, &[vec!["x\u{1b}]0;title\u{7}".into()]]);
        writer.labelled(0, "\u{9b}2J", None, "\u{1b}c", 0);
        assert!(!writer.into_text().contains(['\u{1b}', '\u{9b}', '\u{7}']));
    }

    #[test]
    fn wrapping_keeps_words_whole_and_hangs() {
        let mut writer = TextWriter::new(&TextOptions { width: 24, ..TextOptions::PLAIN });
        writer.labelled(2, "help:", None, "export the directory with a-very-long-command-line-name once", 8);
        insta::assert_snapshot!(writer.into_text(), @r"
          help: export the
                directory with
                a-very-long-command-line-name
                once
        ");
    }

    #[test]
    fn commands_stand_on_their_own_lines_and_are_never_broken() {
        let mut writer = TextWriter::new(&TextOptions { width: 40, ..TextOptions::PLAIN });
        let text = "Run 'Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com', then 'klist purge'. It takes effect at once.";
        writer.advice(2, "help:", None, text, 8);
        writer.text(2, text);
        insta::assert_snapshot!(writer.into_text(), @r"
          help: Run:
                  Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com
                then:
                  klist purge
                It takes effect at once.
          Run
          'Set-CsKerberosAccountPassword -FromComputer fe01.contoso.com -ToComputer fe02.contoso.com',
          then 'klist purge'. It takes effect at
          once.
        ");
    }

    #[test]
    fn tables_align_by_columns_of_the_screen() {
        let mut writer = TextWriter::new(&TextOptions::PLAIN);
        writer.table(
            1,
            true,
            &[vec!["site".into(), "state".into()], vec!["東京".into(), "".into()], vec!["Zürich".into(), "stale".into()]],
        );
        insta::assert_snapshot!(writer.into_text(), @r"
         site    state
         東京
         Zürich  stale
        ");
    }

    #[test]
    fn colours_only_when_allowed() {
        let options = TextOptions { color: true, ..TextOptions::PLAIN };
        let mut writer = TextWriter::new(&options);
        writer.line(0, "x", Some(RED));
        assert_eq!(writer.into_text(), "\u{1b}[1m\u{1b}[91mx\u{1b}[0m\n");
    }
}
