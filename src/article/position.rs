//! Byte offsets as lines and columns.

/// Turns rising byte offsets of a text into places in its file; reads the text once.
pub(super) struct Cursor<'a> {
    text: &'a str,
    first_line: u32,
    offset: usize,
    line: u32,
    column: u32,
}

impl<'a> Cursor<'a> {
    /// A cursor over `text`, which begins at the start of line `first_line`.
    pub(super) fn new(text: &'a str, first_line: u32) -> Self {
        Self { text, first_line, offset: 0, line: first_line, column: 1 }
    }

    /// Line and column of the byte `offset`, both from 1, the column in Unicode scalar values.
    pub(super) fn at(&mut self, offset: usize) -> (u32, u32) {
        if offset < self.offset {
            *self = Self::new(self.text, self.first_line);
        }
        for c in self.text.get(self.offset..offset).unwrap_or_default().chars() {
            if c == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.offset = offset;
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_of_the_file_and_characters() {
        let mut cursor = Cursor::new("甲b\n\n丙丁", 5);
        for (offset, expected) in
            [(0, (5, 1)), (3, (5, 2)), (4, (5, 3)), (6, (7, 1)), (9, (7, 2)), (3, (5, 2))]
        {
            assert_eq!(cursor.at(offset), expected, "{offset}");
        }
    }
}
