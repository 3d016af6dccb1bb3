//! An immutable view of one revision of the knowledge base.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use tantivy::{
    DocAddress, Searcher, TantivyDocument, Term,
    collector::{DocSetCollector, TopDocs},
    query::{AllQuery, TermQuery},
    schema::{Field, IndexRecordOption, Value},
};
use time::Date;

use super::{
    IndexError,
    alerts::DeclaredAlerts,
    card::MarkedCard,
    columns::{SegmentColumns, mean},
    first_text::FirstText,
    lexicon::Lexicon,
    record::{Stored, StoredSource, folded_stem, path_reference, stem},
    schema::Fields,
};
use crate::{
    analysis::{Analyzer, Kind, folded_string},
    article::Status,
};

/// What is known of a revision as a whole; kept in each commit of the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// Hash over content and vocabulary, lower-case hex.
    pub revision: String,
    /// When it was indexed, RFC 3339.
    pub indexed_at: String,
    /// Number of articles.
    pub n_articles: usize,
}

/// An immutable view of one revision: cheap to keep, safe to share, never changes.
#[derive(Debug)]
pub struct Snapshot {
    searcher: Searcher,
    fields: Fields,
    analyzer: Arc<Analyzer>,
    info: Info,
    columns: Vec<SegmentColumns>,
    mean_lengths: [f32; 5],
    mean_title_lengths: [f32; 5],
    lexicon: OnceLock<Lexicon>,
    alerts: OnceLock<DeclaredAlerts>,
}

impl Snapshot {
    /// A view of what `searcher` sees.
    ///
    /// # Errors
    /// When the length columns cannot be read.
    pub(super) fn new(
        searcher: Searcher,
        fields: Fields,
        analyzer: Arc<Analyzer>,
        info: Info,
    ) -> Result<Self, IndexError> {
        let open = |reader| SegmentColumns::open(reader, &fields);
        let columns = searcher.segment_readers().iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let mean = |length: &dyn Fn(&SegmentColumns, u32) -> u64| mean(&searcher, &columns, length);
        let mean_lengths = Kind::ALL.map(|kind| mean(&|c, doc| c.length(kind, doc)));
        let mean_title_lengths = Kind::ALL.map(|kind| mean(&|c, doc| c.title_length(kind, doc)));
        Ok(Self {
            searcher,
            fields,
            analyzer,
            info,
            columns,
            mean_lengths,
            mean_title_lengths,
            lexicon: OnceLock::new(),
            alerts: OnceLock::new(),
        })
    }

    /// The search engine's view.
    #[must_use]
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// Handles of the fields.
    #[must_use]
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The analyzer the index was built with.
    #[must_use]
    pub fn analyzer(&self) -> &Analyzer {
        &self.analyzer
    }

    /// Mean number of tokens of a kind in the flat text of an article; at least 1.
    #[must_use]
    pub fn mean_length(&self, kind: Kind) -> f32 {
        self.mean_lengths[kind as usize]
    }

    /// Mean number of tokens of a kind in a title; at least 1.
    #[must_use]
    pub fn mean_title_length(&self, kind: Kind) -> f32 {
        self.mean_title_lengths[kind as usize]
    }

    /// The words of the collection by sound, read when first needed: most queries need no
    /// correction.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn lexicon(&self) -> Result<&Lexicon, IndexError> {
        if let Some(lexicon) = self.lexicon.get() {
            return Ok(lexicon);
        }
        let lexicon = Lexicon::build(&self.searcher, &self.fields)?;
        Ok(self.lexicon.get_or_init(|| lexicon))
    }

    /// The alerts that articles declare, read when first needed.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn alerts(&self) -> Result<&DeclaredAlerts, IndexError> {
        if let Some(alerts) = self.alerts.get() {
            return Ok(alerts);
        }
        let alerts = DeclaredAlerts::build(&self.searcher, &self.fields)?;
        Ok(self.alerts.get_or_init(|| alerts))
    }

    /// Addresses of the articles whose title, alias or code is `name`, folded.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<DocAddress> {
        self.matching(self.fields.completions, &folded_string(name))
    }

    /// The columns of a segment.
    #[must_use]
    pub fn columns(&self, segment_ord: u32) -> &SegmentColumns {
        &self.columns[segment_ord as usize]
    }

    /// The searchable text of an article, by parts; see [`super::decode_text`].
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn text(&self, address: DocAddress) -> Result<String, IndexError> {
        let FirstText(text) = self.searcher.doc(address)?;
        Ok(text)
    }

    /// Number of articles.
    #[must_use]
    pub fn n_articles(&self) -> usize {
        self.info.n_articles
    }

    /// Hash over the content of the knowledge base and the vocabulary, lower-case hex.
    #[must_use]
    pub fn revision(&self) -> &str {
        &self.info.revision
    }

    /// When this revision was indexed, RFC 3339.
    #[must_use]
    pub fn indexed_at(&self) -> &str {
        &self.info.indexed_at
    }

    /// The article with this id.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn article(&self, id: &str) -> Result<Option<Stored>, IndexError> {
        self.address(id)?.map(|address| self.stored(address)).transpose()
    }

    /// The article of the file at this path.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn article_at(&self, path: &str) -> Result<Option<Stored>, IndexError> {
        self.first(self.fields.path, path)?.map(|address| self.stored(address)).transpose()
    }

    /// Id of the article a link to `path` (relative to the knowledge base) leads to: the article
    /// of that file, else the only one whose file has that stem, else the only one whose file has
    /// it in another case, as wikis and Windows allow.
    #[must_use]
    pub fn id_of_path(&self, path: &str) -> Option<String> {
        if let Ok(Some(address)) = self.first(self.fields.path, path) {
            return self.id_of(address);
        }
        let mut found = self.matching(self.fields.stem, stem(path));
        if found.is_empty() {
            found = self.matching(self.fields.stem, &folded_stem(path));
        }
        match found.as_slice() {
            [only] => self.id_of(*only),
            _ => None,
        }
    }

    /// Id of the article that names `id` in `supersedes`; the first by id when several do.
    #[must_use]
    pub fn successor(&self, id: &str) -> Option<String> {
        self.ids(self.fields.supersedes, id).into_iter().next()
    }

    /// Ids of the articles that name `id` in `related` or link to its file, sorted.
    #[must_use]
    pub fn referrers(&self, id: &str) -> Vec<String> {
        let mut ids = self.ids(self.fields.refers, id);
        if let Ok(Some(address)) = self.address(id)
            && let Some(path) = self.stored_text(address, self.fields.path)
        {
            ids.extend(self.ids(self.fields.refers, &path_reference(&path)));
        }
        ids.sort();
        ids.dedup();
        ids.retain(|other| other != id);
        ids
    }

    /// All articles, sorted by id.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn articles(&self) -> Result<Vec<Stored>, IndexError> {
        let addresses = self.searcher.search(&AllQuery, &DocSetCollector)?;
        let mut articles =
            addresses.into_iter().map(|a| self.stored(a)).collect::<Result<Vec<_>, _>>()?;
        articles.sort_by(|a, b| a.article.id.cmp(&b.article.id));
        Ok(articles)
    }

    /// The Markdown of all articles, sorted by path; for whoever parses them in another way.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn sources(&self) -> Result<Vec<StoredSource>, IndexError> {
        let addresses = self.searcher.search(&AllQuery, &DocSetCollector)?;
        let mut sources =
            addresses.into_iter().map(|a| self.source(a)).collect::<Result<Vec<_>, _>>()?;
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(sources)
    }

    /// The published articles with the days on which their reviews are due, in no particular
    /// order; read from a column, so that nothing is decoded of those that nobody asks for.
    #[must_use]
    pub fn reviews(&self) -> Vec<(DocAddress, Option<Date>)> {
        let published = self.matching(self.fields.status, Status::Published.as_str());
        let due = |a: DocAddress| (a, self.columns(a.segment_ord).review_due(a.doc_id));
        published.into_iter().map(due).collect()
    }

    /// The card of an article.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn card(&self, address: DocAddress) -> Result<MarkedCard, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let text = document.get_first(self.fields.card).and_then(|value| value.as_str());
        serde_json::from_str(text.unwrap_or_default())
            .map_err(|error| IndexError::Damaged(error.to_string()))
    }

    /// The address of the article with this id.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn address(&self, id: &str) -> Result<Option<DocAddress>, IndexError> {
        self.first(self.fields.id, id)
    }

    fn stored(&self, address: DocAddress) -> Result<Stored, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let id = self.id_of(address).unwrap_or_default();
        let path = text_of(&document, self.fields.path);
        let (hash, source) =
            (text_of(&document, self.fields.hash), text_of(&document, self.fields.source));
        Ok(Stored::parse(&id, &path, source, hash, self.is_broken(&document)))
    }

    fn source(&self, address: DocAddress) -> Result<StoredSource, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        Ok(StoredSource {
            path: text_of(&document, self.fields.path),
            source: text_of(&document, self.fields.source).into(),
            broken: self.is_broken(&document),
        })
    }

    fn is_broken(&self, document: &TantivyDocument) -> bool {
        document.get_first(self.fields.broken).and_then(|value| value.as_u64()) == Some(1)
    }

    fn first(&self, field: Field, text: &str) -> Result<Option<DocAddress>, IndexError> {
        let query = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic);
        let top = self.searcher.search(&query, &TopDocs::with_limit(1).order_by_score())?;
        Ok(top.first().map(|(_, address)| *address))
    }

    fn matching(&self, field: Field, text: &str) -> Vec<DocAddress> {
        let query = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic);
        let found = self.searcher.search(&query, &DocSetCollector);
        found.map(|addresses| addresses.into_iter().collect()).unwrap_or_default()
    }

    fn ids(&self, field: Field, text: &str) -> Vec<String> {
        let addresses = self.matching(field, text);
        let mut ids: Vec<_> = addresses.into_iter().filter_map(|a| self.id_of(a)).collect();
        ids.sort();
        ids
    }

    /// The id of the article at an address.
    #[must_use]
    pub fn id_of(&self, address: DocAddress) -> Option<String> {
        let column = self.columns(address.segment_ord).id.as_ref()?;
        let mut id = String::new();
        column.ord_to_str(column.ords().first(address.doc_id)?, &mut id).ok()?;
        Some(id)
    }

    fn stored_text(&self, address: DocAddress, field: Field) -> Option<String> {
        let document: TantivyDocument = self.searcher.doc(address).ok()?;
        document.get_first(field).and_then(|value| value.as_str()).map(str::to_owned)
    }
}

fn text_of(document: &TantivyDocument, field: Field) -> String {
    let value = document.get_first(field).and_then(|value| value.as_str());
    value.unwrap_or_default().to_owned()
}
