//! A row of a table, its texts by what they mean.

use crate::article::MAX_TITLE_CHARS;

/// What becomes an article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Draft {
    /// Name of the future file without `.md`.
    pub(super) id: String,
    /// The table it stands in; empty where a document can have only one.
    pub(super) table: String,
    /// Number of the row in the document, from 1.
    pub(super) row: usize,
    /// 类型, as far as known from this row or one above.
    pub(super) fault: String,
    /// 紧急情况. Never empty.
    pub(super) event: String,
    /// 故障现象
    pub(super) symptoms: String,
    /// 预防措施
    pub(super) prevention: String,
    /// 应急策略
    pub(super) strategy: String,
    /// 责任人
    pub(super) owner: String,
    /// Heading of the strategy's column, to quote it by.
    pub(super) strategy_heading: String,
    /// Heading and text of all other cells.
    pub(super) notes: Vec<(String, String)>,
}

impl Draft {
    /// The title: the event on one line, cut where callers would stop listening.
    pub(super) fn title(&self) -> String {
        cut(&one_line(&self.event), MAX_TITLE_CHARS)
    }

    /// Whether the title says all that the event does.
    pub(super) fn title_is_whole(&self) -> bool {
        self.event == self.title()
    }
}

/// The text on one line, blanks as one.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text cut to a number of characters: behind a mark of punctuation in its second half, else
/// anywhere, with an ellipsis.
pub(super) fn cut(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let head: String = text.chars().take(max_chars - 1).collect();
    let is_mark = |c: char| "，；。、：！？,;:!?".contains(c);
    let at_mark = head.rsplit_once(is_mark).map(|(before, _)| before.trim_end());
    let at_mark = at_mark.filter(|before| before.chars().count() * 2 >= max_chars);
    format!("{}…", at_mark.unwrap_or(&head).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_at_a_mark_in_their_second_half() {
        let table = [
            ("硬盘坏了", 8, "硬盘坏了"),
            ("硬盘坏了，先别关机器", 8, "硬盘坏了…"),
            ("盘坏，先别关机器也别重启", 8, "盘坏，先别关机…"),
            ("一二三四五六七八", 8, "一二三四五六七八"),
            ("一二三四五六 七八九", 8, "一二三四五六…"),
        ];
        for (text, max_chars, expected) in table {
            assert_eq!(cut(text, max_chars), expected);
            assert!(cut(text, max_chars).chars().count() <= max_chars);
        }
    }

    #[test]
    fn a_title_is_the_event_on_one_line() {
        let draft = |event: &str| Draft { event: event.to_owned(), ..Draft::default() };
        assert_eq!(draft("断网\n了").title(), "断网 了");
        assert!(draft("断网").title_is_whole());
        assert!(!draft("断网\n了").title_is_whole());
        assert!(!draft(&"断".repeat(33)).title_is_whole());
    }
}
