//! The ranking formula: from evidence to a score, in the unit of inverse document frequency.
//!
//! ```text
//! S(d) = Σ w·m·idf·tf·(k1+1) / (tf + k1·(1−b + b·len/mean))    flat text, b = 0.9
//!      + 0.4 · the same over the title, b = 0.75
//!      + 0.4 · Lead      different terms near the start of the body
//!      + 0.4 · Line      different terms in the best line
//!      + Σ max(0, 0.5·best synonym − typed words)     per concept
//!      + 0.5 · all typed terms · rarity   where the whole query occurs literally; 1.0 where it
//!                                         does in no other candidate
//!      + 2.0 · all typed terms            where a title or alias is the whole query, as corrected
//!      + 4.0 · idf / √place               per declared code, by its place among the article's
//! ```
//!
//! What is surely a declared code is a tier of its own above all that. Source of the formula: see
//! [`super::weights`]; the literal part and the code tier are added here.

use tantivy::{DocAddress, Term};

use super::{
    codes::{DeclaredCode, codes_of, declared_codes, worth_of},
    deadline::Deadline,
    evidence::{Collector, Evidence, Mark},
    plan::{Clause, Concept, Plan, Reason},
    query::QueryError,
    statistics::{Worth, idf, occurrences, saturation, worth},
    units::Units,
    weights,
};
use crate::{
    analysis::Kind,
    index::{IndexError, Snapshot},
};

/// The score of an article and what it is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Score {
    /// Declared codes of the article that the query surely names.
    pub codes: usize,
    /// What declared codes add.
    pub code: f32,
    /// BM25 over the flat text.
    pub flat: f32,
    /// Weighted BM25 over the title.
    pub title: f32,
    /// Weighted sum of different terms near the start of the body.
    pub lead: f32,
    /// Weighted sum of different terms in the best line.
    pub line: f32,
    /// What synonyms add.
    pub synonyms: f32,
    /// What a literal occurrence of the whole query adds.
    pub literal: f32,
}

impl Score {
    /// The sum that articles of one tier are ordered by.
    #[must_use]
    pub(super) fn total(&self) -> f32 {
        let text = self.flat + self.title + self.lead + self.line;
        text + self.synonyms + self.literal + self.code
    }
}

/// A ranked article.
#[derive(Debug, Clone)]
pub(super) struct Ranked {
    /// Where it is in the index.
    pub address: DocAddress,
    /// Its score in the first stage.
    pub first_stage: f32,
    /// Its final score.
    pub score: Score,
    /// What it is based on.
    pub evidence: Evidence,
}

/// A query against one snapshot, ready to score articles.
pub(super) struct Ranker<'a> {
    /// The snapshot.
    pub snapshot: &'a Snapshot,
    /// The plan.
    pub plan: &'a Plan,
    /// When it gives up.
    pub deadline: Deadline,
    /// The plan's units.
    pub units: Units,
    /// What each unit is worth.
    pub worths: Vec<Worth>,
    /// The plan's parts with what each is worth.
    pub parts: Vec<(Clause, Worth)>,
    /// What each unit means for what is shown.
    pub marks: Vec<Mark>,
    codes: Vec<DeclaredCode>,
    /// For each alternative of each concept the share of its score that counts.
    shares: Vec<Vec<f32>>,
    gains: Vec<f32>,
}

impl<'a> Ranker<'a> {
    /// Looks up what the tokens of a plan are worth.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(super) fn new(
        snapshot: &'a Snapshot,
        plan: &'a Plan,
        deadline: Deadline,
    ) -> Result<Self, IndexError> {
        let units = Units::new(plan);
        let worth = |clause: &Clause| worth(snapshot, &plan.weights, clause);
        let worths: Vec<Worth> = units.all.iter().map(worth).collect::<Result<_, _>>()?;
        let parts = plan.clauses.iter().filter(|clause| clause.kind == Kind::Part);
        let parts = parts
            .map(|clause| Ok((clause.clone(), worth(clause)?)))
            .collect::<Result<_, IndexError>>()?;
        let gains = worths.iter().take(units.n_counted).map(|worth| worth.gain).collect();
        let marks = marks(plan, &units, &worths);
        let codes = declared_codes(snapshot, plan)?;
        let shares = shares(plan, &units, &worths);
        Ok(Self { snapshot, plan, deadline, units, worths, parts, marks, codes, shares, gains })
    }

    /// Scores candidates of the first stage and sorts them, the best first.
    ///
    /// # Errors
    /// When the index cannot be read, or the deadline passes.
    pub(super) fn rank(&self, candidates: &[(f32, DocAddress)]) -> Result<Vec<Ranked>, QueryError> {
        let addresses: Vec<DocAddress> = candidates.iter().map(|(_, address)| *address).collect();
        let part_counts = self.part_counts(&addresses)?;
        let codes = codes_of(self.snapshot, &self.codes, &addresses)?;
        let collector = self.collector();
        let mut ranked = Vec::with_capacity(candidates.len());
        for (i, (first_stage, address)) in candidates.iter().enumerate() {
            let text = self.snapshot.text(*address)?;
            let evidence = collector.collect(&text);
            self.deadline.check()?;
            let mut score = self.score(*address, &evidence, &part_counts[i]);
            score.codes = codes[i].iter().filter(|code| code.is_sure).count();
            score.code = codes[i].iter().map(|code| worth_of(self.snapshot, code, &text)).sum();
            score.code *= self.plan.weights.code;
            ranked.push(Ranked { address: *address, first_stage: *first_stage, score, evidence });
        }
        self.favour_literal(&mut ranked);
        self.sort(&mut ranked);
        Ok(ranked)
    }

    fn collector(&self) -> Collector<'_> {
        Collector::new(self.plan, &self.units, &self.gains, &self.marks, self.deadline)
    }

    /// The evidence in a text, for an article that is shown without having been ranked.
    #[must_use]
    pub(super) fn evidence(&self, text: &str) -> Evidence {
        self.collector().collect(text)
    }

    fn score(&self, address: DocAddress, evidence: &Evidence, parts: &[[u32; 2]]) -> Score {
        let mut score = Score {
            lead: self.plan.weights.lead * evidence.lead,
            line: self.plan.weights.line * evidence.line,
            synonyms: self.synonyms(address, evidence),
            ..Score::default()
        };
        for unit in 0..self.units.n_counted {
            score.flat += self.flat(unit, address, evidence);
            score.title += self.title(unit, address, evidence);
        }
        for ((clause, worth), [flat, title]) in self.parts.iter().zip(parts) {
            #[expect(clippy::cast_precision_loss, reason = "term frequencies are small")]
            let (flat, title) = (*flat as f32, *title as f32);
            score.flat += worth.flat * self.flat_saturation(clause.kind, address, flat);
            score.title += self.plan.weights.title
                * worth.title
                * self.title_saturation(clause.kind, address, title);
        }
        score
    }

    /// What a unit adds by its occurrences in the flat text.
    #[must_use]
    pub(super) fn flat(&self, unit: usize, address: DocAddress, evidence: &Evidence) -> f32 {
        let kind = self.units.all[unit].kind;
        self.worths[unit].flat * self.flat_saturation(kind, address, evidence.flat[unit])
    }

    /// What a unit adds by its occurrences in the title.
    #[must_use]
    pub(super) fn title(&self, unit: usize, address: DocAddress, evidence: &Evidence) -> f32 {
        let kind = self.units.all[unit].kind;
        let saturation = self.title_saturation(kind, address, evidence.title[unit]);
        self.plan.weights.title * self.worths[unit].title * saturation
    }

    fn flat_saturation(&self, kind: Kind, address: DocAddress, count: f32) -> f32 {
        if count <= 0.0 {
            return 0.0;
        }
        let length = self.snapshot.columns(address.segment_ord).length(kind, address.doc_id);
        saturation(count, length, self.snapshot.mean_length(kind), self.plan.weights.b)
    }

    fn title_saturation(&self, kind: Kind, address: DocAddress, count: f32) -> f32 {
        if count <= 0.0 {
            return 0.0;
        }
        let length = self.snapshot.columns(address.segment_ord).title_length(kind, address.doc_id);
        saturation(count, length, self.snapshot.mean_title_length(kind), weights::B_TITLE)
    }

    fn synonyms(&self, address: DocAddress, evidence: &Evidence) -> f32 {
        (0..self.plan.concepts.len())
            .map(|concept| self.synonym(concept, address, evidence).map_or(0.0, |(_, gain)| gain))
            .sum()
    }

    /// The alternative of a concept that says more than the typed words, and how much it adds.
    #[must_use]
    pub(super) fn synonym(
        &self,
        concept: usize,
        address: DocAddress,
        evidence: &Evidence,
    ) -> Option<(usize, f32)> {
        let Concept { start, end, alternatives, .. } = &self.plan.concepts[concept];
        let typed = self.units.typed_in(*start, *end);
        let typed: f32 = typed.map(|unit| self.flat(unit, address, evidence)).sum();
        let (best, score) = (0..alternatives.len())
            .map(|alternative| {
                (alternative, self.alternative(concept, alternative, address, evidence))
            })
            .max_by(|a, b| a.1.total_cmp(&b.1))?;
        let gain = self.plan.weights.synonym * score - typed;
        (gain > 0.0).then_some((best, gain))
    }

    /// Whether an article has a word, a pair or a Latin run of a correction.
    #[must_use]
    pub(super) fn is_met(&self, correction: usize, evidence: &Evidence) -> bool {
        let is_telling = |unit: &usize| self.units.all[*unit].kind != Kind::Unigram;
        let mut units = self.units.corrections[correction].clone().filter(is_telling);
        units.any(|unit| evidence.flat[unit] > 0.0)
    }

    /// The score of an alternative by itself; 0 unless all its words and Latin runs are there.
    fn alternative(
        &self,
        concept: usize,
        alternative: usize,
        address: DocAddress,
        evidence: &Evidence,
    ) -> f32 {
        let mut score = 0.0;
        for unit in self.units.alternatives[concept][alternative].clone() {
            let is_needed = matches!(self.units.all[unit].kind, Kind::Word | Kind::Latin);
            if is_needed && evidence.flat[unit] == 0.0 {
                return 0.0;
            }
            score += self.flat(unit, address, evidence);
        }
        score * self.shares[concept][alternative]
    }

    /// The whole query as one more term: a name that is just this, and an occurrence that is rare
    /// among the candidates, add a share of all that the typed terms can add.
    fn favour_literal(&self, ranked: &mut [Ranked]) {
        let all: f32 = self.gains.iter().take(self.units.n_typed).sum();
        let named: f32 = self.gains.iter().sum();
        let n_literal = ranked.iter().filter(|r| r.evidence.literal).count();
        let rarity = idf(self.snapshot, n_literal as u64) / idf(self.snapshot, 1);
        let is_favoured = self.plan.literal.len() >= weights::LITERAL_CHARS;
        for Ranked { evidence, score, .. } in ranked {
            if evidence.literal && is_favoured {
                let is_alone = n_literal == 1;
                let weight =
                    if is_alone { weights::LITERAL_ALONE } else { self.plan.weights.literal };
                score.literal += weight * all * rarity;
            }
            if evidence.exact {
                score.literal += self.plan.weights.exact * named;
            }
        }
    }

    fn sort(&self, ranked: &mut [Ranked]) {
        ranked.sort_by(|a, b| {
            let by_score = b.score.codes.min(1).cmp(&a.score.codes.min(1));
            by_score
                .then(b.score.total().total_cmp(&a.score.total()))
                .then(b.first_stage.total_cmp(&a.first_stage))
                .then_with(|| self.snapshot.id_of(a.address).cmp(&self.snapshot.id_of(b.address)))
        });
    }

    /// For each address and each part its occurrences in the flat text and in the title.
    fn part_counts(&self, addresses: &[DocAddress]) -> Result<Vec<Vec<[u32; 2]>>, IndexError> {
        let fields = self.snapshot.fields();
        let mut counts = vec![vec![[0, 0]; self.parts.len()]; addresses.len()];
        for (part, (clause, worth)) in self.parts.iter().enumerate() {
            if worth.frequency == 0 {
                continue;
            }
            for (side, field) in
                [fields.flat(Kind::Part), fields.title(Kind::Part)].iter().enumerate()
            {
                let term = Term::from_field_text(*field, &clause.text);
                for (i, count) in occurrences(self.snapshot, &term, addresses)? {
                    counts[i][part][side] = count;
                }
            }
        }
        Ok(counts)
    }
}

/// A synonym counts as if it were as frequent as what was typed: it says the same, so its own
/// rarity tells nothing more. Nothing is taken from synonyms of what no article has.
/// Source: the reasoning of Lucene's `SynonymQuery`, which gives all members one frequency.
fn shares(plan: &Plan, units: &Units, worths: &[Worth]) -> Vec<Vec<f32>> {
    let sum =
        |range: &mut dyn Iterator<Item = usize>| -> f32 { range.map(|u| worths[u].flat).sum() };
    let concepts = plan.concepts.iter().zip(&units.alternatives);
    concepts
        .map(|(concept, alternatives)| {
            let typed = units.typed_in(concept.start, concept.end);
            let is_known = typed.clone().all(|unit| {
                let is_needed = matches!(units.all[unit].kind, Kind::Word | Kind::Latin);
                !is_needed || worths[unit].frequency > 0
            });
            let whole = sum(&mut typed.clone());
            let share = |range: &std::ops::Range<usize>| {
                let own = sum(&mut range.clone());
                if is_known && own > whole { whole / own } else { 1.0 }
            };
            alternatives.iter().map(share).collect()
        })
        .collect()
}

/// Words, pairs and Latin runs are marked; single characters and filler only where the query has
/// nothing else. Synonyms weigh less in choosing what is shown.
fn marks(plan: &Plan, units: &Units, worths: &[Worth]) -> Vec<Mark> {
    let is_single = plan.scanned.cells.len() == 1;
    let mark = |(unit, clause): (usize, &Clause)| {
        let is_word = clause.n_cells > 1 || clause.kind == Kind::Latin || is_single;
        let is_typed = unit < units.n_counted;
        Mark {
            shown: is_word && clause.reason != Reason::Filler && clause.kind != Kind::Unigram,
            gain: worths[unit].gain * if is_typed { 1.0 } else { plan.weights.synonym },
        }
    };
    units.all.iter().enumerate().map(mark).collect()
}
