//! Tables of a Markdown text. Only what tables need is understood of Markdown.

use super::{Budget, Cell, Problem, Row, Table};

/// Entities that editors put into cells.
const ENTITIES: [(&str, char); 5] =
    [("&nbsp;", ' '), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&amp;", '&')];

/// Longest `<br>` in whatever form.
const MAX_TAG_BYTES: usize = 8;

/// Whether a text has a table.
pub(super) fn has_table(text: &str) -> bool {
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.contains('|') && lines.peek().is_some_and(|next| is_delimiter(next)) {
            return true;
        }
    }
    false
}

/// All tables of a text.
///
/// # Errors
/// When a limit is exceeded.
pub(super) fn tables(text: &str, budget: &mut Budget) -> Result<Vec<Table>, Problem> {
    let mut tables: Vec<Table> = Vec::new();
    let mut lines = (1..).zip(text.lines()).peekable();
    let mut fence: Option<&str> = None;
    while let Some((number, line)) = lines.next() {
        if let Some(open) = fence {
            fence = Some(open).filter(|open| !line.trim_start().starts_with(open));
            continue;
        }
        fence = ["```", "~~~"].into_iter().find(|open| line.trim_start().starts_with(open));
        let is_head =
            line.contains('|') && lines.peek().is_some_and(|(_, next)| is_delimiter(next));
        if !is_head || fence.is_some() {
            continue;
        }
        let place = format!("第 {} 张表", tables.len() + 1);
        let mut table = Table { place, rows: Vec::new() };
        budget.admit(&mut table, Row { number, cells: cells(line) })?;
        lines.next();
        while let Some((number, line)) = lines.next_if(|(_, line)| line.contains('|')) {
            budget.admit(&mut table, Row { number, cells: cells(line) })?;
        }
        tables.push(table);
    }
    Ok(tables)
}

/// Whether a line is the one below the head of a table.
fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    let is_cell = |cell: &str| {
        let cell = cell.trim();
        let dashes = cell.strip_prefix(':').unwrap_or(cell);
        let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
        !dashes.is_empty() && dashes.chars().all(|c| c == '-')
    };
    line.contains('|') && without_edges(line).split('|').all(is_cell)
}

fn without_edges(line: &str) -> &str {
    let line = line.strip_prefix('|').unwrap_or(line);
    line.strip_suffix('|').unwrap_or(line)
}

/// The cells of a row: `|` separates them unless a backslash is before it.
fn cells(line: &str) -> Vec<Cell> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let (mut cells, mut cell, mut is_escaped) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '|' if is_escaped => {
                cell.pop();
                cell.push('|');
            }
            '|' => cells.push(Cell::new(&plain(&std::mem::take(&mut cell)))),
            _ => cell.push(c),
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    if !cell.trim().is_empty() {
        cells.push(Cell::new(&plain(&cell)));
    }
    cells
}

/// The text of a cell without the markup that editors put into tables: line breaks, bold, escapes.
fn plain(cell: &str) -> String {
    let mut plain = String::with_capacity(cell.len());
    let mut rest = cell;
    while let Some(c) = rest.chars().next() {
        let behind = |n_bytes: usize| rest.get(n_bytes..).unwrap_or_default();
        let escaped =
            behind(1).chars().next().filter(|next| c == '\\' && next.is_ascii_punctuation());
        let entity = ENTITIES.iter().find(|(name, _)| rest.starts_with(name));
        if let Some(next) = escaped {
            plain.push(next);
            rest = behind(2);
        } else if let Some(n_bytes) = line_break(rest) {
            plain.push('\n');
            rest = behind(n_bytes);
        } else if let Some((name, c)) = entity {
            plain.push(*c);
            rest = behind(name.len());
        } else if rest.starts_with("**") {
            rest = behind(2);
        } else {
            plain.push(c);
            rest = behind(c.len_utf8());
        }
    }
    plain
}

/// The length of the `<br>` that a text begins with.
fn line_break(text: &str) -> Option<usize> {
    let end = text.bytes().take(MAX_TAG_BYTES).position(|byte| byte == b'>')?;
    let tag = text.get(..=end)?;
    let name = tag.strip_prefix('<')?.trim_end_matches('>').trim_end_matches('/').trim();
    name.eq_ignore_ascii_case("br").then_some(tag.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `place` of each table, and number and texts of each row.
    fn shown(text: &str) -> Vec<String> {
        let tables = tables(text, &mut Budget::default()).unwrap().into_iter();
        let rows = |table: Table| {
            let texts = |row: &Row| row.texts().collect::<Vec<_>>().join("|");
            let rows = table.rows.iter().map(|row| format!("{} {}", row.number, texts(row)));
            [table.place.clone()].into_iter().chain(rows).collect::<Vec<_>>()
        };
        tables.flat_map(rows).collect()
    }

    #[test]
    fn tables_are_found_in_a_text() {
        let text = "# 策略\n\n| 事件 | 处理 |\n|:---|---:|\n| 断网 | 看线 |\n\n文 | 文\n\n\
                    ```text\n| a | b |\n| --- | --- |\n```\n\nx | y\n--|--\n1 | 2\n文\n";
        let expected = ["第 1 张表", "3 事件|处理", "5 断网|看线", "第 2 张表", "14 x|y", "16 1|2"];
        assert_eq!(shown(text), expected);
        assert!(has_table(text) && !has_table("a | b\nc | d\n") && !has_table("a\n---\n"));
    }

    #[test]
    fn cells_are_plain_text() {
        let table: [(&str, &[&str]); 7] = [
            ("| a | b |", &["a", "b"]),
            ("a | | c", &["a", "", "c"]),
            ("| a \\| b | `x\\|y` |", &["a | b", "`x|y`"]),
            ("| 甲<br>乙<BR />丙 | <b>丁</b> |", &["甲\n乙\n丙", "<b>丁</b>"]),
            ("| **粗**体 | \\*星\\* a\\b |", &["粗体", "*星* a\\b"]),
            ("| a &amp;&lt;b&gt;&nbsp;c | \\\\ | ", &["a &<b> c", "\\"]),
            ("| < | <br", &["<", "<br"]),
        ];
        for (line, expected) in table {
            let cells = cells(line);
            let texts: Vec<_> = cells.iter().map(|cell| &*cell.text).collect();
            assert_eq!(texts, expected, "{line}");
        }
    }
}
