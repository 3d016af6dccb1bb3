//! Which version of which file an index holds.

use std::{cmp::Ordering, collections::BTreeMap};

use tantivy::{Searcher, columnar::StrColumn};

use super::{IndexError, change_log::ChangeKind, record::Row, schema::Fields};

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

/// What became of the article with an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Article id.
    pub id: String,
    /// What happened.
    pub kind: ChangeKind,
    /// Its hash, or the last one where it is gone.
    pub hash: String,
}

/// What differs between two manifests, by id. A file that was moved and kept its id is no
/// difference.
#[must_use]
pub fn differences(before: &Manifest, after: &Manifest) -> Vec<Difference> {
    let (old, new) = rows_apart(before, after);
    let mut differences = Vec::new();
    for (id, hash) in &new {
        let kind = match old.get(id) {
            None => ChangeKind::Added,
            Some(before) if before != hash => ChangeKind::Changed,
            Some(_) => continue,
        };
        differences.push((id, kind, hash));
    }
    let gone = old.iter().filter(|(id, _)| !new.contains_key(*id));
    differences.extend(gone.map(|(id, hash)| (id, ChangeKind::Removed, hash)));
    differences.sort_unstable();
    let owned = |(id, kind, hash): (&&str, ChangeKind, &&str)| Difference {
        id: (*id).to_owned(),
        kind,
        hash: (*hash).to_owned(),
    };
    differences.into_iter().map(owned).collect()
}

/// Hashes by id.
type Hashes<'a> = BTreeMap<&'a str, &'a str>;

/// The rows that one manifest has and the other has not, or has otherwise, in one walk over both.
fn rows_apart<'a>(before: &'a Manifest, after: &'a Manifest) -> (Hashes<'a>, Hashes<'a>) {
    let (mut old, mut new) = (Hashes::new(), Hashes::new());
    let (mut left, mut right) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (None, None) => return (old, new),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((left, _)), Some((right, _))) => left.cmp(right),
        };
        let was = if order.is_le() { left.next() } else { None }.map(|(_, row)| row);
        let is = if order.is_ge() { right.next() } else { None }.map(|(_, row)| row);
        let key = |row: &'a Row| (row.id.as_str(), row.hash.as_str());
        if was.map(key) != is.map(key) {
            old.extend(was.map(key));
            new.extend(is.map(key));
        }
    }
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

    #[test]
    fn differences_are_by_id() {
        let manifest = |rows: &[(&str, &str, &str)]| -> Manifest {
            let row = |(path, id, hash): &(&str, &str, &str)| {
                let (id, claim) = ((*id).to_owned(), (*id).to_owned());
                let row = Row { id, claim, hash: (*hash).to_owned(), broken: false };
                ((*path).to_owned(), row)
            };
            rows.iter().map(row).collect()
        };
        let before = manifest(&[
            ("a.md", "a", "1"),
            ("b.md", "b", "2"),
            ("c.md", "c", "3"),
            ("d.md", "d", "4"),
            ("e.md", "e", "5"),
            ("z.md", "z", "6"),
        ]);
        let after = manifest(&[
            ("0.md", "0", "7"),
            ("a.md", "a", "1"),
            ("b.md", "b", "8"),
            ("d.md", "renamed", "4"),
            ("moved/e.md", "e", "5"),
            ("y.md", "c", "9"),
        ]);
        let found = differences(&before, &after);
        let found: Vec<_> = found.iter().map(|d| (&*d.id, d.kind, &*d.hash)).collect();
        let expected = [
            ("0", ChangeKind::Added, "7"),
            ("b", ChangeKind::Changed, "8"),
            ("c", ChangeKind::Changed, "9"),
            ("d", ChangeKind::Removed, "4"),
            ("renamed", ChangeKind::Added, "4"),
            ("z", ChangeKind::Removed, "6"),
        ];
        assert_eq!(found, expected);
        assert_eq!(differences(&before, &before), []);
    }
}
