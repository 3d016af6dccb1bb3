//! Which version of which file an index holds.

use std::collections::BTreeMap;

use tantivy::{Searcher, columnar::StrColumn};

use super::{IndexError, record::Row, schema::Fields};

/// For each path the version that is indexed.
pub type Manifest = BTreeMap<String, Row>;

/// Hash over the sorted ids and content hashes and the vocabulary, lower-case hex: equal content,
/// equal revision.
#[must_use]
pub fn revision(manifest: &Manifest, vocabulary: &str) -> String {
    let mut rows: Vec<_> = manifest.values().map(|row| (&row.id, &row.hash)).collect();
    rows.sort_unstable();
    let mut hasher = blake3::Hasher::new();
    for (id, hash) in rows {
        hasher.update(id.as_bytes()).update(b"\0").update(hash.as_bytes()).update(b"\n");
    }
    hasher.update(vocabulary.as_bytes());
    hasher.finalize().to_hex().chars().take(32).collect()
}

/// Reads the manifest of an opened index from its columns.
///
/// # Errors
/// When a column is missing or cannot be read.
pub(super) fn read(searcher: &Searcher, fields: &Fields) -> Result<Manifest, IndexError> {
    let schema = searcher.schema();
    let mut manifest = Manifest::new();
    for reader in searcher.segment_readers() {
        let columns = reader.fast_fields();
        let strings = |field| Strings::read(columns.str(schema.get_field_name(field))?);
        let (paths, ids) = (strings(fields.path)?, strings(fields.id)?);
        let (claims, hashes) = (strings(fields.claim)?, strings(fields.hash)?);
        let broken = columns.u64(schema.get_field_name(fields.broken))?;
        for doc in reader.doc_ids_alive() {
            let row = Row {
                id: ids.get(doc),
                claim: claims.get(doc),
                hash: hashes.get(doc),
                broken: broken.first(doc) == Some(1),
            };
            manifest.insert(paths.get(doc), row);
        }
    }
    Ok(manifest)
}

/// A text column with its dictionary read once, in order: a look-up per row would decode a
/// dictionary block each time.
struct Strings {
    column: Option<StrColumn>,
    terms: Vec<String>,
}

impl Strings {
    fn read(column: Option<StrColumn>) -> Result<Self, IndexError> {
        let mut terms = Vec::new();
        if let Some(column) = &column {
            let mut stream = column.dictionary().stream()?;
            while stream.advance() {
                terms.push(String::from_utf8_lossy(stream.key()).into_owned());
            }
        }
        Ok(Self { column, terms })
    }

    fn get(&self, doc: u32) -> String {
        let ord = self.column.as_ref().and_then(|column| column.ords().first(doc));
        let term = ord.and_then(|ord| self.terms.get(usize::try_from(ord).ok()?));
        term.cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_content_has_an_equal_revision() {
        let row = |id: &str, hash: &str| Row {
            id: id.into(),
            claim: id.into(),
            hash: hash.into(),
            broken: false,
        };
        let manifest = |path: &str, hash: &str| Manifest::from([(path.into(), row("a", hash))]);
        let base = revision(&manifest("a.md", "1"), "v");
        assert_eq!(base, revision(&manifest("moved/a.md", "1"), "v"));
        assert_ne!(base, revision(&manifest("a.md", "2"), "v"));
        assert_ne!(base, revision(&manifest("a.md", "1"), "w"));
        assert_eq!(base.len(), 32);
    }
}
