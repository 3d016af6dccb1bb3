//! What one article's text says about a query: collected in a single walk, without judging it.

use super::{
    deadline::Deadline,
    plan::Plan,
    units::{Runs, Units},
    walk::{CellValue, Event, walk},
    weights::{self, Weights},
};
use crate::{
    article::SectionKind,
    index::{PartKind, TextPart, decode_text},
};

/// Units met in an article between two looks at the clock.
const MET_PER_LOOK: u32 = 1024;

/// Counts per unit and a few facts about places. The vectors are reused from article to article.
#[derive(Debug, Clone, Default)]
pub(super) struct Evidence {
    /// Occurrences of each unit in the flat text, weighted by the part they stand in.
    pub flat: Vec<f32>,
    /// Occurrences of each unit in the title.
    pub title: Vec<f32>,
    /// Sum of the gains of the different typed units near the start of the body.
    pub lead: f32,
    /// Greatest sum of the gains of the different typed units in one line.
    pub line: f32,
    /// Whether the whole query occurs literally.
    pub literal: bool,
    /// Whether a title or alias is the whole query, as corrected and without filler.
    pub exact: bool,
    /// Where marked words of the query stand: title, aliases, symptoms, anywhere else.
    pub places: [bool; 4],
    /// The section, as index of the part, that has the best line.
    pub best_part: Option<usize>,
}

/// What a unit means for what is shown of an article.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// Whether it is marked.
    pub shown: bool,
    /// What it adds to the line that is shown.
    pub gain: f32,
}

/// Collects evidence; made once per query.
pub(super) struct Collector<'q> {
    units: &'q Units,
    /// For each typed unit what it adds where only different units count.
    gains: &'q [f32],
    marks: &'q [Mark],
    weights: &'q Weights,
    literal: Literal<'q>,
    deadline: Deadline,
    /// Characters of a name that says just what the query says.
    name: &'q [char],
}

/// Looks for the query's characters one after the other.
/// Source: Knuth, Morris, Pratt: Fast Pattern Matching in Strings, 1977.
struct Literal<'q> {
    pattern: &'q [char],
    failure: Vec<usize>,
}

impl<'q> Collector<'q> {
    /// A collector for these units; `gains` has one value per typed unit, `marks` one per unit.
    #[must_use]
    pub(super) fn new(
        plan: &'q Plan,
        units: &'q Units,
        gains: &'q [f32],
        marks: &'q [Mark],
        deadline: Deadline,
    ) -> Self {
        let Plan { literal: pattern, name, weights, .. } = plan;
        let literal = Literal { pattern, failure: failure_table(pattern) };
        Self { units, gains, marks, weights, literal, deadline, name }
    }

    /// Walks through the text of one article; what is collected after the deadline is not all.
    #[must_use]
    pub(super) fn collect(&self, text: &str) -> Evidence {
        let n_units = self.units.all.len();
        let mut evidence =
            Evidence { flat: vec![0.0; n_units], title: vec![0.0; n_units], ..Evidence::default() };
        let mut state = State {
            collector: self,
            runs: Runs::new(self.units),
            line_of: vec![0; n_units],
            line: 1,
            line_gain: 0.0,
            shown_gain: 0.0,
            best_gain: 0.0,
            lead_cells_left: 0,
            in_lead: vec![false; n_units],
            matched: 0,
            n_chars: 0,
            n_same: 0,
            n_met: 0,
            is_late: false,
        };
        let has_symptoms = decode_text(text).any(|part| starts_lead(&part, true));
        let mut lead_started = false;
        for (index, part) in decode_text(text).enumerate() {
            if !lead_started && starts_lead(&part, has_symptoms) {
                lead_started = true;
                state.lead_cells_left = weights::LEAD_CELLS;
            }
            state.part(index, &part, &mut evidence);
        }
        evidence
    }
}

/// The lead is the start of the symptoms where there are any, else of the body.
fn starts_lead(part: &TextPart<'_>, has_symptoms: bool) -> bool {
    match part.kind {
        PartKind::Section(SectionKind::Symptoms) => true,
        PartKind::Section(_) => !has_symptoms,
        _ => false,
    }
}

/// Where the walk is.
struct At {
    weight: f32,
    is_title: bool,
    is_body: bool,
    /// Index in [`Evidence::places`]; headings are no place.
    place: Option<usize>,
    /// Index of the part, when it is the text of a section.
    section: Option<usize>,
}

/// The index of a part in [`Evidence::places`].
fn place(kind: PartKind) -> usize {
    match kind {
        PartKind::Title => 0,
        PartKind::Alias => 1,
        PartKind::Section(SectionKind::Symptoms) => 2,
        PartKind::Summary | PartKind::Codes | PartKind::Section(_) => 3,
    }
}

struct State<'c, 'q> {
    collector: &'c Collector<'q>,
    runs: Runs<'q>,
    /// The line in which each unit was last met.
    line_of: Vec<u32>,
    line: u32,
    line_gain: f32,
    /// The same with synonyms, for the line that is shown.
    shown_gain: f32,
    /// The best of these so far.
    best_gain: f32,
    lead_cells_left: usize,
    in_lead: Vec<bool>,
    /// Characters of the literal matched so far.
    matched: usize,
    /// Searchable characters of the part so far, and how many of them are those of the name.
    n_chars: usize,
    n_same: usize,
    /// Units met so far.
    n_met: u32,
    /// Whether the deadline is past, and nothing counts any more.
    is_late: bool,
}

impl State<'_, '_> {
    fn part(&mut self, index: usize, part: &TextPart<'_>, evidence: &mut Evidence) {
        let is_body = matches!(part.kind, PartKind::Section(_));
        if !is_body {
            self.matched = 0;
        }
        (self.n_chars, self.n_same) = (0, 0);
        for (text, is_text) in [(part.heading, false), (part.text, true)] {
            let at = At {
                weight: self.collector.weights.place(part.kind),
                is_title: part.kind == PartKind::Title,
                is_body,
                place: is_text.then(|| place(part.kind)),
                section: (is_text && is_body).then_some(index),
            };
            walk(text, |event| match event {
                Event::Char(c) => self.char(c, evidence),
                Event::Cell(value, ..) => self.cell(value, &at, evidence),
                Event::Gap => self.runs.gap(),
                Event::LineEnd => self.end_line(&at, evidence),
            });
        }
        let is_name = matches!(part.kind, PartKind::Title | PartKind::Alias);
        let n_name = self.collector.name.len();
        evidence.exact |= is_name && self.n_chars == n_name && self.n_same == n_name;
    }

    fn cell(&mut self, value: CellValue, at: &At, evidence: &mut Evidence) {
        if self.is_late {
            return;
        }
        let lead = at.is_body && self.lead_cells_left > 0;
        if lead {
            self.lead_cells_left -= 1;
        }
        let Self { collector, runs, line_of, line, line_gain, shown_gain, in_lead, .. } = self;
        let (n_met, is_late) = (&mut self.n_met, &mut self.is_late);
        runs.cell(value, |unit, _| {
            *n_met = n_met.wrapping_add(1);
            if n_met.is_multiple_of(MET_PER_LOOK) {
                *is_late = collector.deadline.is_past();
            }
            evidence.flat[unit] += at.weight;
            if at.is_title {
                evidence.title[unit] += 1.0;
            }
            let (mark, gain) = (collector.marks[unit], collector.gains.get(unit));
            if let Some(place) = at.place.filter(|_| mark.shown && gain.is_some()) {
                evidence.places[place] = true;
            }
            if line_of[unit] != *line {
                line_of[unit] = *line;
                *line_gain += gain.unwrap_or(&0.0);
                *shown_gain += mark.gain;
            }
            if let Some(gain) = gain.filter(|_| lead && !in_lead[unit]) {
                in_lead[unit] = true;
                evidence.lead += gain;
            }
        });
    }

    fn end_line(&mut self, at: &At, evidence: &mut Evidence) {
        self.runs.gap();
        evidence.line = evidence.line.max(self.line_gain * at.weight);
        let shown = self.shown_gain * at.weight;
        if at.section.is_some() && shown > self.best_gain {
            self.best_gain = shown;
            evidence.best_part = at.section;
        }
        (self.line_gain, self.shown_gain) = (0.0, 0.0);
        self.line += 1;
    }

    fn char(&mut self, c: char, evidence: &mut Evidence) {
        let Literal { pattern, failure } = &self.collector.literal;
        self.n_same += usize::from(self.collector.name.get(self.n_chars) == Some(&c));
        self.n_chars += 1;
        if pattern.is_empty() {
            return;
        }
        while self.matched > 0 && pattern[self.matched] != c {
            self.matched = failure[self.matched - 1];
        }
        if pattern[self.matched] == c {
            self.matched += 1;
        }
        if self.matched == pattern.len() {
            evidence.literal = true;
            self.matched = failure[pattern.len() - 1];
        }
    }
}

fn failure_table(pattern: &[char]) -> Vec<usize> {
    let mut failure = vec![0; pattern.len()];
    let mut length = 0;
    for at in 1..pattern.len() {
        while length > 0 && pattern[at] != pattern[length] {
            length = failure[length - 1];
        }
        if pattern[at] == pattern[length] {
            length += 1;
        }
        failure[at] = length;
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analysis::{Analyzer, Vocabulary},
        search::plan::Plan,
    };

    fn evidence(query: &str, text: &str) -> Evidence {
        let analyzer = Analyzer::new(Vocabulary::built_in().unwrap());
        let plan = Plan::new(&analyzer, query);
        let units = Units::new(&plan);
        let encoded = format!("\u{1e}a\u{1f}\u{1f}\u{1f}标题\u{1e}o\u{1f}\u{1f}标题\u{1f}{text}");
        let marks = vec![Mark { shown: true, gain: 1.0 }; units.all.len()];
        Collector::new(&plan, &units, &[], &marks, Deadline::after(None)).collect(&encoded)
    }

    #[test]
    fn a_name_is_exact_when_it_is_all_of_the_query() {
        for (query, expected) in
            [("标题", true), ("“标题”？", true), ("标", false), ("正文", false)]
        {
            assert_eq!(evidence(query, "正文").exact, expected, "{query}");
        }
    }

    #[test]
    fn a_literal_is_found_over_punctuation_and_inside_latin_words() {
        for (query, text, expected) in [
            ("了，再", "硬盘坏了。再看", true),
            ("ror_lo", "打开 error_log 看", true),
            ("aab", "aaab", true),
            ("坏盘", "硬盘坏了", false),
            ("题硬", "硬盘", true),
        ] {
            assert_eq!(evidence(query, text).literal, expected, "{query} in {text}");
        }
    }
}
