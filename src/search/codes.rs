//! Codes that a query names and articles declare: a tier of its own above all text.

use tantivy::{DocAddress, Term};

use super::{
    plan::Plan,
    statistics::{idf, occurrences},
};
use crate::{
    analysis::{Scanned, code_key, is_searchable},
    index::{IndexError, PartKind, Snapshot, decode_text},
};

/// Cells that may form one declared code.
const MAX_CODE_CELLS: usize = 6;
/// What is said before the number of a code. Source: own list, from how systems print codes.
pub(super) const CODE_NAMES: &[&str] = &[
    "error",
    "err",
    "errno",
    "code",
    "id",
    "event",
    "http",
    "https",
    "status",
    "sqlstate",
    "stop",
    "代码",
    "错误码",
    "错误",
    "状态码",
    "返回码",
    "事件",
];
/// Windows of cells that are tried as declared codes at most.
const MAX_CODE_WINDOWS: usize = 1024;
/// From this place on all codes of an article count the same.
const LATE_CODE: usize = 15;

/// Neighbouring cells that may be a declared code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Canonical form.
    pub key: String,
    /// First cell.
    pub start: usize,
    /// One past the last cell.
    pub end: usize,
    /// Whether it reads as a code. A bare number or Chinese words may as well be text.
    pub is_telling: bool,
    /// Whether it is surely meant as a code: it reads as one, or what stands before says so.
    pub is_sure: bool,
}

/// A code of the query that some article declares.
pub(super) struct DeclaredCode {
    /// Canonical form.
    pub key: String,
    /// The term of it.
    pub term: Term,
    /// Number of articles that declare it.
    pub frequency: u64,
    /// Whether it is surely meant as a code, and so leads to its articles before all others.
    pub is_sure: bool,
}

/// The codes of a plan that some article declares; numbers and words inside longer ones left out.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn declared_codes(
    snapshot: &Snapshot,
    plan: &Plan,
) -> Result<Vec<DeclaredCode>, IndexError> {
    let mut declared: Vec<DeclaredCode> = Vec::new();
    let mut covered = vec![false; plan.scanned.cells.len()];
    for code in &plan.codes {
        let term = Term::from_field_text(snapshot.fields().codes, &code.key);
        let frequency = snapshot.searcher().doc_freq(&term)?;
        let is_new = declared.iter().all(|known| known.term != term);
        let is_inside = covered[code.start..code.end].iter().all(|covered| *covered);
        if frequency > 0 && is_new && (code.is_telling || !is_inside) {
            covered[code.start..code.end].fill(true);
            declared.push(DeclaredCode {
                key: code.key.clone(),
                term,
                frequency,
                is_sure: code.is_sure,
            });
        }
    }
    // A number or word is surely a code where nothing else was typed.
    if plan.is_all_in(&covered) {
        declared.iter_mut().for_each(|code| code.is_sure = true);
    }
    Ok(declared)
}

/// For each cell of a plan whether it lies in a phrase that some article declares as a code.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn cells_of_declared(snapshot: &Snapshot, plan: &Plan) -> Result<Vec<bool>, IndexError> {
    let mut cells = vec![false; plan.scanned.cells.len()];
    for code in plan.codes.iter().filter(|code| code.is_sure) {
        let term = Term::from_field_text(snapshot.fields().codes, &code.key);
        if snapshot.searcher().doc_freq(&term)? > 0 {
            cells[code.start..code.end].fill(true);
        }
    }
    Ok(cells)
}

/// Neighbouring cells with at most two other characters between them as the canonical form of a
/// code.
pub(super) fn codes(scanned: &Scanned) -> Vec<Code> {
    let cells = &scanned.cells;
    let mut windows = Vec::new();
    for start in 0..cells.len() {
        for end in start + 1..=(start + MAX_CODE_CELLS).min(cells.len()) {
            let gap = end - start >= 2 && cells[end - 1].start - cells[end - 2].end > 2;
            if gap || windows.len() >= MAX_CODE_WINDOWS {
                break;
            }
            windows.push((start, end));
        }
    }
    windows.sort_by_key(|(start, end)| std::cmp::Reverse(end - start));
    let mut codes: Vec<Code> =
        windows.into_iter().map(|(start, end)| code(scanned, start, end)).collect();
    codes.retain(|code| code.key.chars().any(is_searchable));
    codes
}

fn code(scanned: &Scanned, start: usize, end: usize) -> Code {
    let key = code_key(&scanned.text(start, end));
    let has_latin = scanned.cells[start..end].iter().any(|cell| !cell.han);
    let is_number = end == start + 1 && scanned.cells[start].is_number(&scanned.folded);
    let is_telling = has_latin && !is_number && key.chars().nth(1).is_some();
    let is_sure = is_telling || is_called_code(scanned, start);
    Code { key, start, end, is_telling, is_sure }
}

/// Whether what stands directly before a number says that it is a code: a word for one, or the
/// mark with which messages announce one (`failed: 1069`), which is not the one of a time of day.
fn is_called_code(scanned: &Scanned, cell: usize) -> bool {
    let before = |n: usize| cell.checked_sub(n).map(|start| scanned.text(start, cell));
    if (1..=3).filter_map(before).any(|text| CODE_NAMES.contains(&text.as_str())) {
        return true;
    }
    let start = scanned.cells[cell].start;
    let mut behind = scanned.folded.chars[..start].iter().rev().skip_while(|c| is_bracket(**c));
    behind.next().is_some_and(|c| matches!(c, ':' | '=' | '#'))
        && behind.next().is_some_and(|c| !c.is_ascii_digit())
}

/// What may stand between a mark and the code it announces.
fn is_bracket(c: char) -> bool {
    matches!(c, ' ' | '-' | '_' | '[' | '(' | '"' | '\'' | '“' | '「')
}

/// For each address its codes of `declared`.
///
/// # Errors
/// When the index cannot be read.
pub(super) fn codes_of<'d>(
    snapshot: &Snapshot,
    declared: &'d [DeclaredCode],
    addresses: &[DocAddress],
) -> Result<Vec<Vec<&'d DeclaredCode>>, IndexError> {
    let mut codes = vec![Vec::new(); addresses.len()];
    for code in declared {
        for (i, _) in occurrences(snapshot, &code.term, addresses)? {
            codes[i].push(code);
        }
    }
    Ok(codes)
}

/// What a declared code is worth to an article of this text: more for those that it names first,
/// which are the most its own.
pub(super) fn worth_of(snapshot: &Snapshot, code: &DeclaredCode, text: &str) -> f32 {
    let place = place_of(text, &code.key).unwrap_or(LATE_CODE);
    #[expect(clippy::cast_precision_loss, reason = "codes of one article are few")]
    let place = (1 + place.min(LATE_CODE)) as f32;
    idf(snapshot, code.frequency) / place.sqrt()
}

/// The place of a code among those an article declares, from 0.
fn place_of(text: &str, key: &str) -> Option<usize> {
    let mut codes = decode_text(text).filter(|part| part.kind == PartKind::Codes);
    codes.position(|part| code_key(part.text) == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code with this key in a text, and whether it is surely meant as one.
    fn is_sure(text: &str, key: &str) -> Option<bool> {
        let codes = codes(&Scanned::new(text));
        codes.iter().find(|code| code.key == key).map(|code| code.is_sure)
    }

    #[test]
    fn neighbouring_cells_may_be_a_code_the_longest_first() {
        let keys = |text| codes(&Scanned::new(text)).into_iter().map(|code| code.key);
        assert_eq!(keys("报 ORA-12541 错").next().as_deref(), Some("报ora12541错"));
        assert!(keys("报 ORA-12541 错").any(|key| key == "ora12541"));
        assert!(keys("data 52e").any(|key| key == "data52e"));
    }

    #[test]
    fn a_number_is_a_code_only_where_something_says_so() {
        for (text, key, expected) in [
            ("ORA-12541", "ora12541", true),
            ("ENOSPC", "enospc", true),
            ("接口全 500 要回滚", "500", false),
            ("买了 500 台电脑", "500", false),
            ("HTTP 500", "500", true),
            ("错误代码：1069", "1069", true),
            ("request failed: 1618 (retry)", "1618", true),
            ("failed: [U_]", "u", true),
            ("U盘", "u", false),
            ("08:12:01 磁盘已满", "12", false),
            ("磁盘已满", "磁盘已满", false),
            ("ERROR: 磁盘已满", "磁盘已满", true),
        ] {
            assert_eq!(is_sure(text, key), Some(expected), "{text}");
        }
    }
}
