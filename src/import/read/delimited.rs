//! Tables as text whose fields are separated by commas, semicolons or tabs.

use csv::ReaderBuilder;

use super::{Budget, Cell, Problem, Row, Table};

/// What may separate fields, the most usual first.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// Records that are looked at to find out what separates fields.
const MAX_TRIED: usize = 10;

/// The only table of a text.
///
/// # Errors
/// When a quoted field does not end, or a limit is exceeded.
pub(super) fn tables(text: &str, budget: &mut Budget) -> Result<Vec<Table>, Problem> {
    let (text, declared) = without_declaration(text);
    let separator = declared.unwrap_or_else(|| separator(text));
    if let Some(line) = unclosed_quote(text, separator) {
        return Err(Problem::Damaged(format!("第 {line} 行的引号没有结束")));
    }
    let n_skipped = usize::from(declared.is_some());
    let mut table = Table::default();
    for (number, record) in records(text, separator) {
        let cells = record.iter().map(Cell::new).collect();
        budget.admit(&mut table, Row { number: number + n_skipped, cells })?;
    }
    Ok(vec![table])
}

/// Excel writes and reads a first line `sep=;`.
fn without_declaration(text: &str) -> (&str, Option<u8>) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        Some([separator]) => (rest, Some(*separator)),
        // The tab of `sep=` and a tab is trimmed away.
        Some([]) => (rest, Some(b'\t')),
        _ => (text, None),
    }
}

/// What gives the most columns.
fn separator(text: &str) -> u8 {
    let n_columns = |separator: u8| {
        let lengths = records(text, separator).take(MAX_TRIED).map(|(_, record)| record.len());
        lengths.max().unwrap_or(0)
    };
    // The last of equals is the one that wins, so the most usual comes last.
    SEPARATORS.into_iter().rev().max_by_key(|it| n_columns(*it)).unwrap_or(b',')
}

/// Each record with the line that it begins in.
fn records(text: &str, separator: u8) -> impl Iterator<Item = (usize, csv::StringRecord)> {
    let mut builder = ReaderBuilder::new();
    let builder = builder.has_headers(false).flexible(true).delimiter(separator);
    let records = builder.from_reader(text.as_bytes()).into_records().flatten();
    let (mut line, mut counted) = (1, 0);
    records.map(move |record| {
        let at = record.position().map_or(0, csv::Position::byte);
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        // The place of a record is behind the one before, empty lines between them not skipped.
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let n_ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let start = at.saturating_add(n_ends);
        let between = text.as_bytes().get(counted..start).unwrap_or_default();
        line += between.iter().filter(|byte| **byte == b'\n').count();
        counted = start;
        (line, record)
    })
}

/// The line in which a quoted field begins that does not end: all text behind it would be in it.
fn unclosed_quote(text: &str, separator: u8) -> Option<usize> {
    let (mut line, mut opened, mut is_field_start) = (1, None, true);
    for byte in text.bytes() {
        line += usize::from(byte == b'\n');
        match byte {
            b'"' if opened.is_some() => opened = None,
            // A doubled quote inside a field closes and opens it again.
            b'"' if is_field_start => opened = Some(line),
            _ => {}
        }
        is_field_start =
            opened.is_none() && (byte == separator || matches!(byte, b'\n' | b'\r' | b'"'));
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        let tables = tables(text, &mut Budget::default()).unwrap();
        let texts = |row: &Row| row.cells.iter().map(|cell| cell.text.to_string()).collect();
        tables[0].rows.iter().map(|row| (row.number, texts(row))).collect()
    }

    #[test]
    fn fields_are_read_whatever_separates_them() {
        let expected = [
            (1, vec!["事件".to_owned(), "处理".to_owned()]),
            (2, vec!["断网".to_owned(), "看线".to_owned()]),
        ];
        for text in ["事件,处理\n断网,看线\n", "事件;处理\r\n断网;看线", "事件\t处理\n断网\t看线"]
        {
            assert_eq!(rows(text), expected, "{text:?}");
        }
        assert_eq!(
            rows("sep=;\n事件;处理,方法\n"),
            [(2, vec!["事件".to_owned(), "处理,方法".to_owned()])]
        );
    }

    #[test]
    fn quoted_fields_hold_lines_separators_and_quotes() {
        let text = "事件,处理\n\"断网\n或慢\",\"看\"\"线\"\", 再等\"\n\n24\"屏,换\n";
        let expected = [
            (1, vec!["事件".to_owned(), "处理".to_owned()]),
            (2, vec!["断网\n或慢".to_owned(), "看\"线\", 再等".to_owned()]),
            (5, vec!["24\"屏".to_owned(), "换".to_owned()]),
        ];
        assert_eq!(rows(text), expected);
    }

    #[test]
    fn a_quote_that_does_not_end_is_damage_where_it_begins() {
        let table = [
            ("a,b\n\"c,d\ne,f\n", Some("第 2 行")),
            ("a,\"b\"\"\n", Some("第 1 行")),
            ("a,\"b\"\"\"\n\"\",\"\"\n", None),
        ];
        for (text, expected) in table {
            let problem = tables(text, &mut Budget::default()).err().map(|it| it.to_string());
            assert_eq!(problem.is_some(), expected.is_some(), "{text:?}");
            assert!(problem.unwrap_or_default().contains(expected.unwrap_or_default()), "{text:?}");
        }
    }
}
