//! The settings as a list: their names, and what each is set to.

use std::path::Path;

use super::Config;

/// Number of settings.
const N_SETTINGS: usize = 14;

impl Config {
    /// Every setting with what it is set to, worded for a person; `None` where nothing is said.
    /// Of tokens only the names are told.
    #[must_use]
    pub fn entries(&self) -> [(&'static str, Option<String>); N_SETTINGS] {
        let path = |path: &Option<_>| path.as_deref().map(|path: &Path| path.display().to_string());
        let switch = |switch: Option<bool>| switch.map(|on| on.to_string());
        let list = |list: &[String]| (!list.is_empty()).then(|| list.join("、"));
        let ids: Vec<_> = self.read_tokens.iter().map(|token| token.id.clone()).collect();
        [
            ("kb", path(&self.kb)),
            ("index", path(&self.index)),
            ("vocabulary", path(&self.vocabulary)),
            ("listen", self.listen.map(|listen| listen.to_string())),
            ("allowed_hosts", list(&self.allowed_hosts)),
            ("watch", switch(self.watch)),
            ("systems", list(&self.systems)),
            ("history", switch(self.history)),
            ("panel_origins", list(&self.panel_origins)),
            ("second_line", self.second_line.clone()),
            ("public_url", self.public_url.clone()),
            ("cors_origins", list(&self.cors_origins)),
            ("read_tokens", list(&ids)),
            ("rate_limit", self.rate_limit.map(|rate| rate.to_string())),
        ]
    }

    /// What is said here, and where nothing is, what `other` says.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            kb: self.kb.or(other.kb),
            index: self.index.or(other.index),
            vocabulary: self.vocabulary.or(other.vocabulary),
            listen: self.listen.or(other.listen),
            allowed_hosts: first(self.allowed_hosts, other.allowed_hosts),
            watch: self.watch.or(other.watch),
            systems: first(self.systems, other.systems),
            history: self.history.or(other.history),
            panel_origins: first(self.panel_origins, other.panel_origins),
            second_line: self.second_line.or(other.second_line),
            public_url: self.public_url.or(other.public_url),
            cors_origins: first(self.cors_origins, other.cors_origins),
            read_tokens: first(self.read_tokens, other.read_tokens),
            rate_limit: self.rate_limit.or(other.rate_limit),
        }
    }
}

fn first<T>(one: Vec<T>, other: Vec<T>) -> Vec<T> {
    if one.is_empty() { other } else { one }
}
