//! Error codes and identifiers: the parts by which a piece of one is found, and the canonical
//! forms by which all spellings of one code are equal.

use super::{fold::Folded, scan::Cell};

/// Longest composite kept whole, in characters; longer ones are found by their parts.
const MAX_COMPOSITE_CHARS: usize = 64;

/// A token made from one or more Latin cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The token; canonical forms carry the prefixes `n:` (number), `x:` (hexadecimal) and `c:`
    /// (letters and number).
    pub text: String,
    /// First cell it is made from.
    pub cell: usize,
    /// Number of cells it is made from.
    pub n_cells: usize,
}

/// All parts of a text, in the order of their cells.
///
/// Source of the kinds: the ranking experiment, kind X: composites whole, camel-case and
/// letter–digit parts, numbers of two digits or more without leading zeros, hexadecimal without
/// zeros, pairs of 2–8 letters and 2–6 digits with at most two separators between them.
#[must_use]
pub(super) fn parts(folded: &Folded, cells: &[Cell]) -> Vec<Part> {
    let mut parts = Vec::new();
    for (i, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.han) {
        let mut push = |text: String| parts.push(Part { text, cell: i, n_cells: 1 });
        if let Some(canonical) = hexadecimal(&text_of(folded, *cell)) {
            push(canonical);
            continue;
        }
        let pieces = pieces(folded, *cell);
        if pieces.len() > 1 {
            pieces.iter().for_each(|piece| push(piece.clone()));
        }
        pieces.iter().filter_map(|piece| number(piece)).for_each(&mut push);
        pieces.windows(2).filter_map(|w| letters_and_number(&w[0], &w[1])).for_each(&mut push);
        if let Some(text) = cells.get(i + 1).and_then(|next| pair(folded, *cell, *next)) {
            parts.push(Part { text, cell: i, n_cells: 2 });
        }
    }
    parts.extend(composites(folded, cells));
    parts.sort_by_key(|part| (part.cell, part.n_cells));
    parts
}

/// The canonical form in which a declared code is compared: letters, digits and Chinese
/// characters only, folded, hexadecimal without leading zeros.
///
/// `ORA-12541`, `ora 12541` and `ORA12541` are equal, and so are `0x0000011b` and `0x11B`.
#[must_use]
pub fn code_key(code: &str) -> String {
    let folded = super::fold::folded_string(code);
    let kept: String = folded.chars().filter(|c| super::fold::is_searchable(*c)).collect();
    hexadecimal(&kept).unwrap_or(kept)
}

fn text_of(folded: &Folded, cell: Cell) -> String {
    folded.chars[cell.start..cell.end].iter().collect()
}

/// Splits a Latin run where letters meet digits and where camel case starts a new word.
fn pieces(folded: &Folded, cell: Cell) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    for at in cell.start..cell.end {
        let c = folded.chars[at];
        match pieces.last_mut() {
            Some(last) if !starts_piece(folded, cell, at) => last.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

fn starts_piece(folded: &Folded, cell: Cell, at: usize) -> bool {
    let (previous, c) = (folded.chars[at - 1], folded.chars[at]);
    let (was_upper, is_upper) = (folded.upper[at - 1], folded.upper[at]);
    let next_is_lower =
        at + 1 < cell.end && folded.chars[at + 1].is_alphabetic() && !folded.upper[at + 1];
    previous.is_numeric() != c.is_numeric()
        || (c.is_alphabetic() && is_upper && (!was_upper || next_is_lower))
}

fn number(piece: &str) -> Option<String> {
    let is_number = piece.len() >= 2 && piece.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| format!("n:{}", without_zeros(piece)))
}

/// `0x…`, and bare runs of exactly eight hexadecimal digits that mix letters and digits.
fn hexadecimal(run: &str) -> Option<String> {
    let is_hex = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_hexdigit());
    if let Some(digits) = run.strip_prefix("0x").filter(|digits| is_hex(digits)) {
        return Some(format!("x:{}", without_zeros(digits)));
    }
    let bare = run.len() == 8
        && is_hex(run)
        && run.bytes().any(|b| b.is_ascii_digit())
        && run.bytes().any(|b| b.is_ascii_alphabetic());
    bare.then(|| format!("x:{}", without_zeros(run)))
}

fn letters_and_number(letters: &str, digits: &str) -> Option<String> {
    let ok = (2..=8).contains(&letters.len())
        && letters.bytes().all(|b| b.is_ascii_alphabetic())
        && (2..=6).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit());
    ok.then(|| format!("c:{letters}:{}", without_zeros(digits)))
}

/// A pair such as `ORA-01555` or `Event 7031`: two cells with at most two separators between.
fn pair(folded: &Folded, first: Cell, second: Cell) -> Option<String> {
    let between = folded.chars.get(first.end..second.start)?;
    let separated = !second.han
        && (1..=2).contains(&between.len())
        && between.iter().all(|c| matches!(c, ' ' | '_' | '-' | '#' | ':'));
    if !separated {
        return None;
    }
    letters_and_number(&text_of(folded, first), &text_of(folded, second))
}

/// Runs of cells joined by one or two connectors, kept whole: `ora-12541`, `10.1.2.3`, `a.b.c`.
fn composites(folded: &Folded, cells: &[Cell]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        let mut end = at + 1;
        while end < cells.len() && is_connected(folded, cells[end - 1], cells[end]) {
            end += 1;
        }
        let (start_char, end_char) = (cells[at].start, cells[end - 1].end);
        if end > at + 1 && end_char - start_char <= MAX_COMPOSITE_CHARS {
            let text = folded.chars[start_char..end_char].iter().collect();
            parts.push(Part { text, cell: at, n_cells: end - at });
        }
        at = end;
    }
    parts
}

fn is_connected(folded: &Folded, first: Cell, second: Cell) -> bool {
    let between = &folded.chars[first.end..second.start];
    !first.han
        && !second.han
        && (1..=2).contains(&between.len())
        && between.iter().all(|c| matches!(c, '-' | '_' | '.' | '/' | ':' | '\\' | '#' | '+' | '@'))
}

fn without_zeros(digits: &str) -> &str {
    let stripped = digits.trim_start_matches('0');
    if stripped.is_empty() { "0" } else { stripped }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{fold::fold, scan::cells};

    fn texts(text: &str) -> Vec<String> {
        let folded = fold(text);
        let mut texts: Vec<_> =
            parts(&folded, &cells(&folded)).into_iter().map(|part| part.text).collect();
        texts.sort();
        texts
    }

    #[test]
    fn codes_yield_their_parts_and_canonical_forms() {
        for (text, expected) in [
            ("ORA-01555", vec!["c:ora:1555", "n:1555", "ora-01555"]),
            ("ora1555", vec!["1555", "c:ora:1555", "n:1555", "ora"]),
            ("0x0000007B", vec!["x:7b"]),
            ("c000021a", vec!["x:c000021a"]),
            ("KB5034441", vec!["5034441", "kb", "n:5034441"]),
            ("InvalidParam", vec!["invalid", "param"]),
            ("HTTPServer", vec!["http", "server"]),
            ("TiKV_raft", vec!["kv", "ti", "tikv_raft"]),
            ("10.1.2.3", vec!["10.1.2.3", "n:10"]),
            ("没有代码", vec![]),
            ("Event ID 7031", vec!["c:id:7031", "n:7031"]),
        ] {
            assert_eq!(texts(text), expected, "{text}");
        }
    }

    #[test]
    fn all_spellings_of_a_code_have_one_key() {
        for (key, spellings) in [
            ("ora12541", ["ORA-12541", "ora 12541", "ＯＲＡ_12541"]),
            ("x:11b", ["0x0000011b", "0x11B", "0X011b"]),
            ("data52e", ["data 52e", "DATA-52E", "data52e"]),
            ("4625", ["4625", " 4625 ", "4625。"]),
        ] {
            for spelling in spellings {
                assert_eq!(code_key(spelling), key, "{spelling}");
            }
        }
    }
}
