//! A copy of the pages that opens from a folder or a USB stick, without a server.
//!
//! ```text
//! index.html  search and all articles by fault type      matrix.html  the whole table
//! articles/   one page an article                        media/       images that they show
//! assets/     styles and scripts                         data.js      what the search finds
//! ```

mod data;
mod links;
mod names;
mod scripts;
mod words;

use std::path::Path;

use self::{
    data::Data,
    links::{Links, Media},
    names::Names,
};
use super::{ExportError, Job, NO_TYPE, Summary, place::NewFolder};
use crate::{
    article::{Article, FaultType, Severity},
    index::Stored,
    search::{listed_ids, plain_hit},
    web::{
        api::matrix::table,
        assets,
        pages::{
            ArticleLink, ArticlePageView, CopyEntry, CopyGroup, Stamp, copy_article, copy_assets,
            copy_card, copy_index, copy_matrix,
        },
        site::{article_view, matrix_row},
    },
};

/// Exports a copy of the pages into the folder `target`.
pub(super) fn export(target: &Path, job: &Job<'_>) -> Result<Summary, ExportError> {
    let mut folder = NewFolder::create(target, job.kb_root, job.force)?;
    let n_articles = write(&mut folder, job)?;
    let (place, n_bytes, kept) = folder.finish()?;
    Ok(Summary { place, n_articles, n_bytes, kept })
}

fn write(folder: &mut NewFolder, job: &Job<'_>) -> Result<usize, ExportError> {
    let ids = listed_ids(job.snapshot, &job.filters())?;
    let copy = Copy {
        job,
        names: Names::new(&ids),
        media: Media::new(job.kb_root),
        stamp: stamp(job, ids.len())?,
    };
    let (mut data, mut groups) = (Data::new(job.snapshot.analyzer()), groups());
    for (n, id) in ids.iter().enumerate() {
        if let Some(stored) = job.snapshot.article(id)? {
            copy.article(folder, &stored, &mut data)?;
            enter(&mut groups, &stored.article);
        }
        (job.progress)(n + 1, ids.len());
    }
    groups.retain(|group| !group.entries.is_empty());
    folder.write("index.html", copy.top(&content(copy_index(&copy.stamp, &groups))?).as_bytes())?;
    copy.matrix(folder)?;
    folder.write("data.js", data.script().as_bytes())?;
    for (name, bytes) in copy.media.files() {
        folder.write(&name, &bytes)?;
    }
    write_assets(folder)?;
    Ok(ids.len())
}

fn stamp(job: &Job<'_>, n_articles: usize) -> Result<Stamp, ExportError> {
    Ok(Stamp {
        date: job.today.to_string(),
        revision: job.snapshot.revision().to_owned(),
        n_articles,
        icons: links::icons(&embedded("icons.svg")?),
    })
}

/// A copy in the making.
struct Copy<'a> {
    job: &'a Job<'a>,
    names: Names,
    media: Media<'a>,
    stamp: Stamp,
}

impl Copy<'_> {
    /// Writes the page of an article and takes down how it is found.
    fn article(
        &self,
        folder: &mut NewFolder,
        stored: &Stored,
        data: &mut Data<'_>,
    ) -> Result<(), ExportError> {
        let Job { snapshot, today, .. } = *self.job;
        let id = &stored.article.id;
        let (Some(file), Some(hit)) = (self.names.file(id), plain_hit(snapshot, id, today)?) else {
            return Ok(());
        };
        let page = self.page(stored)?;
        folder.write(&file, self.below(&page).as_bytes())?;
        data.add(&stored.article, self.top(&content(copy_card(&hit))?));
        Ok(())
    }

    fn page(&self, stored: &Stored) -> Result<String, ExportError> {
        let article = article_view(self.job.snapshot, stored, self.job.today)?;
        let (findings, version, assets) = (&[], "copy", &copy_assets());
        let view = ArticlePageView { article: &article, findings, version, history: None, assets };
        content(copy_article(&self.stamp, &view))
    }

    fn matrix(&self, folder: &mut NewFolder) -> Result<(), ExportError> {
        let rows = table(self.job.snapshot, &self.job.filters())?.rows;
        let rows: Vec<_> = rows.into_iter().map(matrix_row).collect();
        let page = content(copy_matrix(&self.stamp, &rows))?;
        folder.write("matrix.html", self.top(&page).as_bytes())
    }

    /// A page at the top of the folder with the addresses of the copy.
    fn top(&self, html: &str) -> String {
        Links { names: &self.names, media: &self.media, up: "" }.relink(html)
    }

    /// The same for a page one folder below.
    fn below(&self, html: &str) -> String {
        Links { names: &self.names, media: &self.media, up: "../" }.relink(html)
    }
}

/// A group for each fault type and one for articles without.
fn groups() -> Vec<CopyGroup> {
    let labels = FaultType::ALL.iter().map(|fault_type| fault_type.label()).chain([NO_TYPE]);
    labels.map(|label| CopyGroup { label, entries: Vec::new() }).collect()
}

/// Enters an article into its group, the general one of the fault type first.
fn enter(groups: &mut [CopyGroup], article: &Article) {
    let label = article.meta.fault_type.map_or(NO_TYPE, FaultType::label);
    let Some(group) = groups.iter_mut().find(|group| group.label == label) else { return };
    let entry = CopyEntry {
        link: ArticleLink { id: article.id.clone(), title: article.title.clone() },
        urgent: article.meta.severity == Some(Severity::P1),
        entry: article.meta.entry,
    };
    let at = if entry.entry { 0 } else { group.entries.len() };
    group.entries.insert(at, entry);
}

fn write_assets(folder: &mut NewFolder) -> Result<(), ExportError> {
    for name in ["app.css", "favicon.svg"] {
        folder.write(&format!("assets/{name}"), embedded(name)?.as_bytes())?;
    }
    folder.write("assets/copy.css", scripts::STYLE.as_bytes())?;
    for (name, script) in scripts::all()? {
        folder.write(&format!("assets/{name}"), script.as_bytes())?;
    }
    Ok(())
}

/// A file of the web side.
fn embedded(name: &str) -> Result<String, ExportError> {
    assets::text(name).ok_or_else(|| ExportError::Content(format!("缺少 {name}")))
}

fn content<E: std::fmt::Display>(made: Result<String, E>) -> Result<String, ExportError> {
    made.map_err(|error| ExportError::Content(error.to_string()))
}
