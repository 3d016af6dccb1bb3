//! Dates and times of day: in a pasted message they say nothing about the fault.

use super::{fold::Folded, scan::Cell};

/// Marks the cells of dates (`2026-11-23`, `2026/11/23`) and times of day (`08:12`, `08:12:01`).
pub(super) fn mark(folded: &Folded, cells: &[Cell], marks: &mut [bool]) {
    let mut at = 0;
    while at < cells.len() {
        let n = date(folded, &cells[at..]).or_else(|| time(folded, &cells[at..])).unwrap_or(0);
        marks[at..at + n].fill(true);
        at += n.max(1);
    }
}

/// Number of cells of the date that the cells begin with.
fn date(folded: &Folded, cells: &[Cell]) -> Option<usize> {
    let [year, month, day, ..] = cells else { return None };
    let is_date = digits(folded, year)? == 4 && digits(folded, month)? <= 2;
    let between = separator(folded, year, month)?;
    let is_date = is_date && digits(folded, day)? <= 2 && matches!(between, '-' | '/' | '.');
    (is_date && separator(folded, month, day)? == between).then_some(3)
}

/// Number of cells of the time of day that the cells begin with.
fn time(folded: &Folded, cells: &[Cell]) -> Option<usize> {
    let joined = |pair: &[Cell]| {
        digits(folded, &pair[1]) == Some(2) && separator(folded, &pair[0], &pair[1]) == Some(':')
    };
    let is_hour = matches!(digits(folded, cells.first()?), Some(1 | 2));
    let n = 1 + cells.windows(2).take(2).take_while(|pair| joined(pair)).count();
    (is_hour && n >= 2).then_some(n)
}

fn digits(folded: &Folded, cell: &Cell) -> Option<usize> {
    cell.is_number(folded).then_some(cell.end - cell.start)
}

/// The one character between two cells.
fn separator(folded: &Folded, first: &Cell, second: &Cell) -> Option<char> {
    match folded.chars.get(first.end..second.start)? {
        [only] => Some(*only),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Scanned;

    #[test]
    fn dates_and_times_are_marked_and_nothing_else() {
        for (text, expected) in [
            ("2026-11-23 08:12:01 错误", "xxxxxx.."),
            ("2026/1/3 8:05", "xxxxx"),
            ("502", "."),
            ("10.1.2.3:8080", "....."),
            ("ORA-01555", ".."),
            ("1:100", ".."),
        ] {
            let Scanned { folded, cells } = Scanned::new(text);
            let mut marks = vec![false; cells.len()];
            mark(&folded, &cells, &mut marks);
            let marked: String = marks.iter().map(|m| if *m { 'x' } else { '.' }).collect();
            assert_eq!(marked, expected, "{text}");
        }
    }
}
