//! From tables to drafts: which rows say something, and what each of their cells is.

use std::collections::BTreeMap;

use super::{
    draft::{Draft, one_line},
    header::{Columns, Meaning},
    id,
    read::{Row, Table},
    report::{Fate, RowReport, SkippedTable},
};

/// Rows among which the headings of a table must be.
const MAX_HEADER_ROWS: usize = 10;

/// Longest description of a table that is none of ours, in characters.
const MAX_SHOWN_CHARS: usize = 40;

/// What the tables of a document hold.
#[derive(Debug, Default)]
pub(super) struct Recognised {
    /// In the order of the document.
    pub(super) rows: Vec<Found>,
    pub(super) skipped_tables: Vec<SkippedTable>,
}

/// A row of a table that was recognised.
#[derive(Debug)]
pub(super) enum Found {
    /// It becomes an article.
    Draft(Box<Draft>),
    /// It does not, and why.
    Skipped(RowReport),
}

/// All rows of all tables that are ours, with ids given out.
pub(super) fn recognise(tables: &[Table]) -> Recognised {
    let mut recognised = Recognised::default();
    for table in tables {
        let head = table.rows.iter().take(MAX_HEADER_ROWS);
        if head.clone().any(|row| Columns::of(row).is_some()) {
            recognised.rows.extend(rows(table));
        } else if !table.rows.is_empty() {
            recognised.skipped_tables.push(skipped(table));
        }
    }
    give_ids(&mut recognised.rows);
    recognised
}

fn skipped(table: &Table) -> SkippedTable {
    let texts: Vec<_> = table.rows.iter().take(1).flat_map(Row::texts).map(one_line).collect();
    SkippedTable {
        table: table.place.clone(),
        begins: super::draft::cut(&texts.join(" | "), MAX_SHOWN_CHARS),
        reason: "表头里没有“紧急情况”加“预防措施”或“应急策略”这样的列".to_owned(),
    }
}

/// The rows below the headings. A sheet may hold several tables, each below its own.
fn rows(table: &Table) -> Vec<Found> {
    let mut reader = Reader { table, columns: None, fault: String::new(), found: Vec::new() };
    let mut rows = table.rows.iter().peekable();
    while let Some(row) = rows.next() {
        if let Some(columns) = Columns::of(row) {
            reader.columns = Some(columns);
            reader.fault.clear();
            continue;
        }
        let is_title = rows.peek().is_some_and(|next| Columns::of(next).is_some());
        if !(is_title && row.only().is_some()) {
            reader.row(row);
        }
    }
    reader.found
}

struct Reader<'t> {
    table: &'t Table,
    columns: Option<Columns>,
    /// The type of the rows above, which holds where a row has none.
    fault: String,
    found: Vec<Found>,
}

impl Reader<'_> {
    fn row(&mut self, row: &Row) {
        let Some(columns) = self.columns.clone() else { return };
        if let Some((text, true)) = row.only() {
            // A row that is one cell is a heading inside the table.
            self.fault = text.to_owned();
            return;
        }
        let mut draft = self.draft(&columns, row);
        if !draft.fault.is_empty() {
            self.fault.clone_from(&draft.fault);
        }
        draft.fault.clone_from(&self.fault);
        let event_goes_on = columns.all(Meaning::Event).any(|column| row.is_continued(column));
        match self.found.last_mut() {
            Some(Found::Draft(above)) if event_goes_on => join(above, &columns, row),
            _ if draft.event.is_empty() => self.skip(row),
            _ => self.found.push(Found::Draft(Box::new(draft))),
        }
    }

    fn draft(&self, columns: &Columns, row: &Row) -> Draft {
        let text = |meaning| text(columns, row, meaning);
        let others = columns.others(row.cells.len());
        let notes = others.map(|(column, heading)| (heading.to_owned(), said(row, column)));
        Draft {
            id: String::new(),
            table: self.table.place.clone(),
            row: row.number,
            fault: text(Meaning::Fault),
            event: text(Meaning::Event),
            symptoms: text(Meaning::Symptoms),
            prevention: text(Meaning::Prevention),
            strategy: text(Meaning::Strategy),
            owner: text(Meaning::Owner),
            strategy_heading: columns.heading(Meaning::Strategy).unwrap_or("应急策略").to_owned(),
            notes: notes.filter(|(_, text)| !text.is_empty()).collect(),
        }
    }

    fn skip(&mut self, row: &Row) {
        let said: Vec<_> = row.texts().map(one_line).collect();
        self.found.push(Found::Skipped(RowReport {
            table: self.table.place.clone(),
            row: row.number,
            id: None,
            title: super::draft::cut(&said.join(" "), MAX_SHOWN_CHARS),
            file: None,
            fate: Fate::Skipped,
            reason: Some("没有写是什么紧急情况".to_owned()),
            n_gaps: 0,
        }));
    }
}

/// Adds what a further row of a merged event says.
fn join(above: &mut Draft, columns: &Columns, row: &Row) {
    let new = |meaning| {
        let columns = columns.all(meaning).filter(|column| !row.is_continued(*column));
        columns.map(|column| said(row, column)).filter(|text| !text.is_empty()).collect::<Vec<_>>()
    };
    for (text, meaning) in [
        (&mut above.symptoms, Meaning::Symptoms),
        (&mut above.prevention, Meaning::Prevention),
        (&mut above.strategy, Meaning::Strategy),
        (&mut above.owner, Meaning::Owner),
    ] {
        for more in new(meaning) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&more);
        }
    }
    let others = columns.others(row.cells.len()).filter(|(column, _)| !row.is_continued(*column));
    let notes = others.map(|(column, heading)| (heading.to_owned(), said(row, column)));
    above.notes.extend(notes.filter(|(_, text)| !text.is_empty()));
}

/// The texts of all columns with a meaning, one below the other.
fn text(columns: &Columns, row: &Row, meaning: Meaning) -> String {
    let texts = columns.all(meaning).map(|column| said(row, column));
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The text of a cell; dashes and slashes are how people leave one empty.
fn said(row: &Row, column: usize) -> String {
    let text = row.text(column);
    let is_filler = |c: char| c.is_whitespace() || "-—–―－/／\\".contains(c);
    if text.chars().all(is_filler) { String::new() } else { text.to_owned() }
}

/// Gives each draft its id, a longer one where another row has it, and skips rows that were there
/// before word for word.
fn give_ids(rows: &mut [Found]) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for found in rows {
        let Found::Draft(draft) = found else { continue };
        let hash = id::hash(draft);
        let is_free = |id: &String| taken.get(id).is_none_or(|other| *other == hash);
        let id = id::candidates(draft, &hash).into_iter().find(is_free);
        let id = id.unwrap_or_else(|| hash.clone());
        let is_new = taken.insert(id.clone(), hash).is_none();
        draft.id = id;
        if !is_new {
            let repeated = repeated(draft);
            *found = Found::Skipped(repeated);
        }
    }
}

fn repeated(draft: &Draft) -> RowReport {
    RowReport {
        table: draft.table.clone(),
        row: draft.row,
        id: Some(draft.id.clone()),
        title: draft.title(),
        file: None,
        fate: Fate::Skipped,
        reason: Some("和前面的一行完全相同".to_owned()),
        n_gaps: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::read::Cell;

    /// Texts of rows; `^` marks the part of a merged cell, `=` one over several columns.
    fn table(rows: &[&[&str]]) -> Table {
        let cell = |text: &&str| Cell {
            text: text.trim_start_matches(['^', '=']).into(),
            is_continued: text.starts_with('^'),
            is_wide: text.starts_with('='),
        };
        let rows = (1..).zip(rows);
        let rows = rows.map(|(number, row)| Row { number, cells: row.iter().map(cell).collect() });
        Table { place: "第 1 张表".to_owned(), rows: rows.collect() }
    }

    fn drafts(rows: &[&[&str]]) -> Vec<Draft> {
        let found = recognise(&[table(rows)]).rows.into_iter();
        let drafts = found.filter_map(|found| match found {
            Found::Draft(draft) => Some(*draft),
            Found::Skipped(_) => None,
        });
        drafts.collect()
    }

    fn shown(rows: &[&[&str]]) -> Vec<[String; 4]> {
        let drafts = drafts(rows).into_iter();
        drafts.map(|it| [it.fault, it.event, it.prevention, it.strategy]).collect()
    }

    #[test]
    fn types_carry_down_and_blank_cells_stay_blank() {
        let rows: &[&[&str]] = &[
            &["=一览表", "", "", ""],
            &["类型", "事件", "预防措施", "处理"],
            &["软件", "登录异常", "", "联系"],
            &["", "", "", ""],
            &["", "打不开", "更新", "/"],
            &["硬件", "硬盘坏", "备份", "换"],
            &["^硬件", "内存坏", "—", "换"],
        ];
        let expected = [
            ["软件", "登录异常", "", "联系"],
            ["软件", "打不开", "更新", ""],
            ["硬件", "硬盘坏", "备份", "换"],
            ["硬件", "内存坏", "", "换"],
        ];
        assert_eq!(shown(rows), expected.map(|row| row.map(str::to_owned)));
    }

    #[test]
    fn headings_inside_a_table_and_further_tables_below_are_understood() {
        let rows: &[&[&str]] = &[
            &["紧急情况", "应急策略"],
            &["=一、软件类", ""],
            &["蓝屏", "重启"],
            &["第二部分", ""],
            &["处理", "事件"],
            &["看线", "断网"],
        ];
        let expected = [["一、软件类", "蓝屏", "", "重启"], ["", "断网", "", "看线"]];
        assert_eq!(shown(rows), expected.map(|row| row.map(str::to_owned)));
    }

    #[test]
    fn rows_of_a_merged_event_are_one_draft() {
        let rows: &[&[&str]] = &[
            &["事件", "预防", "处理", "备注"],
            &["断网", "巡检", "看线", "甲"],
            &["^断网", "^巡检", "看灯", "乙"],
            &["停电", "", "看闸", ""],
        ];
        let drafts = drafts(rows);
        assert_eq!(drafts.len(), 2);
        assert_eq!(
            (drafts[0].prevention.as_str(), drafts[0].strategy.as_str()),
            ("巡检", "看线\n看灯")
        );
        let notes = [("备注".to_owned(), "甲".to_owned()), ("备注".to_owned(), "乙".to_owned())];
        assert_eq!(drafts[0].notes, notes);
    }

    #[test]
    fn rows_without_an_event_and_rows_twice_are_skipped_with_a_reason() {
        let rows: &[&[&str]] = &[
            &["事件", "处理"],
            &["断网", "看线"],
            &["", "看灯"],
            &["断网", "看线"],
            &["断网", "看灯"],
        ];
        let found = recognise(&[table(rows)]).rows;
        let reasons: Vec<_> = found
            .iter()
            .map(|found| match found {
                Found::Draft(draft) => format!("{}", draft.row),
                Found::Skipped(row) => format!("{} {}", row.row, row.reason.as_deref().unwrap()),
            })
            .collect();
        assert_eq!(reasons, ["2", "3 没有写是什么紧急情况", "4 和前面的一行完全相同", "5"]);
    }

    #[test]
    fn other_tables_are_named() {
        let skipped =
            recognise(&[table(&[&["姓名", "电话"], &["甲", "1"]]), table(&[])]).skipped_tables;
        assert_eq!(skipped.len(), 1);
        assert_eq!(
            (skipped[0].table.as_str(), skipped[0].begins.as_str()),
            ("第 1 张表", "姓名 | 电话")
        );
    }
}
