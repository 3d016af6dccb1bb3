//! Steps that can be marked as done, and branches of which one can be chosen.
//!
//! Works on the marks that [`crate::article::render`] leaves; complete without a script.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::ticks::{attribute, split_before_block};
use crate::article::Step;

/// How steps, branches and tasks begin.
const ITEM: &str = "<li class=\"";
/// How a step begins; its number and `">` follow.
const STEP: &str = "<li class=\"step\" value=\"";
const BRANCH: &str = "<li class=\"branch\">";

/// The controls of one article's strategy, over all of its sections.
pub(super) struct Controls<'a> {
    /// The texts of the steps by number, in order: an article may count from 1 again.
    texts: HashMap<u32, Vec<&'a str>>,
    /// How often each number came so far.
    times: HashMap<u32, usize>,
    /// Number of the step that branches belong to, with `-2` when it came before.
    step: String,
}

impl<'a> Controls<'a> {
    pub(super) fn new(steps: &'a [Step]) -> Self {
        let mut texts: HashMap<u32, Vec<&str>> = HashMap::new();
        for step in steps {
            texts.entry(step.number).or_default().push(&step.text);
        }
        Self { texts, times: HashMap::new(), step: String::new() }
    }

    /// The same safe HTML of a section, or the next one, with its controls.
    pub(super) fn add(&mut self, html: &str) -> String {
        let mut out = String::with_capacity(html.len());
        let mut rest = html;
        while let Some(at) = rest.find(ITEM) {
            let (before, item) = rest.split_at(at);
            out.push_str(before);
            rest = if let Some(branch) = item.strip_prefix(BRANCH) {
                self.branch(&mut out, branch)
            } else if let Some(step) = item.strip_prefix(STEP) {
                self.step(&mut out, step)
            } else {
                out.push_str(ITEM);
                item.strip_prefix(ITEM).unwrap_or_default()
            };
        }
        out + rest
    }

    fn step<'h>(&mut self, out: &mut String, item: &'h str) -> &'h str {
        let (number, rest) = item.split_once("\">").unwrap_or((item, ""));
        let number: u32 = number.parse().unwrap_or_default();
        let times = self.times.entry(number).or_default();
        *times += 1;
        self.step = if *times == 1 { number.to_string() } else { format!("{number}-{times}") };
        let texts = self.texts.get(&number).map(Vec::as_slice).unwrap_or_default();
        let text = escape(texts.get(*times - 1).copied().unwrap_or_default());
        let name = format!("step-{}", self.step);
        out.push_str(&format!(
            "<li class=\"step\" value=\"{number}\" id=\"{name}\" tabindex=\"-1\"><label class=\"done\">\
             <input type=\"checkbox\" name=\"{name}\" value=\"{text}\">\
             <span class=\"vh\">第 {number} 步</span>已做</label>"
        ));
        rest
    }

    fn branch<'h>(&self, out: &mut String, item: &'h str) -> &'h str {
        let item = item.trim_start();
        let (paragraph, item) = match item.strip_prefix("<p>") {
            Some(item) => (true, item),
            None => (false, item),
        };
        let (text, rest) = split_before_block(item);
        let rest = if paragraph { rest.strip_prefix("</p>").unwrap_or(rest) } else { rest };
        let text = text.trim();
        let (condition, then) = match text.split_once("</strong>") {
            Some((condition, then)) => (format!("{condition}</strong>"), then),
            None => (text.to_owned(), ""),
        };
        out.push_str(&format!(
            "{BRANCH}<label class=\"choice\"><input type=\"radio\" name=\"branch-{}\" value=\"{}\">\
             <span>{condition}<span class=\"then\">{then}</span></span></label><p class=\"leads\">{}\
             <button type=\"button\" class=\"js plain\" data-rechoose>重选</button></p>",
            self.step,
            attribute(&condition),
            leads(text)
        ));
        rest
    }
}

/// The numbers of the steps that stand in some sections.
pub(super) fn numbers<'h>(sections: impl Iterator<Item = &'h str>) -> BTreeSet<u32> {
    let steps = sections.flat_map(|html| html.split(STEP).skip(1));
    steps.filter_map(|item| item.split_once('"')?.0.parse().ok()).collect()
}

/// Where a branch leads: its links to steps and articles once more, to be found at a glance.
fn leads(html: &str) -> String {
    let is_ours = |link: &&str| link.starts_with("#step-") || link.starts_with("/articles/");
    let links = html.split("<a href=\"").skip(1).filter_map(|link| link.split("</a>").next());
    let mut seen = HashSet::new();
    let mut out = String::new();
    for link in links.filter(is_ours).filter(|link| seen.insert(*link)) {
        out.push_str(if out.is_empty() { "转到：" } else { "" });
        out.push_str(&format!("<a class=\"button\" href=\"{link}</a> "));
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{parse, render};

    fn controls(strategy: &str) -> String {
        let source = format!("## 应急策略\n\n{strategy}");
        let steps = parse("a.md", &source).unwrap().article.steps;
        let mut controls = Controls::new(&steps);
        let resolve = |path: &str| path.strip_suffix(".md").map(str::to_owned);
        render("a.md", &source, &resolve).iter().map(|html| controls.add(html)).collect()
    }

    #[test]
    fn a_step_has_a_name_and_a_box() {
        let html = controls("2. 停 \"<手\"。\n");
        let step = "<ol start=\"2\"><li class=\"step\" value=\"2\" id=\"step-2\" tabindex=\"-1\">\
                    <label class=\"done\"><input type=\"checkbox\" name=\"step-2\" value=\"停 &quot;&lt;手&quot;。\">\
                    <span class=\"vh\">第 2 步</span>已做</label>停 \"&lt;手\"。</li>";
        assert!(html.starts_with(step), "{html}");
    }

    #[test]
    fn steps_that_count_from_one_again_keep_names_of_their_own() {
        let html = controls("1. 甲\n\n文\n\n1. 乙\n   - **否则**：丙\n");
        for expected in ["id=\"step-1\"", "id=\"step-1-2\"", "value=\"乙\"", "name=\"branch-1-2\""]
        {
            assert_eq!(html.matches(expected).count(), 1, "{expected} in {html}");
        }
    }

    #[test]
    fn branches_are_choices_of_their_step() {
        let cases = [
            (
                "1. 查\n   - **如果 丢了**：转 [找回](b.md)。\n   - **否则**，停\n",
                "<label class=\"choice\"><input type=\"radio\" name=\"branch-1\" value=\"如果 丢了\"><span><strong>如果 丢了</strong>\
                 <span class=\"then\">：转 <a href=\"/articles/b\">找回</a>。</span></span></label>\
                 <p class=\"leads\">转到：<a class=\"button\" href=\"/articles/b\">找回</a> <button",
            ),
            (
                "1. 查\n\n   - **如果 有**：看\n\n     再做\n",
                "</strong><span class=\"then\">：看</span></span></label><p class=\"leads\"><button \
                 type=\"button\" class=\"js plain\" data-rechoose>重选</button></p>\n<p>再做</p>",
            ),
            (
                "1. 查\n\n- **否则**：停\n",
                "name=\"branch-1\" value=\"否则\"><span><strong>否则</strong>",
            ),
        ];
        for (strategy, expected) in cases {
            let html = controls(strategy);
            assert!(html.contains(expected), "{expected} in {html}");
        }
    }

    #[test]
    fn a_branch_leads_to_steps_and_articles_once_each() {
        let html = "<a href=\"#step-2\">第 2 步</a>或<a href=\"#step-2\">第 2 步</a>，\
                    <a href=\"https://x.example/\">外</a>";
        assert_eq!(leads(html), "转到：<a class=\"button\" href=\"#step-2\">第 2 步</a> ");
        assert_eq!(leads("文"), "");
    }
}
