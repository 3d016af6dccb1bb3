//! From records to documents in the hands of the search engine.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use tantivy::{IndexWriter, TantivyDocument};

use super::{
    IndexError,
    disk::{Disk, Step},
    manifest::Manifest,
    record::{Record, Row, document},
    schema::Fields,
};
use crate::analysis::Analyzer;

/// What is needed to make documents of articles.
pub(super) struct Adding<'a> {
    pub writer: &'a IndexWriter,
    pub fields: &'a Fields,
    pub analyzer: &'a Analyzer,
    pub disk: &'a Arc<dyn Disk>,
}

/// Which articles were added, and which could not be analysed.
#[derive(Default)]
pub(super) struct Added {
    pub manifest: Manifest,
    pub refused: Vec<String>,
}

impl Adding<'_> {
    /// Loads, analyses and adds all articles on two threads; what they give is independent of
    /// order.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub(super) fn all(
        &self,
        paths: &[String],
        load: &(dyn Fn(&str) -> Option<Record> + Sync),
    ) -> Result<Added, IndexError> {
        let (left, right) = paths.split_at(paths.len() / 2);
        std::thread::scope(|scope| {
            let other = scope.spawn(|| self.some(right, load));
            let mut added = self.some(left, load)?;
            let rest = other.join();
            let rest = rest.map_err(|_| IndexError::Damaged("建索引的线程中断".to_owned()))??;
            added.manifest.extend(rest.manifest);
            added.refused.extend(rest.refused);
            Ok(added)
        })
    }

    fn some(
        &self,
        paths: &[String],
        load: &(dyn Fn(&str) -> Option<Record> + Sync),
    ) -> Result<Added, IndexError> {
        let mut added = Added::default();
        for record in paths.iter().filter_map(|path| load(path)) {
            let path = record.article.path.clone();
            match self.document(&record) {
                Some(document) => {
                    self.add(document)?;
                    added.manifest.insert(path, Row::from(&record));
                }
                None => added.refused.push(path),
            }
        }
        Ok(added)
    }

    /// The article as the search engine takes it. One that makes the analysis panic must not stop
    /// the others.
    pub(super) fn document(&self, record: &Record) -> Option<TantivyDocument> {
        let analyse = || {
            self.disk.reaches(Step::Analyse).ok()?;
            Some(document(self.fields, self.analyzer, record))
        };
        catch_unwind(AssertUnwindSafe(analyse)).unwrap_or_default()
    }

    /// Hands a document to the search engine.
    ///
    /// # Errors
    /// When its writer has failed.
    pub(super) fn add(&self, document: TantivyDocument) -> Result<(), IndexError> {
        self.disk.reaches(Step::Add)?;
        self.writer.add_document(document)?;
        Ok(())
    }
}
