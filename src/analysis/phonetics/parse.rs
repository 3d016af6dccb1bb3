//! Latin letters as syllables.

use std::{collections::HashSet, sync::LazyLock};

use super::readings::syllable;

/// Parses of one run of letters that are kept at most.
const MAX_PARSES: usize = 3;
/// Longest run of letters that is parsed.
const MAX_LETTERS: usize = 48;
/// Longest syllable, in letters.
const LONGEST: usize = 6;

/// All toneless syllables of common characters.
static SYLLABLES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let mut syllables: HashSet<_> = ('\u{4e00}'..='\u{9fa5}').filter_map(syllable).collect();
    // Interjections, which no word is made of.
    syllables.retain(|syllable| syllable.contains(['a', 'e', 'i', 'o', 'u', 'v']));
    syllables.retain(|syllable| syllable.is_ascii());
    syllables
});

/// Whether letters are exactly one syllable.
pub(super) fn is_syllable(letters: &str) -> bool {
    SYLLABLES.contains(letters)
}

/// Beginnings of syllables that are no syllables themselves count as unfinished ones.
static BEGINNINGS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let beginnings = |syllable: &&'static str| {
        let syllable = *syllable;
        (1..syllable.len()).filter_map(move |n| syllable.get(..n))
    };
    SYLLABLES.iter().flat_map(beginnings).collect()
});

/// A way to read a run of letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parse {
    /// The syllables; the last may be the beginning of one.
    pub syllables: Vec<String>,
    /// Whether the last is only the beginning of a syllable.
    pub unfinished: bool,
}

/// The ways to read `letters` as syllables, those of the fewest syllables first. While somebody
/// types (`is_last`), the last syllable may be unfinished. `v` stands for `ü`.
#[must_use]
pub fn parses(letters: &str, is_last: bool) -> Vec<Parse> {
    let is_readable =
        letters.len() <= MAX_LETTERS && letters.bytes().all(|b| b.is_ascii_lowercase());
    if !is_readable || letters.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for n in 1..=letters.len() {
        extend(letters, n, &mut Vec::new(), &mut found);
        if found.len() >= MAX_PARSES {
            break;
        }
    }
    let mut parses: Vec<_> =
        found.into_iter().map(|syllables| Parse { syllables, unfinished: false }).collect();
    if is_last {
        parses.extend(unfinished(letters));
    }
    parses.truncate(MAX_PARSES);
    parses
}

/// Letters as nothing but the beginning of a syllable.
#[must_use]
pub fn beginning(letters: &str) -> Option<Parse> {
    let is_beginning = BEGINNINGS.contains(letters);
    is_beginning.then(|| Parse { syllables: vec![letters.to_owned()], unfinished: true })
}

/// Adds the parses of `rest` into exactly `n` syllables behind `before`.
fn extend(rest: &str, n: usize, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    if n == 0 {
        if rest.is_empty() {
            found.push(before.clone());
        }
        return;
    }
    if rest.len() > n * LONGEST || rest.len() < n {
        return;
    }
    for length in (1..=LONGEST.min(rest.len())).rev() {
        let Some((head, tail)) = rest.split_at_checked(length) else { continue };
        if found.len() < MAX_PARSES && SYLLABLES.contains(head) {
            before.push(head.to_owned());
            extend(tail, n - 1, before, found);
            before.pop();
        }
    }
}

/// Whole syllables and then the shortest beginning of one that is left.
fn unfinished(letters: &str) -> Option<Parse> {
    (1..=LONGEST.min(letters.len().saturating_sub(1))).find_map(|n| {
        let (head, tail) = letters.split_at_checked(letters.len() - n)?;
        let is_beginning = BEGINNINGS.contains(tail) && !SYLLABLES.contains(tail);
        let mut syllables = parses(head, false).into_iter().next()?.syllables;
        syllables.push(tail.to_owned());
        is_beginning.then_some(Parse { syllables, unfinished: true })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(letters: &str, is_last: bool) -> Vec<String> {
        let joined =
            |parse: Parse| parse.syllables.join(" ") + if parse.unfinished { "…" } else { "" };
        parses(letters, is_last).into_iter().map(joined).collect()
    }

    #[test]
    fn letters_are_read_as_the_fewest_syllables_first() {
        assert_eq!(read("denglu", false), ["deng lu"]);
        assert_eq!(read("xian", false), ["xian", "xi an"]);
        assert_eq!(read("lvping", false), ["lv ping"]);
        assert!(read("printer", false).is_empty());
        assert!(read("offline", false).is_empty());
        assert!(read("", true).is_empty());
    }

    #[test]
    fn the_last_syllable_may_be_unfinished_while_typing() {
        assert_eq!(read("yich", true), ["yi ch…"]);
        assert_eq!(read("dengl", true), ["deng l…"]);
        assert!(read("yich", false).is_empty());
    }

    #[test]
    fn long_runs_of_letters_cost_little() {
        assert!(parses(&"a".repeat(1000), true).is_empty());
        assert!(parses(&"xian".repeat(12), true).len() <= MAX_PARSES);
        assert!(parses(&"qzx".repeat(16), true).is_empty());
    }
}
