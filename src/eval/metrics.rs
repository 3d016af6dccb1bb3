//! The figures of retrieval. Source of the definitions: Manning, Raghavan and Schütze,
//! Introduction to Information Retrieval, 2008, chapter 8; Järvelin and Kekäläinen, Cumulated
//! gain-based evaluation of IR techniques, 2002.

use serde::{Deserialize, Serialize};

use super::{DEPTH, judgments::Judgment};

/// Gain of a primary article.
const PRIMARY: f64 = 3.0;
/// Gain of an article that is useful too: grades 2 and 1 as `2^grade − 1`.
const ALSO: f64 = 1.0;

/// Figures of one query, or their means over many; all from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Number of queries.
    pub n: usize,
    /// Share with a primary article first.
    pub top1: f64,
    /// Share with a primary article among the first three.
    pub top3: f64,
    /// Mean of one over the place of the first primary article among ten.
    pub mrr: f64,
    /// Normalised discounted cumulative gain over ten hits.
    pub ndcg: f64,
    /// Share of the judged articles among ten hits.
    pub recall: f64,
}

impl Figures {
    /// The figures of one query with these hits.
    #[must_use]
    pub fn of(hits: &[String], judgment: &Judgment) -> Self {
        let rank = hits.iter().take(DEPTH).position(|id| judgment.primary.contains(id));
        let within = |n: usize| f64::from(u8::from(rank.is_some_and(|rank| rank < n)));
        let gains: Vec<f64> = hits.iter().take(DEPTH).map(|id| gain(id, judgment)).collect();
        let mut ideal = vec![PRIMARY; judgment.primary.len()];
        ideal.extend(vec![ALSO; judgment.also.len()]);
        let found = gains.iter().filter(|gain| **gain > 0.0).count();
        let judged = ideal.len().min(DEPTH);
        ideal.truncate(DEPTH);
        Self {
            n: 1,
            top1: within(1),
            top3: within(3),
            mrr: rank.map_or(0.0, |rank| 1.0 / as_f64(rank + 1)),
            ndcg: discounted(&gains) / discounted(&ideal),
            recall: as_f64(found) / as_f64(judged),
        }
    }

    /// The means of several; zero for none.
    #[must_use]
    pub fn mean(figures: impl Iterator<Item = Self>) -> Self {
        let mut sum = Self::default();
        for one in figures {
            sum.n += one.n;
            sum.top1 += one.top1;
            sum.top3 += one.top3;
            sum.mrr += one.mrr;
            sum.ndcg += one.ndcg;
            sum.recall += one.recall;
        }
        let n = as_f64(sum.n.max(1));
        Self {
            n: sum.n,
            top1: sum.top1 / n,
            top3: sum.top3 / n,
            mrr: sum.mrr / n,
            ndcg: sum.ndcg / n,
            recall: sum.recall / n,
        }
    }
}

fn gain(id: &String, judgment: &Judgment) -> f64 {
    if judgment.primary.contains(id) {
        PRIMARY
    } else if judgment.also.contains(id) {
        ALSO
    } else {
        0.0
    }
}

fn discounted(gains: &[f64]) -> f64 {
    gains.iter().enumerate().map(|(at, gain)| gain / as_f64(at + 2).log2()).sum()
}

fn as_f64(n: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
    let value = n as f64;
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(hits: &[&str]) -> Figures {
        let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let judgment = Judgment {
            query: String::new(),
            primary: ids(&["a"]),
            also: ids(&["b"]),
            kind: String::new(),
        };
        Figures::of(&ids(hits), &judgment)
    }

    #[test]
    fn the_right_order_is_perfect_and_nothing_is_zero() {
        let perfect = Figures { n: 1, top1: 1.0, top3: 1.0, mrr: 1.0, ndcg: 1.0, recall: 1.0 };
        assert_eq!(figures(&["a", "b", "c"]), perfect);
        assert_eq!(figures(&["c"]), Figures { n: 1, ..Figures::default() });
    }

    #[test]
    fn a_later_place_counts_less() {
        let later = figures(&["x", "y", "z", "a"]);
        assert_eq!((later.top1, later.top3, later.mrr, later.recall), (0.0, 0.0, 0.25, 0.5));
        let expected = (3.0 / 5f64.log2()) / (3.0 + 1.0 / 3f64.log2());
        assert!((later.ndcg - expected).abs() < 1e-9, "{}", later.ndcg);
    }

    #[test]
    fn the_mean_is_over_queries() {
        let mean = Figures::mean([figures(&["a"]), figures(&["x"])].into_iter());
        assert_eq!((mean.n, mean.top1), (2, 0.5));
    }
}
