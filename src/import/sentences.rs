//! Text of a cell as clauses: what stands between marks that end a thought.

/// Ends a sentence.
const STOPS: &str = "。！？!?";

/// Ends a clause of a sentence.
const PAUSES: &str = "；;";

/// What opens and closes a part that is not taken apart.
const PAIRS: [(char, char); 4] = [('（', '）'), ('(', ')'), ('“', '”'), ('「', '」')];

/// A clause and how it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Clause {
    /// The text with its mark, trimmed. Never empty.
    pub(super) text: String,
    /// Whether a sentence ends here.
    pub(super) ends_sentence: bool,
}

/// All clauses of a text; each line ends a sentence.
///
/// Numbers that count the lines or clauses from 1 on, as in `1、先停手；2、再看`, are left out; the
/// second value says whether there were any.
pub(super) fn clauses(text: &str) -> (Vec<Clause>, bool) {
    let mut clauses: Vec<Clause> = text.lines().flat_map(of_line).collect();
    let numbers: Vec<_> = clauses.iter().map(|clause| number(&clause.text)).collect();
    let counted = (1..).zip(numbers.iter().flatten()).all(|(n, (number, _))| n == *number);
    let is_numbered = numbers.iter().flatten().nth(1).is_some()
        && numbers.first().is_some_and(Option::is_some)
        && counted;
    if !is_numbered {
        return (clauses, false);
    }
    for (clause, number) in clauses.iter_mut().zip(&numbers) {
        if let Some((_, rest)) = number {
            clause.text.clone_from(rest);
        }
    }
    for index in 1..clauses.len() {
        if numbers.get(index).is_some_and(Option::is_some)
            && let Some(before) = clauses.get_mut(index - 1)
        {
            before.ends_sentence = true;
        }
    }
    (clauses, true)
}

fn of_line(line: &str) -> Vec<Clause> {
    // Where brackets do not match, they mean nothing.
    split(line, true).unwrap_or_else(|| split(line, false).unwrap_or_default())
}

fn split(line: &str, by_pairs: bool) -> Option<Vec<Clause>> {
    let (mut clauses, mut text, mut open) = (Vec::new(), String::new(), Vec::new());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        text.push(c);
        if by_pairs {
            if open.last() == Some(&c) {
                open.pop();
            } else if let Some((_, close)) = PAIRS.iter().find(|(opening, _)| *opening == c) {
                open.push(*close);
            }
        }
        let next = chars.peek().copied();
        if open.is_empty() && is_end(c, next) {
            push(&mut clauses, &mut text, STOPS.contains(c));
        }
    }
    push(&mut clauses, &mut text, true);
    if let Some(last) = clauses.last_mut() {
        last.ends_sentence = true;
    }
    open.is_empty().then_some(clauses)
}

/// Whether a clause ends behind `c`. Marks in a row stay together, and ASCII ones may be part of a
/// command or an address.
fn is_end(c: char, next: Option<char>) -> bool {
    let is_mark = |c: char| STOPS.contains(c) || PAUSES.contains(c);
    let is_ascii_inside = c.is_ascii() && next.is_some_and(|next| next.is_ascii_graphic());
    is_mark(c) && !next.is_some_and(is_mark) && !is_ascii_inside
}

fn push(clauses: &mut Vec<Clause>, text: &mut String, ends_sentence: bool) {
    let clause = std::mem::take(text).trim().to_owned();
    if !clause.is_empty() {
        clauses.push(Clause { text: clause, ends_sentence });
    }
}

/// The number that a clause begins with, and what follows.
fn number(clause: &str) -> Option<(u32, String)> {
    let first = clause.chars().next()?;
    if ('①'..='⑳').contains(&first) {
        let rest: String = clause.chars().skip(1).collect();
        return Some((u32::from(first) - u32::from('①') + 1, rest.trim().to_owned()));
    }
    let bracketed = clause.strip_prefix(['（', '(']);
    let inner = bracketed.unwrap_or(clause);
    let digits: String = inner.chars().take_while(char::is_ascii_digit).take(2).collect();
    let rest = inner.strip_prefix(digits.as_str())?;
    let rest = match bracketed {
        Some(_) => rest.strip_prefix(['）', ')'])?,
        None => rest.strip_prefix(['、', '.', '．', ')', '）'])?,
    };
    // `1.5 GB` is no first step.
    let is_decimal = rest.starts_with(|c: char| c.is_ascii_digit());
    let rest = rest.trim_start_matches(['、', '.']).trim();
    if is_decimal || rest.is_empty() { None } else { Some((digits.parse().ok()?, rest.to_owned())) }
}

/// The first sentence of a text.
pub(super) fn first_sentence(text: &str) -> String {
    let mut sentence = String::new();
    for clause in clauses(text).0 {
        sentence.push_str(&clause.text);
        if clause.ends_sentence {
            break;
        }
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clauses, with `|` behind those that end a sentence.
    fn shown(text: &str) -> Vec<String> {
        let clauses = clauses(text).0.into_iter();
        clauses
            .map(|clause| format!("{}{}", clause.text, if clause.ends_sentence { "|" } else { "" }))
            .collect()
    }

    #[test]
    fn clauses_end_at_marks_and_lines() {
        let table: [(&str, &[&str]); 9] = [
            ("甲；乙。丙", &["甲；", "乙。|", "丙|"]),
            ("甲\n\n 乙；\n丙", &["甲|", "乙；|", "丙|"]),
            ("甲（子；丑。）乙；丙", &["甲（子；丑。）乙；", "丙|"]),
            ("甲（子；乙", &["甲（子；", "乙|"]),
            ("真的？！快停", &["真的？！|", "快停|"]),
            ("a;b; c?x=1;y", &["a;b;", "c?x=1;y|"]),
            ("见“停；看”；再走", &["见“停；看”；", "再走|"]),
            ("；", &["；|"]),
            ("", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_that_count_are_left_out() {
        let table: [(&str, &[&str], bool); 7] = [
            ("1、停手；2、再看。", &["停手；|", "再看。|"], true),
            ("1. 停手\n说明\n2. 再看", &["停手|", "说明|", "再看|"], true),
            ("（1）停手；（2）再看", &["停手；|", "再看|"], true),
            ("①停手②再看", &["①停手②再看|"], false),
            ("①停手；②再看", &["停手；|", "再看|"], true),
            ("2、停手；1、再看", &["2、停手；", "1、再看|"], false),
            ("1.5 GB 以上；2 台", &["1.5 GB 以上；", "2 台|"], false),
        ];
        for (text, expected, is_numbered) in table {
            assert_eq!(shown(text), expected, "{text:?}");
            assert_eq!(clauses(text).1, is_numbered, "{text:?}");
        }
    }

    #[test]
    fn the_first_sentence_has_all_its_clauses() {
        assert_eq!(first_sentence("甲；乙。丙"), "甲；乙。");
        assert_eq!(first_sentence("甲\n乙"), "甲");
        assert_eq!(first_sentence(""), "");
    }
}
