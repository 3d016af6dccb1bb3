//! The fields of the index.
//!
//! Each kind of token is a field of its own over the flat text (title, aliases, summary, codes
//! and body) and again over the title alone, so that each has its own document frequencies and
//! lengths.

use tantivy::{
    IndexSettings,
    schema::{
        FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, SchemaBuilder,
        TextFieldIndexing, TextOptions,
    },
    store::Compressor,
    tokenizer::TokenizerManager,
};

use crate::analysis::{self, Kind};

/// Version of the fields and of what is written into them. A change must raise it: indexes of
/// another version are rebuilt.
pub const SCHEMA_VERSION: u32 = 3;

/// Name under which the tokenizer for ready-made tokens is registered.
const SEPARATED: &str = "separated";

/// Size of a block of stored articles. A search reads up to a hundred articles from all over the
/// index, so a block is kept near the size of one article (default of tantivy: 16 KiB).
const STORE_BLOCK_BYTES: usize = 4096;

/// Handles of all fields.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// Stored first, so that ranking can stop reading there: the searchable text by parts.
    pub text: Field,
    /// Stored: the card as JSON.
    pub card: Field,
    /// Stored: the Markdown.
    pub source: Field,
    /// Article id.
    pub id: Field,
    /// Id the file itself asks for.
    pub claim: Field,
    /// Path relative to the knowledge base.
    pub path: Field,
    /// File stem, as it is and as it is compared, folded.
    pub stem: Field,
    /// BLAKE3 of the file, lower-case hex.
    pub hash: Field,
    /// 1 when the file on disk does not parse.
    pub broken: Field,
    /// Kind of fault.
    pub fault_type: Field,
    /// Severity.
    pub severity: Field,
    /// Tier.
    pub tier: Field,
    /// Systems.
    pub system: Field,
    /// Life cycle.
    pub status: Field,
    /// Julian day on which the next review is due; nothing when there was never one.
    pub due: Field,
    /// `1` for the general article of a fault type.
    pub entry: Field,
    /// Severity and title, for listing without a query.
    pub order: Field,
    /// Ids this article replaces.
    pub supersedes: Field,
    /// Ids in `related`, and paths linked to as `path:…`.
    pub refers: Field,
    /// Declared codes in canonical form.
    pub codes: Field,
    /// Alerts that published articles declare, each as JSON.
    pub alerts: Field,
    /// Folded titles, aliases and codes, whole.
    pub completions: Field,
    /// Character pairs of everything, and single characters of title and aliases.
    pub grams: Field,
    flat: [Field; 5],
    title: [Field; 5],
    length: [Field; 5],
    title_length: [Field; 5],
}

impl Fields {
    /// The field of a kind of token over the flat text. Single characters have one too, without
    /// frequencies: ranking needs to know in how many articles they occur.
    #[must_use]
    pub fn flat(&self, kind: Kind) -> Field {
        self.flat[kind as usize]
    }

    /// The field of a kind of token over the title.
    #[must_use]
    pub fn title(&self, kind: Kind) -> Field {
        self.title[kind as usize]
    }

    /// The column with the number of tokens of a kind in the flat text.
    #[must_use]
    pub fn length(&self, kind: Kind) -> Field {
        self.length[kind as usize]
    }

    /// The column with the number of tokens of a kind in the title.
    #[must_use]
    pub fn title_length(&self, kind: Kind) -> Field {
        self.title_length[kind as usize]
    }
}

/// The schema and its fields.
#[must_use]
pub(super) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let per_kind = |builder: &mut SchemaBuilder, prefix: &str, norms: bool| {
        Kind::ALL.map(|kind| {
            let counted = norms && kind != Kind::Unigram;
            builder.add_text_field(&format!("{prefix}{}", name(kind)), tokens(counted))
        })
    };
    let facet = STRING | FAST;
    let fields = Fields {
        text: builder.add_text_field("text", STORED),
        card: builder.add_text_field("card", STORED),
        source: builder.add_text_field("source", STORED),
        id: builder.add_text_field("id", facet.clone()),
        claim: builder.add_text_field("claim", FAST),
        path: builder.add_text_field("path", facet.clone() | STORED),
        stem: builder.add_text_field("stem", STRING),
        hash: builder.add_text_field("hash", TextOptions::from(FAST) | STORED),
        broken: builder.add_u64_field("broken", FAST | INDEXED | STORED),
        fault_type: builder.add_text_field("fault_type", facet.clone()),
        severity: builder.add_text_field("severity", facet.clone()),
        tier: builder.add_text_field("tier", facet.clone()),
        system: builder.add_text_field("system", facet.clone()),
        status: builder.add_text_field("status", facet),
        due: builder.add_i64_field("due", FAST),
        entry: builder.add_text_field("entry", STRING),
        order: builder.add_text_field("order", FAST),
        supersedes: builder.add_text_field("supersedes", STRING),
        refers: builder.add_text_field("refers", STRING),
        codes: builder.add_text_field("codes", STRING),
        alerts: builder.add_text_field("alerts", STRING),
        completions: builder.add_text_field("completions", STRING),
        grams: builder.add_text_field("grams", tokens(false)),
        flat: per_kind(&mut builder, "", true),
        title: per_kind(&mut builder, "title_", true),
        length: counts(&mut builder, "n_"),
        title_length: counts(&mut builder, "n_title_"),
    };
    (builder.build(), fields)
}

/// The settings of a new index.
#[must_use]
pub(super) fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Lz4,
        docstore_blocksize: STORE_BLOCK_BYTES,
        docstore_compress_dedicated_thread: false,
        ..IndexSettings::default()
    }
}

/// The tokenizers that the schema names. They are not part of an index on disk, so each opened
/// index needs them again.
#[must_use]
pub(super) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(SEPARATED, analysis::separated());
    manager
}

fn counts(builder: &mut SchemaBuilder, prefix: &str) -> [Field; 5] {
    Kind::ALL.map(|kind| builder.add_u64_field(&format!("{prefix}{}", name(kind)), FAST))
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Word => "words",
        Kind::Bigram => "bigrams",
        Kind::Unigram => "unigrams",
        Kind::Latin => "latin",
        Kind::Part => "parts",
    }
}

fn tokens(counted: bool) -> TextOptions {
    let record = if counted { IndexRecordOption::WithFreqs } else { IndexRecordOption::Basic };
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(SEPARATED)
        .set_index_option(record)
        .set_fieldnorms(counted);
    TextOptions::default().set_indexing_options(indexing)
}
