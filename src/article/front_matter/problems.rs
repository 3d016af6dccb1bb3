//! Why front matter cannot be read, in words an author understands.

use serde_saphyr::{Error, budget::BudgetBreach};

use super::{
    super::{Finding, Level},
    RULE,
    split::{MAX_BYTES, SplitProblem},
    yaml::{Place, YamlProblem, place},
};

/// Longest detail of the YAML reader that is passed on, in characters.
const MAX_DETAIL_CHARS: usize = 80;

/// What the YAML reader says, and the same in Chinese with advice. The first that is contained
/// in its message counts.
const TRANSLATIONS: &[(&str, &str, &str)] = &[
    ("a tab", "这里不能用制表符（Tab）", "缩进用空格"),
    ("tabs", "这里不能用制表符（Tab）", "缩进用空格"),
    ("simple key expect", "这一行不是“字段: 值”", "字段名后面写半角冒号和一个空格"),
    ("expected key", "这一行不是“字段: 值”，或缩进不对", "字段顶格写，后面是半角冒号和一个空格"),
    ("mapping values are not", "一行里有两个“冒号加空格”", "给整个值加上双引号；字段要顶格写"),
    ("escape", "双引号里的反斜杠写法不对", "改用单引号，或把 \\ 写成 \\\\"),
    ("trailing content", "引号后面还有内容", "给整个值加上双引号，里面的双引号写成 \\\""),
    ("quote", "引号没有配对", "值的开头和结尾用同一种半角引号"),
    ("placement of ':'", "列表的“[”没有配上“]”，或多了冒号", "写成 [甲, 乙]；带冒号的项加引号"),
    ("bracket '['", "列表的“[”没有配上“]”", "写成 [甲, 乙]，括号和逗号用半角"),
    ("bracket '{'", "“{”没有配上“}”", "写成 {name: 甲}，括号用半角"),
    ("misplaced bracket", "多了一个右括号", "删掉它，或给整个值加上双引号"),
    ("']'", "列表的两项之间缺逗号", "写成 [甲, 乙]，逗号用半角"),
    ("'}'", "花括号里的两项之间缺逗号", "写成 {name: 甲, labels: {}}，逗号用半角"),
    ("block sequence entries", "“- ”不能写在字段名的同一行", "另起一行写“- 甲”，或写成 [甲, 乙]"),
    ("unexpected character", "值不能以这个字符开头", "给整个值加上双引号"),
    ("'-' indicator", "列表项没有对齐", "每项一行，以“- ”开头，左边对齐"),
    ("indent", "缩进不对", "同一级的字段左边对齐"),
    ("anchor", "前言里不能用锚点（&）和引用（*）", "以 & 或 * 开头的值要加引号"),
    ("node content", "这里缺一个值", "补上值，或删掉这个字段"),
    ("eof", "这个值没有写完", "给整个值加上双引号，并检查括号是否配对"),
    ("directive", "行首不能是 %", "字段名只用英文"),
    ("document start", "行首不能是 %", "字段名只用英文"),
    ("tag", "前言里不能用 YAML 标签（!）", "以 ! 开头的值要加引号"),
    ("invalid ", "值与它的 YAML 标签（!!）不符", "去掉以 !! 开头的标签"),
];

/// The finding for front matter without a usable end.
pub(super) fn of_split(path: &str, problem: SplitProblem) -> Box<Finding> {
    let (place, message, hint) = match problem {
        SplitProblem::Unclosed => (
            Place { line: 1, column: 1 },
            "前言没有结束：应有单独一行 ---".to_owned(),
            "在最后一个字段的下一行写 ---",
        ),
        SplitProblem::TooLong(line) => (
            Place { line, column: 1 },
            format!("前言太长：最多 {} KiB", MAX_BYTES / 1024),
            "把说明文字移到正文",
        ),
    };
    finding(path, place, message, hint)
}

/// The finding for front matter that is no list of fields. `yaml` is its text.
pub(super) fn of_yaml(path: &str, yaml: &str, problem: &YamlProblem) -> Box<Finding> {
    let error = match problem {
        YamlProblem::NotAMapping(place) => {
            let message = "前言应为一行一个“字段: 值”".to_owned();
            return finding(path, *place, message, hint_at(yaml, *place, "例如 title: 电脑没声音"));
        }
        YamlProblem::Invalid(error) => error,
    };
    let place = error.location().map_or(Place { line: 2, column: 1 }, place);
    let (message, hint) = worded(error);
    finding(path, place, message, hint_at(yaml, place, hint))
}

fn finding(path: &str, place: Place, message: String, hint: &str) -> Box<Finding> {
    let finding = Finding::new(path, RULE, Level::Error, message);
    Box::new(finding.at(place.line, place.column).hint(hint))
}

/// A full-width colon is the most frequent mistake and looks right, so it is named first.
fn hint_at<'h>(yaml: &str, place: Place, hint: &'h str) -> &'h str {
    let index = usize::try_from(place.line.saturating_sub(2)).unwrap_or(usize::MAX);
    let before = index.checked_sub(1).and_then(|index| yaml.lines().nth(index));
    let is_full_width = |line: &str| {
        line.split_once('：')
            .is_some_and(|(key, _)| !key.is_empty() && !key.contains(':') && key.is_ascii())
    };
    if yaml.lines().nth(index).into_iter().chain(before).any(is_full_width) {
        "字段名后面的冒号要用半角，并空一格"
    } else {
        hint
    }
}

fn worded(error: &Error) -> (String, &'static str) {
    match error {
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or_default();
            (format!("字段 `{key}` 写了两次"), "只留一处")
        }
        Error::Budget { breach, .. } => of_budget(breach),
        Error::MultipleDocuments { .. } => ("前言里只能有一段 YAML".to_owned(), "删掉多余的分隔线"),
        Error::MergeKeyNotAllowed { .. } => ("前言里不能用 <<".to_owned(), "把字段直接写出来"),
        Error::UnknownAnchor { .. } | Error::AliasError { .. } => {
            ("前言里不能用锚点（&）和引用（*）".to_owned(), "以 & 或 * 开头的值要加引号")
        }
        _ => of_message(&error.to_string()),
    }
}

fn of_budget(breach: &BudgetBreach) -> (String, &'static str) {
    match breach {
        BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } => {
            ("前言里不能用锚点（&）和引用（*）".to_owned(), "以 & 或 * 开头的值要加引号")
        }
        BudgetBreach::Depth { .. } => ("前言嵌套太深".to_owned(), "列表里不要再套列表"),
        _ => ("前言内容太多".to_owned(), "把说明文字移到正文"),
    }
}

fn of_message(detail: &str) -> (String, &'static str) {
    let lower = detail.to_lowercase();
    let known = TRANSLATIONS.iter().find(|(part, ..)| lower.contains(part));
    let (message, hint) = known.map_or(
        ("前言不是有效的 YAML", "每行写成“字段: 值”"),
        |(_, message, hint)| (message, hint),
    );
    let first = detail.lines().next().unwrap_or_default();
    let short = first.split(" at line ").next().unwrap_or(first);
    if short.is_empty() || short.chars().count() > MAX_DETAIL_CHARS {
        return (message.to_owned(), hint);
    }
    (format!("{message}（{}）", short.trim_end_matches([',', ':', ' '])), hint)
}
