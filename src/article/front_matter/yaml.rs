//! YAML as a small tree of values with their places. Nothing here knows the article model.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::{
    Options, Spanned,
    options::{MergeKeyPolicy, NonFiniteFloatPolicy},
};

use super::split::MAX_BYTES;

/// Deepest nesting of lists and mappings; the model needs four levels (`alerts`).
const MAX_DEPTH: usize = 8;
/// Most values; 8 KiB hold about 4,000.
const MAX_NODES: usize = 4096;

/// Where something stands in the file, both from 1; the column in Unicode scalar values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// A value and its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// A YAML value. Numbers and booleans keep the text they were written as.
#[derive(Debug)]
pub(super) enum Value {
    Null,
    Bool(bool, String),
    Number(serde_json::Number, String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) place: Place,
    pub(super) node: Node,
}

/// Why a text is no list of fields.
pub(super) enum YamlProblem {
    /// It is YAML, but not a mapping.
    NotAMapping(Place),
    /// It is not YAML, or uses what articles may not use.
    Invalid(Box<serde_saphyr::Error>),
}

/// The fields of a YAML mapping, in the order of the file. An empty text has none.
pub(super) fn parse(yaml: &str) -> Result<Vec<Entry>, YamlProblem> {
    let has_content = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    if !yaml.lines().any(has_content) {
        return Ok(Vec::new());
    }
    let root: Spanned<Raw> = serde_saphyr::from_str_with_options(yaml, options())
        .map_err(|error| YamlProblem::Invalid(Box::new(error)))?;
    let root = node(root, yaml);
    match root.value {
        Value::Map(entries) => Ok(entries),
        Value::Null => Ok(Vec::new()),
        _ => Err(YamlProblem::NotAMapping(root.place)),
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_events: 4 * MAX_NODES,
            max_aliases: 0,
            max_anchors: 0,
            max_documents: 1,
            max_merge_keys: 0,
            max_total_scalar_bytes: MAX_BYTES,
        },
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

/// A line of YAML as a line of the file: the opening fence comes before it.
pub(super) fn place(location: serde_saphyr::Location) -> Place {
    let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Place {
        line: number(location.line()).saturating_add(1),
        column: number(location.column()).max(1),
    }
}

/// A value as the deserializer gives it, the children with their places.
enum Raw {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

fn node(raw: Spanned<Raw>, yaml: &str) -> Node {
    let place = place(raw.referenced);
    let written = || written(raw.referenced, yaml);
    let value = match raw.value {
        Raw::Null => Value::Null,
        Raw::Bool(value) => Value::Bool(value, written().unwrap_or_else(|| value.to_string())),
        Raw::Number(value) => {
            let text = written().unwrap_or_else(|| value.to_string());
            Value::Number(value, text)
        }
        Raw::Text(text) => Value::Text(text),
        Raw::List(items) => Value::List(items.into_iter().map(|item| node(item, yaml)).collect()),
        Raw::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| entry(key, value, yaml)).collect())
        }
    };
    Node { value, place }
}

fn entry(key: Spanned<Raw>, value: Spanned<Raw>, yaml: &str) -> Entry {
    let Node { value: key, place } = node(key, yaml);
    let key = match key {
        Value::Text(text) | Value::Bool(_, text) | Value::Number(_, text) => text,
        Value::Null | Value::List(_) | Value::Map(_) => String::new(),
    };
    Entry { key, place, node: node(value, yaml) }
}

/// The source text of a plain scalar.
fn written(location: serde_saphyr::Location, yaml: &str) -> Option<String> {
    let start = usize::try_from(location.span().byte_offset()?).ok()?;
    let length = usize::try_from(location.span().byte_len()?).ok()?;
    let text = yaml.get(start..start.checked_add(length)?)?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Raw, E> {
        let number = serde_json::Number::from_f64(value);
        number.map(Raw::Number).ok_or_else(|| E::custom("number is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
            if entries.len() > MAX_NODES {
                return Err(A::Error::custom("too many entries"));
            }
        }
        Ok(Raw::Map(entries))
    }
}

impl Value {
    /// What kind of value it is, for messages, in Chinese; a single value with its text.
    pub(super) fn described(&self) -> String {
        /// Longest quotation in a message, in characters.
        const MAX_CHARS: usize = 40;
        let quoted = |text: &str| {
            let head: String = text.chars().take(MAX_CHARS).collect();
            let ellipsis = if text.chars().nth(MAX_CHARS).is_some() { "…" } else { "" };
            format!("“{head}{ellipsis}”")
        };
        match self {
            Self::Null => "空值".to_owned(),
            Self::Bool(_, text) | Self::Number(_, text) | Self::Text(text) => quoted(text),
            Self::List(_) => "一个列表".to_owned(),
            Self::Map(_) => "一组“键: 值”".to_owned(),
        }
    }

    /// The value as JSON, cleaned of control characters.
    pub(super) fn into_json(self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Self::Null => Json::Null,
            Self::Bool(value, _) => Json::Bool(value),
            Self::Number(value, _) => Json::Number(value),
            Self::Text(text) => Json::String(crate::article::text::cleaned(&text)),
            Self::List(items) => {
                Json::Array(items.into_iter().map(|item| item.value.into_json()).collect())
            }
            Self::Map(entries) => {
                let entries = entries.into_iter();
                Json::Object(entries.map(|e| (e.key, e.node.value.into_json())).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_keep_the_text_they_were_written_as() {
        let cases = [
            ("a: 4625", "4625"),
            ("a: 0x011b", "0x011b"),
            ("a: 1.50", "1.50"),
            ("a: true", "true"),
            ("a: \"4625\"", "4625"),
            ("a: yes", "yes"),
            ("a: 2026-11-20", "2026-11-20"),
            ("a: .nan", ".nan"),
            ("a:   007   # 注", "007"),
        ];
        for (yaml, expected) in cases {
            let entries = parse(yaml).unwrap_or_else(|_| panic!("{yaml}"));
            let text = match &entries[0].node.value {
                Value::Bool(_, text) | Value::Number(_, text) | Value::Text(text) => text,
                other => panic!("{other:?}"),
            };
            assert_eq!(text, expected, "{yaml}");
        }
    }

    #[test]
    fn places_are_those_of_the_file() {
        let entries = parse("标题: 甲\nb: [x,\n  y]\n").unwrap_or_else(|_| panic!());
        assert_eq!(entries[0].place, Place { line: 2, column: 1 });
        assert_eq!(entries[0].node.place, Place { line: 2, column: 5 });
        let Value::List(items) = &entries[1].node.value else { panic!() };
        assert_eq!(items[1].place, Place { line: 4, column: 3 });
    }

    #[test]
    fn texts_without_content_have_no_fields() {
        for yaml in ["", "\n\n", "# 注\n", "~", "null\n"] {
            assert!(parse(yaml).is_ok_and(|entries| entries.is_empty()), "{yaml:?}");
        }
    }
}
