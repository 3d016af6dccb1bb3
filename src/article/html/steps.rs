//! Which list items are steps of the strategy and which are branches, told while their HTML is
//! written: the rule of [`super::super::strategy`] for events that come one at a time.

use pulldown_cmark::{Event, Tag};

/// What a branch begins with, in bold.
const CONDITIONS: [&str; 2] = ["如果", "否则"];

/// An element that is open.
enum Open {
    /// An ordered list of steps; the number of the next one.
    Steps(u64),
    Step,
    /// A list whose items may be branches.
    Branches,
    Other,
}

/// How far the item that was opened last is on its way to be a branch.
#[derive(Clone, Copy, PartialEq)]
enum Lead {
    /// It is none.
    No,
    /// Nothing but the beginning of a paragraph has come.
    Fresh,
    /// Bold text has begun.
    Strong,
}

/// Follows the lists of an article's sections.
pub(super) struct Steps {
    in_strategy: bool,
    /// The elements that are open, outermost first.
    open: Vec<Open>,
    /// Whether a list may hold the branches of the step before it.
    may_follow: bool,
    lead: Lead,
}

impl Default for Steps {
    fn default() -> Self {
        Self { in_strategy: false, open: Vec::new(), may_follow: false, lead: Lead::No }
    }
}

impl Steps {
    /// A section begins.
    pub(super) fn section(&mut self, in_strategy: bool) {
        *self = Self { in_strategy, ..Self::default() };
    }

    /// Takes the next event. Gives the number when a step begins with it.
    pub(super) fn feed(&mut self, event: &Event<'_>) -> Option<u64> {
        if !self.in_strategy {
            return None;
        }
        match event {
            // The writer keeps what is inside an image, its end too, to itself.
            Event::Start(Tag::Image { .. }) => {}
            Event::Start(tag) => return self.start(tag),
            Event::End(_) => drop(self.open.pop()),
            Event::Rule if self.open.is_empty() => self.may_follow = false,
            _ => {}
        }
        self.lead = Lead::No;
        None
    }

    /// Whether `event`, which comes next, shows that the item opened last is a branch.
    pub(super) fn is_branch(&self, event: &Event<'_>) -> bool {
        let Event::Text(text) = event else { return false };
        let text = text.trim_start();
        self.lead == Lead::Strong && CONDITIONS.iter().any(|start| text.starts_with(start))
    }

    fn start(&mut self, tag: &Tag<'_>) -> Option<u64> {
        let lead = std::mem::replace(&mut self.lead, Lead::No);
        let mut number = None;
        let open = match (tag, self.open.last_mut()) {
            (Tag::List(Some(first)), None) => {
                self.may_follow = true;
                Open::Steps(*first)
            }
            (Tag::List(None), Some(Open::Step)) => Open::Branches,
            (Tag::List(None), None) if self.may_follow => Open::Branches,
            (Tag::Item, Some(Open::Steps(next))) => {
                number = Some(*next);
                *next += 1;
                Open::Step
            }
            (tag, parent) => {
                self.lead = next_lead(lead, tag, matches!(parent, Some(Open::Branches)));
                Open::Other
            }
        };
        self.open.push(open);
        number
    }
}

fn next_lead(lead: Lead, tag: &Tag<'_>, in_branches: bool) -> Lead {
    match (tag, lead) {
        (Tag::Item, _) if in_branches => Lead::Fresh,
        (Tag::Paragraph, Lead::Fresh) => Lead::Fresh,
        (Tag::Strong, Lead::Fresh) => Lead::Strong,
        _ => Lead::No,
    }
}

#[cfg(test)]
mod tests {
    use crate::article::{SectionKind, parse, render};

    /// The classes of the items in the HTML of a strategy, as `s<number>` and `b`.
    fn marks(strategy: &str) -> String {
        let source = format!("## 应急策略\n\n{strategy}");
        let html = render("a.md", &source, &|_| None).concat();
        let marks = html.split("<li class=\"").skip(1).filter_map(|item| {
            let (class, rest) = item.split_once('"')?;
            let number = rest.strip_prefix(" value=\"").and_then(|rest| rest.split('"').next());
            Some(format!("{}{}", class.chars().next()?, number.unwrap_or_default()))
        });
        marks.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn steps_and_branches_are_marked_as_they_are_read() {
        let cases = [
            ("1. 停手。\n2. 再看。\n", "s1 s2"),
            (
                "1. 判断：\n   - **如果 没丢**：转。\n   - **否则（说不清）**，停机\n   - 其他\n",
                "s1 b b",
            ),
            ("3. 查。\n\n   ```sh\n   ls\n   ```\n\n   - **如果：** 有\n\n     再做。\n", "s3 b"),
            ("1. 甲\n\n文\n\n4. 乙\n\n- **否则**：丙\n", "s1 s4 b"),
            ("1. 甲\n\n---\n\n- **否则**：丙\n", "s1"),
            ("1. 甲\n\n### 乙\n\n- **否则**：丙\n\n2. 丁\n", "s1 s2"),
            ("1. 甲\n   - **如果 乙**：\n     - **如果 丙**：丁\n", "s1 b"),
            ("1. 甲\n   1. 乙\n   - 先**如果 丙**\n   - **备份**\n", "s1"),
            ("- 甲\n- 乙\n  - **如果 丙**丁\n", ""),
            ("1. ![图](a.png)甲\n2. 乙\n", "s1 s2"),
            ("> 1. 甲\n", ""),
            ("1. [ ] 甲\n2. [x] 乙\n", "s1 s2"),
            ("999999999. 甲\n1. 乙\n", "s999999999 s1000000000"),
        ];
        for (markdown, expected) in cases {
            assert_eq!(marks(markdown), expected, "{markdown:?}");
        }
    }

    #[test]
    fn other_sections_have_no_steps() {
        let html = render("a.md", "## 现象\n\n1. 甲\n   - **如果 乙**：丙\n", &|_| None).concat();
        assert!(html.contains("<ol><li>甲") && !html.contains("class"), "{html}");
    }

    #[test]
    fn there_is_a_mark_for_each_step_and_branch_of_the_article() {
        let source = "## 应急策略\n\n1. 甲\n   - **如果 乙**：丙\n   - **否则**：丁\n\n### 戊\n\n\
                      2. 己\n\n## 现象\n\n1. 庚\n";
        let article = parse("a.md", source).unwrap().article;
        let html = render("a.md", source, &|_| None).concat();
        let branches: usize = article.steps.iter().map(|step| step.branches.len()).sum();
        assert_eq!(html.matches("<li class=\"step\"").count(), article.steps.len());
        assert_eq!(html.matches("<li class=\"branch\"").count(), branches);
        assert!(article.sections.iter().any(|section| section.kind == SectionKind::Strategy));
    }
}
