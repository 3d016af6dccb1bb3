//! Questions to the caller, and the steps of an emergency strategy with their branches.

use pulldown_cmark::{Event, Tag};

use super::{
    Branch, Question, Step,
    blocks::{Block, blocks, element, lead},
    links::{self, Target},
    text::plain,
};

/// Steps taken from paragraphs when a strategy has no list at all.
const MAX_PARAGRAPH_STEPS: usize = 3;

/// What may stand between a condition and what to do.
const SEPARATORS: [char; 8] = ['：', ':', '，', ',', '—', '→', ' ', '\n'];

/// The items of all lists in 先问用户.
pub(super) fn questions(events: &[Event<'_>]) -> Vec<Question> {
    let lists = blocks(events).filter_map(|block| match block {
        Block::List(_, items) => Some(items),
        _ => None,
    });
    lists.flat_map(items).map(question).filter(|question| !question.text.is_empty()).collect()
}

fn question(item: &[Event<'_>]) -> Question {
    let checkable = item.iter().take(2).any(|event| matches!(event, Event::TaskListMarker(_)));
    Question { text: lead(item), checkable }
}

/// The steps of 应急策略: the items of its ordered lists, with the numbers shown. Without such a
/// list, the items of the first list, else the first three paragraphs.
///
/// `path` is that of the article, for the links of the branches.
pub(super) fn steps(events: &[Event<'_>], path: &str) -> Vec<Step> {
    let ordered = ordered_steps(events, path);
    if !ordered.is_empty() {
        return ordered;
    }
    let first_list = blocks(events).find_map(|block| match block {
        Block::List(_, list) => Some(list),
        _ => None,
    });
    if let Some(list) = first_list {
        return numbered(1, items(list), path);
    }
    let paragraphs = blocks(events).filter_map(|block| match block {
        Block::Paragraph(paragraph) => Some(plain(paragraph)),
        _ => None,
    });
    (1..)
        .zip(paragraphs.filter(|text| !text.is_empty()).take(MAX_PARAGRAPH_STEPS))
        .map(|(number, text)| Step { number, text, branches: Vec::new() })
        .collect()
}

fn ordered_steps(events: &[Event<'_>], path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    // Branches may follow their step unindented; they belong to no step across a heading.
    let mut may_follow = false;
    for block in blocks(events) {
        match block {
            Block::List(Some(start), list) => {
                steps.extend(numbered(start, items(list), path));
                may_follow = true;
            }
            Block::List(None, list) if may_follow => {
                if let Some(step) = steps.last_mut() {
                    let step: &mut Step = step;
                    step.branches.extend(items(list).filter_map(|item| branch(item, path)));
                }
            }
            Block::Other([Event::Rule]) => may_follow = false,
            _ => {}
        }
    }
    steps
}

fn numbered<'e, 'a: 'e>(
    start: u64,
    items: impl Iterator<Item = &'e [Event<'a>]>,
    path: &str,
) -> Vec<Step> {
    let numbers = u32::try_from(start).unwrap_or(u32::MAX)..=u32::MAX;
    numbers
        .zip(items)
        .map(|(number, item)| Step { number, text: lead(item), branches: branches(item, path) })
        .collect()
}

fn branches(step: &[Event<'_>], path: &str) -> Vec<Branch> {
    let lists = blocks(step).filter_map(|block| match block {
        Block::List(None, list) => Some(list),
        _ => None,
    });
    lists.flat_map(items).filter_map(|item| branch(item, path)).collect()
}

/// The item as a branch, if it begins with `**如果 …**` or `**否则**`.
fn branch(item: &[Event<'_>], path: &str) -> Option<Branch> {
    let content = match item.split_first()? {
        (Event::Start(Tag::Paragraph), rest) => rest,
        _ => item,
    };
    if !matches!(content.first(), Some(Event::Start(Tag::Strong))) {
        return None;
    }
    let strong = element(content);
    let condition = plain(strong).trim_end_matches(SEPARATORS).to_owned();
    if !condition.starts_with("如果") && !condition.starts_with("否则") {
        return None;
    }
    let rest = content.get(strong.len()..).unwrap_or_default();
    let text = plain(rest).trim_start_matches(SEPARATORS).to_owned();
    Some(Branch { condition, text, goto: goto(item, path) })
}

fn goto(item: &[Event<'_>], path: &str) -> Option<String> {
    item.iter().find_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => match links::target(path, dest_url) {
            Target::Inside { path, .. } if links::is_article(&path) => Some(path),
            _ => None,
        },
        _ => None,
    })
}

/// The items of a list, each without its start and end.
pub(super) fn items<'e, 'a>(list: &'e [Event<'a>]) -> impl Iterator<Item = &'e [Event<'a>]> {
    blocks(list).filter_map(|block| match block {
        Block::Item(item) => Some(item),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Parser;

    use super::*;
    use crate::article::outline;

    fn events(markdown: &str) -> Vec<Event<'_>> {
        Parser::new_ext(markdown, outline::options()).collect()
    }

    /// `number text | condition > text > goto | …` of each step.
    fn shown(markdown: &str) -> Vec<String> {
        steps(&events(markdown), "net/a.md")
            .into_iter()
            .map(|step| {
                let mut line = format!("{} {}", step.number, step.text);
                for branch in step.branches {
                    let goto = branch.goto.unwrap_or_else(|| "-".to_owned());
                    line.push_str(&format!(" | {} > {} > {goto}", branch.condition, branch.text));
                }
                line
            })
            .collect()
    }

    #[test]
    fn steps_and_branches_are_read_in_every_form_they_are_written() {
        let cases: [(&str, &[&str]); 8] = [
            ("1. 停手。\n2. 再看。\n", &["1 停手。", "2 再看。"]),
            (
                "1. 判断：\n   - **如果 没丢**：转 [找回](../b.md#x)。\n   - **否则（说不清）**，停机\n   - 其他\n",
                &["1 判断： | 如果 没丢 > 转 找回。 > b.md | 否则（说不清） > 停机 > -"],
            ),
            (
                "3. 查。\n\n   ```sh\n   ls\n   ```\n\n   - **如果：** 有\n\n     再做。\n",
                &["3 查。 | 如果 > 有\n再做。 > -"],
            ),
            ("1. 甲\n\n文\n\n4. 乙\n\n- **否则**：丙\n", &["1 甲", "4 乙 | 否则 > 丙 > -"]),
            ("1. 甲\n\n---\n\n- **否则**：丙\n", &["1 甲"]),
            ("文\n\n- 甲\n- 乙\n  - **如果 丙**丁\n", &["1 甲", "2 乙 | 如果 丙 > 丁 > -"]),
            ("> 引\n\n一\n\n二\n\n三\n\n四\n", &["1 一", "2 二", "3 三"]),
            ("", &[]),
        ];
        for (markdown, expected) in cases {
            assert_eq!(shown(markdown), expected, "{markdown:?}");
        }
    }

    #[test]
    fn a_step_number_beyond_the_type_ends_the_list() {
        assert_eq!(shown("999999999. 甲\n1. 乙"), ["999999999 甲", "1000000000 乙"]);
    }

    #[test]
    fn questions_are_the_items_of_any_list() {
        let found = questions(&events("- [ ] 几台？\n- 何时？\n  - 昨天\n\n文\n\n1. [x] 在哪？\n"));
        let found: Vec<_> = found.iter().map(|q| (q.text.as_str(), q.checkable)).collect();
        assert_eq!(found, [("几台？", true), ("何时？", false), ("在哪？", true)]);
    }
}
