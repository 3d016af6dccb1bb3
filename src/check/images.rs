//! Which of the images that articles show are there.

use std::{collections::BTreeSet, path::Path};

use super::Checked;
use crate::{article::Link, kb};

/// The images that articles show and that are in the folder.
#[derive(Debug, Clone, Default)]
pub struct Images(BTreeSet<String>);

impl Images {
    /// Looks for all images that `articles` show beneath `folder`: regular files, reached through
    /// no symbolic link and never outside of it.
    #[must_use]
    pub fn beneath(folder: &Path, articles: &[Checked]) -> Self {
        let links = articles.iter().flat_map(|checked| &checked.article.links);
        let paths: BTreeSet<_> = links.filter(|link| link.image).map(path).collect();
        Self(
            paths
                .into_iter()
                .filter(|path| kb::has_file(folder, path))
                .map(str::to_owned)
                .collect(),
        )
    }

    /// Whether the image at `path`, relative to the folder, is there.
    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.contains(path)
    }
}

fn path(link: &Link) -> &str {
    &link.path
}
