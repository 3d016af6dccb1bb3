//! Keys whose form is known.

use super::{Suspicion, words};

/// How a key of a service begins, and the least number of characters behind that.
/// Source: what the services publish for scanners (Amazon, Alibaba Cloud, Tencent Cloud, GitHub,
/// GitLab, Slack, OpenAI and those who followed it).
const PREFIXES: [(&str, usize); 11] = [
    ("AKIA", 16),
    ("LTAI", 12),
    ("AKID", 32),
    ("ghp_", 30),
    ("gho_", 30),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("sk-", 32),
    ("eyJhbGciOi", 30),
];

/// Private keys and access keys.
pub(super) fn find(line: &str) -> Vec<Suspicion> {
    let private = line.find("-----BEGIN ").filter(|_| line.contains("PRIVATE KEY-----"));
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let keys =
        words(line, is_part).filter(|(_, word)| is_key(word)).map(|(at, _)| (at, "访问密钥"));
    private.map(|at| (at, "私钥")).into_iter().chain(keys).collect()
}

fn is_key(word: &str) -> bool {
    let behind = |(prefix, least): &(&str, usize)| {
        let rest = word.strip_prefix(prefix)?;
        let has_digit = rest.bytes().any(|b| b.is_ascii_digit());
        (rest.len() >= *least && has_digit).then_some(())
    };
    PREFIXES.iter().any(|prefix| behind(prefix).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_their_form() {
        // Put together here: scanners of repositories know these forms too.
        let key = |prefix: &str, n: usize| format!("{prefix}{}", "A1b2".repeat(n));
        let table = [
            (format!("-----BEGIN RSA {} KEY-----", "PRIVATE"), Some("私钥")),
            ("-----BEGIN CERTIFICATE-----".to_owned(), None),
            (format!("id={}", key("AKIA", 4)), Some("访问密钥")),
            (key("ghp_", 9), Some("访问密钥")),
            (key("sk-", 8), Some("访问密钥")),
            (key("sk-", 2), None),
            (format!("MASK-{}", key("sk-", 8)), None),
            ("sk-learn-is-a-library-for-machine-learning".to_owned(), None),
        ];
        for (line, expected) in table {
            assert_eq!(find(&line).first().map(|(_, what)| *what), expected, "{line}");
        }
    }
}
