//! What a token is worth in a collection, and how often it occurs where.

use tantivy::{
    DocAddress, DocSet, TERMINATED, Term, postings::Postings, schema::IndexRecordOption,
};

use super::{
    lower::{document_frequency, title_frequency},
    plan::{Clause, Reason},
    weights::{self, Weights},
};
use crate::index::{IndexError, Snapshot};

/// What a token is worth in this collection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worth {
    /// Number of articles with it.
    pub frequency: u64,
    /// Weight times idf over the flat text.
    pub flat: f32,
    /// Weight times idf over the title.
    pub title: f32,
    /// What it adds to Lead and Line.
    pub gain: f32,
}

/// The indices of those addresses that have a term, with how often.
pub(super) fn occurrences(
    snapshot: &Snapshot,
    term: &Term,
    addresses: &[DocAddress],
) -> Result<Vec<(usize, u32)>, IndexError> {
    let mut sorted: Vec<(DocAddress, usize)> =
        addresses.iter().enumerate().map(|(i, address)| (*address, i)).collect();
    sorted.sort_unstable();
    let mut found = Vec::new();
    for (ord, reader) in snapshot.searcher().segment_readers().iter().enumerate() {
        let inverted = reader.inverted_index(term.field())?;
        let Some(mut postings) = inverted.read_postings(term, IndexRecordOption::WithFreqs)? else {
            continue;
        };
        let ours = sorted.iter().filter(|(address, _)| address.segment_ord as usize == ord);
        for (address, i) in ours {
            if postings.doc() < address.doc_id {
                postings.seek(address.doc_id);
            }
            if postings.doc() == address.doc_id {
                found.push((*i, postings.term_freq()));
            }
            if postings.doc() == TERMINATED {
                break;
            }
        }
    }
    Ok(found)
}

pub(super) fn worth(
    snapshot: &Snapshot,
    weights: &Weights,
    clause: &Clause,
) -> Result<Worth, IndexError> {
    let frequency = document_frequency(snapshot, clause)?;
    let weight = weights.kind(clause.kind);
    let idf_flat = idf(snapshot, frequency);
    let idf_title = idf(snapshot, title_frequency(snapshot, clause)?);
    let once = match clause.reason {
        Reason::Filler => weights.filler,
        Reason::Corrected => clause.weight,
        Reason::Typed | Reason::Synonym => 1.0,
    };
    Ok(Worth {
        frequency,
        flat: weight * clause.weight * idf_flat,
        title: weight * clause.weight * idf_title,
        gain: weight * once * idf_flat,
    })
}

/// Inverse document frequency, `ln(1 + (N − df + ½)/(df + ½))`; never negative.
/// Source: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009, in the variant of
/// Lucene and tantivy.
pub(super) fn idf(snapshot: &Snapshot, frequency: u64) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "counts far below 2^24 in practice")]
    let (n, df) = (snapshot.searcher().num_docs() as f32, frequency as f32);
    (1.0 + ((n - df).max(0.0) + 0.5) / (df + 0.5)).ln()
}

/// BM25's saturation of a count by the length of the text.
pub(super) fn saturation(count: f32, length: u64, mean: f32, b: f32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "lengths of articles of at most 1 MiB")]
    let relative = length as f32 / mean;
    count * (weights::K1 + 1.0) / (count + weights::K1 * (1.0 - b + b * relative))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saturation_grows_with_the_count_and_falls_with_the_length() {
        let s = |count, length| saturation(count, length, 100.0, 0.9);
        assert_eq!(s(0.0, 10), 0.0);
        assert!(s(2.0, 100) > s(1.0, 100));
        assert!(s(1.0, 50) > s(1.0, 200));
        assert!(s(1000.0, 100) < 2.2);
    }
}
