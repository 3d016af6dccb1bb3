//! Plain text out of Markdown events, and the cleaning that every string of an article gets.
//!
//! Knows no sections and no HTML output.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::raw_html;

/// Whether `c` must never reach an article: it would break lines, terminals or JSON logs.
pub(super) fn is_control(c: char) -> bool {
    (c < ' ' && c != '\n' && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}')
}

/// `text` without control characters.
pub(super) fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_cleaned(&mut out, text);
    out
}

/// `text` without control characters, on one line, trimmed.
pub(super) fn one_line(text: &str) -> String {
    cleaned(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn push_cleaned(out: &mut String, text: &str) {
    if text.chars().any(is_control) {
        out.extend(text.chars().filter(|c| !is_control(*c)));
    } else {
        out.push_str(text);
    }
}

/// Whether a line break beside `c` reads as nothing rather than as a space.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

/// Whether a line break between two characters stands for a space: only in scripts that put
/// spaces between words.
pub(super) fn break_is_space(before: char, after: char) -> bool {
    !is_wide(before) && !is_wide(after) && !before.is_whitespace() && !after.is_whitespace()
}

/// Plain text of some events, one line per paragraph, item, table row or code line.
pub(super) fn plain<'e, 'a: 'e>(events: impl IntoIterator<Item = &'e Event<'a>>) -> String {
    let mut text = PlainText::default();
    for event in events {
        text.feed(event);
    }
    text.finish()
}

/// What must come before the next text on the same line.
#[derive(Clone, Copy, Default, PartialEq)]
enum Glue {
    #[default]
    Nothing,
    Space,
    SoftBreak,
}

/// Collects plain text line by line; no line is empty or ends in blanks.
#[derive(Default)]
pub(super) struct PlainText {
    out: String,
    /// Byte length of `out` up to the start of the current line.
    line_start: usize,
    glue: Glue,
    in_code: bool,
    html_block: Option<String>,
}

impl PlainText {
    /// Takes one event; events whose counterparts are missing do no harm.
    pub(super) fn feed(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) if self.in_code => self.push_lines(text),
            Event::Text(text) | Event::Code(text) => self.push(text),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.push(text),
            Event::Html(html) => self.push_html(html),
            Event::InlineHtml(tag) if raw_html::is_line_break(tag) => self.glue = Glue::SoftBreak,
            Event::SoftBreak | Event::HardBreak => self.glue = Glue::SoftBreak,
            Event::Rule => self.end_line(),
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(*tag),
            Event::InlineHtml(_) | Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    /// The text so far, without a final newline; the collector is empty afterwards.
    pub(super) fn finish(&mut self) -> String {
        self.end_line();
        let mut text = std::mem::take(self).out;
        text.pop();
        text
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::CodeBlock(_) => {
                self.end_line();
                self.in_code = true;
            }
            Tag::HtmlBlock => {
                self.end_line();
                self.html_block = Some(String::new());
            }
            tag if is_block(tag.to_end()) => self.end_line(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::TableCell => self.glue = Glue::Space,
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::HtmlBlock => {
                let html = self.html_block.take().unwrap_or_default();
                self.push_lines(&raw_html::text(&html));
            }
            _ => {}
        }
        if is_block(tag) {
            self.end_line();
        }
    }

    fn push_html(&mut self, html: &str) {
        match &mut self.html_block {
            // A comment or script may span several events, so the block is read as a whole.
            Some(block) => block.push_str(html),
            None => self.push_lines(&raw_html::text(html)),
        }
    }

    fn push_lines(&mut self, text: &str) {
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.end_line();
            }
            self.push(line);
        }
    }

    fn push(&mut self, text: &str) {
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.glue = Glue::SoftBreak;
            }
            let part = if self.is_line_start() { part.trim_start() } else { part };
            if let Some(first) = part.chars().next() {
                self.push_glue(first);
                push_cleaned(&mut self.out, part);
            }
        }
    }

    fn push_glue(&mut self, next: char) {
        let last = if self.is_line_start() { None } else { self.out.chars().next_back() };
        let glue = std::mem::take(&mut self.glue);
        let space = last.is_some_and(|last| match glue {
            Glue::Nothing => false,
            Glue::Space => true,
            Glue::SoftBreak => break_is_space(last, next),
        });
        if space {
            self.out.push(' ');
        }
    }

    fn is_line_start(&self) -> bool {
        self.out.len() == self.line_start
    }

    fn end_line(&mut self) {
        self.glue = Glue::Nothing;
        while self.out.len() > self.line_start && self.out.ends_with([' ', '\t']) {
            self.out.pop();
        }
        if !self.is_line_start() {
            self.out.push('\n');
            self.line_start = self.out.len();
        }
    }
}

/// Whether the text inside starts and ends a line.
pub(super) fn is_block(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Table
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::FootnoteDefinition
    )
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Parser;

    use super::*;
    use crate::article::outline;

    fn plain_of(markdown: &str) -> String {
        let events: Vec<_> = Parser::new_ext(markdown, outline::options()).collect();
        plain(&events)
    }

    #[test]
    fn markdown_becomes_lines_of_plain_text() {
        let cases = [
            ("**断网**，不要 *关机*。", "断网，不要 关机。"),
            ("看 [文件找回](a.md \"t\") 与 ![架构图](b.png)", "看 文件找回 与 架构图"),
            ("第一行\n第二行", "第一行第二行"),
            ("first line\nsecond line", "first line second line"),
            ("代码\nORA-12541", "代码ORA-12541"),
            ("- a\n- b\n  - c\n\n    d", "a\nb\nc\nd"),
            ("- [ ] 问一句\n- [x] 再问", "问一句\n再问"),
            ("| 条件 | 找谁 |\n|---|---|\n| 停电 | 值班`经理` |", "条件 找谁\n停电 值班经理"),
            ("```sh\n  ls -l\n\n  pwd\n```", "ls -l\npwd"),
            ("> [!CAUTION]\n> 不要写盘", "不要写盘"),
            ("a<br>b <span>c</span>", "a b c"),
            ("<div>\n正文&amp;<b>粗</b>\n<!-- 注 -->\n</div>", "正文&粗"),
            ("a &amp; b &lt;c&gt; &#27;x&#x2028;y", "a & b <c> xy"),
            ("~~旧~~ 新\n\n---\n\n完", "旧 新\n完"),
            ("#### 小标题\n文", "小标题\n文"),
            ("断网[^1]了\n\n[^1]: 注\n    释", "断网了\n注释"),
            ("一\u{7}二", "一二"),
            ("甲\\\n乙", "甲乙"),
        ];
        for (markdown, expected) in cases {
            assert_eq!(plain_of(markdown), expected, "{markdown:?}");
        }
    }
}
