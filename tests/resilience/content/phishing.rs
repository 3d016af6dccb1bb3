//! X4: HTML that runs nothing and still deceives.

use jiuji::article;

use super::allowed;
use crate::scenario::{Outcome, Run, Scenario};

pub(super) const SCENARIO: Scenario = Scenario {
    id: "X4",
    injects: "60 overlays, forms, targets, stolen classes and ids that scripts would find, into the \
        sanitiser and as Markdown",
    expects: "exactly the listed rest is left of each; as Markdown it is text and brings no element \
        that is not on the list",
    broken: "without the check for addresses of other hosts (4 cases)",
    play,
};

/// A case is a line of HTML and a line of what is left of it, after `=> `.
const FILE: &str = include_str!("phishing.txt");

fn play(_: &Run) -> Outcome {
    let lines: Vec<_> = FILE.lines().collect();
    let cases: Vec<_> = lines
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1].trim_start_matches("=>").trim_start()))
        .collect();
    let wrong: Vec<_> = cases.iter().flat_map(|(html, rest)| wrong(html, rest)).collect();
    let worst =
        format!("{} of {} exactly right", cases.len() - wrong.len().min(cases.len()), cases.len());
    Outcome::new(cases.len())
        .expect(cases.len() >= 60, || "fewer than 60".to_owned())
        .failures(wrong)
        .worst(worst)
}

fn wrong(html: &str, rest: &str) -> Vec<String> {
    let cleaned = article::clean(html);
    let mut wrong = Vec::new();
    if cleaned != rest {
        wrong.push(format!("{html}\n      becomes {cleaned}\n      and not  {rest}"));
    }
    let source = format!("# 题\n\n{html}\n\n## 应急策略\n\n1. 看 {html}\n\n#### {html}\n");
    for section in article::render("a.md", &source, &|_| None) {
        let found = allowed::violations(&section);
        wrong.extend((!found.is_empty()).then(|| format!("{html}: {}", found.join(", "))));
    }
    wrong
}
