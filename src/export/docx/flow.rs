//! The safe HTML of a section as paragraphs and tables.

use docx_rs::{Paragraph, Run};

use super::{
    WIDTH,
    paragraph::{Block, LEVEL, indented, lines, styled, text},
    table::{table, widths},
};
use crate::export::html::{Piece, Tag, pieces, unescaped};

/// Deepest level that is moved in further: a sheet is only so wide.
const MAX_DEPTH: usize = 6;

/// The paragraphs and tables of `html`.
pub(super) fn blocks(html: &str) -> Vec<Block> {
    let mut flow = Flow::default();
    for piece in pieces(html) {
        match piece {
            Piece::Text(text) => flow.text(&unescaped(text)),
            Piece::Tag(tag) if tag.is_end => flow.end(tag.name),
            Piece::Tag(tag) => flow.start(&tag),
        }
    }
    flow.flush();
    flow.blocks
}

/// What was read so far.
#[derive(Default)]
struct Flow {
    blocks: Vec<Block>,
    /// The open paragraph.
    runs: Vec<Run>,
    /// The marker of the list item that has just begun.
    marker: Option<String>,
    /// The open lists, outermost first; the number of the next item of those that have numbers.
    lists: Vec<Option<u64>>,
    /// Styles that elements around the text ask for, the innermost last.
    styles: Vec<(&'static str, String)>,
    /// Elements that change letters, how many of each are open.
    bold: usize,
    code: usize,
    struck: usize,
    /// Text between `<pre>` and its end.
    listing: Option<String>,
    /// Address of the open link that leads out of the knowledge base.
    outside: Option<String>,
    grid: Option<Grid>,
}

/// A table on its way.
#[derive(Default)]
struct Grid {
    rows: Vec<Vec<Vec<Paragraph>>>,
    longest: Vec<usize>,
    n_heads: usize,
    /// Characters in the open cell.
    n_chars: usize,
}

impl Flow {
    fn text(&mut self, content: &str) {
        if let Some(listing) = &mut self.listing {
            return listing.push_str(content);
        }
        if self.runs.is_empty() && content.trim().is_empty() {
            return;
        }
        if let Some(grid) = &mut self.grid {
            grid.n_chars += content.chars().count();
        }
        let run = text(content);
        let run = if self.bold > 0 { run.bold() } else { run };
        let run = if self.code > 0 { run.style("CodeText") } else { run };
        self.runs.push(if self.struck > 0 { run.strike() } else { run });
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag.name {
            "strong" | "b" | "em" | "dt" => self.bold += 1,
            "code" | "kbd" | "samp" => self.code += 1,
            "del" | "s" => self.struck += 1,
            "a" => self.outside = tag.attribute("href").filter(is_outside).map(unescaped),
            "br" if self.listing.is_none() => self.flush(),
            "img" => self.image(tag),
            _ => self.start_block(tag),
        }
    }

    fn start_block(&mut self, tag: &Tag<'_>) {
        let style = match tag.name {
            "p" if tag.has_class("alert-title") => Some("Alert"),
            "div" if tag.has_class("alert") => Some("Alert"),
            "blockquote" => Some("Quote"),
            "h4" | "h5" | "h6" => Some("Heading5"),
            _ => None,
        };
        match tag.name {
            "p" | "div" | "blockquote" | "h4" | "h5" | "h6" | "hr" | "dd" | "summary"
            | "details" => {
                self.flush();
            }
            "pre" => {
                self.flush();
                self.listing = Some(String::new());
            }
            "ul" => self.list(None),
            "ol" => self.list(Some(number(tag, "start").unwrap_or(1))),
            "li" => self.item(tag),
            _ => self.start_table(tag.name),
        }
        self.styles.extend(style.map(|style| (style, tag.name.to_owned())));
    }

    fn list(&mut self, first: Option<u64>) {
        self.flush();
        self.lists.push(first);
    }

    fn item(&mut self, tag: &Tag<'_>) {
        self.flush();
        let next = self.lists.last_mut().and_then(Option::as_mut);
        let marker = match next {
            Some(next) => {
                let n = number(tag, "value").unwrap_or(*next);
                *next = n + 1;
                format!("{n}.")
            }
            None if tag.has_class("task") => "☐".to_owned(),
            None if tag.has_class("branch") => "→".to_owned(),
            None => "•".to_owned(),
        };
        self.marker = Some(marker);
    }

    fn image(&mut self, tag: &Tag<'_>) {
        let name = unescaped(tag.attribute("alt").unwrap_or_default());
        self.runs.push(text(&format!("［图：{name}］")));
    }

    fn start_table(&mut self, name: &str) {
        match (name, &mut self.grid) {
            ("table", _) => {
                self.flush();
                self.grid = Some(Grid::default());
            }
            ("tr", Some(grid)) => grid.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "strong" | "b" | "em" | "dt" => self.bold = self.bold.saturating_sub(1),
            "code" | "kbd" | "samp" => self.code = self.code.saturating_sub(1),
            "del" | "s" => self.struck = self.struck.saturating_sub(1),
            "a" => self.end_link(),
            "pre" => self.end_listing(),
            "td" | "th" => self.end_cell(name == "th"),
            "thead" => self.grid.iter_mut().for_each(|grid| grid.n_heads = grid.rows.len()),
            "table" => self.end_table(),
            _ => self.end_block(name),
        }
        if self.styles.last().is_some_and(|(_, element)| element == name) {
            self.styles.pop();
        }
    }

    fn end_block(&mut self, name: &str) {
        let is_block = matches!(
            name,
            "p" | "div" | "blockquote" | "h4" | "h5" | "h6" | "li" | "ul" | "ol" | "dd" | "summary"
        );
        if is_block {
            self.flush();
        }
        match name {
            "li" => self.marker = None,
            "ul" | "ol" => drop(self.lists.pop()),
            _ => {}
        }
    }

    /// On paper nobody can follow a link, so its address is written out.
    fn end_link(&mut self) {
        if let Some(url) = self.outside.take() {
            self.runs.push(text(&format!("（{url}）")));
        }
    }

    fn end_listing(&mut self) {
        let Some(listing) = self.listing.take() else { return };
        self.runs.push(lines(listing.trim_end_matches('\n')));
        self.styles.push(("Code", String::new()));
        self.flush();
        self.styles.pop();
    }

    fn end_cell(&mut self, is_head: bool) {
        let runs = std::mem::take(&mut self.runs);
        let Some(grid) = &mut self.grid else { return };
        let style = if is_head { "CellHead" } else { "Cell" };
        let cell = runs.into_iter().fold(styled(style), Paragraph::add_run);
        let Some(row) = grid.rows.last_mut() else { return };
        if grid.longest.len() == row.len() {
            grid.longest.push(0);
        }
        if let Some(longest) = grid.longest.get_mut(row.len()) {
            *longest = (*longest).max(std::mem::take(&mut grid.n_chars));
        }
        row.push(vec![cell]);
    }

    fn end_table(&mut self) {
        let Some(grid) = self.grid.take() else { return };
        let indent = LEVEL * i32::try_from(self.depth()).unwrap_or_default();
        let width = WIDTH.saturating_sub(usize::try_from(indent).unwrap_or_default());
        let widths = widths(&grid.longest, width);
        let table = table(grid.rows, grid.n_heads, &widths, indent);
        self.blocks.push(Block::Table(Box::new(table)));
        self.blocks.push(Block::paragraph(styled("Gap")));
    }

    fn depth(&self) -> usize {
        self.lists.len().min(MAX_DEPTH)
    }

    /// Ends the open paragraph; there is none before the first text. Line ends inside of a cell of
    /// a table are spaces.
    fn flush(&mut self) {
        if self.grid.is_some() || self.runs.is_empty() {
            return;
        }
        let style = self.styles.last().map_or("Normal", |(style, _)| *style);
        let marker = self.marker.take();
        let paragraph = indented(styled(style), self.depth(), marker.is_some());
        let marker = marker.map(|marker| text(&marker).add_tab());
        let runs = marker.into_iter().chain(std::mem::take(&mut self.runs));
        self.blocks.push(Block::paragraph(runs.fold(paragraph, Paragraph::add_run)));
    }
}

fn is_outside(url: &&str) -> bool {
    !url.starts_with(['/', '#'])
}

fn number(tag: &Tag<'_>, attribute: &str) -> Option<u64> {
    tag.attribute(attribute)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use docx_rs::BuildXML;

    use super::*;

    /// Each block as its style and its text; a table as its cells.
    fn outline(html: &str) -> Vec<String> {
        blocks(html).iter().map(described).collect()
    }

    fn described(block: &Block) -> String {
        let xml = match block {
            Block::Paragraph(paragraph) => paragraph.build(),
            Block::Table(table) => table.build(),
        };
        let xml = String::from_utf8(xml).unwrap();
        let style = xml.split("w:pStyle w:val=\"").nth(1).and_then(|rest| rest.split('"').next());
        let text = pieces(&xml).filter_map(|piece| match piece {
            Piece::Text(text) => Some(unescaped(text)),
            Piece::Tag(tag) if tag.name == "w:tab" => Some(" ".to_owned()),
            Piece::Tag(tag) if tag.name == "w:br" || tag.name == "w:tr" => Some("|".to_owned()),
            Piece::Tag(tag) if tag.name == "w:tc" && !tag.is_end => Some(";".to_owned()),
            Piece::Tag(_) => None,
        });
        format!("{}: {}", style.unwrap_or_default(), text.collect::<String>())
    }

    #[test]
    fn steps_keep_their_numbers_and_branches_their_place() {
        let html = "<ol><li class=\"step\" value=\"3\"><p>看 <code>灯</code>。</p>\n\
             <ul><li class=\"branch\"><strong>如果 亮</strong>：等</li></ul>\n<pre><code>dir\n  x\n</code></pre></li>\
             <li value=\"4\">后</li></ol>";
        let expected =
            ["Normal: 3. 看 灯。", "Normal: → 如果 亮：等", "Code: dir|  x", "Normal: 4. 后"];
        assert_eq!(outline(html), expected);
    }

    #[test]
    fn tables_quotes_alerts_and_links_are_kept() {
        let html = "<div class=\"alert alert-caution\"><p class=\"alert-title\">小心</p><p>断电</p></div>\
             <blockquote><p>您好</p></blockquote><ul><li class=\"task\">问</li></ul>\
             <table><thead><tr><th>甲</th></tr></thead><tbody><tr><td>1 &lt; 2</td></tr></tbody></table>\
             <p><a href=\"https://example.com/a\">书</a><a href=\"/articles/x\">文</a></p>";
        let expected = [
            "Alert: 小心",
            "Alert: 断电",
            "Quote: 您好",
            "Normal: ☐ 问",
            "CellHead: |;甲||;1 < 2|",
            "Gap: ",
            "Normal: 书（https://example.com/a）文",
        ];
        assert_eq!(outline(html), expected);
    }
}
