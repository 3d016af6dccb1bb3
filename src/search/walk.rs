//! Walking through an article's text cell by cell, without building tokens.
//!
//! The cells are those of [`crate::analysis::cells`]; a test holds the two together. Ranking
//! walks through the texts of a hundred candidates per query, so nothing is allocated here.

use crate::analysis::{
    COMMON_HAN_START, N_COMMON_HAN, common_han, for_each_folded, is_han, is_searchable,
};

/// A cell as a number: the character itself, or a hash of the Latin run above all characters.
pub(super) type CellValue = u32;

/// What is met on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// A cell: its value and its half-open range of original characters.
    Cell(CellValue, usize, usize),
    /// A folded searchable character, before the cell it is part of.
    Char(char),
    /// Something that separates cells.
    Gap,
    /// The end of a line or sentence.
    LineEnd,
}

/// FNV-1a, 32 bits. Source: <http://www.isthe.com/chongo/tech/comp/fnv/>.
const FNV_OFFSET: u32 = 0x811c_9dc5;
const FNV_PRIME: u32 = 0x0100_0193;
/// Set in the value of a Latin run, so that it equals no character.
const LATIN: u32 = 0x8000_0000;

/// The value of a cell with this folded text.
pub(super) fn cell_value(folded: &[char]) -> CellValue {
    match folded {
        [only] if is_han(*only) => u32::from(*only),
        _ => folded.iter().fold(FNV_OFFSET, |hash, c| add(hash, *c)) | LATIN,
    }
}

fn add(hash: u32, c: char) -> u32 {
    (hash ^ u32::from(c)).wrapping_mul(FNV_PRIME)
}

/// Calls `visit` with everything met in `text`, in order.
#[inline]
pub(super) fn walk(text: &str, mut visit: impl FnMut(Event)) {
    let common = common_han();
    let mut latin: Option<(u32, usize)> = None;
    let mut n_chars = 0;
    for (at, c) in text.chars().enumerate() {
        n_chars = at + 1;
        // Nearly all characters take one of the first two ways.
        let han = u32::from(c).wrapping_sub(u32::from(COMMON_HAN_START));
        if han < N_COMMON_HAN {
            let folded = u32::from(common[han as usize]);
            end_latin(&mut latin, at, &mut visit);
            visit(Event::Char(char::from_u32(folded).unwrap_or(c)));
            visit(Event::Cell(folded, at, at + 1));
        } else if c.is_ascii() {
            meet(c.to_ascii_lowercase(), at, &mut latin, &mut visit);
        } else {
            for_each_folded(c, |f| meet(f, at, &mut latin, &mut visit));
        }
    }
    end_latin(&mut latin, n_chars, &mut visit);
    visit(Event::LineEnd);
}

/// Takes one folded character.
#[inline]
fn meet(f: char, at: usize, latin: &mut Option<(u32, usize)>, visit: &mut impl FnMut(Event)) {
    let searchable = is_searchable(f);
    if searchable && !is_han(f) {
        let (hash, start) = latin.unwrap_or((FNV_OFFSET, at));
        *latin = Some((add(hash, f), start));
        return visit(Event::Char(f));
    }
    end_latin(latin, at, visit);
    if searchable {
        visit(Event::Char(f));
        visit(Event::Cell(u32::from(f), at, at + 1));
    } else {
        visit(if ends_line(f) { Event::LineEnd } else { Event::Gap });
    }
}

#[inline]
fn end_latin(latin: &mut Option<(u32, usize)>, at: usize, visit: &mut impl FnMut(Event)) {
    if let Some((hash, start)) = latin.take() {
        visit(Event::Cell(hash | LATIN, start, end_of_latin(at, start)));
    }
}

/// A run can end inside the folding of one character (`㎡，`): it then still covers it.
fn end_of_latin(at: usize, start: usize) -> usize {
    at.max(start + 1)
}

/// Whether a folded character ends a line or sentence.
fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '。' | '!' | '?' | ';')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::Scanned;

    fn walked(text: &str) -> Vec<(CellValue, usize, usize)> {
        let mut cells = Vec::new();
        walk(text, |event| {
            if let Event::Cell(value, start, end) = event {
                cells.push((value, start, end));
            }
        });
        cells
    }

    fn scanned(text: &str) -> Vec<(CellValue, usize, usize)> {
        let scanned = Scanned::new(text);
        let value =
            |cell: &crate::analysis::Cell| cell_value(&scanned.folded.chars[cell.start..cell.end]);
        (0..scanned.cells.len())
            .map(|i| {
                let [start, end] = scanned.origin(i, i + 1);
                (value(&scanned.cells[i]), start, end)
            })
            .collect()
    }

    #[test]
    fn lines_end_at_sentence_marks() {
        let mut ends = 0;
        walk("甲。乙！丙?\n丁；", |event| ends += usize::from(event == Event::LineEnd));
        assert_eq!(ends, 6);
    }

    proptest! {
        #[test]
        fn walking_meets_the_cells_of_the_analyzer(text in "[a-zA-Z0-9硬盘登錄，。 ㎡①℃é\\-_\n]{0,40}") {
            prop_assert_eq!(walked(&text), scanned(&text));
        }
    }
}
