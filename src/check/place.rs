//! Where something stands in the front matter of a source. Lines and columns count from 1.

use super::{
    Checked,
    lines::{column, lines},
};
use crate::article::Finding;

/// The finding at the field of the front matter, else at the start of the file.
pub(super) fn at_field(checked: &Checked, field: &str, finding: Finding) -> Finding {
    let (line, column) = of_field(&checked.source, field).unwrap_or((1, 1));
    finding.at(line, column)
}

/// The finding at a value of a field of the front matter, else at the field.
pub(super) fn at_value(checked: &Checked, field: &str, value: &str, finding: Finding) -> Finding {
    match of_value(&checked.source, field, value) {
        Some((line, column)) => finding.at(line, column),
        None => at_field(checked, field, finding),
    }
}

/// The finding at the title: in the front matter, else at the heading that gives it.
pub(super) fn at_title(checked: &Checked, finding: Finding) -> Finding {
    let title = &checked.article.title;
    let heading = checked.layout.headings.iter().find(|heading| &heading.title == title);
    match (of_field(&checked.source, "title"), heading) {
        (None, Some(heading)) => finding.at(heading.place.line, heading.place.column),
        _ => at_value(checked, "title", title, finding),
    }
}

/// The place of the key of a top-level field.
pub(super) fn of_field(source: &str, field: &str) -> Option<(u32, u32)> {
    front_matter(source).find(|(_, line)| is_field(line, field)).map(|(number, _)| (number, 1))
}

/// The place of a value in a top-level field, on the line of its key or on those that follow.
///
/// The value must stand there as a whole: `a` is not in `a-b`.
pub(super) fn of_value(source: &str, field: &str, value: &str) -> Option<(u32, u32)> {
    let mut is_inside = false;
    for (number, line) in front_matter(source) {
        if is_field(line, field) {
            is_inside = true;
        } else if line.starts_with(|c: char| !matches!(c, ' ' | '\t' | '-' | '#' | ']')) {
            is_inside = false;
        }
        let key = if is_field(line, field) { field } else { "" };
        if let Some(column) = is_inside.then(|| column_of(line, key, value)).flatten() {
            return Some((number, column));
        }
    }
    None
}

/// The lines between the two `---`, with their numbers in the file.
pub(super) fn front_matter(source: &str) -> impl Iterator<Item = (u32, &str)> {
    let is_there = lines(source).next().is_some_and(|(_, line)| line.trim_end() == "---");
    lines(source).skip(1).take_while(move |(_, line)| is_there && !is_end(line))
}

fn is_end(line: &str) -> bool {
    matches!(line.trim_end(), "---" | "...")
}

fn is_field(line: &str, field: &str) -> bool {
    line.strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with(':'))
}

/// The field whose key begins this line of the front matter, if one does.
pub(super) fn field_of_line(line: &str) -> Option<&str> {
    let (key, _) = line.split_once(':')?;
    let key = key.trim_end();
    let is_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    (!key.is_empty() && !key.starts_with('-') && key.chars().all(is_key)).then_some(key)
}

/// The column of the first whole occurrence of `value` in a line after the key at its start.
fn column_of(line: &str, key: &str, value: &str) -> Option<u32> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    let rest = line.strip_prefix(key)?;
    rest.match_indices(value)
        .find(|(start, _)| {
            let before = rest.get(..*start).unwrap_or_default();
            let after = rest.get(start + value.len()..).unwrap_or_default();
            !before.ends_with(is_part) && !after.starts_with(is_part)
        })
        .map(|(start, _)| column(line, key.len() + start))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "---\r\nid: a\nrelated: [a-b, \"a\", 断网]\nsupersedes:\n  # old\n  - b\n- c\nrelatedness: b\n---\nrelated: [x]\n";

    #[test]
    fn fields_and_values_of_the_front_matter_have_a_place() {
        let table = [
            ("related", "a", Some((3, 17))),
            ("related", "a-b", Some((3, 11))),
            ("related", "断网", Some((3, 21))),
            ("related", "related", None),
            ("related", "b", None),
            ("related", "x", None),
            ("supersedes", "b", Some((6, 5))),
            ("supersedes", "c", Some((7, 3))),
        ];
        for (field, value, place) in table {
            assert_eq!(of_value(SOURCE, field, value), place, "{field} {value}");
        }
        assert_eq!(of_field(SOURCE, "related"), Some((3, 1)));
        assert_eq!(of_field(SOURCE, "title"), None);
    }

    #[test]
    fn a_source_without_front_matter_has_no_fields() {
        for source in ["", "id: a\n", "# t\n---\nid: a\n---\n"] {
            assert_eq!(of_field(source, "id"), None, "{source}");
        }
    }
}
