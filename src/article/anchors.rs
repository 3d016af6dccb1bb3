//! Ids of headings, unique within an article.

use std::collections::HashMap;

/// Longest slug, in characters: a heading may be as long as the file.
const MAX_SLUG_CHARS: usize = 64;

/// The id a heading or a link fragment gets: `s-` and the slug of its text. Letters are
/// lower-cased, blanks become `-`, other characters than letters, digits, `-` and `_` are dropped.
#[must_use]
pub fn anchor(text: &str) -> String {
    let text = text.trim();
    let slug = text.strip_prefix("s-").unwrap_or(text).chars().filter_map(slug_char);
    format!("s-{}", slug.take(MAX_SLUG_CHARS).flat_map(char::to_lowercase).collect::<String>())
}

fn slug_char(c: char) -> Option<char> {
    match c {
        c if c.is_whitespace() => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        _ => None,
    }
}

/// Gives out anchors, the second of a name with `-2`, the third with `-3`.
#[derive(Default)]
pub(super) struct Anchors {
    /// Anchors given out, with the number to try next.
    used: HashMap<String, u32>,
}

impl Anchors {
    /// The anchor for the heading `text`, different from all given out before.
    pub(super) fn unique(&mut self, text: &str) -> String {
        let mut base = anchor(text);
        if base == "s-" {
            base.push_str("section");
        }
        let Some(mut n) = self.used.get(&base).copied() else {
            self.used.insert(base.clone(), 2);
            return base;
        };
        let mut candidate = format!("{base}-{n}");
        // A heading may itself be called “a-2”.
        while self.used.contains_key(&candidate) {
            n += 1;
            candidate = format!("{base}-{n}");
        }
        self.used.insert(base, n + 1);
        self.used.insert(candidate.clone(), 2);
        candidate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_slugs_with_a_prefix() {
        let cases = [
            ("应急策略", "s-应急策略"),
            ("DNS 设置 / v2.0", "s-dns-设置--v20"),
            ("s-电话", "s-电话"),
            ("a_b-C", "s-a_b-c"),
        ];
        for (text, expected) in cases {
            assert_eq!(anchor(text), expected);
        }
    }

    #[test]
    fn repeated_headings_get_different_anchors() {
        let mut anchors = Anchors::default();
        let given = ["a", "a", "a-2", "a", "？", "?"].map(|text| anchors.unique(text));
        assert_eq!(given, ["s-a", "s-a-2", "s-a-2-2", "s-a-3", "s-section", "s-section-2"]);
    }
}
