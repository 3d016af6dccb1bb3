//! Titles that hardly differ, found without comparing each with each.

use std::collections::{BTreeSet, HashMap};

/// Least share of common pairs of characters among all pairs of two titles that are alike.
const LEAST_SHARE: f64 = 0.8;

/// Most titles that one is compared with, so that a thousand of a kind take no million
/// comparisons.
const MAX_COMPARED: usize = 64;

/// A folded title, taken apart.
pub(super) struct Title<'a> {
    /// The title itself.
    pub(super) text: &'a str,
    /// Neighbouring characters.
    pairs: BTreeSet<(char, char)>,
    /// Letters and digits: `windows10` is not `windows11`, however much else is equal.
    latin: String,
}

impl<'a> Title<'a> {
    /// Takes a folded title apart.
    pub(super) fn new(text: &'a str) -> Self {
        let pairs = text.chars().zip(text.chars().skip(1)).collect();
        Self { text, pairs, latin: text.chars().filter(char::is_ascii_alphanumeric).collect() }
    }

    fn is_like(&self, other: &Self) -> bool {
        let n_common = self.pairs.intersection(&other.pairs).count();
        let n_all = self.pairs.len() + other.pairs.len() - n_common;
        n_common > 0 && self.latin == other.latin && n_common as f64 >= LEAST_SHARE * n_all as f64
    }
}

/// Pairs of different titles that are alike.
///
/// Two alike titles have at least one pair of characters in common among the rarest of each, as
/// many as may be missing in the other and one more; only those are looked up.
/// Source: Chaudhuri and others, A primitive operator for similarity joins, 2006 (prefix filter).
pub(super) fn similar<'a>(titles: &[Title<'a>]) -> Vec<(&'a str, &'a str)> {
    let mut n_titles: HashMap<(char, char), usize> = HashMap::new();
    for pair in titles.iter().flat_map(|title| &title.pairs) {
        *n_titles.entry(*pair).or_default() += 1;
    }
    let mut seen: HashMap<(char, char), Vec<usize>> = HashMap::new();
    let mut found = Vec::new();
    for (at, title) in titles.iter().enumerate() {
        let rarest = rarest(title, &n_titles);
        let lists = rarest.iter().filter_map(|pair| seen.get(pair));
        let candidates: BTreeSet<_> = lists.flatten().take(MAX_COMPARED).copied().collect();
        let candidates = candidates.into_iter().filter_map(|at| titles.get(at));
        let alike = candidates.filter(|other| other.is_like(title));
        found.extend(alike.map(|other| (other.text, title.text)));
        for pair in rarest {
            seen.entry(pair).or_default().push(at);
        }
    }
    found
}

fn rarest(title: &Title<'_>, n_titles: &HashMap<(char, char), usize>) -> Vec<(char, char)> {
    let mut pairs: Vec<_> = title.pairs.iter().copied().collect();
    pairs.sort_by_key(|pair| (n_titles.get(pair).copied(), *pair));
    let n_common = (LEAST_SHARE * pairs.len() as f64).ceil() as usize;
    pairs.truncate(pairs.len().saturating_sub(n_common) + 1);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(titles: &[&'static str]) -> Vec<(&'static str, &'static str)> {
        let titles: Vec<_> = titles.iter().map(|title| Title::new(title)).collect();
        similar(&titles)
    }

    #[test]
    fn only_titles_that_hardly_differ_are_alike() {
        let table = [
            ("电脑突然开不了机", "电脑突然开不了机了", true),
            ("文件误删或不见了怎么找回", "文件误删或不见了怎么找回来", true),
            ("打印机打不了", "打印机打不开", false),
            ("windows10升级后打不开程序", "windows11升级后打不开程序", false),
            ("电脑能开机", "电脑不能开机", false),
            ("网", "电", false),
            ("", "断网", false),
        ];
        for (a, b, expected) in table {
            let (a, b) = (Title::new(a), Title::new(b));
            assert_eq!(a.is_like(&b), expected, "{} {}", a.text, b.text);
        }
    }

    #[test]
    fn alike_titles_find_each_other_among_many() {
        let found = alike(&["电脑突然开不了机", "打印机卡纸", "电脑突然开不了机了", "断网"]);
        assert_eq!(found, [("电脑突然开不了机", "电脑突然开不了机了")]);
    }

    proptest::proptest! {
        #[test]
        fn looking_up_the_rarest_pairs_misses_nothing(
            texts in proptest::collection::btree_set("[甲乙丙丁]{4,9}", 0..12)
        ) {
            let titles: Vec<_> = texts.iter().map(|text| Title::new(text)).collect();
            let mut expected = Vec::new();
            for (at, b) in titles.iter().enumerate() {
                let before = titles[..at].iter().filter(|a| a.is_like(b));
                expected.extend(before.map(|a| (a.text, b.text)));
            }
            assert_eq!(similar(&titles), expected);
        }
    }
}
