//! The vocabulary may change while articles are served.

use std::sync::Arc;

use super::Keeper;
use crate::{
    analysis::{Analyzer, Vocabulary, VocabularyError},
    article::{Finding, Level},
    index::Identity,
};

impl Keeper {
    /// Goes over to the vocabulary as it is now; one that cannot be used is a finding.
    pub(super) fn reload_vocabulary(&mut self) {
        match Vocabulary::load(self.options.vocabulary.as_deref()) {
            Ok(vocabulary) => {
                self.vocabulary_finding = None;
                let is_served = self.home.identity().vocabulary == vocabulary.fingerprint;
                let is_current = self.analyzer.vocabulary().fingerprint == vocabulary.fingerprint;
                if is_served && is_current && !self.is_outdated {
                    return;
                }
                self.analyzer = Arc::new(Analyzer::new(vocabulary));
                self.home.set_identity(Identity::new(&self.analyzer, self.options.root.path()));
                self.is_outdated = true;
                self.rebuild();
            }
            Err(error) => self.vocabulary_finding = Some(finding(&error)),
        }
    }
}

/// What is wrong with a vocabulary file, and where.
pub(super) fn finding(error: &VocabularyError) -> Finding {
    let name = error.path.file_name().unwrap_or_default().to_string_lossy();
    let finding = Finding::new(&name, "vocabulary", Level::Error, error.reason.clone());
    match u32::try_from(error.line) {
        Ok(line @ 1..) => finding.at(line, 1),
        _ => finding,
    }
    .hint("改好后保存即可，改好之前继续使用原来的词表")
}
