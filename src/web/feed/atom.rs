//! News as an Atom document.

use atom_syndication::{Entry, Feed, FixedDateTime, Generator, Link, Person, Text};

use super::news::News;
use crate::web::api::id_url;

const TITLE: &str = "救急";
const SUBTITLE: &str = "应急策略的新增、更新与待复核";
/// Id of the feed, whatever host it is asked of.
const ID: &str = "urn:jiuji:feed";

/// The document; `otherwise` is its time when there is no news, RFC 3339.
pub(super) fn document(news: &[News], otherwise: &str, origin: &str) -> String {
    let newest = news.iter().map(|news| date(&news.at)).max();
    let feed = Feed {
        title: plain(TITLE),
        subtitle: Some(plain(SUBTITLE)),
        id: ID.to_owned(),
        updated: newest.unwrap_or_else(|| date(otherwise)),
        authors: vec![Person { name: TITLE.to_owned(), ..Person::default() }],
        generator: Some(Generator {
            value: "jiuji".to_owned(),
            uri: None,
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        links: vec![
            link("self", "application/atom+xml", &format!("{origin}/feed.xml")),
            link("alternate", "text/html", &format!("{origin}/")),
        ],
        entries: news.iter().map(|news| entry(news, origin)).collect(),
        lang: Some("zh-CN".to_owned()),
        ..Feed::default()
    };
    feed.to_string()
}

fn entry(news: &News, origin: &str) -> Entry {
    let base = format!("urn:jiuji:{}:{}:", news.reason.as_str(), news.mark);
    Entry {
        title: plain(&format!("{}：{}", news.reason.label(), news.title)),
        id: id_url(&base, &news.id),
        updated: date(&news.at),
        links: vec![link(
            "alternate",
            "text/html",
            &format!("{origin}{}", id_url("/articles/", &news.id)),
        )],
        summary: (!news.summary.is_empty()).then(|| plain(&news.summary)),
        ..Entry::default()
    }
}

fn link(rel: &str, kind: &str, href: &str) -> Link {
    let mime_type = Some(kind.to_owned());
    Link { href: href.to_owned(), rel: rel.to_owned(), mime_type, ..Link::default() }
}

fn plain(text: &str) -> Text {
    Text::plain(text.chars().filter(|c| is_xml(*c)).collect::<String>())
}

/// Whether a document may have the character at all, escaped or not. Source: XML 1.0, section 2.2.
fn is_xml(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}'
        | '\u{10000}'..)
}

/// A time of this program's own making; the beginning of time should it not be one.
fn date(at: &str) -> FixedDateTime {
    at.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::news::Reason, *};

    fn news(reason: Reason, title: &str, at: &str) -> News {
        News {
            reason,
            id: "网络/断网".into(),
            title: title.into(),
            summary: "先看<灯> & 别\u{1}重启".into(),
            mark: "ff".into(),
            at: at.into(),
        }
    }

    #[test]
    fn an_entry_has_a_lasting_id_and_a_whole_address() {
        let entry =
            entry(&news(Reason::Added, "断网", "2026-11-23T08:00:00Z"), "https://kb.example");
        assert_eq!(entry.title.value, "新增：断网");
        let id = "urn:jiuji:added:ff:%E7%BD%91%E7%BB%9C%2F%E6%96%AD%E7%BD%91";
        assert_eq!(entry.id, id);
        let href = "https://kb.example/articles/%E7%BD%91%E7%BB%9C%2F%E6%96%AD%E7%BD%91";
        assert_eq!(entry.links[0].href, href);
    }

    #[test]
    fn the_document_can_be_read_again_whatever_is_in_it() {
        let table = [
            news(Reason::Changed, "]]><b>&\u{0}\u{8}\u{fffe}\u{1f4a3}", "2026-11-23T08:00:00Z"),
            news(Reason::Due, "\"'", "2026-11-24T08:00:00+08:00"),
        ];
        let text = document(&table, "2020-01-01T00:00:00Z", "http://a\"&<");
        let feed = Feed::read_from(text.as_bytes()).unwrap();
        assert_eq!(feed.updated, date("2026-11-24T00:00:00Z"));
        assert_eq!(feed.lang.as_deref(), Some("zh-CN"));
        assert_eq!(feed.entries[0].title.value, "更新：]]><b>&\u{1f4a3}");
        assert_eq!(feed.entries[0].summary.as_ref().unwrap().value, "先看<灯> & 别重启");
        assert_eq!(feed.links[0].href, "http://a\"&</feed.xml");
        assert!(text.starts_with("<?xml version=\"1.0\""), "{text}");
        assert!(text.chars().all(is_xml));
    }

    #[test]
    fn without_news_the_document_is_whole_too() {
        let feed = Feed::read_from(document(&[], "2020-01-01T00:00:00Z", "http://a").as_bytes());
        let feed = feed.unwrap();
        assert_eq!((feed.updated, feed.entries.len()), (date("2020-01-01T00:00:00Z"), 0));
    }
}
