//! Tables with a head that is repeated on every sheet.

use docx_rs::{
    BorderType, Paragraph, Shading, Table, TableBorder, TableBorderPosition, TableBorders,
    TableCell, TableLayoutType, TableRow, WidthType,
};

/// Characters that a column counts for at least and at most when the width is shared out.
const COLUMN_CHARS: (usize, usize) = (4, 40);

const LINE_COLOUR: &str = "A5AEBA";
const HEAD_COLOUR: &str = "EEF1F5";

/// A table whose columns are `widths` wide, in twentieths of a point; the first `n_heads` rows are
/// its head.
pub(super) fn table(
    rows: Vec<Vec<Vec<Paragraph>>>,
    n_heads: usize,
    widths: &[usize],
    indent: i32,
) -> Table {
    let rows = rows.into_iter().enumerate().map(|(n, cells)| row(cells, n < n_heads, widths));
    Table::new(rows.collect())
        .set_grid(widths.to_vec())
        .width(widths.iter().sum(), WidthType::Dxa)
        .indent(indent)
        .layout(TableLayoutType::Fixed)
        .set_borders(borders())
}

fn row(cells: Vec<Vec<Paragraph>>, is_head: bool, widths: &[usize]) -> TableRow {
    let mut cells = cells.into_iter();
    // A row that is short would end before the others.
    let cells = widths.iter().map(|width| cell(cells.next().unwrap_or_default(), is_head, *width));
    let row = TableRow::new(cells.collect());
    if is_head { row.cant_split() } else { row }
}

fn cell(paragraphs: Vec<Paragraph>, is_head: bool, width: usize) -> TableCell {
    let cell = TableCell::new().width(width, WidthType::Dxa);
    let cell = if is_head { cell.shading(Shading::new().fill(HEAD_COLOUR)) } else { cell };
    paragraphs.into_iter().fold(cell, TableCell::add_paragraph)
}

fn borders() -> TableBorders {
    use TableBorderPosition::{Bottom, InsideH, InsideV, Left, Right, Top};
    [Top, Left, Bottom, Right, InsideH, InsideV].into_iter().fold(
        TableBorders::with_empty(),
        |borders, position| {
            let line = TableBorder::new(position).border_type(BorderType::Single);
            borders.set(line.size(4).color(LINE_COLOUR))
        },
    )
}

/// `total` shared out among columns by their longest texts, in characters.
pub(super) fn widths(longest: &[usize], total: usize) -> Vec<usize> {
    let (least, most) = COLUMN_CHARS;
    let counted: Vec<_> = longest.iter().map(|n_chars| (*n_chars).clamp(least, most)).collect();
    let sum: usize = counted.iter().sum::<usize>().max(1);
    counted.into_iter().map(|n_chars| total * n_chars / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_is_shared_out_by_what_is_written() {
        assert_eq!(widths(&[10, 30], 4000), [1000, 3000]);
        assert_eq!(widths(&[0, 400], 4400), [400, 4000]);
        assert!(widths(&[], 4000).is_empty());
    }
}
