//! The body of an article as values: one pass over its Markdown.
//!
//! Entry point: [`read`]. Makes no HTML.

use std::panic::{AssertUnwindSafe, catch_unwind};

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::{
    Command, Escalation, Link, Question, Scripts, Section, SectionKind, Step, commands, escalation,
    links::{self, Target},
    outline::{self, Heading, Sink},
    position::Cursor,
    scripts, strategy,
    text::{PlainText, cleaned},
};

/// Most events of a section from which questions, steps, scripts or escalations are read. A
/// section anyone can work with has a few hundred; this bounds the memory of a hostile one.
const MAX_REGION_EVENTS: usize = 100_000;

/// What the body of an article holds.
#[derive(Default)]
pub(super) struct Body {
    /// The declared title, else the first heading.
    pub(super) title: Option<String>,
    pub(super) sections: Vec<Section>,
    pub(super) questions: Vec<Question>,
    pub(super) steps: Vec<Step>,
    pub(super) commands: Vec<Command>,
    pub(super) scripts: Scripts,
    pub(super) escalations: Vec<Escalation>,
    pub(super) links: Vec<Link>,
}

/// Reads `body`, whose first line is line `first_line` of the file at `path`.
///
/// Should the Markdown parser panic, the whole body is one section of plain text: an article
/// must be found and shown even then.
pub(super) fn read(path: &str, body: &str, first_line: u32, title: Option<&str>) -> Body {
    let read = || {
        let mut reader = Reader::new(path, body, first_line);
        let title = outline::walk(body, title, &mut reader);
        Body { title, ..reader.finish() }
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| unread(body, first_line, title))
}

fn unread(body: &str, line: u32, title: Option<&str>) -> Body {
    let section = Section {
        title: String::new(),
        anchor: "s-top".to_owned(),
        level: 0,
        kind: SectionKind::Other,
        line,
        text: cleaned(body),
    };
    Body { title: title.map(str::to_owned), sections: vec![section], ..Body::default() }
}

struct Reader<'a> {
    path: &'a str,
    cursor: Cursor<'a>,
    found: Body,
    /// Text of the section that is open.
    text: PlainText,
    /// Events of the section that questions and the like are read from.
    region: Vec<Event<'a>>,
    region_kind: SectionKind,
    /// The fenced code block that is open: language, line, first event in `code`.
    fence: Option<(String, u32)>,
    code: Vec<Event<'a>>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a str, body: &'a str, first_line: u32) -> Self {
        Self {
            path,
            cursor: Cursor::new(body, first_line),
            found: Body::default(),
            text: PlainText::default(),
            region: Vec::new(),
            region_kind: SectionKind::Other,
            fence: None,
            code: Vec::new(),
        }
    }

    fn finish(mut self) -> Body {
        self.close_section();
        self.close_region();
        self.found
    }

    fn close_section(&mut self) {
        let text = self.text.finish();
        if let Some(section) = self.found.sections.last_mut() {
            section.text = text;
        }
    }

    fn close_region(&mut self) {
        let events = std::mem::take(&mut self.region);
        let found = &mut self.found;
        match self.region_kind {
            SectionKind::Questions => found.questions.extend(strategy::questions(&events)),
            SectionKind::Strategy => found.steps.extend(strategy::steps(&events, self.path)),
            SectionKind::Escalation => found.escalations.extend(escalation::rows(&events)),
            SectionKind::Scripts => {
                let title = found.sections.last().map_or("", |section| &section.title);
                scripts::add(&mut found.scripts, title, &events);
            }
            _ => {}
        }
    }

    fn add_link(&mut self, event: &Event<'a>, offset: usize) {
        let (destination, image) = match event {
            Event::Start(Tag::Link { link_type: LinkType::Email, .. }) => return,
            Event::Start(Tag::Link { dest_url, .. }) => (dest_url, false),
            Event::Start(Tag::Image { dest_url, .. }) => (dest_url, true),
            _ => return,
        };
        if let Target::Inside { path, fragment } = links::target(self.path, destination) {
            let (line, column) = self.cursor.at(offset);
            self.found.links.push(Link { path, fragment, image, line, column });
        }
    }

    fn add_code(&mut self, event: &Event<'a>, offset: usize) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let language = info.split([' ', '\t', ',', '{']).next().unwrap_or_default();
                self.fence = Some((cleaned(language), self.cursor.at(offset).0));
            }
            Event::Text(_) if self.fence.is_some() => self.code.push(event.clone()),
            Event::End(TagEnd::CodeBlock) => {
                let Some((language, line)) = self.fence.take() else { return };
                let code = commands::code_text(&std::mem::take(&mut self.code));
                let anchor =
                    self.found.sections.last().map_or_else(String::new, |s| s.anchor.clone());
                let dangerous = commands::is_dangerous(&language, &code);
                self.found.commands.push(Command { language, code, anchor, dangerous, line });
            }
            _ => {}
        }
    }
}

impl<'a> Sink<'a> for Reader<'a> {
    fn section(&mut self, heading: Heading<'a>) {
        self.close_section();
        if heading.level < 3 || heading.kind == SectionKind::Scripts {
            self.close_region();
            self.region_kind = heading.kind;
        } else {
            // Keeps a list below a third-level heading apart from the step above it.
            self.region.push(Event::Rule);
        }
        let line = self.cursor.at(heading.offset).0;
        for (event, offset) in &heading.content {
            self.add_link(event, *offset);
        }
        let Heading { title, anchor, level, kind, .. } = heading;
        let text = String::new();
        self.found.sections.push(Section { title, anchor, level, kind, line, text });
    }

    fn event(&mut self, event: Event<'a>, offset: usize) {
        self.text.feed(&event);
        self.add_link(&event, offset);
        self.add_code(&event, offset);
        let is_read = matches!(
            self.region_kind,
            SectionKind::Questions
                | SectionKind::Strategy
                | SectionKind::Scripts
                | SectionKind::Escalation
        );
        if is_read && self.region.len() < MAX_REGION_EVENTS {
            self.region.push(event);
        }
    }
}
