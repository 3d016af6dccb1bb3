//! One index, in a folder or in memory, that takes changes and gives snapshots.

use std::{path::Path, sync::Arc};

use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, Term,
    indexer::{IndexWriterOptions, LogMergePolicy},
};

use super::{
    IndexError,
    directory::UnsyncedDirectory,
    manifest::{self, Manifest},
    record::{Record, Row, document},
    schema::{self, Fields},
    snapshot::{Info, Snapshot},
};
use crate::analysis::Analyzer;

/// Memory for documents not yet written, per thread. The smallest tantivy takes is 15 MB; more
/// makes fewer segments in a full build.
const BUILD_BUDGET_BYTES: usize = 60_000_000;
const APPLY_BUDGET_BYTES: usize = 20_000_000;

/// Threads of a full build.
const BUILD_THREADS: usize = 2;

/// Blocks of stored articles each segment keeps decompressed; 4 KiB each.
const STORE_CACHE_BLOCKS: usize = 512;

/// Share of deleted documents above which a segment is merged away.
const MAX_DELETED_SHARE: f32 = 0.3;

/// What changes between two revisions.
#[derive(Debug, Default)]
pub struct Changes {
    /// Articles to add, or to put in place of the one with the same path.
    pub put: Vec<Record>,
    /// Paths of articles to remove.
    pub remove: Vec<String>,
}

/// An index that takes changes. Its writer is opened with the first change.
pub struct Generation {
    index: Index,
    fields: Fields,
    reader: IndexReader,
    writer: Option<IndexWriter>,
    analyzer: Arc<Analyzer>,
    manifest: Arc<Manifest>,
    info: Info,
}

impl Generation {
    /// Builds a new index, in the empty folder `dir` or in memory.
    ///
    /// `load` is called once for each path, from two threads; where it gives nothing, nothing is
    /// indexed.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn build(
        dir: Option<&Path>,
        analyzer: Arc<Analyzer>,
        paths: &[String],
        load: &(dyn Fn(&str) -> Option<Record> + Sync),
        indexed_at: &str,
    ) -> Result<Self, IndexError> {
        let (schema, fields) = schema::schema();
        let builder = Index::builder()
            .schema(schema)
            .settings(schema::settings())
            .tokenizers(schema::tokenizers());
        let index = match dir {
            Some(dir) => builder.open_or_create(open_directory(dir)?)?,
            None => builder.create_in_ram()?,
        };
        let mut writer = writer(&index, BUILD_THREADS, BUILD_BUDGET_BYTES)?;
        let manifest = add_all(&writer, &fields, &analyzer, paths, load)?;
        let info = commit(&mut writer, &manifest, &analyzer, indexed_at)?;
        writer.wait_merging_threads()?;
        Self::assemble(index, fields, analyzer, manifest, info)
    }

    /// Opens the index in a folder and checks that it is what was written: every file's checksum,
    /// the schema, and that its rows give the revision of its last commit.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] or whatever stopped the reading.
    pub fn open(dir: &Path, analyzer: Arc<Analyzer>) -> Result<Self, IndexError> {
        let mut index = Index::open(open_directory(dir)?)?;
        let (schema, fields) = schema::schema();
        if index.schema() != schema {
            return Err(IndexError::Damaged("字段定义不同".to_owned()));
        }
        index.set_tokenizers(schema::tokenizers());
        verify_checksums(&index, dir)?;
        let payload = index.load_metas()?.payload.unwrap_or_default();
        let info: Info = serde_json::from_str(&payload)
            .map_err(|error| IndexError::Damaged(error.to_string()))?;
        let reader = reader(&index)?;
        read_through(&reader, &index)?;
        let manifest = manifest::read(&reader.searcher(), &fields)?;
        Self::assemble(index, fields, analyzer, manifest, info)
    }

    fn assemble(
        index: Index,
        fields: Fields,
        analyzer: Arc<Analyzer>,
        manifest: Manifest,
        info: Info,
    ) -> Result<Self, IndexError> {
        let reader = reader(&index)?;
        let manifest = Arc::new(manifest);
        Ok(Self { index, fields, reader, writer: None, analyzer, manifest, info })
    }

    /// Whether the rows that were read give the revision and the number of articles of the last
    /// commit under this vocabulary.
    #[must_use]
    pub fn is_consistent(&self, vocabulary: &str) -> bool {
        self.manifest.len() == self.info.n_articles
            && manifest::revision(&self.manifest, vocabulary) == self.info.revision
    }

    /// Which version of which file is indexed.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The same to keep; later changes leave it as it is.
    #[must_use]
    pub fn shared_manifest(&self) -> Arc<Manifest> {
        Arc::clone(&self.manifest)
    }

    /// A view of the current revision.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, IndexError> {
        Snapshot::new(
            self.reader.searcher(),
            self.fields,
            Arc::clone(&self.analyzer),
            self.info.clone(),
        )
    }

    /// Applies changes in one commit, without forcing them to disk.
    ///
    /// # Errors
    /// When the index cannot be written; the current revision stays as it is, and the writer is
    /// opened anew by the next call.
    pub fn apply(&mut self, changes: &Changes, indexed_at: &str) -> Result<Snapshot, IndexError> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => writer(&self.index, 1, APPLY_BUDGET_BYTES)?,
        };
        let mut manifest = Manifest::clone(&self.manifest);
        for path in &changes.remove {
            writer.delete_term(Term::from_field_text(self.fields.path, path));
            manifest.remove(path);
        }
        for record in &changes.put {
            let path = &record.article.path;
            writer.delete_term(Term::from_field_text(self.fields.path, path));
            writer.add_document(document(&self.fields, &self.analyzer, record))?;
            manifest.insert(path.clone(), Row::from(record));
        }
        self.info = commit(&mut writer, &manifest, &self.analyzer, indexed_at)?;
        self.manifest = Arc::new(manifest);
        self.writer = Some(writer);
        self.reader.reload()?;
        self.snapshot()
    }
}

fn open_directory(dir: &Path) -> Result<UnsyncedDirectory, IndexError> {
    UnsyncedDirectory::open(dir).map_err(|error| IndexError::Damaged(error.to_string()))
}

fn writer(index: &Index, threads: usize, budget: usize) -> Result<IndexWriter, IndexError> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(threads)
        .memory_budget_per_thread(budget)
        .num_merge_threads(1)
        .build();
    let writer: IndexWriter = index.writer_with_options(options)?;
    let mut merges = LogMergePolicy::default();
    merges.set_del_docs_ratio_before_merge(MAX_DELETED_SHARE);
    writer.set_merge_policy(Box::new(merges));
    Ok(writer)
}

fn reader(index: &Index) -> Result<IndexReader, IndexError> {
    let builder = index.reader_builder().reload_policy(ReloadPolicy::Manual);
    Ok(builder.doc_store_cache_num_blocks(STORE_CACHE_BLOCKS).try_into()?)
}

fn commit(
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

/// Loads, analyses and adds all articles on two threads; what they give is independent of order.
fn add_all(
    writer: &IndexWriter,
    fields: &Fields,
    analyzer: &Analyzer,
    paths: &[String],
    load: &(dyn Fn(&str) -> Option<Record> + Sync),
) -> Result<Manifest, IndexError> {
    let add = |paths: &[String]| -> Result<Manifest, IndexError> {
        let mut manifest = Manifest::new();
        for record in paths.iter().filter_map(|path| load(path)) {
            writer.add_document(document(fields, analyzer, &record))?;
            manifest.insert(record.article.path.clone(), Row::from(&record));
        }
        Ok(manifest)
    };
    let (left, right) = paths.split_at(paths.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| add(right));
        let mut manifest = add(left)?;
        let rest = other.join().map_err(|_| IndexError::Damaged("建索引的线程中断".to_owned()))?;
        manifest.extend(rest?);
        Ok(manifest)
    })
}

/// Opens every part of every segment once. The search engine opens them when they are first
/// needed and takes some missing files for empty ones.
fn read_through(reader: &IndexReader, index: &Index) -> Result<(), IndexError> {
    let schema = index.schema();
    for segment in reader.searcher().segment_readers() {
        segment.get_store_reader(1)?;
        for (field, entry) in schema.fields() {
            if entry.is_indexed() {
                segment.inverted_index(field)?;
            }
            if entry.has_fieldnorms() {
                segment.get_fieldnorms_reader(field)?;
            }
        }
    }
    Ok(())
}

/// Checks every file of every live segment against the checksum in its footer. The folder is
/// listed rather than the search engine's own list of files, which may itself be damaged.
fn verify_checksums(index: &Index, dir: &Path) -> Result<(), IndexError> {
    let segments = index.searchable_segment_ids()?;
    let live: Vec<String> = segments.iter().map(|segment| segment.uuid_string()).collect();
    for entry in fs_err::read_dir(dir)? {
        let name = entry?.file_name();
        let is_live = live.iter().any(|id| name.to_string_lossy().starts_with(id.as_str()));
        let is_sound = || index.directory().validate_checksum(Path::new(&name)).unwrap_or(false);
        if is_live && !is_sound() {
            let name = name.to_string_lossy();
            return Err(IndexError::Damaged(format!("{name} 校验和不符")));
        }
    }
    Ok(())
}
