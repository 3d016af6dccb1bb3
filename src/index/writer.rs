//! The search engine's writer: how it is opened, and how it commits.

use tantivy::{
    Index, IndexWriter, Term,
    indexer::{IndexWriterOptions, LogMergePolicy},
};

use super::{
    IndexError,
    manifest::{self, Manifest},
    schema::Fields,
    snapshot::Info,
};
use crate::analysis::Analyzer;

/// Memory for documents not yet written, per thread. The smallest tantivy takes is 15 MB; more
/// makes fewer segments in a full build.
const BUILD_BUDGET_BYTES: usize = 60_000_000;
const CHANGES_BUDGET_BYTES: usize = 20_000_000;

/// Threads of a full build.
const BUILD_THREADS: usize = 2;

/// Share of deleted documents above which a segment is merged away.
const MAX_DELETED_SHARE: f32 = 0.3;

/// A writer for all articles at once.
pub(super) fn for_build(index: &Index, fields: &Fields) -> Result<IndexWriter, IndexError> {
    open(index, fields, BUILD_THREADS, BUILD_BUDGET_BYTES)
}

/// A writer for a few articles at a time.
pub(super) fn for_changes(index: &Index, fields: &Fields) -> Result<IndexWriter, IndexError> {
    open(index, fields, 1, CHANGES_BUDGET_BYTES)
}

fn open(
    index: &Index,
    fields: &Fields,
    threads: usize,
    budget: usize,
) -> Result<IndexWriter, IndexError> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(threads)
        .memory_budget_per_thread(budget)
        .num_merge_threads(1)
        .build();
    let writer: IndexWriter = index.writer_with_options(options)?;
    let mut merges = LogMergePolicy::default();
    merges.set_del_docs_ratio_before_merge(MAX_DELETED_SHARE);
    writer.set_merge_policy(Box::new(merges));
    // The first operation gets the number of the last commit. A merge that begins before the next
    // one takes it for done where a segment has had deletions in that commit: a deletion would be
    // lost, and an article be there twice. So the first one deletes nothing.
    writer.delete_term(Term::from_field_text(fields.path, ""));
    Ok(writer)
}

/// Commits what the writer has, described by the manifest.
///
/// # Errors
/// When it cannot be written; nothing is committed then.
pub(super) fn commit(
    writer: &mut IndexWriter,
    manifest: &Manifest,
    analyzer: &Analyzer,
    indexed_at: &str,
) -> Result<Info, IndexError> {
    let info = Info {
        revision: manifest::revision(manifest, &analyzer.vocabulary().fingerprint),
        indexed_at: indexed_at.to_owned(),
        n_articles: manifest.len(),
    };
    let payload =
        serde_json::to_string(&info).map_err(|error| IndexError::Damaged(error.to_string()))?;
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&payload);
    prepared.commit()?;
    Ok(info)
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Arc};

    use tantivy::merge_policy::NoMergePolicy;

    use super::*;
    use crate::{
        analysis::Vocabulary,
        article,
        index::{Changes, Disk, Generation, RealDisk, Record},
    };

    /// An article whose text has this word.
    fn record(path: &str, word: &str) -> Record {
        let source = format!("# {word}\n");
        let article = article::parse(path, &source).unwrap().article;
        let (claim, hash) = (article.id.clone(), word.to_owned());
        Record { article, claim, source, hash, broken: false }
    }

    fn analyzer() -> Arc<Analyzer> {
        Arc::new(Analyzer::new(Vocabulary::built_in().unwrap()))
    }

    fn disk() -> Arc<dyn Disk> {
        Arc::new(RealDisk)
    }

    fn build(dir: &Path, n_articles: usize) -> Generation {
        let paths: Vec<String> = (0..n_articles).map(|n| format!("{n}.md")).collect();
        let load = |path: &str| Some(record(path, "断网"));
        Generation::build(&disk(), Some(dir), analyzer(), &paths, &load, "now").unwrap()
    }

    fn put(generation: &mut Generation, paths: &[&str], word: &str) {
        let put = paths.iter().map(|path| record(path, word)).collect();
        generation.apply(&Changes { put, remove: Vec::new() }, "now", &|_| ()).unwrap();
    }

    #[test]
    fn a_merge_before_the_first_commit_loses_no_deletion() {
        let dir = tempfile::tempdir().unwrap();
        let mut generation = build(dir.path(), 20);
        // As in a process that ends before its merges do.
        let writer = for_changes(&generation.index, &generation.fields).unwrap();
        writer.set_merge_policy(Box::new(NoMergePolicy));
        generation.writer = Some(writer);
        put(&mut generation, &["1.md", "2.md", "3.md", "4.md"], "断电");
        put(&mut generation, &["3.md", "4.md"], "蓝屏");
        drop(generation);

        let mut generation = Generation::open(&disk(), dir.path(), analyzer()).unwrap();
        put(&mut generation, &["1.md"], "黑屏");
        generation.writer.take().unwrap().wait_merging_threads().unwrap();
        drop(generation);
        let generation = Generation::open(&disk(), dir.path(), analyzer()).unwrap();
        assert_eq!(generation.snapshot().unwrap().searcher().num_docs(), 20);
        assert_eq!(generation.manifest()["1.md"].hash, "黑屏");
    }
}
