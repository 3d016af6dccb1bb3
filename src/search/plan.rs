//! What a query asks of the index, as a plain value that any engine could carry out.
//!
//! A plan has clauses (a kind of token, its text, its weight and why it is there), concepts
//! (words of the query and the terms that say the same), declared codes that the query may name,
//! and the characters for a literal search. Corrections of what the collection does not know
//! become further clauses with reasons of their own.

use std::collections::{HashMap, HashSet};

use super::{
    codes::{Code, codes},
    correct::{self, Correction},
    weights::{SHIPPED, Weights},
};
use crate::{
    analysis::{Analyzer, Kind, Scanned, grams, searchable_chars},
    index::{IndexError, Snapshot},
};

/// Alternatives of a concept that are used at most.
const MAX_ALTERNATIVES: usize = 16;

/// Why a clause is in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It was typed.
    Typed,
    /// It was typed, and lies wholly inside stop words.
    Filler,
    /// It says the same as typed words.
    Synonym,
    /// The collection does not know what was typed, and this is what may have been meant.
    Corrected,
}

/// A token to look for.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Kind of token, which names the field.
    pub kind: Kind,
    /// Folded text.
    pub text: String,
    /// First cell of the first occurrence, in its own scanned text.
    pub cell: usize,
    /// Number of cells.
    pub n_cells: usize,
    /// Sum over the occurrences of 1, or of [`Weights::filler`] for filler.
    pub weight: f32,
    /// Why it is there.
    pub reason: Reason,
}

/// Words of the query and the terms that say the same.
#[derive(Debug, Clone)]
pub struct Concept {
    /// First cell of the words.
    pub start: usize,
    /// One past their last cell.
    pub end: usize,
    /// The words as typed.
    pub text: String,
    /// Terms searched besides.
    pub alternatives: Vec<Alternative>,
}

/// A term that says the same as words of the query.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// The term, folded.
    pub text: String,
    /// The same after scanning.
    pub scanned: Scanned,
    /// Its tokens, parts left out.
    pub clauses: Vec<Clause>,
}

/// What a query asks of the index.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The query as received.
    pub text: String,
    /// The query after scanning.
    pub scanned: Scanned,
    /// Tokens of the query, each once.
    pub clauses: Vec<Clause>,
    /// Synonyms.
    pub concepts: Vec<Concept>,
    /// What may have been meant by what the collection does not know; none until
    /// [`Plan::corrected`].
    pub corrections: Vec<Correction>,
    /// What may be declared codes, the longest first.
    pub codes: Vec<Code>,
    /// The searchable characters of the query.
    pub literal: Vec<char>,
    /// Pairs of them, or the only one; each once.
    pub grams: Vec<String>,
    /// The characters of the query as corrected, filler left out: a name that has just these says
    /// just this.
    pub name: Vec<char>,
    /// For each cell whether it lies in stop words; false everywhere when all do.
    pub filler: Vec<bool>,
    /// The weights that order what is found.
    pub weights: Weights,
}

impl Plan {
    /// Plans a query. A query without any searchable character has an empty plan.
    #[must_use]
    pub fn new(analyzer: &Analyzer, text: &str) -> Self {
        Self::weighted(analyzer, text, SHIPPED)
    }

    /// Plans a query that is answered with these weights.
    #[must_use]
    pub fn weighted(analyzer: &Analyzer, text: &str, weights: Weights) -> Self {
        let scanned = Scanned::new(text);
        let filler = telling_filler(analyzer.filler(&scanned));
        let clauses = clauses(analyzer, &scanned, &filler, weights.filler);
        let concepts = concepts(analyzer, &scanned, text);
        let codes = codes(&scanned);
        let literal = searchable_chars(text);
        let grams = match literal.as_slice() {
            [only] => vec![only.to_string()],
            _ => grams(text),
        };
        let (text, corrections) = (text.to_owned(), Vec::new());
        let mut plan = Self {
            text,
            scanned,
            clauses,
            concepts,
            corrections,
            codes,
            literal,
            grams,
            name: Vec::new(),
            filler,
            weights,
        };
        plan.name = plan.name();
        plan
    }

    /// The same plan with corrections of what the collection does not know.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn corrected(mut self, snapshot: &Snapshot) -> Result<Self, IndexError> {
        self.corrections = correct::corrections(snapshot, &self)?;
        if !self.corrections.is_empty() {
            self.name = self.name();
        }
        Ok(self)
    }

    fn name(&self) -> Vec<char> {
        let mut name = Vec::new();
        let mut cell = 0;
        while cell < self.scanned.cells.len() {
            let correction = self.corrections.iter().find(|found| found.start == cell);
            if let Some(found) = correction {
                name.extend(searchable_chars(&found.text));
            } else if !self.filler[cell] {
                name.extend(searchable_chars(&self.scanned.text(cell, cell + 1)));
            }
            cell = correction.map_or(cell + 1, |found| found.end);
        }
        name
    }

    /// Whether all cells are in `covered` or filler.
    #[must_use]
    pub fn is_all_in(&self, covered: &[bool]) -> bool {
        covered.iter().zip(&self.filler).all(|(covered, filler)| *covered || *filler)
    }

    /// The words of a half-open range of cells, as they were typed.
    #[must_use]
    pub fn typed(&self, start: usize, end: usize) -> String {
        let [from, to] = self.scanned.origin(start, end);
        self.text.chars().skip(from).take(to - from).collect()
    }

    /// Whether there is nothing to search for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.literal.is_empty()
    }

    /// The words that carry the query, from left to right: Chinese words that are not inside a
    /// longer one, and Latin runs, filler left out.
    pub fn telling_words(&self) -> impl Iterator<Item = &Clause> {
        let words = self.clauses.iter().filter(|clause| clause.reason == Reason::Typed);
        words.filter(|clause| match clause.kind {
            Kind::Latin => true,
            Kind::Word => !self.clauses.iter().any(|longer| contains(longer, clause)),
            _ => false,
        })
    }
}

fn contains(longer: &Clause, clause: &Clause) -> bool {
    longer.kind == Kind::Word
        && longer.n_cells > clause.n_cells
        && longer.cell <= clause.cell
        && longer.cell + longer.n_cells >= clause.cell + clause.n_cells
}

/// Filler weighs nothing less when there is nothing else.
fn telling_filler(filler: Vec<bool>) -> Vec<bool> {
    if filler.iter().all(|is_filler| *is_filler) { vec![false; filler.len()] } else { filler }
}

/// The tokens of a text, each once, with the sum of their weights.
pub(super) fn clauses(
    analyzer: &Analyzer,
    scanned: &Scanned,
    filler: &[bool],
    filler_weight: f32,
) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    let mut known: HashMap<(Kind, String), usize> = HashMap::new();
    for token in analyzer.tokens(scanned) {
        let is_filler = filler[token.cell..token.cell + token.n_cells].iter().all(|f| *f);
        let weight = if is_filler { filler_weight } else { 1.0 };
        let reason = if is_filler { Reason::Filler } else { Reason::Typed };
        match known.get(&(token.kind, token.text.clone())) {
            Some(&at) => {
                clauses[at].weight += weight;
                if !is_filler {
                    clauses[at].reason = Reason::Typed;
                }
            }
            None => {
                known.insert((token.kind, token.text.clone()), clauses.len());
                let (cell, n_cells) = (token.cell, token.n_cells);
                let (kind, text) = (token.kind, token.text);
                clauses.push(Clause { kind, text, cell, n_cells, weight, reason });
            }
        }
    }
    clauses
}

fn concepts(analyzer: &Analyzer, scanned: &Scanned, text: &str) -> Vec<Concept> {
    let chars: Vec<char> = text.chars().collect();
    let mut seen = HashSet::new();
    let mut concepts: Vec<Concept> = analyzer
        .synonyms(scanned)
        .into_iter()
        .map(|(occurrence, others)| {
            let [from, to] = scanned.origin(occurrence.start, occurrence.end);
            let alternatives = others.into_iter().take(MAX_ALTERNATIVES);
            Concept {
                start: occurrence.start,
                end: occurrence.end,
                text: chars[from..to].iter().collect(),
                alternatives: alternatives.map(|term| alternative(analyzer, term)).collect(),
            }
        })
        .collect();
    // The same concept counts once.
    concepts.retain(|concept| seen.insert(concept.text.clone()));
    concepts
}

fn alternative(analyzer: &Analyzer, term: &str) -> Alternative {
    let scanned = Scanned::new(term);
    let filler = vec![false; scanned.cells.len()];
    let mut clauses = clauses(analyzer, &scanned, &filler, 1.0);
    clauses.retain(|clause| clause.kind != Kind::Part);
    for clause in &mut clauses {
        clause.reason = Reason::Synonym;
    }
    Alternative { text: term.to_owned(), scanned, clauses }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Vocabulary;

    fn plan(text: &str) -> Plan {
        static ANALYZER: std::sync::LazyLock<Analyzer> =
            std::sync::LazyLock::new(|| Analyzer::new(Vocabulary::built_in().unwrap()));
        Plan::new(&ANALYZER, text)
    }

    #[test]
    fn filler_weighs_half_unless_it_is_all_there_is() {
        let reason = |text: &str, word: &str| {
            let plan = plan(text);
            plan.clauses.iter().find(|c| c.text == word).map(|c| (c.reason, c.weight))
        };
        assert_eq!(reason("打印机卡纸怎么办", "怎么办"), Some((Reason::Filler, 0.5)));
        assert_eq!(reason("打印机卡纸怎么办", "打印机"), Some((Reason::Typed, 1.0)));
        assert_eq!(reason("怎么办", "怎么办"), Some((Reason::Typed, 1.0)));
    }

    #[test]
    fn repeated_tokens_add_up() {
        let plan = plan("重启重启");
        let clause = plan.clauses.iter().find(|c| c.kind == Kind::Word && c.text == "重启");
        assert_eq!(clause.map(|c| c.weight), Some(2.0));
    }

    #[test]
    fn telling_words_leave_out_filler_and_words_inside_words() {
        let plan = plan("请问共享打印机 offline 怎么办");
        let words: Vec<_> = plan.telling_words().map(|c| c.text.as_str()).collect();
        assert!(words.contains(&"offline"), "{words:?}");
        assert!(!words.contains(&"请问") && !words.contains(&"怎么办"), "{words:?}");
    }

    #[test]
    fn synonyms_keep_what_was_typed() {
        let plan = plan("系統登陸異常");
        assert_eq!(plan.concepts[0].text, "登陸");
        assert!(plan.concepts[0].alternatives.iter().any(|a| a.text == "登录"));
    }

    #[test]
    fn a_query_of_punctuation_is_empty() {
        assert!(plan("？！……").is_empty());
        assert_eq!(plan("卡").grams, ["卡"]);
    }
}
