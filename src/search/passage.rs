//! For an article on the page: where the query is met, the best passage, and what to mark.

use super::{
    answer::{MatchedBy, Snippet},
    correct::How,
    rank::{Ranked, Ranker},
    units::Runs,
    walk::{Event, walk},
    weights,
};
use crate::index::{PartKind, TextPart, decode_text};

/// Longest snippet, in characters.
const SNIPPET_CHARS: usize = 120;
/// Characters before the first mark when a snippet cannot start with its line.
const CONTEXT_CHARS: usize = 30;

/// Where in an article the query is met.
#[derive(Debug, Default)]
pub(super) struct Passages {
    /// Reasons, the strongest first.
    pub matched_by: Vec<MatchedBy>,
    /// Marked ranges of the title.
    pub title_highlights: Vec<[usize; 2]>,
    /// Id of the heading of the best passage.
    pub anchor: Option<String>,
    /// The best passage.
    pub snippet: Option<Snippet>,
}

/// A line of the body.
struct Line<'t> {
    part: TextPart<'t>,
    start: usize,
    gain: f32,
}

/// Walks through an article once more, this time noting places.
#[must_use]
pub(super) fn passages(ranker: &Ranker<'_>, ranked: &Ranked, text: &str) -> Passages {
    let mut passages = Passages { matched_by: reasons(ranker, ranked), ..Passages::default() };
    let is_body =
        |part: &TextPart<'_>| matches!(part.kind, PartKind::Section(_)) && !part.text.is_empty();
    let best = match ranked.evidence.best_part {
        Some(index) => decode_text(text).nth(index),
        None => decode_text(text).find(is_body),
    };
    if let Some(title) = decode_text(text).find(|part| part.kind == PartKind::Title) {
        passages.title_highlights = merged(mark(ranker, &title).0);
    }
    if let Some(part) = best {
        let (ranges, line) = mark(ranker, &part);
        passages.anchor = Some(part.anchor.to_owned()).filter(|anchor| !anchor.is_empty());
        passages.snippet = Some(snippet(&line, merged(ranges)));
    }
    passages
}

/// The ranges to mark in a part, and its best line.
fn mark<'t>(ranker: &Ranker<'_>, part: &TextPart<'t>) -> (Vec<[usize; 2]>, Line<'t>) {
    let units = &ranker.units;
    let weight = ranker.plan.weights.place(part.kind);
    let mut runs = Runs::new(units);
    let mut cells: Vec<usize> = Vec::new();
    let mut ranges = Vec::new();
    let mut best = Line { part: *part, start: 0, gain: 0.0 };
    let (mut start, mut gain) = (0, 0.0);
    let mut met: Vec<usize> = Vec::new();
    walk(part.text, |event| match event {
        Event::Cell(value, from, to) => {
            if gain == 0.0 && met.is_empty() && cells.is_empty() {
                start = from;
            }
            cells.push(from);
            runs.cell(value, |unit, n_cells| {
                if ranker.marks[unit].shown {
                    ranges.push([cells[cells.len() - n_cells], to]);
                }
                if !met.contains(&unit) {
                    met.push(unit);
                    gain += ranker.marks[unit].gain * weight;
                }
            });
        }
        Event::Gap => runs.gap(),
        Event::LineEnd => {
            runs.gap();
            if gain > best.gain {
                best = Line { part: *part, start, gain };
            }
            (gain, cells) = (0.0, Vec::new());
            met.clear();
        }
        Event::Char(_) => {}
    });
    (ranges, best)
}

fn reasons(ranker: &Ranker<'_>, ranked: &Ranked) -> Vec<MatchedBy> {
    let places = [MatchedBy::Title, MatchedBy::Alias, MatchedBy::Symptom, MatchedBy::Body];
    let met = places.into_iter().zip(ranked.evidence.places);
    let mut matched: Vec<MatchedBy> = met.filter(|(_, is_met)| *is_met).map(|(m, _)| m).collect();
    if ranked.score.code > 0.0 {
        matched.push(MatchedBy::Code);
    }
    let has_synonym = (0..ranker.plan.concepts.len())
        .any(|c| ranker.synonym(c, ranked.address, &ranked.evidence).is_some());
    if has_synonym {
        matched.push(MatchedBy::Synonym);
    }
    let corrections = ranker.plan.corrections.iter().enumerate();
    let met = corrections.filter(|(c, _)| ranker.is_met(*c, &ranked.evidence));
    matched.extend(met.map(|(_, correction)| match correction.how {
        How::Pinyin => MatchedBy::Pinyin,
        How::Initials => MatchedBy::Initials,
        How::Homophone => MatchedBy::Homophone,
        How::Typo | How::Prefix => MatchedBy::Typo,
        How::Regional => MatchedBy::Synonym,
    }));
    let is_telling = ranker.plan.literal.len() >= weights::LITERAL_CHARS || matched.is_empty();
    if ranked.evidence.literal && is_telling {
        matched.push(MatchedBy::Literal);
    }
    matched.sort_unstable();
    matched.dedup();
    matched
}

/// A window of the part that starts with the line, or shortly before its first mark when that is
/// far away.
fn snippet(line: &Line<'_>, ranges: Vec<[usize; 2]>) -> Snippet {
    let chars: Vec<char> = line.part.text.chars().collect();
    let first_mark = ranges.iter().map(|range| range[0]).find(|at| *at >= line.start);
    let start = match first_mark {
        Some(mark) if mark > line.start + SNIPPET_CHARS / 2 => mark - CONTEXT_CHARS,
        _ => line.start,
    };
    let end = chars.len().min(start + SNIPPET_CHARS);
    let text = chars[start..end].iter().map(|c| if *c == '\n' { ' ' } else { *c }).collect();
    let inside = ranges.into_iter().filter(|range| range[0] < end && range[1] > start);
    let highlights =
        inside.map(|[from, to]| [from.max(start) - start, to.min(end) - start]).collect();
    Snippet { section: line.part.heading.to_owned(), text, highlights }
}

/// Ranges sorted, overlapping and touching ones joined.
fn merged(mut ranges: Vec<[usize; 2]>) -> Vec<[usize; 2]> {
    ranges.sort_unstable();
    let mut merged: Vec<[usize; 2]> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range[0] <= last[1] => last[1] = last[1].max(range[1]),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::SectionKind;

    #[test]
    fn overlapping_and_touching_ranges_are_joined() {
        assert_eq!(merged(vec![[4, 6], [0, 2], [1, 3], [3, 4]]), [[0, 6]]);
        assert_eq!(merged(vec![[0, 1], [2, 3]]), [[0, 1], [2, 3]]);
    }

    #[test]
    fn a_snippet_of_a_long_line_starts_near_its_first_mark() {
        let text = format!("{}硬盘坏了{}", "前".repeat(300), "后".repeat(300));
        let part = TextPart {
            kind: PartKind::Section(SectionKind::Other),
            anchor: "",
            heading: "现象",
            text: &text,
        };
        let snippet = snippet(&Line { part, start: 0, gain: 1.0 }, vec![[300, 304]]);
        assert_eq!(snippet.text.chars().count(), SNIPPET_CHARS);
        assert_eq!(snippet.highlights, [[CONTEXT_CHARS, CONTEXT_CHARS + 4]]);
        assert_eq!(snippet.section, "现象");
    }
}
