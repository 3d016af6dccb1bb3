//! How many keys a helpdesk agent presses until the right strategy is on the screen.

use serde::{Deserialize, Serialize};

use super::{Setting, first_ids, judgments::Judgment};
use crate::{
    analysis::{folded_string, is_han, phonetics::sounds},
    index::Snapshot,
    search::QueryError,
};

/// An article is on the screen when it is among this many first hits.
const SHOWN: usize = 3;

/// How one query was typed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Typing {
    /// The query.
    pub query: String,
    /// Keys pressed until a primary article is among the first three and stays there to the end;
    /// `None` when it never does.
    pub keys: Option<usize>,
    /// Keys of the whole query.
    pub all: usize,
}

/// How much must be typed, over many queries.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Keystrokes {
    /// Median; `None` when more than half of the queries never show the article.
    pub median: Option<usize>,
    /// Nine of ten queries need no more; `None` when more than a tenth never show it.
    pub p90: Option<usize>,
    /// Each query, in order.
    pub typed: Vec<Typing>,
}

/// Types every query key by key, searching after each: Chinese through the pinyin of each
/// character and one key to choose it, everything else as it is. While pinyin is being composed,
/// what is composed so far is searched.
///
/// # Errors
/// [`QueryError`] as for a search.
pub fn keystrokes(snapshot: &Snapshot, judgments: &[Judgment]) -> Result<Keystrokes, QueryError> {
    let typed = judgments.iter().map(|judgment| typing(snapshot, judgment));
    let typed: Vec<Typing> = typed.collect::<Result<_, _>>()?;
    let mut keys: Vec<usize> =
        typed.iter().map(|typing| typing.keys.unwrap_or(usize::MAX)).collect();
    keys.sort_unstable();
    let quantile = |tenths: usize| {
        let at = (keys.len() * tenths).div_ceil(10).saturating_sub(1);
        keys.get(at).copied().filter(|keys| *keys < usize::MAX)
    };
    Ok(Keystrokes { median: quantile(5), p90: quantile(9), typed })
}

fn typing(snapshot: &Snapshot, judgment: &Judgment) -> Result<Typing, QueryError> {
    let states = states(&judgment.query);
    let mut since = None;
    for (keys, state) in (1..).zip(&states) {
        let ids = first_ids(snapshot, state, Setting::default(), SHOWN)?;
        let is_shown = ids.iter().any(|id| judgment.primary.contains(id));
        since = if is_shown { since.or(Some(keys)) } else { None };
    }
    Ok(Typing { query: judgment.query.clone(), keys: since, all: states.len() })
}

/// What stands in the box after each key.
fn states(query: &str) -> Vec<String> {
    let mut states = Vec::new();
    let mut chosen = String::new();
    for c in query.chars() {
        if is_han(c) {
            let sound = sounds(&folded_string(&c.to_string()));
            let letters = sound.first().map(|syllables| syllables.concat()).unwrap_or_default();
            let mut composed = chosen.clone();
            for letter in letters.chars() {
                composed.push(letter);
                states.push(composed.clone());
            }
        }
        chosen.push(c);
        states.push(chosen.clone());
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_is_typed_through_its_pinyin_and_a_key_to_choose() {
        assert_eq!(states("断U"), ["d", "du", "dua", "duan", "断", "断U"]);
        assert_eq!(states("錄").len(), 3);
    }
}
