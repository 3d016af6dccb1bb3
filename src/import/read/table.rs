//! Tables as every format gives them, and the limits on them.

use std::{iter::once, sync::Arc};

use super::{MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS, MAX_TEXT_CHARS, Problem};

/// A table of a document.
#[derive(Debug, Clone, Default)]
pub(in crate::import) struct Table {
    /// Where it is, such as `第 2 张表` or `工作表“突发事件”`.
    pub(in crate::import) place: String,
    /// The rows, without those that have no text at all.
    pub(in crate::import) rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, Default)]
pub(in crate::import) struct Row {
    /// Number in the document, as its program shows it, from 1.
    pub(in crate::import) number: usize,
    /// One for each column; missing ones are empty.
    pub(in crate::import) cells: Vec<Cell>,
}

/// A cell of a row.
#[derive(Debug, Clone, Default)]
pub(in crate::import) struct Cell {
    /// Tidy text. Of a merged cell, every row has it, but of its columns the first only.
    pub(in crate::import) text: Arc<str>,
    /// Whether the text is that of a merged cell that begins further up.
    pub(in crate::import) is_continued: bool,
    /// Whether it is merged with the next column.
    pub(in crate::import) is_wide: bool,
}

impl Cell {
    /// A cell of its own.
    pub(super) fn new(text: &str) -> Self {
        Self { text: tidy(text).into(), ..Self::default() }
    }

    /// The part, in a further row, of a merged cell.
    pub(super) fn continued(text: Arc<str>) -> Self {
        Self { text, is_continued: true, is_wide: false }
    }
}

impl Row {
    /// The text in a column; empty where there is none.
    pub(in crate::import) fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| &cell.text)
    }

    /// Whether the text in a column is that of a merged cell that begins further up.
    pub(in crate::import) fn is_continued(&self, column: usize) -> bool {
        self.cells.get(column).is_some_and(|cell| cell.is_continued)
    }

    /// Whether no cell has text.
    pub(in crate::import) fn is_blank(&self) -> bool {
        self.texts().next().is_none()
    }

    /// The only text of the row, with whether its cell is merged over several columns.
    pub(in crate::import) fn only(&self) -> Option<(&str, bool)> {
        let mut filled = self.cells.iter().filter(|cell| !cell.text.is_empty());
        let only = filled.next()?;
        filled.next().is_none().then_some((&*only.text, only.is_wide))
    }

    /// All texts, without empty ones.
    pub(in crate::import) fn texts(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|cell| &*cell.text).filter(|text| !text.is_empty())
    }
}

/// What a document may still hold.
#[derive(Debug, Default)]
pub(super) struct Budget {
    n_rows: usize,
    n_chars: usize,
}

impl Budget {
    /// Adds a row to a table, unless it has no text.
    pub(super) fn admit(&mut self, table: &mut Table, row: Row) -> Result<(), Problem> {
        let place = || format!("{}第 {} 行", table.place, row.number);
        if row.cells.len() > MAX_COLUMNS {
            return Err(Problem::TooManyColumns(place()));
        }
        if row.is_blank() {
            return Ok(());
        }
        self.n_rows += 1;
        if self.n_rows > MAX_ROWS {
            return Err(Problem::TooManyRows(place()));
        }
        for text in row.texts() {
            let n_chars = text.chars().count();
            self.n_chars += n_chars;
            if n_chars > MAX_CELL_CHARS {
                return Err(Problem::CellTooLong(place()));
            }
        }
        if self.n_chars > MAX_TEXT_CHARS {
            return Err(Problem::TooMuchText(place()));
        }
        table.rows.push(row);
        Ok(())
    }
}

/// Text without control characters, blanks at the ends of lines, and empty lines.
pub(in crate::import) fn tidy(text: &str) -> String {
    let mut unified = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                unified.push('\n');
            }
            '\t' => unified.push(' '),
            '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {}
            _ if c.is_control() => {}
            _ => unified.push(c),
        }
    }
    let lines = unified.split('\n').map(str::trim).filter(|line| !line.is_empty());
    let mut tidy = String::with_capacity(unified.len());
    for (separator, line) in once("").chain(std::iter::repeat("\n")).zip(lines) {
        tidy.push_str(separator);
        tidy.push_str(line);
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(texts: &[&str]) -> Row {
        Row { number: 7, cells: texts.iter().map(|text| Cell::new(text)).collect() }
    }

    #[test]
    fn text_is_made_tidy() {
        let table = [
            ("", ""),
            (" 甲\u{3000}\r\n\r\n 乙\t丙 \u{2028}丁", "甲\n乙 丙\n丁"),
            ("\u{feff}a\u{7}b\u{1b}[0m\u{9f}", "ab[0m"),
            ("\n \n\t\n", ""),
        ];
        for (text, expected) in table {
            assert_eq!(tidy(text), expected, "{text:?}");
        }
    }

    #[test]
    fn limits_name_the_place() {
        let long = "长".repeat(MAX_CELL_CHARS + 1);
        let wide = vec![""; MAX_COLUMNS + 1];
        let table: [(&[&str], &str); 2] = [(&[&long], "20000 字"), (&wide, "超过 64 列")];
        for (texts, expected) in table {
            let mut into = Table { place: "第 2 张表".to_owned(), rows: Vec::new() };
            let problem = Budget::default().admit(&mut into, row(texts)).unwrap_err().to_string();
            assert!(problem.starts_with("第 2 张表第 7 行"), "{problem}");
            assert!(problem.contains(expected), "{problem}");
        }
    }

    #[test]
    fn rows_and_text_are_counted_over_all_tables_and_blank_rows_are_not() {
        let mut budget = Budget::default();
        let mut into = Table::default();
        let most = "长".repeat(MAX_CELL_CHARS);
        for _ in 0..MAX_TEXT_CHARS / MAX_CELL_CHARS {
            budget.admit(&mut into, row(&[&most])).unwrap();
        }
        budget.admit(&mut into, row(&["", " "])).unwrap();
        let problem = budget.admit(&mut into, row(&["多"])).unwrap_err();
        assert!(matches!(problem, Problem::TooMuchText(_)), "{problem}");
        let mut budget = Budget { n_rows: MAX_ROWS - 1, n_chars: 0 };
        budget.admit(&mut into, row(&["甲"])).unwrap();
        let problem = budget.admit(&mut into, row(&["乙"])).unwrap_err();
        assert!(matches!(problem, Problem::TooManyRows(_)), "{problem}");
    }
}
