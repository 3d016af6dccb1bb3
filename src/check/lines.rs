//! The lines of a source, as the parser counts them.

/// The lines of `source` with their numbers from 1, without their ends. A line ends with `\n`,
/// `\r\n` or `\r`; a byte order mark belongs to no line.
pub(super) fn lines(source: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(with_ends(source).map(without_end))
}

/// The lines of `source` as they stand there; joined they are the source, but for a byte order
/// mark.
pub(super) fn with_ends(source: &str) -> impl Iterator<Item = &str> {
    let mut rest = source.strip_prefix('\u{feff}').unwrap_or(source);
    std::iter::from_fn(move || {
        let end = match rest.find(['\n', '\r']) {
            _ if rest.is_empty() => return None,
            None => rest.len(),
            Some(at) if rest.get(at..).is_some_and(|end| end.starts_with("\r\n")) => at + 2,
            Some(at) => at + 1,
        };
        let (line, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some(line)
    })
}

/// The line without its end.
pub(super) fn without_end(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

/// The column, from 1, of what begins at this byte of a line.
pub(super) fn column(line: &str, byte: usize) -> u32 {
    let before = line.get(..byte).unwrap_or(line).chars().count();
    u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_any_way_and_lose_nothing() {
        let table: [(&str, &[&str]); 6] = [
            ("", &[]),
            ("a", &["a"]),
            ("\u{feff}a\r\nb\rc\n\n", &["a", "b", "c", ""]),
            ("\r\n\r", &["", ""]),
            ("断\n网", &["断", "网"]),
            ("a\r", &["a"]),
        ];
        for (source, expected) in table {
            let found: Vec<_> = lines(source).map(|(_, line)| line).collect();
            assert_eq!(found, expected, "{source:?}");
            let joined: String = with_ends(source).collect();
            assert_eq!(joined, source.trim_start_matches('\u{feff}'), "{source:?}");
        }
        assert_eq!((column("断网a", 0), column("断网a", 6)), (1, 3));
    }
}
