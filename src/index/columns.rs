//! The columns that searches and lists read, opened once per snapshot.

use tantivy::{
    Searcher, SegmentReader,
    columnar::{Column, StrColumn},
    schema::Field,
};

use time::Date;

use super::{IndexError, schema::Fields};
use crate::analysis::Kind;

/// The columns of one segment that searches and lists read; opened once.
pub struct SegmentColumns {
    /// Article ids.
    pub id: Option<StrColumn>,
    /// Facet values: fault type, severity, system, tier.
    pub facets: [Option<StrColumn>; 4],
    lengths: [Column<u64>; 5],
    title_lengths: [Column<u64>; 5],
    due: Column<i64>,
}

impl std::fmt::Debug for SegmentColumns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SegmentColumns").finish_non_exhaustive()
    }
}

impl SegmentColumns {
    pub(super) fn open(reader: &SegmentReader, fields: &Fields) -> Result<Self, IndexError> {
        let columns = reader.fast_fields();
        let name = |field| reader.schema().get_field_name(field);
        let counts = |field_of: &dyn Fn(Kind) -> Field| {
            let open = |kind| columns.u64(name(field_of(kind)));
            let [a, b, c, d, e] = Kind::ALL.map(open);
            Ok::<_, IndexError>([a?, b?, c?, d?, e?])
        };
        let [a, b, c, d] = [fields.fault_type, fields.severity, fields.system, fields.tier]
            .map(|field| columns.str(name(field)));
        Ok(Self {
            id: columns.str(name(fields.id))?,
            facets: [a?, b?, c?, d?],
            lengths: counts(&|kind| fields.length(kind))?,
            title_lengths: counts(&|kind| fields.title_length(kind))?,
            due: columns.i64(name(fields.due))?,
        })
    }

    /// Day on which the next review of an article is due; `None` when there was never one.
    #[must_use]
    pub fn review_due(&self, doc: u32) -> Option<Date> {
        let day = i32::try_from(self.due.first(doc)?).ok()?;
        Date::from_julian_day(day).ok()
    }

    /// Number of tokens of a kind in the flat text of an article.
    #[must_use]
    pub fn length(&self, kind: Kind, doc: u32) -> u64 {
        self.lengths[kind as usize].first(doc).unwrap_or_default()
    }

    /// Number of tokens of a kind in the title of an article.
    #[must_use]
    pub fn title_length(&self, kind: Kind, doc: u32) -> u64 {
        self.title_lengths[kind as usize].first(doc).unwrap_or_default()
    }
}

/// The mean over all live articles; at least 1.
pub(super) fn mean(
    searcher: &Searcher,
    columns: &[SegmentColumns],
    length: &dyn Fn(&SegmentColumns, u32) -> u64,
) -> f32 {
    let (mut sum, mut n) = (0u64, 0u64);
    for (reader, columns) in searcher.segment_readers().iter().zip(columns) {
        for doc in reader.doc_ids_alive() {
            sum += length(columns, doc);
            n += 1;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a mean needs no more than f32")]
    (sum as f32 / n.max(1) as f32).max(1.0)
}
