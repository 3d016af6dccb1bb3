//! What the search did beyond the literal query, in plain words.

use crate::search::Note;

/// The note as one Chinese sentence without a final stop. Not escaped.
pub(crate) fn sentence(note: &Note) -> String {
    match note {
        Note::Synonym { text, used } => {
            format!("已按{}同时查找（您输入的是“{text}”）", quoted(used))
        }
        Note::Corrected { text, used } => {
            format!("知识库里没有“{text}”，已按{}查找", quoted(used))
        }
        Note::Missing { dropped } => format!("已放宽：第一条里没有{}", quoted(dropped)),
        Note::Cut { kept } => format!("输入太长，只按前 {kept} 个字查找"),
        Note::NoMatch => "没有找到对应的策略，下面是最接近的总入口".to_owned(),
    }
}

/// Whether the note only explains the hits, while the others ask for attention.
pub(crate) const fn is_quiet(note: &Note) -> bool {
    matches!(note, Note::Synonym { .. })
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("“{word}”")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_plain_sentences() {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        let cases = [
            (
                Note::Synonym { text: "登陆".into(), used: words(&["登录", "登入"]) },
                "已按“登录”“登入”同时查找（您输入的是“登陆”）",
            ),
            (
                Note::Corrected { text: "dnegl".into(), used: words(&["dengl"]) },
                "知识库里没有“dnegl”，已按“dengl”查找",
            ),
            (Note::Missing { dropped: words(&["财务"]) }, "已放宽：第一条里没有“财务”"),
            (Note::Cut { kept: 500 }, "输入太长，只按前 500 个字查找"),
            (Note::NoMatch, "没有找到对应的策略，下面是最接近的总入口"),
        ];
        for (note, expected) in cases {
            assert_eq!(sentence(&note), expected);
        }
    }
}
