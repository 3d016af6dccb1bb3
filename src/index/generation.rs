//! One index, in a folder or in memory, that takes changes and gives snapshots.

use std::{io, path::Path, sync::Arc};

use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, Term,
    directory::error::{OpenDirectoryError, OpenReadError},
};

use super::{
    IndexError,
    adding::{Added, Adding},
    directory::UnsyncedDirectory,
    disk::{Disk, Step},
    manifest::{self, Manifest},
    record::{Record, Row},
    schema::{self, Fields},
    snapshot::{Info, Snapshot},
    writer,
};
use crate::analysis::Analyzer;

/// Blocks of stored articles each segment keeps decompressed; 4 KiB each.
const STORE_CACHE_BLOCKS: usize = 512;

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
    pub(super) index: Index,
    pub(super) fields: Fields,
    reader: IndexReader,
    pub(super) writer: Option<IndexWriter>,
    analyzer: Arc<Analyzer>,
    manifest: Arc<Manifest>,
    info: Info,
    disk: Arc<dyn Disk>,
    refused: Vec<String>,
    is_read_only: bool,
    is_in_memory: bool,
}

impl Generation {
    /// Builds a new index, in the empty folder `dir` or in memory.
    ///
    /// `load` is called once for each path, from two threads; where it gives nothing, nothing is
    /// indexed. Articles that cannot be analysed are left out, see [`Self::take_refused`].
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn build(
        disk: &Arc<dyn Disk>,
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
            Some(dir) => builder.open_or_create(open_directory(dir, disk)?)?,
            None => builder.create_in_ram()?,
        };
        let mut writer = writer::for_build(&index, &fields)?;
        let adding = Adding { writer: &writer, fields: &fields, analyzer: &analyzer, disk };
        let Added { manifest, refused } = adding.all(paths, load)?;
        disk.reaches(Step::Commit)?;
        let info = writer::commit(&mut writer, &manifest, &analyzer, indexed_at)?;
        writer.wait_merging_threads()?;
        let generation = Self::assemble(index, fields, analyzer, manifest, info, disk)?;
        Ok(Self { refused, is_in_memory: dir.is_none(), ..generation })
    }

    /// Opens the index in a folder and checks that it is what was written: every file's checksum,
    /// the schema, and that its rows give the revision of its last commit.
    ///
    /// # Errors
    /// [`IndexError::Damaged`] or whatever stopped the reading.
    pub fn open(
        disk: &Arc<dyn Disk>,
        dir: &Path,
        analyzer: Arc<Analyzer>,
    ) -> Result<Self, IndexError> {
        let mut index = Index::open(open_directory(dir, disk)?)?;
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
        has_each_once(&reader, &manifest)?;
        Self::assemble(index, fields, analyzer, manifest, info, disk)
    }

    fn assemble(
        index: Index,
        fields: Fields,
        analyzer: Arc<Analyzer>,
        manifest: Manifest,
        info: Info,
        disk: &Arc<dyn Disk>,
    ) -> Result<Self, IndexError> {
        let reader = reader(&index)?;
        let (manifest, disk) = (Arc::new(manifest), Arc::clone(disk));
        let (writer, refused) = (None, Vec::new());
        Ok(Self {
            index,
            fields,
            reader,
            writer,
            analyzer,
            manifest,
            info,
            disk,
            refused,
            is_read_only: false,
            is_in_memory: false,
        })
    }

    /// The same, but no change is ever written to it: its folder belongs to somebody else.
    #[must_use]
    pub(super) fn read_only(self) -> Self {
        Self { is_read_only: true, ..self }
    }

    /// Whether it is lost when the program ends.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.is_in_memory
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

    /// Paths of articles that could not be analysed since this was asked last. Their earlier
    /// version is kept if there is one.
    pub fn take_refused(&mut self) -> Vec<String> {
        std::mem::take(&mut self.refused)
    }

    /// Applies changes in one commit, without forcing them to disk.
    ///
    /// `on_put` is told of each record before it is analysed.
    ///
    /// # Errors
    /// When the index cannot be written; the current revision stays as it is, and the writer is
    /// opened anew by the next call.
    pub fn apply(
        &mut self,
        changes: &Changes,
        indexed_at: &str,
        on_put: &dyn Fn(&Record),
    ) -> Result<Snapshot, IndexError> {
        if self.is_read_only {
            return Err(io::Error::from(io::ErrorKind::ReadOnlyFilesystem).into());
        }
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => writer::for_changes(&self.index, &self.fields)?,
        };
        let manifest = self.change(&writer, changes, on_put)?;
        self.disk.reaches(Step::Commit)?;
        let info = writer::commit(&mut writer, &manifest, &self.analyzer, indexed_at)?;
        self.disk.reaches(Step::Reload)?;
        self.reader.reload()?;
        has_each_once(&self.reader, &manifest)?;
        // Only now: what readers see, and what is said of it, change together.
        (self.info, self.manifest, self.writer) = (info, Arc::new(manifest), Some(writer));
        self.snapshot()
    }

    /// Hands the changes to the writer; gives the manifest after them.
    fn change(
        &mut self,
        writer: &IndexWriter,
        changes: &Changes,
        on_put: &dyn Fn(&Record),
    ) -> Result<Manifest, IndexError> {
        let mut manifest = Manifest::clone(&self.manifest);
        for path in &changes.remove {
            writer.delete_term(Term::from_field_text(self.fields.path, path));
            manifest.remove(path);
        }
        let fields = self.fields;
        let adding = Adding { writer, fields: &fields, analyzer: &self.analyzer, disk: &self.disk };
        for record in &changes.put {
            on_put(record);
            let path = &record.article.path;
            let Some(document) = adding.document(record) else {
                self.refused.push(path.clone());
                continue;
            };
            writer.delete_term(Term::from_field_text(fields.path, path));
            adding.add(document)?;
            manifest.insert(path.clone(), Row::from(record));
        }
        Ok(manifest)
    }
}

fn open_directory(dir: &Path, disk: &Arc<dyn Disk>) -> Result<UnsyncedDirectory, IndexError> {
    UnsyncedDirectory::open(dir, disk).map_err(|error| match error {
        OpenDirectoryError::IoError { .. } => IndexError::Engine(error.into()),
        _ => IndexError::Damaged(error.to_string()),
    })
}

fn reader(index: &Index) -> Result<IndexReader, IndexError> {
    let builder = index.reader_builder().reload_policy(ReloadPolicy::Manual);
    Ok(builder.doc_store_cache_num_blocks(STORE_CACHE_BLOCKS).try_into()?)
}

/// Checks that there is one document for each row. A deletion that did not take effect leaves an
/// article twice: found twice, and in lists in the place of another one.
fn has_each_once(reader: &IndexReader, manifest: &Manifest) -> Result<(), IndexError> {
    let (n_documents, n_rows) = (reader.searcher().num_docs(), manifest.len());
    if usize::try_from(n_documents) == Ok(n_rows) {
        return Ok(());
    }
    Err(IndexError::Damaged(format!("{n_rows} 篇文章有 {n_documents} 份")))
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
        if is_live && !is_sound(index, Path::new(&name))? {
            let name = name.to_string_lossy();
            return Err(IndexError::Damaged(format!("{name} 校验和不符")));
        }
    }
    Ok(())
}

/// Whether a file agrees with its checksum; what cannot be read for reasons of the disk is not
/// known to be damaged.
fn is_sound(index: &Index, name: &Path) -> Result<bool, IndexError> {
    match index.directory().validate_checksum(name) {
        Ok(is_sound) => Ok(is_sound),
        Err(error @ OpenReadError::IoError { .. }) => {
            let error = IndexError::Engine(error.into());
            if error.is_damage() { Ok(false) } else { Err(error) }
        }
        Err(_) => Ok(false),
    }
}
