//! Where commands write: text with styles, broken into lines for the terminal at hand.

mod text;

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

pub(super) use text::{Text, pad_left, pad_right, printable, width};

/// What is read first.
pub(super) const STRONG: Style = Style::new().bold();
/// What may be passed over.
pub(super) const DIM: Style = Style::new().dimmed();
/// Matched text.
pub(super) const MARK: Style = AnsiColor::Yellow.on_default().bold();
/// What is well.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// What wants attention.
pub(super) const CAUTION: Style = AnsiColor::Yellow.on_default();
/// What is dangerous or wrong.
pub(super) const DANGER: Style = AnsiColor::Red.on_default().bold();

/// Lines longer than this are hard to read, however wide the terminal is.
const MAX_COLUMNS: usize = 100;

/// The output of a command.
pub(super) struct Terminal {
    out: Box<dyn Write>,
    has_color: bool,
    columns: usize,
}

impl Terminal {
    /// Standard output. Colours and line breaks are for a terminal only: a pipe gets each
    /// paragraph on a line of its own.
    pub(super) fn stdout() -> Self {
        let stdout = io::stdout();
        let has_color = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
        let columns = terminal_size::terminal_size_of(&stdout)
            .map_or(usize::MAX, |(columns, _)| usize::from(columns.0).min(MAX_COLUMNS));
        Self { out: Box::new(stdout), has_color, columns }
    }

    /// Whether to use colours.
    pub(super) fn has_color(&self) -> bool {
        self.has_color
    }

    /// Writes as it is.
    pub(super) fn raw(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Writes a value as JSON on one line.
    pub(super) fn json(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        let json = serde_json::to_string(value)?;
        Ok(writeln!(self.out, "{json}")?)
    }

    /// Writes an empty line.
    pub(super) fn gap(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    /// Writes a paragraph.
    pub(super) fn line(&mut self, text: impl Into<Text>) -> io::Result<()> {
        self.hanging("", text)
    }

    /// Writes a paragraph behind `lead`; its further lines begin below its first character.
    pub(super) fn hanging(&mut self, lead: &str, text: impl Into<Text>) -> io::Result<()> {
        let indent = width(lead);
        let columns = self.columns.saturating_sub(indent);
        let text = text.into();
        for (n, line) in text.lines(columns).into_iter().enumerate() {
            let lead = if n == 0 { lead.to_owned() } else { " ".repeat(indent) };
            writeln!(self.out, "{lead}{}", text::render(line, self.has_color))?;
        }
        Ok(())
    }

    /// Passes on what was written.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether progress may be drawn, which goes to standard error.
pub(super) fn has_progress() -> bool {
    io::stderr().is_terminal()
}
