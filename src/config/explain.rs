//! The messages of the TOML parser in Chinese.

use std::ops::Range;

/// How near a setting must be to what was written to be offered: 1 is the same.
const MIN_NEARNESS: f64 = 0.6;

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
        return unknown(name);
    }
    if let Some((_, expected)) = message.strip_prefix("invalid type: ").and_then(split_expected) {
        return format!("值的类型不对，应为{}", kind(expected));
    }
    if !message.is_ascii() {
        return message.to_owned();
    }
    format!("不是有效的 TOML：{message}")
}

/// `rest` is a name and those that exist, which the parser takes from the struct itself.
fn unknown(rest: &str) -> String {
    let (name, known) = rest.rsplit_once(", expected one of ").unwrap_or((rest, ""));
    let known: Vec<_> = known.split(", ").map(|name| name.trim_matches('`')).collect();
    let nearest = nearest(name.trim_matches('`'), &known);
    let nearest = nearest.map(|near| format!("是不是 `{near}`？")).unwrap_or_default();
    format!("没有 {name} 这个设置，{nearest}可用的有：{}", known.join("、"))
}

/// The name that was probably meant.
fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let name = name.to_lowercase();
    let nearness = |known: &str| strsim::normalized_damerau_levenshtein(&name, known);
    let near = known.iter().map(|known| (nearness(known), *known));
    let near = near.filter(|(nearness, _)| *nearness >= MIN_NEARNESS);
    near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
}

fn split_expected(message: &str) -> Option<(&str, &str)> {
    message.rsplit_once(", expected ")
}

fn kind(expected: &str) -> String {
    match expected {
        "a boolean" => "true 或 false".to_owned(),
        "a sequence" => "列表，如 [\"a\", \"b\"]".to_owned(),
        "i64" => "整数".to_owned(),
        "a string" | "path string" => "加引号的文字".to_owned(),
        other => format!(" {other}"),
    }
}
