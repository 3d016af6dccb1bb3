//! What a clause of a strategy decides, by its words. Words of decision are known in both scripts:
//! the text itself is kept as written.

/// What begins a condition.
const IF: [&str; 9] = ["如果", "假如", "倘若", "要是", "一旦", "万一", "萬一", "若是", "若"];

/// What begins a condition only where `则` follows.
const IF_WITH_THEN: [&str; 3] = ["如", "当", "當"];

/// Characters before which `若` and `如` are part of a word.
const NO_IF: [char; 7] = ['干', '下', '图', '圖', '上', '何', '此'];

/// What begins the failure of the step before.
const FAILED: [&str; 12] = [
    "无法",
    "無法",
    "仍无法",
    "仍無法",
    "仍然无法",
    "仍然無法",
    "仍不能",
    "仍未",
    "确实无法",
    "確實無法",
    "实在无法",
    "實在無法",
];

/// What begins the other way inside a sentence.
const ELSE_INSIDE: [&str; 4] = ["反之", "否则", "否則", "不然"];

/// What begins the other way.
const ELSE: [&str; 10] = [
    "反之",
    "否则",
    "否則",
    "不然",
    "其他情况",
    "其他情況",
    "其它情况",
    "其它情況",
    "其余情况",
    "其餘情況",
];

/// What follows a condition.
const IN_CASE: [&str; 2] = ["情况下", "情況下"];

const THEN: [char; 2] = ['则', '則'];

/// Characters before which `则` is part of a word.
const THEN_BEFORE: &str = "否原规規守法准準细細总總通实實";

/// Most commas before a condition: what comes later is a remark.
const MAX_LEADS: usize = 8;

/// What is no condition although “情况下” follows.
const NO_CONDITION: [&str; 14] = [
    "一般",
    "正常",
    "通常",
    "多数",
    "多數",
    "大多数",
    "大多數",
    "任何",
    "这种",
    "這種",
    "此种",
    "该",
    "此",
    "上述",
];

/// What a clause is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    Plain,
    /// A condition, what comes before it, what to do, and what to do otherwise.
    If {
        lead: String,
        condition: String,
        action: String,
        otherwise: Option<(String, String)>,
    },
    /// What to do when the step before fails.
    Failed {
        condition: String,
        action: String,
    },
    /// The word and what to do.
    Else {
        word: String,
        action: String,
    },
}

/// What a clause is for, by its words.
pub(super) fn role(clause: &str) -> Role {
    let found = otherwise(clause).or_else(|| in_case(clause)).or_else(|| failed(clause));
    found.or_else(|| conditional(clause)).or_else(|| then(clause)).unwrap_or(Role::Plain)
}

/// `反之，…`
fn otherwise(clause: &str) -> Option<Role> {
    let (word, rest) = ELSE.iter().find_map(|word| Some((*word, clause.strip_prefix(word)?)))?;
    let action = action(rest.strip_prefix('下').unwrap_or(rest))?;
    Some(Role::Else { word: word.to_owned(), action })
}

/// `…，在…的情况下，…`
fn in_case(clause: &str) -> Option<Role> {
    let (before, rest) = IN_CASE.iter().find_map(|words| clause.split_once(words))?;
    let (lead, condition) = condition_at_end(before);
    let condition = condition.strip_suffix(['的', '之']).unwrap_or(&condition).trim();
    if condition.is_empty() || NO_CONDITION.contains(&condition) {
        return None;
    }
    condition_role(lead, condition, rest)
}

/// The condition at the end of a text, from the word that begins it on, and what comes before.
fn condition_at_end(text: &str) -> (String, String) {
    let parts: Vec<&str> = text.split_inclusive(['，', ',']).collect();
    let opening = ["在", "如果", "若", "当", "當", "如"];
    let begins = |part: &&str| opening.iter().any(|word| part.trim_start().starts_with(word));
    let at = parts.iter().rposition(begins).unwrap_or(parts.len().saturating_sub(1));
    let lead = parts.iter().take(at).copied().collect::<String>();
    let condition = parts.iter().skip(at).copied().collect::<String>();
    let condition = condition.trim();
    let bare = opening.iter().find_map(|word| condition.strip_prefix(word)).unwrap_or(condition);
    (without_comma(&lead), bare.trim().to_owned())
}

/// `无法…，…`
fn failed(clause: &str) -> Option<Role> {
    FAILED.iter().find(|word| clause.starts_with(**word))?;
    let (condition, rest) = condition_and_rest(clause)?;
    Some(Role::Failed { condition, action: action(&rest)? })
}

/// `…，如果…，则…`
fn conditional(clause: &str) -> Option<Role> {
    let parts: Vec<&str> = clause.split_inclusive(['，', ',']).collect();
    for (at, part) in parts.iter().enumerate().take(MAX_LEADS) {
        let here: String = parts.iter().skip(at).copied().collect();
        let has_then = position_of_then(&here).is_some();
        let word = IF.iter().chain(IF_WITH_THEN.iter().filter(|_| has_then));
        let Some(word) = word.into_iter().find(|word| part.trim_start().starts_with(**word)) else {
            continue;
        };
        let rest = here.trim_start().strip_prefix(word).unwrap_or_default();
        if rest.starts_with(NO_IF) {
            return None;
        }
        let (condition, rest) = condition_and_rest(rest)?;
        let lead: String = parts.iter().take(at).copied().collect();
        return condition_role(without_comma(&lead), &condition, &rest);
    }
    None
}

/// `…则…`
fn then(clause: &str) -> Option<Role> {
    position_of_then(clause)?;
    let (condition, rest) = condition_and_rest(clause)?;
    if condition.chars().count() < 3 {
        return None;
    }
    let (lead, condition) = match condition.rsplit_once(['，', ',']) {
        Some((lead, condition)) => (lead.to_owned(), condition.trim().to_owned()),
        None => (String::new(), condition),
    };
    condition_role(lead, &condition, &rest)
}

/// What comes before `则`, else before the first comma, and what comes after.
fn condition_and_rest(text: &str) -> Option<(String, String)> {
    let (condition, rest) = match position_of_then(text) {
        Some(at) => (text.get(..at)?, text.get(at + "则".len()..)?),
        None => text.split_once(['，', ',', '：', ':'])?,
    };
    let condition = without_comma(condition);
    let bare = ["的话", "的話", "的时候", "的時候", "的"]
        .iter()
        .find_map(|end| condition.strip_suffix(end));
    let condition = bare.unwrap_or(&condition).to_owned();
    (!condition.is_empty()).then(|| (condition, rest.to_owned()))
}

/// Where `则` stands as a word of its own, in bytes.
fn position_of_then(text: &str) -> Option<usize> {
    let at = text.match_indices(THEN).map(|(at, _)| at);
    at.into_iter().find(|at| {
        let before = text.get(..*at).and_then(|before| before.chars().next_back());
        before.is_some_and(|before| !THEN_BEFORE.contains(before))
    })
}

/// A condition with what to do, which may hold the other way.
fn condition_role(lead: String, condition: &str, rest: &str) -> Option<Role> {
    let other = ELSE_INSIDE.iter().find_map(|word| {
        let at = ["，", ","].iter().find_map(|comma| rest.find(&format!("{comma}{word}")))?;
        let (then, other) = rest.split_at_checked(at)?;
        let other = action(without_mark(other).strip_prefix(word)?)?;
        Some((then, ((*word).to_owned(), other)))
    });
    let (rest, otherwise) = match other {
        Some((then, otherwise)) => (then, Some(otherwise)),
        None => (rest, None),
    };
    let condition = condition.to_owned();
    Some(Role::If { lead, condition, action: action(rest)?, otherwise })
}

/// What to do, without the comma and the `则` before it; `None` if there is nothing to do.
fn action(text: &str) -> Option<String> {
    let text = without_mark(text);
    let text = text.strip_prefix(THEN).unwrap_or(text).trim();
    text.contains(char::is_alphanumeric).then(|| text.to_owned())
}

fn without_mark(text: &str) -> &str {
    text.trim_start_matches(['，', ',', '、', '：', ':', ' '])
}

fn without_comma(text: &str) -> String {
    text.trim().trim_end_matches(['，', ',']).trim().to_owned()
}
