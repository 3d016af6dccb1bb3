//! Cells and runs: the units in which positions count.
//!
//! A cell is one Chinese character or one Latin run (letters and digits of any other script).
//! Everything else separates. Cells are what the ranking compares, so indexing, querying and
//! re-ranking all scan with this file.

use super::fold::{Folded, is_han, is_searchable};

/// One cell of a folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// First folded character.
    pub start: usize,
    /// One past the last folded character.
    pub end: usize,
    /// Whether it is a Chinese character.
    pub han: bool,
    /// Whether nothing stands between the previous cell and this one.
    pub joined: bool,
}

impl Cell {
    /// Whether it is a run of digits.
    #[must_use]
    pub fn is_number(&self, folded: &Folded) -> bool {
        folded.chars[self.start..self.end].iter().all(char::is_ascii_digit)
    }
}

/// The cells of a text, in order.
#[must_use]
pub fn cells(folded: &Folded) -> Vec<Cell> {
    let chars = &folded.chars;
    let mut cells: Vec<Cell> = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        if !is_searchable(chars[at]) {
            at += 1;
            continue;
        }
        let han = is_han(chars[at]);
        let end = if han { at + 1 } else { latin_end(chars, at) };
        let joined = cells.last().is_some_and(|last| last.end == at);
        cells.push(Cell { start: at, end, han, joined });
        at = end;
    }
    cells
}

fn latin_end(chars: &[char], start: usize) -> usize {
    let rest = chars.iter().skip(start);
    start + rest.take_while(|c| is_searchable(**c) && !is_han(**c)).count()
}

/// The maximal runs of Chinese characters, as half-open ranges of cell indices.
pub fn han_runs(cells: &[Cell]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = (from..cells.len()).find(|i| cells[*i].han)?;
        let end = (start + 1..cells.len())
            .find(|i| !cells[*i].han || !cells[*i].joined)
            .unwrap_or(cells.len());
        from = end;
        Some((start, end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fold::fold;

    #[test]
    fn chinese_characters_and_latin_runs_are_cells() {
        let folded = fold("ORA-01555：快照过旧 win10系统");
        let texts: Vec<String> = cells(&folded)
            .iter()
            .map(|cell| folded.chars[cell.start..cell.end].iter().collect())
            .collect();
        assert_eq!(texts, ["ora", "01555", "快", "照", "过", "旧", "win10", "系", "统"]);
    }

    #[test]
    fn runs_end_at_everything_that_is_not_chinese() {
        let folded = fold("硬盘，坏了win10系统");
        let cells = cells(&folded);
        assert_eq!(han_runs(&cells).collect::<Vec<_>>(), [(0, 2), (2, 4), (5, 7)]);
    }
}
