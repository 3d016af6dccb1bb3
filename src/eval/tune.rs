//! What each weight of the ranking is worth, and whether the weights hold for queries they were
//! not chosen on.

use serde::Serialize;

use super::{Figures, Judgment, Outcome, Setting, evaluate};
use crate::{
    index::Snapshot,
    search::{
        QueryError,
        weights::{LEARNED, PARAMETERS, SHIPPED, Weights},
    },
};

/// Parts of the judged queries of which each is left out once.
const FOLDS: usize = 5;
/// Rounds through the weights.
const ROUNDS: usize = 2;
/// What a weight is multiplied by in search of a better one.
const FACTORS: [f32; 5] = [0.0, 0.5, 0.75, 1.5, 2.0];

/// The outcome with something switched off.
#[derive(Debug, Serialize)]
pub struct Ablation {
    /// What is off.
    pub without: &'static str,
    /// The figures then.
    pub outcome: Outcome,
}

/// Asks all queries with each weight set to zero, and without corrections.
///
/// # Errors
/// [`QueryError`] as for a search.
pub fn ablations(snapshot: &Snapshot, judgments: &[Judgment]) -> Result<Vec<Ablation>, QueryError> {
    let mut ablations = Vec::new();
    for (name, weight) in PARAMETERS {
        let mut setting = Setting::default();
        *weight(&mut setting.weights) = 0.0;
        ablations
            .push(Ablation { without: name, outcome: evaluate(snapshot, judgments, setting)? });
    }
    let setting = Setting { corrects: false, ..Setting::default() };
    let outcome = evaluate(snapshot, judgments, setting)?;
    ablations.push(Ablation { without: "corrections", outcome });
    Ok(ablations)
}

/// Weights chosen on four fifths of the queries, judged on the rest.
#[derive(Debug, Serialize)]
pub struct Fold {
    /// The weights chosen.
    pub weights: Weights,
    /// Figures with them on the queries they were chosen on.
    pub chosen_on: Figures,
    /// Figures with them on the others.
    pub left_out: Figures,
    /// Figures of the shipped weights on the others.
    pub shipped: Figures,
}

/// Chooses weights on four fifths of the queries five times, each query being left out once.
///
/// # Errors
/// [`QueryError`] as for a search.
pub fn folds(snapshot: &Snapshot, judgments: &[Judgment]) -> Result<Vec<Fold>, QueryError> {
    (0..FOLDS).map(|fold| cross_validated(snapshot, judgments, fold)).collect()
}

fn cross_validated(
    snapshot: &Snapshot,
    judgments: &[Judgment],
    fold: usize,
) -> Result<Fold, QueryError> {
    // Every fifth: kinds stand together in the file, so each fold has some of every kind.
    let part = |is_left_out: bool| -> Vec<Judgment> {
        let all = judgments.iter().enumerate();
        all.filter(|(i, _)| (i % FOLDS == fold) == is_left_out).map(|(_, j)| j.clone()).collect()
    };
    let (train, test) = (part(false), part(true));
    let weights = learn(snapshot, &train)?;
    let figures = |judgments: &[Judgment], weights: Weights| {
        evaluate(snapshot, judgments, Setting { weights, ..Setting::default() })
            .map(|outcome| outcome.overall)
    };
    Ok(Fold {
        weights,
        chosen_on: figures(&train, weights)?,
        left_out: figures(&test, weights)?,
        shipped: figures(&test, SHIPPED)?,
    })
}

/// The weights of [`LEARNED`] that give the best mean reciprocal rank, by changing one at a time
/// while it gains.
///
/// # Errors
/// [`QueryError`] as for a search.
pub fn learn(snapshot: &Snapshot, judgments: &[Judgment]) -> Result<Weights, QueryError> {
    let gain = |weights: Weights| {
        let setting = Setting { weights, ..Setting::default() };
        evaluate(snapshot, judgments, setting).map(|outcome| outcome.overall.mrr)
    };
    let mut best = Weights::start();
    let mut best_gain = gain(best)?;
    for _ in 0..ROUNDS {
        for (_, weight) in PARAMETERS.iter().filter(|(name, _)| LEARNED.contains(name)) {
            let before = *weight(&mut best);
            for factor in FACTORS {
                let mut tried = best;
                *weight(&mut tried) = before * factor;
                let tried_gain = gain(tried)?;
                if tried_gain > best_gain {
                    (best, best_gain) = (tried, tried_gain);
                }
            }
        }
    }
    Ok(best)
}
