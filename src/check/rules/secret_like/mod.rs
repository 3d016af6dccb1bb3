//! What must not stand in an article that many can read: secrets and personal data.
//!
//! Few false alarms matter more than catching all: a warning that is usually wrong is not read.

mod addresses;
mod numbers;
mod passwords;
mod tokens;

use std::collections::BTreeMap;

use crate::{
    article::{Finding, Level},
    check::{
        Checked, Corpus,
        lines::{column, lines},
        place::{field_of_line, front_matter},
    },
};

/// Fields of the front matter whose values are no text of the author's own.
const SKIPPED_FIELDS: [&str; 2] = ["codes", "reviewed"];

/// Most places that are shown of one line: to place each, the line is counted from its start.
const MAX_A_LINE: usize = 16;

/// What a line seems to hold, and at which byte it begins.
type Suspicion = (usize, &'static str);

/// Looks for one kind of thing in a line.
type Look = fn(&str) -> Vec<Suspicion>;

/// All kinds. The first that is found at a place counts.
const LOOKS: [Look; 4] = [tokens::find, passwords::find, numbers::find, addresses::find];

/// Lines that seem to hold passwords, keys, phone and identity numbers or public addresses.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    corpus.sound().flat_map(of_article).collect()
}

fn of_article(checked: &Checked) -> Vec<Finding> {
    let skipped = skipped_lines(&checked.source);
    let lines = lines(&checked.source).filter(|(number, _)| !skipped.contains(number));
    let found = lines.flat_map(|(number, line)| {
        suspicions(line).into_iter().map(move |(at, what)| (number, column(line, at), what))
    });
    found.map(|(line, column, what)| finding(checked, what).at(line, column)).collect()
}

/// The lines of fields that hold codes and dates, and of what they continue on.
fn skipped_lines(source: &str) -> Vec<u32> {
    let mut is_skipped = false;
    let lines = front_matter(source).filter(|(_, line)| {
        if let Some(field) = field_of_line(line) {
            is_skipped = SKIPPED_FIELDS.contains(&field);
        }
        is_skipped
    });
    lines.map(|(number, _)| number).collect()
}

fn suspicions(line: &str) -> Vec<Suspicion> {
    // All that is looked for has digits in it, but for the first line of a private key.
    if !line.bytes().any(|b| b.is_ascii_digit()) && !line.contains("-----BEGIN") {
        return Vec::new();
    }
    let mut found = BTreeMap::new();
    for (at, what) in LOOKS.iter().flat_map(|look| look(line)) {
        found.entry(at).or_insert(what);
    }
    found.into_iter().take(MAX_A_LINE).collect()
}

fn finding(checked: &Checked, what: &str) -> Finding {
    let message = format!("疑似{what}，文章里不写单位专有信息");
    Finding::new(&checked.article.path, "secret-like", Level::Warning, message)
        .hint("换成占位符，如 <密码>、【电话】，或写“见值班表”“见资产台账”；举例用 192.0.2.1")
}

/// The words of a line that such characters are part of, each with the byte it begins at.
fn words(line: &str, is_part: fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let pieces = line.split_inclusive(move |c| !is_part(c)).map(move |piece| {
        let start = at;
        at += piece.len();
        (start, piece.strip_suffix(|c| !is_part(c)).unwrap_or(piece))
    });
    pieces.filter(|(_, word)| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    #[test]
    fn secrets_are_found_at_their_place_but_not_among_codes() {
        let text = "---\ntitle: 找 13912345670\ncodes:\n  - \"13912345670\"\n  - \"8.136.1.2\"\n\
                    aliases: [连 8.136.1.2]\nreviewed: 2026-11-20\n---\n\n电话 139 1234 5670。\n\n\
                    ```bash\nmysql -u root -pAbc12345 -h 8.136.1.2\n```\n";
        let found = findings(find, &[parsed("a.md", text)]);
        let found: Vec<_> = found
            .iter()
            .map(|f| (f.line.unwrap(), f.column.unwrap(), f.message.as_str()))
            .collect();
        let rest = "，文章里不写单位专有信息";
        let expected = [
            (2, 10, "疑似手机号"),
            (6, 13, "疑似公网 IP"),
            (10, 4, "疑似手机号"),
            (13, 17, "疑似密码"),
            (13, 29, "疑似公网 IP"),
        ];
        let expected = expected.map(|(line, column, what)| (line, column, format!("{what}{rest}")));
        let expected: Vec<_> = expected.iter().map(|(l, c, m)| (*l, *c, m.as_str())).collect();
        assert_eq!(found, expected);
    }
}
