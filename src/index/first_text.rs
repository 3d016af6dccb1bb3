//! Reading one field of a stored article and no more.

use tantivy::schema::document::{
    DeserializeError, DocumentDeserialize, DocumentDeserializer, ValueDeserialize,
    ValueDeserializer,
};

/// The first stored field of a document, leaving the others undecoded: ranking reads the text of
/// a hundred articles per search and nothing else of them.
pub(super) struct FirstText(pub(super) String);

impl DocumentDeserialize for FirstText {
    fn deserialize<'de, D>(mut deserializer: D) -> Result<Self, DeserializeError>
    where
        D: DocumentDeserializer<'de>,
    {
        let first = deserializer.next_field::<TextValue>()?;
        Ok(Self(first.map(|(_, TextValue(text))| text).unwrap_or_default()))
    }
}

struct TextValue(String);

impl ValueDeserialize for TextValue {
    fn deserialize<'de, D>(deserializer: D) -> Result<Self, DeserializeError>
    where
        D: ValueDeserializer<'de>,
    {
        deserializer.deserialize_string().map(Self)
    }
}
