//! Two runs over the same queries, and whether their difference is more than chance.

use serde::Serialize;

use super::Outcome;

/// Rounds of the randomisation test.
const ROUNDS: u32 = 10_000;
/// Seed of the randomisation test: the same runs give the same figure.
const SEED: u64 = 0x6a69_756a_6921;

/// What changed from one run to another.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// Queries of both runs.
    pub n: usize,
    /// Mean difference of nDCG, new minus old.
    pub ndcg: f64,
    /// Share of random sign flips that give at least such a difference: small means that it is
    /// hardly chance.
    pub p: f64,
    /// Queries whose first primary article moved up, with its old and new place.
    pub better: Vec<Moved>,
    /// Queries whose first primary article moved down.
    pub worse: Vec<Moved>,
}

/// The place of the first primary article in two runs.
#[derive(Debug, Clone, Serialize)]
pub struct Moved {
    /// The query.
    pub query: String,
    /// Place before, from 1; `None` beyond ten.
    pub before: Option<usize>,
    /// Place after.
    pub after: Option<usize>,
}

/// Compares two runs by the queries they share.
///
/// Source of the test: Smucker, Allan and Carterette, A comparison of statistical significance
/// tests for information retrieval evaluation, 2007 (paired randomisation).
#[must_use]
pub fn compare(before: &Outcome, after: &Outcome) -> Comparison {
    let mut differences = Vec::new();
    let (mut better, mut worse) = (Vec::new(), Vec::new());
    for new in &after.asked {
        let Some(old) = before.asked.iter().find(|old| old.query == new.query) else { continue };
        differences.push(new.figures.ndcg - old.figures.ndcg);
        let place = |rank: Option<usize>| rank.unwrap_or(usize::MAX);
        let moved = || Moved { query: new.query.clone(), before: old.rank, after: new.rank };
        match place(new.rank).cmp(&place(old.rank)) {
            std::cmp::Ordering::Less => better.push(moved()),
            std::cmp::Ordering::Greater => worse.push(moved()),
            std::cmp::Ordering::Equal => {}
        }
    }
    let n = differences.len();
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let ndcg = differences.iter().sum::<f64>() / n.max(1) as f64;
    Comparison { n, ndcg, p: chance(&differences), better, worse }
}

/// The share of sign flips with a sum at least as far from zero.
fn chance(differences: &[f64]) -> f64 {
    let observed = differences.iter().sum::<f64>().abs();
    let mut state = SEED;
    let mut n_reached = 0_u32;
    for _ in 0..ROUNDS {
        let sum: f64 = differences.iter().map(|d| if next(&mut state) { *d } else { -d }).sum();
        n_reached += u32::from(sum.abs() >= observed - 1e-12);
    }
    f64::from(n_reached) / f64::from(ROUNDS)
}

/// The next random bit.
/// Source: Vigna, An experimental exploration of Marsaglia's xorshift generators, 2016.
fn next(state: &mut u64) -> bool {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 63 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_values_are_chance_and_a_steady_gain_is_not() {
        assert!((chance(&[0.0; 20]) - 1.0).abs() < 1e-9);
        assert!(chance(&[0.1; 20]) < 0.001);
        let mixed: Vec<f64> = (0..20).map(|i| if i % 2 == 0 { 0.1 } else { -0.1 }).collect();
        assert!(chance(&mixed) > 0.5);
    }
}
