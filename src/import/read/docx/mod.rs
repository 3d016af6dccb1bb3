//! Tables of a Word document, out of the XML of its main part.
//!
//! Text that was deleted or moved away under tracked changes is not there, what was inserted is.
//! Paragraphs of a cell are lines. A table inside a cell is part of the cell's text.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

use super::{Budget, Cell, MAX_COLUMNS, Problem, Row, Table};

const PART: &str = "word/document.xml";

/// Elements without text of the document as it reads now: deletions, field codes, the second form
/// of a text box, phonetic guides, and properties, among which are tab stops.
const SKIPPED: [&str; 9] =
    ["del", "moveFrom", "delText", "instrText", "Fallback", "rt", "pPr", "rPr", "tblPr"];

/// All tables of the document whose main part is `xml`.
///
/// # Errors
/// When the XML is damaged or a limit is exceeded.
pub(super) fn tables(xml: &str, budget: &mut Budget) -> Result<Vec<Table>, Problem> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let mut document = Document::new(budget);
    loop {
        let event = reader.read_event().map_err(|error| {
            Problem::damaged(&format!("{PART} 第 {} 字节", reader.error_position()), error)
        })?;
        match &event {
            Event::Start(element) => document.start(element)?,
            Event::Empty(element) => {
                document.start(element)?;
                document.end(element.local_name().into_inner())?;
            }
            Event::End(element) => document.end(element.local_name().into_inner())?,
            Event::Text(text) => document.text(&text.xml10_content()),
            Event::CData(text) => document.text(&text.xml10_content()),
            Event::GeneralRef(reference) => document.text(&character(reference)?),
            Event::DocType(_) => return Err(Problem::Dtd(PART.to_owned())),
            Event::Eof => return document.finish(),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

/// The character of a reference by number, or of one of the five that XML itself knows.
fn character(reference: &BytesRef<'_>) -> Result<String, Problem> {
    let unknown = |cause: &str| Problem::damaged(&format!("{PART} 里有不认识的实体"), cause);
    if let Some(c) = reference.resolve_char_ref().map_err(|error| unknown(&error.to_string()))? {
        return Ok(c.to_string());
    }
    let name = reference.xml10_content();
    let text = match &*name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        name => return Err(unknown(name)),
    };
    Ok(text.to_owned())
}

struct Document<'b> {
    budget: &'b mut Budget,
    tables: Vec<Table>,
    /// Number of open elements.
    depth: usize,
    /// Number of open elements from the skipped one on.
    skipped: usize,
    /// Number of open tables.
    table_depth: usize,
    in_text: bool,
    in_row_properties: bool,
    row: OpenRow,
    cell: Option<OpenCell>,
    /// The texts of the row above, for merged cells.
    above: Vec<Arc<str>>,
}

#[derive(Default)]
struct OpenRow {
    cells: Vec<Cell>,
    number: usize,
    is_deleted: bool,
}

#[derive(Default)]
struct OpenCell {
    text: String,
    n_columns: usize,
    is_continued: bool,
}

impl<'b> Document<'b> {
    fn new(budget: &'b mut Budget) -> Self {
        Self {
            budget,
            tables: Vec::new(),
            depth: 0,
            skipped: 0,
            table_depth: 0,
            in_text: false,
            in_row_properties: false,
            row: OpenRow::default(),
            cell: None,
            above: Vec::new(),
        }
    }

    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), Problem> {
        self.depth += 1;
        let name = element.local_name().into_inner();
        if self.skipped == 0 && name == "del" && self.in_row_properties {
            self.row.is_deleted = true;
        }
        if self.skipped > 0 || SKIPPED.contains(&name) || name.ends_with("Change") {
            self.skipped += 1;
            return Ok(());
        }
        match name {
            "tbl" => self.start_table(),
            "tr" if self.table_depth == 1 => self.start_row(),
            "tc" if self.table_depth == 1 => {
                self.cell = Some(OpenCell { n_columns: 1, ..OpenCell::default() });
            }
            "trPr" if self.table_depth == 1 => self.in_row_properties = true,
            "gridBefore" if self.table_depth == 1 => {
                let n_columns = self.n_columns(element)?;
                self.row.cells.resize_with(self.row.cells.len() + n_columns, Cell::default);
            }
            "gridSpan" if self.table_depth == 1 => self.span(element)?,
            "vMerge" if self.table_depth == 1 => self.merge(element),
            "t" => self.in_text = true,
            "br" | "cr" => self.push("\n"),
            "tab" => self.push(" "),
            "noBreakHyphen" => self.push("-"),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Problem> {
        self.depth = self.depth.saturating_sub(1);
        if self.skipped > 0 {
            self.skipped -= 1;
            return Ok(());
        }
        match name {
            "tbl" => self.table_depth = self.table_depth.saturating_sub(1),
            "tr" if self.table_depth == 1 => self.end_row()?,
            "tc" if self.table_depth == 1 => self.end_cell()?,
            "trPr" => self.in_row_properties = false,
            "t" => self.in_text = false,
            "p" => self.push("\n"),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.in_text && self.skipped == 0 {
            self.push(text);
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(cell) = &mut self.cell {
            cell.text.push_str(text);
        }
    }

    fn start_table(&mut self) {
        self.table_depth += 1;
        if self.table_depth == 1 {
            let place = format!("第 {} 张表", self.tables.len() + 1);
            self.tables.push(Table { place, rows: Vec::new() });
            self.row.number = 0;
            self.above.clear();
        }
    }

    fn start_row(&mut self) {
        self.row = OpenRow { number: self.row.number + 1, ..OpenRow::default() };
    }

    fn span(&mut self, element: &BytesStart<'_>) -> Result<(), Problem> {
        let n_columns = self.n_columns(element)?.max(1);
        if let Some(cell) = &mut self.cell {
            cell.n_columns = n_columns;
        }
        Ok(())
    }

    fn merge(&mut self, element: &BytesStart<'_>) {
        let begins = value(element).as_deref() == Some("restart");
        if let Some(cell) = &mut self.cell {
            cell.is_continued = !begins;
        }
    }

    fn end_cell(&mut self) -> Result<(), Problem> {
        let Some(open) = self.cell.take() else { return Ok(()) };
        let at = self.row.cells.len();
        let above = self.above.get(at).filter(|text| open.is_continued && !text.is_empty());
        let mut cell = match above {
            Some(text) => Cell::continued(Arc::clone(text)),
            None => Cell::new(&open.text),
        };
        cell.is_wide = open.n_columns > 1;
        self.row.cells.push(cell);
        self.row.cells.resize_with(at + open.n_columns, Cell::default);
        if self.row.cells.len() > MAX_COLUMNS { Err(self.too_wide()) } else { Ok(()) }
    }

    fn end_row(&mut self) -> Result<(), Problem> {
        let row = std::mem::take(&mut self.row);
        self.row.number = row.number;
        if row.is_deleted {
            return Ok(());
        }
        self.above = row.cells.iter().map(|cell| Arc::clone(&cell.text)).collect();
        let Some(table) = self.tables.last_mut() else { return Ok(()) };
        self.budget.admit(table, Row { number: row.number, cells: row.cells })
    }

    /// The number of columns that an element speaks of.
    fn n_columns(&self, element: &BytesStart<'_>) -> Result<usize, Problem> {
        let n_columns = value(element).and_then(|value| value.trim().parse().ok()).unwrap_or(0);
        if n_columns > MAX_COLUMNS { Err(self.too_wide()) } else { Ok(n_columns) }
    }

    fn too_wide(&self) -> Problem {
        let place = self.tables.last().map_or("", |table| table.place.as_str());
        Problem::TooManyColumns(format!("{place}第 {} 行", self.row.number))
    }

    fn finish(self) -> Result<Vec<Table>, Problem> {
        if self.depth > 0 {
            return Err(Problem::Damaged(format!("{PART} 没有写完")));
        }
        Ok(self.tables)
    }
}

/// The attribute `val`, in whatever namespace.
fn value(element: &BytesStart<'_>) -> Option<String> {
    let attribute = element.attributes().flatten();
    let mut values = attribute.filter(|it| it.key.local_name().into_inner() == "val");
    values.next().map(|it| it.value.into_owned())
}
