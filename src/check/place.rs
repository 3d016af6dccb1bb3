//! Where something stands in the front matter of a source. Lines and columns count from 1.

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
fn front_matter(source: &str) -> impl Iterator<Item = (u32, &str)> {
    let is_there = source.lines().next().is_some_and(is_fence);
    let lines = (1..).zip(source.lines()).skip(1);
    lines.take_while(move |(_, line)| is_there && !is_fence(line))
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}

fn is_field(line: &str, field: &str) -> bool {
    line.strip_prefix(field).is_some_and(|rest| rest.trim_start().starts_with(':'))
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
        .and_then(|(start, _)| rest.get(..start))
        .and_then(|before| u32::try_from(key.chars().count() + before.chars().count() + 1).ok())
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
