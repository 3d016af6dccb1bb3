//! The tool `search`.

use serde_json::json;

use super::{
    SOURCE,
    arguments::Arguments,
    card::{HitCard, card},
    fence::{clean, fenced},
    reply::Reply,
    source::Source,
};
use crate::{
    search::{self, Answer, Filters, Query},
    web::{pages::note_sentence, problem::Problem},
};

/// Most hits of one answer.
pub(super) const MAX_LIMIT: usize = 10;
/// Hits of one answer unless asked otherwise.
pub(super) const DEFAULT_LIMIT: usize = 5;

/// The best hits as cards of at most [`super::card::MAX_CARD_BYTES`] each.
///
/// # Errors
/// A problem that names the argument, or that of the search.
pub(super) async fn call(source: &Source, arguments: Arguments) -> Result<Reply, Problem> {
    let query = query(source, arguments)?;
    let read = source.read(move |snapshot| Ok(search::search(snapshot, &query)?));
    let answer = read.await?;
    source.door().metrics.count_answer(&answer);
    Ok(reply(&answer, source))
}

fn query(source: &Source, mut arguments: Arguments) -> Result<Query, Problem> {
    let text = arguments.required("query")?;
    let filters = Filters {
        fault_type: arguments.value("fault_type")?.into_iter().collect(),
        system: arguments.value::<String>("system")?.into_iter().collect(),
        severity: arguments.value("severity")?.into_iter().collect(),
        ..Filters::default()
    };
    let limit = arguments.number("limit", MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    arguments.finish()?;
    let query = Query::new(&text, source.today())?.within(source.door().limits.search_time);
    Ok(query.filters(filters).page(limit, 0)?)
}

fn reply(answer: &Answer, source: &Source) -> Reply {
    let cards: Vec<(HitCard, String)> = answer.hits.iter().map(|hit| card(hit, source)).collect();
    let notes: Vec<String> = answer.notes.iter().map(|note| clean(&note_sentence(note))).collect();
    let mut parts = vec![format!("共 {} 篇，列出 {} 篇。", answer.total, cards.len())];
    parts.extend(notes.iter().map(|note| format!("说明：{note}。")));
    let (cards, texts): (Vec<_>, Vec<_>) = cards.into_iter().unzip();
    parts.extend(texts);
    let data = json!({
        "untrusted": true,
        "source": SOURCE,
        "revision": answer.revision,
        "total": answer.total,
        "notes": notes,
        "hits": cards,
    });
    Reply { text: fenced(&parts.join("\n\n")), data }
}
