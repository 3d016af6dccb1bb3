//! The messages of the TOML parser in Chinese.

use std::ops::Range;

/// Names of all settings, as in [`Config`](super::Config).
const SETTINGS: &str = "kb、index、vocabulary、listen、allowed_hosts、watch、systems、history、\
                        panel_origins、second_line、public_url";

/// Line and column of the start of a range of bytes, from 1; the start of the file without one.
pub(super) fn place(text: &str, span: Option<Range<usize>>) -> (usize, usize) {
    let start = span.map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..start).unwrap_or_default();
    let last_line = before.rsplit_once('\n').map_or(before, |(_, last)| last);
    (before.matches('\n').count() + 1, last_line.chars().count() + 1)
}

/// The message of the parser, in Chinese as far as authors of settings are likely to meet it.
pub(super) fn reason(message: &str) -> String {
    let message = message.trim_end();
    if let Some(name) = message.strip_prefix("unknown field ") {
        let name = name.split(',').next().unwrap_or_default();
        return format!("没有 {name} 这个设置，可用的有：{SETTINGS}");
    }
    if let Some((_, expected)) = message.strip_prefix("invalid type: ").and_then(split_expected) {
        return format!("值的类型不对，应为{}", kind(expected));
    }
    if !message.is_ascii() {
        return message.to_owned();
    }
    format!("不是有效的 TOML：{message}")
}

fn split_expected(message: &str) -> Option<(&str, &str)> {
    message.rsplit_once(", expected ")
}

fn kind(expected: &str) -> String {
    match expected {
        "a boolean" => "true 或 false".to_owned(),
        "a sequence" => "列表，如 [\"a\", \"b\"]".to_owned(),
        "a string" | "path string" => "加引号的文字".to_owned(),
        other => format!(" {other}"),
    }
}
