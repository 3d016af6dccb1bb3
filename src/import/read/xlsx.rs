//! Tables of an Excel workbook: each sheet is one.
//!
//! Cells are read one by one, never as a rectangle: a sheet with two cells at opposite corners
//! would be one of seventeen billion.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
    sync::Arc,
};

use calamine::{DataRef, Dimensions, Reader, SheetType, Xlsx};

use super::{Budget, Cell, MAX_COLUMNS, MAX_ROWS, Problem, Row, Table};

type Workbook<'b> = Xlsx<Cursor<&'b [u8]>>;

/// The cells with text, by row and column from 0.
type Cells = BTreeMap<u32, BTreeMap<u32, Cell>>;

/// All sheets of the workbook that `bytes` are, whose parts are known to be within the limits.
///
/// # Errors
/// When the workbook is damaged or a limit is exceeded.
pub(super) fn tables(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Table>, Problem> {
    let workbook = Xlsx::new(Cursor::new(bytes));
    let mut workbook: Workbook<'_> =
        workbook.map_err(|error| Problem::damaged("工作簿读不出来", error))?;
    let sheets = workbook.sheets_metadata().iter();
    let sheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let names: Vec<String> = sheets.map(|sheet| sheet.name.clone()).collect();
    let mut tables = Vec::with_capacity(names.len());
    for name in names {
        tables.push(table(&mut workbook, &name, budget)?);
    }
    Ok(tables)
}

fn table(workbook: &mut Workbook<'_>, name: &str, budget: &mut Budget) -> Result<Table, Problem> {
    let mut table = Table { place: format!("工作表“{name}”"), rows: Vec::new() };
    let mut cells = cells(workbook, name, &table.place)?;
    let merged = workbook.merge_cells_by_sheet_name(name);
    merge(&mut cells, merged.map_err(|error| Problem::damaged(&table.place, error))?);
    for (number, cells) in cells {
        budget.admit(&mut table, row(number, cells))?;
    }
    Ok(table)
}

fn row(number: u32, mut cells: BTreeMap<u32, Cell>) -> Row {
    let n_columns = cells.last_key_value().map_or(0, |(last, _)| last + 1);
    Row {
        number: number as usize + 1,
        cells: (0..n_columns).map(|column| cells.remove(&column).unwrap_or_default()).collect(),
    }
}

/// The cells with text of a sheet, within the limits of rows and columns.
fn cells(workbook: &mut Workbook<'_>, name: &str, place: &str) -> Result<Cells, Problem> {
    let failed = |error| Problem::damaged(place, error);
    let mut reader = workbook.worksheet_cells_reader(name).map_err(failed)?;
    let mut cells = Cells::new();
    while let Some(cell) = reader.next_cell().map_err(failed)? {
        let (row, column) = cell.get_position();
        let cell = Cell::new(&text(cell.get_value()));
        if cell.text.is_empty() {
            continue;
        }
        let at = || format!("{place}第 {} 行", row.saturating_add(1));
        if column as usize >= MAX_COLUMNS {
            return Err(Problem::TooManyColumns(at()));
        }
        cells.entry(row).or_default().insert(column, cell);
        if cells.len() > MAX_ROWS {
            return Err(Problem::TooManyRows(at()));
        }
    }
    Ok(cells)
}

/// Gives every row of a merged cell its text, and marks those that are merged with the next column.
fn merge(cells: &mut Cells, mut merged: Vec<Dimensions>) {
    merged.sort_by_key(|area| (area.start.1, area.start.0));
    // Merged cells do not overlap; in a sheet where they do, each row counts once.
    let mut done: BTreeSet<(u32, u32)> = BTreeSet::new();
    let mut last = (0, 0);
    for Dimensions { start, end } in merged {
        let (first_row, column) = start;
        let origin = cells.get_mut(&first_row).and_then(|row| row.get_mut(&column));
        let Some(origin) = origin else { continue };
        origin.is_wide |= end.1 > column;
        let text = Arc::clone(&origin.text);
        let overlaps = last.0 == column && first_row < last.1 || !done.insert((column, first_row));
        if overlaps || end.0 <= first_row {
            continue;
        }
        last = (column, end.0.saturating_add(1));
        for (_, row) in cells.range_mut(first_row + 1..=end.0) {
            row.entry(column).or_insert_with(|| Cell::continued(Arc::clone(&text)));
        }
    }
}

fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(true) => "是".to_owned(),
        DataRef::Bool(false) => "否".to_owned(),
        DataRef::DateTime(time) => {
            let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
            match (hour, minute) {
                (0, 0) => format!("{year}-{month:02}-{day:02}"),
                _ => format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}"),
            }
        }
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use calamine::{ExcelDateTime, ExcelDateTimeType};

    use super::*;

    #[test]
    fn values_read_as_excel_shows_them() {
        let day = ExcelDateTime::new(45943.5, ExcelDateTimeType::DateTime, false);
        let table = [
            (DataRef::Float(3.0), "3"),
            (DataRef::Float(0.5), "0.5"),
            (DataRef::SharedString("甲\n乙"), "甲\n乙"),
            (DataRef::Bool(true), "是"),
            (DataRef::DateTime(day), "2025-10-13 12:00"),
            (DataRef::Empty, ""),
        ];
        for (value, expected) in table {
            assert_eq!(text(&value), expected);
        }
    }

    #[test]
    fn merged_cells_reach_the_rows_that_are_there_and_overlaps_do_no_harm() {
        let cell = |text: &str| Cell::new(text);
        let mut cells = Cells::new();
        for (row, column, text) in [(1, 0, "硬件"), (1, 1, "硬盘"), (3, 1, "内存"), (9, 1, "远")]
        {
            cells.entry(row).or_default().insert(column, cell(text));
        }
        let areas = [((1, 0), (5, 0)), ((1, 0), (u32::MAX, 0)), ((2, 0), (9, 0)), ((1, 1), (1, 3))];
        merge(&mut cells, areas.map(|(start, end)| Dimensions { start, end }).to_vec());
        let shown: Vec<_> = cells
            .iter()
            .flat_map(|(row, cells)| cells.iter().map(move |(column, cell)| (row, column, cell)))
            .map(|(row, column, cell)| {
                (*row, *column, &*cell.text, cell.is_continued, cell.is_wide)
            })
            .collect();
        let expected = [
            (1, 0, "硬件", false, false),
            (1, 1, "硬盘", false, true),
            (3, 0, "硬件", true, false),
            (3, 1, "内存", false, false),
            (9, 1, "远", false, false),
        ];
        assert_eq!(shown, expected);
    }
}
