//! The units of a query: its tokens as runs of cells, ready to be found in a text by one walk.

use std::{cmp::Reverse, ops::Range};

use super::{
    plan::{Clause, Plan},
    walk::{CellValue, cell_value},
};
use crate::analysis::{Kind, Scanned};

/// The tokens of a plan that ranking looks for, and where each ends in the sequence of the plan's cells.
#[derive(Debug)]
pub(super) struct Units {
    /// The units: those of the query first.
    pub all: Vec<Clause>,
    /// How many of them were typed.
    pub n_typed: usize,
    /// How many count by themselves: those typed, and after them those of corrections. The others
    /// belong to synonyms.
    pub n_counted: usize,
    /// For each correction the units that belong to it.
    pub corrections: Vec<Range<usize>>,
    /// For each concept and each of its alternatives the units that belong to it.
    pub alternatives: Vec<Vec<Range<usize>>>,
    /// For each place in the sequence the units that end there: number of cells and index.
    ends: Vec<Vec<(u16, u16)>>,
    /// The cells of the sequence with their places, sorted by cell, places descending.
    places: Vec<(CellValue, u16)>,
    /// One bit for the low 16 bits of each cell value of the sequence.
    present: Vec<u64>,
}

impl Units {
    /// The units of a plan. Parts are no runs of cells and are left out.
    #[must_use]
    pub(super) fn new(plan: &Plan) -> Self {
        let mut units = Self {
            all: Vec::new(),
            n_typed: 0,
            n_counted: 0,
            corrections: Vec::new(),
            alternatives: Vec::new(),
            ends: Vec::new(),
            places: Vec::new(),
            present: vec![0; 1024],
        };
        units.n_typed = units.add(&plan.scanned, &plan.clauses).end;
        for correction in &plan.corrections {
            let range = units.add(&correction.scanned, &correction.clauses);
            units.corrections.push(range);
        }
        units.n_counted = units.all.len();
        for concept in &plan.concepts {
            let alternatives = concept.alternatives.iter();
            let ranges = alternatives.map(|alt| units.add(&alt.scanned, &alt.clauses)).collect();
            units.alternatives.push(ranges);
        }
        units.places.sort_unstable_by_key(|(value, place)| (*value, Reverse(*place)));
        units
    }

    /// The typed units that lie wholly in a half-open range of cells.
    pub(super) fn typed_in(
        &self,
        start: usize,
        end: usize,
    ) -> impl Iterator<Item = usize> + Clone + '_ {
        let is_in = move |unit: &usize| {
            let clause = &self.all[*unit];
            clause.cell >= start && clause.cell + clause.n_cells <= end
        };
        (0..self.n_typed).filter(is_in)
    }

    fn add(&mut self, scanned: &Scanned, clauses: &[Clause]) -> Range<usize> {
        let first = self.all.len();
        let base = self.ends.len();
        for cell in &scanned.cells {
            let value = cell_value(&scanned.folded.chars[cell.start..cell.end]);
            // A sequence is bounded by the query's length and the number of alternatives.
            let place = u16::try_from(self.ends.len()).unwrap_or(u16::MAX);
            self.places.push((value, place));
            self.present[word(value)] |= bit(value);
            self.ends.push(Vec::new());
        }
        // An empty place keeps a run from going on into the next text.
        self.ends.push(Vec::new());
        for clause in clauses.iter().filter(|clause| clause.kind != Kind::Part) {
            let end = base + clause.cell + clause.n_cells - 1;
            let index = u16::try_from(self.all.len()).unwrap_or(u16::MAX);
            let n_cells = u16::try_from(clause.n_cells).unwrap_or(u16::MAX);
            self.ends[end].push((n_cells, index));
            self.all.push(clause.clone());
        }
        first..self.all.len()
    }
}

fn word(value: CellValue) -> usize {
    (value as usize & 0xffff) / 64
}

fn bit(value: CellValue) -> u64 {
    1 << (value & 63)
}

/// Finds units while cells go by.
#[derive(Debug)]
pub(super) struct Runs<'u> {
    units: &'u Units,
    /// For each place the number of the cell that last matched it and the length of that run.
    last: Vec<(u32, u16)>,
    now: u32,
}

impl<'u> Runs<'u> {
    /// A finder that has seen nothing yet.
    #[must_use]
    pub(super) fn new(units: &'u Units) -> Self {
        Self { units, last: vec![(0, 0); units.ends.len()], now: 1 }
    }

    /// Something that no run goes over.
    pub(super) fn gap(&mut self) {
        self.now += 2;
    }

    /// Takes the next cell and calls `found` with the index and number of cells of each unit that
    /// ends with it.
    #[inline]
    pub(super) fn cell(&mut self, value: CellValue, mut found: impl FnMut(usize, usize)) {
        self.now += 1;
        if self.units.present[word(value)] & bit(value) == 0 {
            return;
        }
        let places = &self.units.places;
        let first = places.partition_point(|(cell, _)| *cell < value);
        // Descending, so that a place is read before its predecessor is overwritten.
        for (_, place) in places[first..].iter().take_while(|(cell, _)| *cell == value) {
            let place = usize::from(*place);
            let before = place.checked_sub(1).map(|p| self.last[p]);
            let run = match before {
                Some((cell, run)) if cell == self.now - 1 => run.saturating_add(1),
                _ => 1,
            };
            self.last[place] = (self.now, run);
            for &(n_cells, unit) in &self.units.ends[place] {
                if run >= n_cells {
                    found(usize::from(unit), usize::from(n_cells));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analysis::{Analyzer, Vocabulary},
        search::walk::{Event, walk},
    };

    fn found(query: &str, text: &str) -> Vec<String> {
        let analyzer = Analyzer::new(Vocabulary::built_in().unwrap());
        let plan = Plan::new(&analyzer, query);
        let units = Units::new(&plan);
        let mut runs = Runs::new(&units);
        let mut found = Vec::new();
        walk(text, |event| match event {
            Event::Cell(value, ..) => runs.cell(value, |unit, _| {
                if unit < units.n_typed && units.all[unit].kind == Kind::Bigram {
                    found.push(units.all[unit].text.clone());
                }
            }),
            Event::Gap | Event::LineEnd => runs.gap(),
            Event::Char(_) => {}
        });
        found
    }

    #[test]
    fn units_are_found_as_runs_and_never_across_a_gap() {
        assert_eq!(found("硬盘坏了", "他的硬盘坏了。硬，盘"), ["硬盘", "盘坏", "坏了"]);
        assert_eq!(found("哈哈哈", "哈哈哈哈"), ["哈哈", "哈哈", "哈哈"]);
    }
}
