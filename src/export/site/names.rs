//! File names for article ids that every file system takes and no address has to escape.

use std::collections::{BTreeMap, HashSet};

/// Longest name that is an id as it stands, in bytes.
const MAX_PLAIN: usize = 80;
/// Most of an id that a made-up name begins with, in bytes.
const MAX_HINT: usize = 60;
/// Letters of the digest behind that: twelve tell a million ids apart, more are taken on demand.
const DIGEST_LENGTHS: [usize; 3] = [12, 24, 32];
/// Names that Windows keeps for devices. Source: Microsoft, Naming Files, Paths, and Namespaces.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The file name of each article.
#[derive(Debug)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Names for `ids`: the id itself where it is small letters, digits, `-` and `_`; else what is
    /// left of it with a digest, so that no two differ in case only.
    pub(super) fn new(ids: &[String]) -> Self {
        let (plain, others): (Vec<_>, Vec<_>) = ids.iter().partition(|id| is_plain(id));
        let mut taken: HashSet<String> = plain.iter().map(|id| (*id).clone()).collect();
        let mut names: BTreeMap<_, _> =
            plain.into_iter().map(|id| (id.clone(), id.clone())).collect();
        for id in others {
            let mut names_of_id = DIGEST_LENGTHS.iter().map(|length| with_digest(id, *length));
            if let Some(name) = names_of_id.find(|name| taken.insert(name.clone())) {
                names.insert(id.clone(), name);
            }
        }
        Self(names)
    }

    /// Path of the page of the article `id` below the folder of the copy; `None` when it is not in
    /// the copy.
    pub(super) fn file(&self, id: &str) -> Option<String> {
        self.0.get(id).map(|name| format!("articles/{name}.html"))
    }
}

fn is_plain(id: &str) -> bool {
    let is_safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    (1..=MAX_PLAIN).contains(&id.len()) && id.chars().all(is_safe) && !is_device(id)
}

fn is_device(name: &str) -> bool {
    let port = ["com", "lpt"].iter().find_map(|port| name.strip_prefix(port));
    DEVICES.contains(&name) || port.is_some_and(|n| n.len() == 1)
}

/// What is left of `text` in letters that are safe, and the beginning of its digest.
pub(super) fn with_digest(text: &str, length: usize) -> String {
    let letters = text.chars().map(|c| c.to_ascii_lowercase());
    let safe = letters.map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let words: String = safe.collect();
    let words: Vec<_> = words.split('-').filter(|word| !word.is_empty()).collect();
    let hint: String = words.join("-").chars().take(MAX_HINT).collect();
    let digest = blake3::hash(text.as_bytes()).to_hex();
    let digest: String = digest.chars().take(length).collect();
    if hint.is_empty() { digest } else { format!("{hint}-{digest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(ids: &[&str]) -> Vec<String> {
        let owned: Vec<_> = ids.iter().map(|id| (*id).to_owned()).collect();
        let names = Names::new(&owned);
        ids.iter().map(|id| names.file(id).unwrap()).collect()
    }

    #[test]
    fn plain_ids_are_names() {
        assert_eq!(
            names(&["disk-failing", "a_1"]),
            ["articles/disk-failing.html", "articles/a_1.html"]
        );
        assert!(Names::new(&[]).file("x").is_none());
    }

    #[test]
    fn all_other_ids_get_a_digest_and_stay_short() {
        let long = "很长".repeat(100);
        let longer = "x".repeat(300);
        for (id, begins) in [
            ("网络/断网", "articles/"),
            ("a/B c", "articles/a-b-c-"),
            ("con", "articles/con-"),
            ("lpt1", "articles/lpt1-"),
            ("../../etc", "articles/etc-"),
            (&long, "articles/"),
            (&longer, "articles/xxx"),
        ] {
            let name = names(&[id]).remove(0);
            assert!(name.starts_with(begins) && name.len() <= 100, "{id}: {name}");
            let file = name.strip_prefix("articles/").unwrap();
            let is_safe =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.".contains(c);
            assert!(file.chars().all(is_safe), "{name}");
        }
    }

    #[test]
    fn no_two_differ_in_case_only() {
        let stolen = with_digest("A", 12);
        let all = names(&["a", "A", "Ａ", "á", &stolen]);
        let distinct: HashSet<_> = all.iter().map(|name| name.to_lowercase()).collect();
        assert_eq!(distinct.len(), all.len(), "{all:?}");
    }
}
