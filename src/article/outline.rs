//! Markdown as a sequence of sections. The one place that knows the parser's options, and the one
//! that keeps what is beyond the [limits](super::limits) away from everything behind it.
//!
//! Entry point: [`walk`].

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::{
    SectionKind,
    anchors::Anchors,
    limits::{Limit, MAX_BRACKETS, MAX_DEPTH, MAX_ELEMENTS, MAX_SECTIONS},
    raw_html,
    text::{is_block, plain},
    wiki,
};

/// Longest title taken from a heading, in characters.
const MAX_TITLE_CHARS: usize = 120;

/// Takes what [`walk`] finds, in the order of the text.
pub(super) trait Sink<'a> {
    /// A section begins.
    fn section(&mut self, heading: Heading<'a>);
    /// Content of the section that began last; `offset` is in bytes of the body.
    fn event(&mut self, event: Event<'a>, offset: usize);
    /// From here on markup is lost; comes once for each limit.
    fn limit(&mut self, _limit: Limit, _offset: usize) {}
}

/// The beginning of a section.
pub(super) struct Heading<'a> {
    /// Plain text; empty for text before the first heading.
    pub(super) title: String,
    /// Unique id with the prefix `s-`.
    pub(super) anchor: String,
    /// 1 to 3; 0 for text before the first heading.
    pub(super) level: u8,
    pub(super) kind: SectionKind,
    /// In bytes of the body.
    pub(super) offset: usize,
    /// The heading's own events with their offsets: it may hold links.
    pub(super) content: Vec<(Event<'a>, usize)>,
}

/// The Markdown that articles are written in.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_GFM
        | Options::ENABLE_FOOTNOTES
}

/// Sends the sections of `body` to `sink` and gives the article's title.
///
/// Sections begin at headings of level 1 to 3 that stand in no quote or list. Deeper headings
/// stay inside, with their id filled in. A level-1 heading that opens the body and repeats the
/// title makes no section: what follows is a section of level 0 under its anchor. The title is
/// `declared`, else the first heading, else `None`.
pub(super) fn walk<'a>(
    body: &'a str,
    declared: Option<&str>,
    sink: &mut dyn Sink<'a>,
) -> Option<String> {
    let mut walker = Walker {
        sink,
        title: declared.map(str::to_owned),
        anchors: Anchors::default(),
        kind: SectionKind::Other,
        depth: 0,
        max_depth: MAX_DEPTH,
        n_elements: 0,
        n_sections: 0,
        is_open: false,
        opening: None,
        reached: Vec::new(),
    };
    if body.bytes().filter(|byte| *byte == b'[').count() > MAX_BRACKETS {
        walker.reach(Limit::Brackets, 0);
        walker.verbatim(body);
        return walker.title;
    }
    let mut options = options();
    options.set(Options::ENABLE_WIKILINKS, wiki::is_used(body));
    let mut events = wiki::Ordinary::new(Parser::new_ext(body, options).into_offset_iter());
    while let Some((event, range)) = events.next() {
        if let Event::Start(Tag::Heading { level, .. }) = event {
            let end = Event::End(TagEnd::Heading(level));
            let content = events.by_ref().take_while(|(event, _)| *event != end);
            let content = content.map(|(event, range)| (event, range.start)).collect();
            walker.heading(level, content, range.start);
        } else {
            walker.event(event, range.start);
        }
    }
    walker.title
}

struct Walker<'a, 's> {
    sink: &'s mut dyn Sink<'a>,
    title: Option<String>,
    anchors: Anchors,
    /// Kind of the second-level section we are in.
    kind: SectionKind,
    depth: usize,
    /// Elements deeper than this lose their markup.
    max_depth: usize,
    n_elements: usize,
    n_sections: usize,
    is_open: bool,
    /// Anchor and offset of a first heading that only repeats the title.
    opening: Option<(String, usize)>,
    /// Limits the sink knows of.
    reached: Vec<Limit>,
}

impl<'a> Walker<'a, '_> {
    fn heading(&mut self, level: HeadingLevel, content: Vec<(Event<'a>, usize)>, offset: usize) {
        let title = plain(content.iter().map(|(event, _)| event)).replace('\n', " ");
        let anchor = self.anchors.unique(&title);
        if self.title.is_none() && !title.is_empty() {
            self.title = Some(title.chars().take(MAX_TITLE_CHARS).collect());
        }
        let is_inner = self.depth > 0 || level > HeadingLevel::H3;
        if is_inner {
            return self.inner_heading(level, anchor, content, offset);
        }
        if self.n_sections >= MAX_SECTIONS {
            self.reach(Limit::Sections, offset);
            return self.inner_heading(level, anchor, content, offset);
        }
        let repeats_title = self.title.as_ref() == Some(&title);
        if level == HeadingLevel::H1
            && repeats_title
            && !self.is_open
            && self.opening.is_none()
            && !has_link(&content)
        {
            self.opening = Some((anchor, offset));
            return;
        }
        self.opening = None;
        let level = level as u8;
        if level < 3 {
            self.kind = if level == 2 { kind_of(&title) } else { SectionKind::Other };
        }
        self.open(Heading { title, anchor, level, kind: self.kind, offset, content });
    }

    fn inner_heading(
        &mut self,
        level: HeadingLevel,
        anchor: String,
        content: Vec<(Event<'a>, usize)>,
        offset: usize,
    ) {
        let id = Some(CowStr::from(anchor));
        let tag = Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() };
        let end = Event::End(tag.to_end());
        self.event(Event::Start(tag), offset);
        for (event, offset) in content {
            self.event(event, offset);
        }
        self.event(end, offset);
    }

    fn event(&mut self, event: Event<'a>, offset: usize) {
        if !self.is_open {
            self.open_preamble(offset);
        }
        match event {
            Event::Start(_) => {
                self.count_element(offset);
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    self.reach(Limit::Depth, offset);
                }
                if self.depth > self.max_depth {
                    return;
                }
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth >= self.max_depth {
                    if is_block(tag) {
                        self.sink.event(Event::SoftBreak, offset);
                    }
                    return;
                }
            }
            event if is_element(&event) => {
                self.count_element(offset);
                let event = if self.n_elements > MAX_ELEMENTS { bare(event) } else { event };
                return self.sink.event(event, offset);
            }
            _ => {}
        }
        self.sink.event(event, offset);
    }

    /// A body that is one block of plain text.
    fn verbatim(&mut self, body: &'a str) {
        self.event(Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)), 0);
        self.event(Event::Text(body.into()), 0);
        self.event(Event::End(TagEnd::CodeBlock), 0);
    }

    /// When there have been too many elements, those that are open are the last ones.
    fn count_element(&mut self, offset: usize) {
        self.n_elements += 1;
        if self.n_elements > MAX_ELEMENTS {
            self.reach(Limit::Elements, offset);
            self.max_depth = self.max_depth.min(self.depth);
        }
    }

    fn reach(&mut self, limit: Limit, offset: usize) {
        if !self.reached.contains(&limit) {
            self.reached.push(limit);
            self.sink.limit(limit, offset);
        }
    }

    fn open_preamble(&mut self, offset: usize) {
        let (anchor, offset) =
            self.opening.take().unwrap_or_else(|| (self.anchors.unique("top"), offset));
        let title = String::new();
        let kind = SectionKind::Other;
        self.open(Heading { title, anchor, level: 0, kind, offset, content: Vec::new() });
    }

    fn open(&mut self, heading: Heading<'a>) {
        self.is_open = true;
        self.n_sections += 1;
        self.sink.section(heading);
    }
}

/// Whether an event is an element as a whole, without a start and an end.
fn is_element(event: &Event<'_>) -> bool {
    match event {
        Event::Code(_) | Event::FootnoteReference(_) | Event::Rule | Event::HardBreak => true,
        Event::InlineHtml(tag) => raw_html::is_line_break(tag),
        _ => false,
    }
}

/// What such an element becomes when it loses its markup.
fn bare(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Code(text) => Event::Text(text),
        Event::FootnoteReference(label) => Event::Text(format!("[{label}]").into()),
        _ => Event::SoftBreak,
    }
}

fn has_link(content: &[(Event<'_>, usize)]) -> bool {
    content
        .iter()
        .any(|(event, _)| matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. })))
}

fn kind_of(title: &str) -> SectionKind {
    let named = SectionKind::ORDER.into_iter().find(|kind| kind.title() == title);
    named.unwrap_or(SectionKind::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Seen {
        sections: Vec<(u8, String, String)>,
        depth: usize,
        deepest: usize,
        n_elements: usize,
        text: String,
    }

    impl<'a> Sink<'a> for Seen {
        fn section(&mut self, heading: Heading<'a>) {
            self.sections.push((heading.level, heading.title, heading.anchor));
        }

        fn event(&mut self, event: Event<'a>, _offset: usize) {
            match event {
                Event::Start(_) => {
                    self.depth += 1;
                    self.n_elements += 1;
                }
                Event::End(_) => self.depth -= 1,
                Event::Text(text) => self.text.push_str(&text),
                event if is_element(&event) => self.n_elements += 1,
                _ => {}
            }
            self.deepest = self.deepest.max(self.depth);
        }
    }

    fn sections(body: &str, declared: Option<&str>) -> (Option<String>, Vec<(u8, String, String)>) {
        let mut seen = Seen::default();
        let title = walk(body, declared, &mut seen);
        (title, seen.sections)
    }

    #[test]
    fn sections_begin_at_headings_of_the_first_three_levels() {
        let (title, sections) =
            sections("前言\n\n# 甲\n## 乙\n### 丙\n#### 丁\n> ## 戊\n\n### 丙", Some("题"));
        assert_eq!(title.as_deref(), Some("题"));
        let expected = [
            (0, "", "s-top"),
            (1, "甲", "s-甲"),
            (2, "乙", "s-乙"),
            (3, "丙", "s-丙"),
            (3, "丙", "s-丙-2"),
        ];
        let expected =
            expected.map(|(level, title, anchor)| (level, title.to_owned(), anchor.to_owned()));
        assert_eq!(sections, expected);
    }

    #[test]
    fn a_first_heading_that_is_the_title_makes_no_section() {
        let cases = [
            ("# 题\n文", None, vec![(0, "", "s-题")]),
            ("题\n===\n\n文", Some("题"), vec![(0, "", "s-题")]),
            ("# 题\n## 乙", Some("题"), vec![(2, "乙", "s-乙")]),
            ("# 题", Some("别的"), vec![(1, "题", "s-题")]),
            ("文\n# 题", None, vec![(0, "", "s-top"), (1, "题", "s-题")]),
        ];
        for (body, declared, expected) in cases {
            let expected: Vec<_> =
                expected.iter().map(|(l, t, a)| (*l, (*t).to_owned(), (*a).to_owned())).collect();
            assert_eq!(sections(body, declared).1, expected, "{body:?}");
        }
    }

    #[test]
    fn deep_nesting_keeps_its_text_and_loses_its_markup() {
        let mut seen = Seen::default();
        let body = format!("{} 文\n\n# 尾", ">".repeat(10_000));
        walk(&body, Some("题"), &mut seen);
        assert_eq!((seen.deepest, seen.depth), (MAX_DEPTH, 0));
        assert_eq!(seen.sections.len(), 2);
    }

    #[test]
    fn too_many_elements_keep_their_text_and_lose_their_markup() {
        let mut seen = Seen::default();
        let body = format!("> *甲*\n\n{}", "- *乙*\n".repeat(MAX_ELEMENTS));
        walk(&body, Some("题"), &mut seen);
        assert_eq!((seen.n_elements, seen.depth), (MAX_ELEMENTS, 0));
        assert_eq!(seen.text.matches('乙').count(), MAX_ELEMENTS);
    }

    #[test]
    fn elements_without_an_end_count_too() {
        let cases = [("`甲`丙", "甲丙"), ("[^甲]", "[甲]"), ("乙<br>", "乙"), ("乙\\\n", "乙")];
        for (element, text) in cases {
            let mut seen = Seen::default();
            let body = format!("{}完\n\n[^甲]: 注", element.repeat(MAX_ELEMENTS + 9));
            walk(&body, Some("题"), &mut seen);
            // The paragraph and the note are elements, too.
            assert!(seen.n_elements <= MAX_ELEMENTS, "{element}: {}", seen.n_elements);
            assert!(seen.text.contains(&(text.repeat(10) + "完")), "{element}");
        }
    }

    #[test]
    fn too_many_brackets_are_shown_as_they_stand() {
        for (n, sections) in [(MAX_BRACKETS, 2), (MAX_BRACKETS + 1, 1)] {
            let mut seen = Seen::default();
            let body = format!("{}\n\n# 尾\n*文*\n", "[".repeat(n));
            let title = walk(&body, None, &mut seen);
            assert_eq!((seen.sections.len(), title.is_some()), (sections, sections == 2));
            assert_eq!(seen.text == body, sections == 1);
        }
    }

    #[test]
    fn too_many_headings_stay_in_the_last_section() {
        let mut seen = Seen::default();
        walk(&"# 甲\n".repeat(MAX_SECTIONS + 9), Some("题"), &mut seen);
        assert_eq!((seen.sections.len(), seen.n_elements, seen.depth), (MAX_SECTIONS, 9, 0));
    }
}
