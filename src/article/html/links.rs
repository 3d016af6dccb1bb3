//! Links and images as HTML.

use pulldown_cmark::{Event, LinkType, TagEnd};

use super::{
    super::{
        anchors::anchor,
        links::{self, Target, percent_encode_id, percent_encode_path},
    },
    Writer,
    escape::escape,
};

/// What external links carry. Source: reliability rules, sanitiser.
const EXTERNAL_REL: &str = "noopener noreferrer nofollow";

/// Longest value of an attribute, in bytes. Servers refuse longer addresses, and nobody reads a
/// longer title.
const MAX_VALUE_BYTES: usize = 8 << 10;

/// An image that is open.
pub(super) struct Image {
    start: String,
    end: &'static str,
    alt: String,
    depth: usize,
}

impl Writer<'_> {
    pub(super) fn link_start(
        &mut self,
        kind: LinkType,
        destination: &str,
        title: &str,
    ) -> &'static str {
        if kind == LinkType::Email {
            self.attribute("<a href", Some(&format!("mailto:{destination}")));
            return "</a>";
        }
        let mut end = "</a>";
        match links::target(self.path, destination) {
            Target::Outside(url) => return self.external_start(url, title),
            Target::SamePage(fragment) => self.link(&format!("#{}", anchor(&fragment)), title),
            Target::Inside { path, fragment } if links::is_article(&path) => {
                match (self.resolve)(&path) {
                    Some(id) => self.link(&article_url(&id, fragment.as_deref()), title),
                    None => end = self.dead_link(),
                }
            }
            Target::Inside { path, .. } => self.link(&media_url(&path), title),
            Target::Forbidden | Target::TooLong => end = "",
            Target::Nowhere => end = self.dead_link(),
        }
        end
    }

    fn external_start(&mut self, url: &str, title: &str) -> &'static str {
        self.attribute("<a href", Some(url));
        self.out.pop();
        self.title(title);
        self.attribute(" rel", Some(EXTERNAL_REL));
        "</a>"
    }

    fn link(&mut self, url: &str, title: &str) {
        self.attribute("<a href", Some(url));
        self.out.pop();
        self.title(title);
        self.out.push('>');
    }

    fn dead_link(&mut self) -> &'static str {
        self.out.push_str("<span class=\"dead-link\" title=\"文章不存在\">");
        "</span>"
    }

    fn title(&mut self, title: &str) {
        if !title.is_empty() {
            self.attribute(" title", Some(title));
            self.out.pop();
        }
    }

    /// Writes `start="value">`, or only the element's name when there is no value, or one that is
    /// too long.
    pub(super) fn attribute(&mut self, start: &str, value: Option<&str>) {
        let Some(value) = value.filter(|value| value.len() <= MAX_VALUE_BYTES) else {
            self.out.push_str(start.split(' ').next().unwrap_or(start));
            self.out.push('>');
            return;
        };
        self.out.push_str(start);
        self.out.push_str("=\"");
        escape(&mut self.out, value);
        self.out.push_str("\">");
    }

    /// Images of the knowledge base are shown, those of other sites become links: a page loads
    /// nothing from elsewhere.
    pub(super) fn image_start(&mut self, destination: &str, title: &str) {
        let before = std::mem::take(&mut self.out);
        let end = match links::target(self.path, destination) {
            Target::Inside { path, .. } if !links::is_article(&path) => {
                self.attribute("<img src", Some(&media_url(&path)));
                self.out.pop();
                self.title(title);
                "\">"
            }
            Target::Outside(url) if self.link_ends.is_empty() => self.external_start(url, title),
            _ => "",
        };
        let start = std::mem::replace(&mut self.out, before);
        self.image = Some(Image { start, end, alt: String::new(), depth: 0 });
    }

    /// Takes an event inside an image, whose text is all that counts.
    pub(super) fn image_event(&mut self, mut image: Image, event: &Event<'_>) {
        match event {
            Event::Start(_) => image.depth += 1,
            Event::End(TagEnd::Image) if image.depth == 0 => return self.image_end(&image),
            Event::End(_) => image.depth = image.depth.saturating_sub(1),
            Event::Text(text) | Event::Code(text) => image.alt.push_str(text),
            Event::SoftBreak | Event::HardBreak => image.alt.push(' '),
            _ => {}
        }
        self.image = Some(image);
    }

    fn image_end(&mut self, image: &Image) {
        self.out.push_str(&image.start);
        if image.start.starts_with("<img") {
            let alt = Some(image.alt.as_str()).filter(|alt| alt.len() <= MAX_VALUE_BYTES);
            self.out.push_str(" alt=\"");
            escape(&mut self.out, alt.unwrap_or_default());
        } else if image.alt.is_empty() && image.start.starts_with("<a") {
            self.out.push_str("图片");
        } else {
            self.push_text(&image.alt);
        }
        self.out.push_str(image.end);
    }
}

fn article_url(id: &str, fragment: Option<&str>) -> String {
    let fragment = fragment.map(|fragment| format!("#{}", anchor(fragment)));
    format!("/articles/{}{}", percent_encode_id(id), fragment.unwrap_or_default())
}

fn media_url(path: &str) -> String {
    format!("/media/{}", percent_encode_path(path))
}
