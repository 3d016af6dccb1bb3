//! Front matter of a file that does not parse, as far as it can be read.

use super::{
    fields::{self, Fields},
    split::{MAX_BYTES, behind_fence, is_fence},
    yaml,
};

/// The fields that can be read one by one, and everything else as the body.
///
/// The front matter ends at its closing fence or at the first line that cannot belong to it.
/// Lines of it that do not parse stand at the head of the body, so that nothing the author wrote
/// is missing from the article. `source` has been prepared by [`super::unified`].
pub(in crate::article) fn salvage(path: &str, source: &str) -> (Fields, String) {
    let Some(front) = behind_fence(source) else {
        return (Fields::default(), source.to_owned());
    };
    let (groups, rest) = groups(front);
    let mut entries: Vec<yaml::Entry> = Vec::new();
    let mut unread = String::new();
    for group in groups {
        match yaml::parse(&group) {
            Ok(read) => {
                for entry in read {
                    if !entries.iter().any(|known| known.key == entry.key) {
                        entries.push(entry);
                    }
                }
            }
            Err(_) => unread.push_str(&group),
        }
    }
    let (fields, _) = fields::read(path, entries);
    let body = if unread.is_empty() { rest.to_owned() } else { format!("{unread}\n\n{rest}") };
    (fields, body)
}

/// The lines of the front matter, grouped by field, and what follows them.
fn groups(front: &str) -> (Vec<String>, &str) {
    let mut groups: Vec<String> = Vec::new();
    let mut end = 0;
    for line in front.split_inclusive('\n') {
        if is_fence(line) || line.trim_end() == "..." {
            end += line.len();
            break;
        }
        if end > MAX_BYTES || !(line.trim().is_empty() || is_field(line) || continues(line)) {
            break;
        }
        match groups.last_mut() {
            Some(group) if !is_field(line) => group.push_str(line),
            _ => groups.push(line.to_owned()),
        }
        end += line.len();
    }
    (groups, front.get(end..).unwrap_or_default())
}

/// Whether the line begins with a field name and a colon, full-width ones included.
fn is_field(line: &str) -> bool {
    let Some((key, _)) = line.split_once([':', '：']) else { return false };
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

fn continues(line: &str) -> bool {
    line.starts_with([' ', '\t', ']', '}']) || line.starts_with("- ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Status;

    #[test]
    fn what_can_be_read_is_kept_and_nothing_is_lost() {
        let cases = [
            ("---\ntitle: 甲\ncodes: [a, b\nstatus: retired\n---\n文", "codes: [a, b\n\n\n文"),
            ("---\ntitle: 甲\nstatus: retired\n\n## 现象\n文", "## 现象\n文"),
            ("---\ntitle: 甲\n乱 写\nstatus: draft\n---\n文", "乱 写\nstatus: draft\n---\n文"),
            ("---\ntitle: 甲\ntitle: 乙\n---\n文", "文"),
            ("---\ntitle: 甲\nsummary：\n---\n文", "summary：\n\n\n文"),
        ];
        for (source, expected) in cases {
            let (fields, body) = salvage("a.md", source);
            assert_eq!(fields.title.as_deref(), Some("甲"), "{source:?}");
            assert_eq!(body, expected, "{source:?}");
            let is_retired = source.contains("status: retired");
            assert_eq!(fields.meta.status == Status::Retired, is_retired, "{source:?}");
        }
        let (fields, body) = salvage("a.md", "# 题\n文");
        assert_eq!((fields.title, body.as_str()), (None, "# 题\n文"));
    }
}
