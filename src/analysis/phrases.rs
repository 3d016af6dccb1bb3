//! Finding the terms of a list in a folded text: synonyms and stop words of a query.

use aho_corasick::{AhoCorasick, MatchKind};

use super::scan::Cell;

/// A list of terms, ready to be found in a text.
#[derive(Debug, Clone)]
pub struct Phrases {
    automaton: Option<AhoCorasick>,
}

/// Where a term stands: half-open range of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Index of the term in the list.
    pub term: usize,
    /// First cell.
    pub start: usize,
    /// One past the last cell.
    pub end: usize,
}

impl Phrases {
    /// A list of folded terms.
    #[must_use]
    pub fn new(terms: &[String]) -> Self {
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(terms);
        // A list that is too large for the automaton is one without effect; the vocabulary
        // limits keep real lists a thousand times smaller.
        Self { automaton: automaton.ok() }
    }

    /// Occurrences from left to right, the longest first at each place, none overlapping.
    /// A term counts only where it starts and ends at cell borders: `hang` is not in `change`.
    #[must_use]
    pub fn find(&self, chars: &[char], cells: &[Cell]) -> Vec<Occurrence> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let text: String = chars.iter().collect();
        let bytes = byte_borders(chars);
        let cell_of = |byte: usize, border: fn(&Cell) -> usize| {
            let at = bytes.binary_search(&byte).ok()?;
            cells.binary_search_by_key(&at, border).ok()
        };
        automaton
            .find_iter(&text)
            .filter_map(|found| {
                Some(Occurrence {
                    term: found.pattern().as_usize(),
                    start: cell_of(found.start(), |cell| cell.start)?,
                    end: cell_of(found.end(), |cell| cell.end)? + 1,
                })
            })
            .collect()
    }
}

/// The byte at which each character starts, and the length of the whole.
fn byte_borders(chars: &[char]) -> Vec<usize> {
    let mut at = 0;
    let mut borders = Vec::with_capacity(chars.len() + 1);
    for c in chars {
        borders.push(at);
        at += c.len_utf8();
    }
    borders.push(at);
    borders
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{fold::fold, scan::cells};

    #[test]
    fn the_longest_term_wins_and_latin_terms_need_borders() {
        let terms = ["登录".to_owned(), "登录异常".to_owned(), "hang".to_owned()];
        let phrases = Phrases::new(&terms);
        for (text, expected) in [
            ("登录异常了", vec![(1, 0, 4)]),
            ("先登录", vec![(0, 1, 3)]),
            ("change", vec![]),
            ("it hang", vec![(2, 1, 2)]),
        ] {
            let folded = fold(text);
            let found: Vec<_> = phrases
                .find(&folded.chars, &cells(&folded))
                .into_iter()
                .map(|o| (o.term, o.start, o.end))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
