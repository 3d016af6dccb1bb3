//! The escalation table.

use pulldown_cmark::{Event, TagEnd};

use super::{
    Escalation,
    blocks::{Block, blocks},
    text::plain,
};

/// The rows below the head of each table in 升级与上报; missing cells are empty.
pub(super) fn rows(events: &[Event<'_>]) -> Vec<Escalation> {
    let tables = blocks(events).filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let rows = tables.flat_map(blocks).filter_map(|block| match block {
        Block::Row(row) => escalation(row),
        _ => None,
    });
    rows.collect()
}

fn escalation(row: &[Event<'_>]) -> Option<Escalation> {
    let mut cells = row.split(|event| *event == Event::End(TagEnd::TableCell)).map(plain);
    let mut next = || cells.next().unwrap_or_default();
    let row = Escalation { condition: next(), contact: next(), within: next(), bring: next() };
    let is_empty = row.condition.is_empty() && row.contact.is_empty();
    (!is_empty).then_some(row)
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Parser;

    use super::*;
    use crate::article::outline;

    #[test]
    fn rows_are_read_by_column() {
        let markdown = "文\n\n| 条件 | 找谁 | 时限 | 带什么 |\n|---|---|---|---|\n\
                        | 停电 | **值班**经理 | 立即 | `nltest` 结果 |\n| 漏水 | 物业 |\n| | | | |\n";
        let events: Vec<_> = Parser::new_ext(markdown, outline::options()).collect();
        let rows: Vec<_> = rows(&events)
            .into_iter()
            .map(|row| [row.condition, row.contact, row.within, row.bring])
            .collect();
        assert_eq!(rows, [["停电", "值班经理", "立即", "nltest 结果"], ["漏水", "物业", "", ""]]);
    }
}
