//! A run of Markdown events as a list of blocks, one level at a time.

use pulldown_cmark::{BlockQuoteKind, Event, Tag};

use super::text::{is_block, plain};

/// A block and the events inside it.
#[derive(Clone, Copy)]
pub(super) enum Block<'e, 'a> {
    /// A paragraph, or the text of a list item that has none.
    Paragraph(&'e [Event<'a>]),
    /// A list with the number of its first item, if it has numbers.
    List(Option<u64>, &'e [Event<'a>]),
    Item(&'e [Event<'a>]),
    /// A quote; the kind is that of an alert.
    Quote(Option<BlockQuoteKind>, &'e [Event<'a>]),
    Code(&'e [Event<'a>]),
    Table(&'e [Event<'a>]),
    Row(&'e [Event<'a>]),
    /// Anything else, with its own start and end.
    Other(&'e [Event<'a>]),
}

/// The outermost blocks of `events`.
pub(super) fn blocks<'e, 'a>(events: &'e [Event<'a>]) -> Blocks<'e, 'a> {
    Blocks { rest: events }
}

/// Iterator over the outermost blocks.
pub(super) struct Blocks<'e, 'a> {
    rest: &'e [Event<'a>],
}

impl<'e, 'a> Iterator for Blocks<'e, 'a> {
    type Item = Block<'e, 'a>;

    fn next(&mut self) -> Option<Block<'e, 'a>> {
        let whole = match self.rest.first()? {
            Event::Start(tag) if is_block(tag.to_end()) => element(self.rest),
            Event::Rule => self.rest.get(..1)?,
            _ => inline_run(self.rest),
        };
        self.rest = self.rest.get(whole.len()..).unwrap_or_default();
        let Some(Event::Start(tag)) = whole.first() else {
            return Some(if whole == [Event::Rule] {
                Block::Other(whole)
            } else {
                Block::Paragraph(whole)
            });
        };
        let inner = whole.get(1..whole.len().saturating_sub(1)).unwrap_or_default();
        Some(match tag {
            Tag::Paragraph => Block::Paragraph(inner),
            Tag::List(start) => Block::List(*start, inner),
            Tag::Item => Block::Item(inner),
            Tag::BlockQuote(kind) => Block::Quote(*kind, inner),
            Tag::CodeBlock(_) => Block::Code(inner),
            Tag::Table(_) => Block::Table(inner),
            Tag::TableRow => Block::Row(inner),
            tag if is_block(tag.to_end()) => Block::Other(whole),
            _ => Block::Paragraph(whole),
        })
    }
}

/// The element that `events` begins with, start and end included.
pub(super) fn element<'e, 'a>(events: &'e [Event<'a>]) -> &'e [Event<'a>] {
    let mut depth = 0_usize;
    for (index, event) in events.iter().enumerate() {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return events.get(..=index).unwrap_or(events);
        }
    }
    events
}

fn inline_run<'e, 'a>(events: &'e [Event<'a>]) -> &'e [Event<'a>] {
    let end = events.iter().position(|event| match event {
        Event::Start(tag) => is_block(tag.to_end()),
        event => *event == Event::Rule,
    });
    end.and_then(|end| events.get(..end)).unwrap_or(events)
}

/// Plain text of the first paragraph inside an item, else of the whole item.
pub(super) fn lead(item: &[Event<'_>]) -> String {
    match blocks(item).next() {
        Some(Block::Paragraph(paragraph)) => plain(paragraph),
        _ => plain(item),
    }
}
