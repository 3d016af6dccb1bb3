//! Safe HTML out of Markdown events, one piece per section.
//!
//! Entry point: [`render`]. Raw HTML of the source is shown as its text; the sanitiser has the
//! last word over everything.

mod escape;
mod links;
mod steps;

use std::panic::{AssertUnwindSafe, catch_unwind};

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, Tag, TagEnd};

use self::{
    escape::{escape, escape_char},
    links::Image,
    steps::Steps,
};
use super::{
    SectionKind,
    outline::{self, Heading, Sink},
    raw_html, sanitize,
    text::{break_is_space, is_block},
};

/// Longest class for the language of a code block, in characters.
const MAX_LANGUAGE_CHARS: usize = 20;

/// Ends one run of text and begins the next, to nobody's eyes.
pub(crate) const TEXT_BREAK: &str = "<span></span>";

/// Longest run of text, in bytes: the sanitiser's serialiser looks through all of a text for each
/// `&` in it. A megabyte in one run would take it seconds.
const MAX_RUN_BYTES: usize = 32 << 10;

/// Most lines of raw HTML that become paragraphs; the parser's events, whose elements are counted
/// elsewhere, do not tell lines of text from lines of tags. Articles have a few.
const MAX_HTML_LINES: usize = 10_000;

/// Finds the id of the article at a path of the knowledge base.
pub(super) type Resolve<'r> = dyn Fn(&str) -> Option<String> + Sync + 'r;

/// Safe HTML of each section of the body, as [`outline::walk`] cuts it, without the headings.
pub(super) fn render(
    path: &str,
    body: &str,
    title: Option<&str>,
    resolve: &Resolve<'_>,
) -> Vec<String> {
    let write = || {
        let mut writer = Writer::new(path, resolve);
        outline::walk(body, title, &mut writer);
        writer.finish()
    };
    let sections = catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(|_| {
        let mut text = String::from("<pre>");
        escape(&mut text, body);
        vec![text + "</pre>"]
    });
    sections.into_iter().map(sanitized).collect()
}

/// A section that is only a heading needs no sanitiser, and there may be thousands.
fn sanitized(section: String) -> String {
    if section.is_empty() { section } else { sanitize::clean(&section) }
}

struct Writer<'r> {
    path: &'r str,
    resolve: &'r Resolve<'r>,
    /// HTML of the sections that are complete.
    sections: Vec<String>,
    /// HTML of the open section.
    out: String,
    is_open: bool,
    /// What ends each open link.
    link_ends: Vec<&'static str>,
    /// The image that is open, and how many elements are open in it.
    image: Option<Image>,
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
    html_block: Option<String>,
    n_html_lines: usize,
    /// Where the class of the last list item goes, should it prove to be a task or a branch.
    item_class_at: Option<usize>,
    steps: Steps,
    last_char: Option<char>,
    soft_break: bool,
    /// Bytes of text since the last block or break.
    run_bytes: usize,
    /// Label of the footnote whose text comes next.
    footnote: Option<String>,
}

impl<'r> Writer<'r> {
    fn new(path: &'r str, resolve: &'r Resolve<'r>) -> Self {
        Self {
            path,
            resolve,
            sections: Vec::new(),
            out: String::new(),
            is_open: false,
            link_ends: Vec::new(),
            image: None,
            alignments: Vec::new(),
            column: 0,
            in_head: false,
            html_block: None,
            n_html_lines: 0,
            item_class_at: None,
            steps: Steps::default(),
            last_char: None,
            soft_break: false,
            run_bytes: 0,
            footnote: None,
        }
    }

    fn finish(mut self) -> Vec<String> {
        if self.is_open {
            self.sections.push(self.out);
        }
        self.sections
    }

    fn text(&mut self, text: &str) {
        if let Some(first) = text.chars().next() {
            let breaks = std::mem::take(&mut self.soft_break);
            if breaks && self.last_char.is_some_and(|last| break_is_space(last, first)) {
                self.out.push('\n');
            }
            self.last_char = text.chars().next_back();
        }
        self.push_text(text);
    }

    fn push_text(&mut self, text: &str) {
        for c in text.chars() {
            escape_char(&mut self.out, c);
            self.run_bytes += c.len_utf8();
            if self.run_bytes >= MAX_RUN_BYTES {
                self.out.push_str(TEXT_BREAK);
                self.run_bytes = 0;
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => {
                self.out.push_str("<p>");
                if let Some(label) = self.footnote.take() {
                    self.footnote_label(&label);
                    self.out.push(' ');
                }
            }
            Tag::FootnoteDefinition(label) => self.footnote = Some(label.into_string()),
            Tag::Heading { level, id, .. } => {
                self.attribute(&format!("<{level} id"), id.as_deref())
            }
            Tag::BlockQuote(kind) => self.out.push_str(quote_start(kind)),
            Tag::CodeBlock(kind) => self.code_block(&kind),
            Tag::HtmlBlock => self.html_block = Some(String::new()),
            Tag::List(None) => self.out.push_str("<ul>"),
            Tag::List(Some(1)) => self.out.push_str("<ol>"),
            Tag::List(Some(start)) => self.out.push_str(&format!("<ol start=\"{start}\">")),
            Tag::Item => {
                self.out.push_str("<li");
                self.item_class_at = Some(self.out.len());
                self.out.push('>');
            }
            Tag::Table(alignments) => {
                self.alignments = alignments;
                self.out.push_str("<table>");
            }
            Tag::TableHead => {
                self.in_head = true;
                self.column = 0;
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => self.cell_start(),
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Link { link_type, dest_url, title, .. } => {
                let end = self.link_start(link_type, &dest_url, &title);
                self.link_ends.push(end);
            }
            Tag::Image { dest_url, title, .. } => self.image_start(&dest_url, &title),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.out.push_str("</p>\n"),
            TagEnd::Heading(level) => self.out.push_str(&format!("</{level}>\n")),
            TagEnd::BlockQuote(None) => self.out.push_str("</blockquote>\n"),
            TagEnd::BlockQuote(Some(_)) => self.out.push_str("</div>\n"),
            TagEnd::CodeBlock => self.out.push_str("</code></pre>\n"),
            TagEnd::HtmlBlock => self.html_block_end(),
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>\n"),
            TagEnd::Table => self.out.push_str("</tbody></table>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.out.push_str("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => {
                self.out.push_str(if self.in_head { "</th>" } else { "</td>" });
                self.column += 1;
            }
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::FootnoteDefinition => self.footnote = None,
            TagEnd::Link => self.out.push_str(self.link_ends.pop().unwrap_or_default()),
            _ => {}
        }
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>) {
        self.out.push_str("<pre>");
        let info = match kind {
            CodeBlockKind::Fenced(info) => info,
            CodeBlockKind::Indented => "",
        };
        let language = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
        let language = language.to_ascii_lowercase();
        if is_language(&language) {
            self.out.push_str(&format!("<code class=\"language-{language}\">"));
        } else {
            self.out.push_str("<code>");
        }
    }

    fn cell_start(&mut self) {
        self.out.push_str(if self.in_head { "<th" } else { "<td" });
        self.out.push_str(match self.alignments.get(self.column) {
            Some(Alignment::Left) => " align=\"left\">",
            Some(Alignment::Center) => " align=\"center\">",
            Some(Alignment::Right) => " align=\"right\">",
            _ => ">",
        });
    }

    fn html_block_end(&mut self) {
        let text = raw_html::text(&self.html_block.take().unwrap_or_default());
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            self.n_html_lines += 1;
            let is_paragraph = self.n_html_lines <= MAX_HTML_LINES;
            self.out.push_str(if is_paragraph { "<p>" } else { "" });
            self.push_text(line);
            self.out.push_str(if is_paragraph { "</p>\n" } else { "\n" });
        }
    }

    /// Gives the list item that was opened last a class, if it has none.
    fn item_class(&mut self, class: &str) {
        if let Some(at) = self.item_class_at.take().filter(|at| self.out.is_char_boundary(*at)) {
            self.out.insert_str(at, &format!(" class=\"{class}\""));
        }
    }

    fn step_start(&mut self, number: u64) {
        self.out.push_str(&format!("<li class=\"step\" value=\"{number}\">"));
        self.item_class_at = None;
    }
}

impl<'a> Sink<'a> for Writer<'_> {
    fn section(&mut self, heading: Heading<'a>) {
        let complete = std::mem::take(&mut self.out);
        if self.is_open {
            self.sections.push(complete);
        }
        self.steps.section(heading.kind == SectionKind::Strategy);
        self.is_open = true;
        self.last_char = None;
        self.soft_break = false;
    }

    fn event(&mut self, event: Event<'a>, _offset: usize) {
        if let Some(image) = self.image.take() {
            return self.image_event(image, &event);
        }
        if self.steps.is_branch(&event) {
            self.item_class("branch");
        }
        let step = self.steps.feed(&event);
        match event {
            Event::Start(tag) => {
                self.end_line(tag.to_end());
                match step {
                    Some(number) => self.step_start(number),
                    None => self.start(tag),
                }
            }
            Event::End(tag) => {
                self.end_line(tag);
                self.end(tag);
            }
            Event::Text(text) => self.text(&text),
            Event::Code(code) => self.inline_code(&code),
            Event::Html(html) => match &mut self.html_block {
                Some(block) => block.push_str(&html),
                None => self.text(&raw_html::text(&html)),
            },
            Event::InlineHtml(tag) if raw_html::is_line_break(&tag) => self.out.push_str("<br>"),
            Event::SoftBreak => self.soft_break = true,
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::FootnoteReference(label) => self.footnote_label(&label),
            Event::TaskListMarker(_) => self.item_class("task"),
            _ => {}
        }
    }
}

impl Writer<'_> {
    fn inline_code(&mut self, code: &CowStr<'_>) {
        // The break belongs before the element, so an empty text is not enough to write it.
        let first = code.chars().next();
        if std::mem::take(&mut self.soft_break)
            && self.last_char.zip(first).is_some_and(|(last, first)| break_is_space(last, first))
        {
            self.out.push('\n');
        }
        self.last_char = code.chars().next_back();
        self.out.push_str("<code>");
        self.push_text(code);
        self.out.push_str("</code>");
    }

    fn footnote_label(&mut self, label: &str) {
        self.out.push_str("<sup>[");
        escape(&mut self.out, label);
        self.out.push_str("]</sup>");
    }

    fn end_line(&mut self, tag: TagEnd) {
        if is_block(tag) || tag == TagEnd::TableCell {
            self.soft_break = false;
            self.last_char = None;
            self.run_bytes = 0;
        }
    }
}

fn quote_start(kind: Option<BlockQuoteKind>) -> &'static str {
    match kind {
        None => "<blockquote>",
        Some(BlockQuoteKind::Caution) => {
            "<div class=\"alert alert-caution\"><p class=\"alert-title\">危险</p>"
        }
        Some(BlockQuoteKind::Important) => {
            "<div class=\"alert alert-important\"><p class=\"alert-title\">重要</p>"
        }
        Some(BlockQuoteKind::Warning) => {
            "<div class=\"alert alert-warning\"><p class=\"alert-title\">警告</p>"
        }
        Some(BlockQuoteKind::Note) => {
            "<div class=\"alert alert-note\"><p class=\"alert-title\">说明</p>"
        }
        Some(BlockQuoteKind::Tip) => {
            "<div class=\"alert alert-tip\"><p class=\"alert-title\">提示</p>"
        }
    }
}

/// Whether a code block's language may become a class.
pub(super) fn is_language(language: &str) -> bool {
    (1..=MAX_LANGUAGE_CHARS).contains(&language.len())
        && language
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-".contains(&b))
}
