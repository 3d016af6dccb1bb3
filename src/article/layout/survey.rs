//! The walk that notes where things stand.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::{
    super::{
        Limit, SectionKind, commands,
        links::{self, Target},
        outline::{Heading, Sink},
        position::Cursor,
        text::cleaned,
    },
    DeadEnd, Fence, HeadingPlace, Layout, MAX_EXCERPT_CHARS, Place, SamePageLink,
    lists::Container,
};

/// Takes a body apart and fills in a [`Layout`].
pub(super) struct Surveyor<'a> {
    path: &'a str,
    body: &'a str,
    cursor: Cursor<'a>,
    pub(super) layout: Layout,
    pub(super) kind: SectionKind,
    pub(super) containers: Vec<Container>,
    /// Number of the item that opened last.
    pub(super) n_items: usize,
    /// The item that a list outside of any item belongs to.
    pub(super) last_step: usize,
    /// Whether the next text begins a line.
    pub(super) is_line_start: bool,
    /// Text of the bold run that began a line.
    pub(super) bold: Option<(Place, String)>,
    pub(super) in_code: bool,
    in_fence: bool,
    in_heading: bool,
    code: Vec<Event<'a>>,
    /// End of the star that was seen last, in bytes of the body.
    star_end: Option<usize>,
}

impl<'a> Surveyor<'a> {
    pub(super) fn new(path: &'a str, body: &'a str, first_line: u32) -> Self {
        Self {
            path,
            body,
            cursor: Cursor::new(body, first_line),
            layout: Layout::default(),
            kind: SectionKind::Other,
            containers: Vec::new(),
            n_items: 0,
            last_step: 0,
            is_line_start: true,
            bold: None,
            in_code: false,
            in_fence: false,
            in_heading: false,
            code: Vec::new(),
            star_end: None,
        }
    }

    /// What was noted.
    pub(super) fn into_layout(self) -> Layout {
        self.layout
    }

    pub(super) fn place(&mut self, offset: usize) -> Place {
        let (line, column) = self.cursor.at(offset);
        Place { line, column }
    }

    fn start(&mut self, tag: &Tag<'a>, offset: usize) {
        match tag {
            Tag::Heading { level, id, .. } => {
                let anchor = id.as_deref().unwrap_or_default().to_owned();
                self.heading(*level as u8, false, String::new(), anchor, offset);
                self.in_heading = true;
            }
            Tag::List(start) => self.open_list(start.is_some(), offset),
            Tag::Item => self.open_item(offset),
            Tag::BlockQuote(kind) => {
                if let Some(BlockQuoteKind::Caution | BlockQuoteKind::Warning) = kind {
                    let place = self.place(offset);
                    self.layout.warnings.push(place);
                }
                self.end_lead();
                self.containers.push(Container::Quote);
            }
            Tag::CodeBlock(kind) => {
                self.end_lead();
                self.in_code = true;
                if let CodeBlockKind::Fenced(info) = kind {
                    self.open_fence(info, offset);
                }
            }
            Tag::Strong => self.open_strong(offset),
            Tag::Link { link_type: LinkType::Email, .. } => {}
            Tag::Link { dest_url, .. } => self.link(dest_url, false, offset),
            Tag::Image { dest_url, .. } => self.link(dest_url, true, offset),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.in_heading = false,
            TagEnd::Paragraph => self.end_lead(),
            TagEnd::Item => {
                self.end_lead();
                self.containers.pop();
            }
            TagEnd::List(_) => self.close_list(),
            TagEnd::BlockQuote(_) => drop(self.containers.pop()),
            TagEnd::CodeBlock => self.close_fence(),
            TagEnd::Strong => self.close_strong(),
            _ => {}
        }
    }

    fn heading(&mut self, level: u8, is_section: bool, title: String, anchor: String, at: usize) {
        let (place, kind) = (self.place(at), self.kind);
        self.layout.headings.push(HeadingPlace { place, level, is_section, kind, title, anchor });
    }

    fn open_fence(&mut self, info: &str, offset: usize) {
        let language = cleaned(language(info));
        let place = self.place(offset);
        self.layout.fences.push(Fence { place, language, code: String::new(), danger: None });
        self.in_fence = true;
    }

    fn close_fence(&mut self) {
        self.in_code = false;
        if !std::mem::take(&mut self.in_fence) {
            return;
        }
        let Some(fence) = self.layout.fences.last_mut() else { return };
        fence.code = commands::code_text(&std::mem::take(&mut self.code));
        if commands::is_dangerous(&fence.language, &fence.code) {
            let line = commands::dangerous_line(&fence.language, &fence.code);
            fence.danger = Some(fence.place_of(line));
        }
    }

    fn link(&mut self, destination: &str, image: bool, offset: usize) {
        let target = links::target(self.path, destination);
        let is_too_long = target == Target::TooLong;
        match target {
            Target::SamePage(fragment) if !image => {
                let place = self.place(offset);
                self.layout.same_page.push(SamePageLink { place, fragment });
            }
            Target::SamePage(_) | Target::Nowhere | Target::Forbidden | Target::TooLong => {
                let place = self.place(offset);
                let destination = destination.chars().take(MAX_EXCERPT_CHARS).collect();
                self.layout.dead_ends.push(DeadEnd { place, destination, image, is_too_long });
            }
            Target::Inside { .. } | Target::Outside(_) => {}
        }
    }

    fn text(&mut self, text: &str, offset: usize) {
        if self.in_heading
            && let Some(heading) = self.layout.headings.last_mut()
        {
            heading.title.push_str(text);
        }
        if let Some((_, bold)) = &mut self.bold {
            bold.push_str(text);
        }
        self.add_lead(text);
        self.is_line_start = false;
        self.find_stars(text, offset);
    }

    /// Notes two stars side by side, which the parser may give as two texts.
    fn find_stars(&mut self, text: &str, offset: usize) {
        let written = self.body.get(offset..offset.saturating_add(text.len()));
        let is_escaped = self.body.get(..offset).is_some_and(|before| before.ends_with('\\'));
        // An entity is not what stands in the file, and its stars were meant as such.
        if written != Some(text) || is_escaped {
            self.star_end = None;
            return;
        }
        for (at, _) in text.match_indices('*') {
            let start = offset + at;
            if self.star_end == Some(start) {
                self.add_stars(start.saturating_sub(1));
            }
            self.star_end = Some(start + 1);
        }
    }

    fn add_stars(&mut self, offset: usize) {
        let place = self.place(offset);
        let line = self.layout.loose_stars.last().map(|place| place.line);
        if line != Some(place.line) {
            self.layout.loose_stars.push(place);
        }
    }
}

impl<'a> Sink<'a> for Surveyor<'a> {
    fn section(&mut self, heading: Heading<'a>) {
        self.kind = heading.kind;
        // A list across a heading belongs to no step before it.
        self.n_items += 1;
        self.last_step = self.n_items;
        let Heading { title, anchor, level, offset, content, .. } = heading;
        self.heading(level, true, title, anchor, offset);
        for (event, offset) in content {
            match event {
                Event::Text(text) => self.find_stars(&text, offset),
                Event::Start(tag) => self.start(&tag, offset),
                _ => {}
            }
        }
        self.bold = None;
        self.is_line_start = true;
    }

    fn event(&mut self, event: Event<'a>, offset: usize) {
        match event {
            Event::Start(tag) => {
                let is_inline = matches!(
                    tag,
                    Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. }
                );
                self.start(&tag, offset);
                self.is_line_start |= !is_inline;
            }
            Event::End(tag) => self.end(tag),
            Event::Text(_) if self.in_fence => self.code.push(event),
            Event::Text(_) if self.in_code => {}
            Event::Text(text) => self.text(&text, offset),
            Event::Code(code) => {
                self.add_lead(&code);
                self.is_line_start = false;
                self.star_end = None;
            }
            Event::SoftBreak | Event::HardBreak => {
                self.end_lead_of_plain_item();
                self.is_line_start = true;
            }
            _ => {}
        }
    }

    fn limit(&mut self, limit: Limit, offset: usize) {
        let place = self.place(offset);
        self.layout.limits.push((limit, place));
    }
}

/// The first word of what stands behind the fence.
fn language(info: &str) -> &str {
    info.split([' ', '\t', ',', '{']).next().unwrap_or_default()
}
