//! Who said what: each setting with the first place that sets it.

use serde::Serialize;

use crate::config::Config;

/// The places that settings come from, those that win first.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Options of the command line.
    pub(super) typed: Config,
    /// Variables `JIUJI_…`.
    pub(super) environment: Config,
    /// `jiuji.toml`.
    pub(super) file: Config,
    /// What holds otherwise.
    pub(super) defaults: Config,
}

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Origin {
    Flag,
    Environment,
    File,
    Default,
}

/// One setting as it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Source {
    /// As in `jiuji.toml`.
    pub(super) name: &'static str,
    /// For a person; of tokens the names only. `None` where it is off or built in.
    pub(super) value: Option<String>,
    pub(super) origin: Origin,
}

impl Said {
    /// Every setting with the first place that says something.
    pub(super) fn sources(&self) -> Vec<Source> {
        let places = [
            (Origin::Flag, &self.typed),
            (Origin::Environment, &self.environment),
            (Origin::File, &self.file),
        ];
        let mut sources: Vec<_> = self.defaults.entries().map(by_default).into();
        // The place that wins comes last and replaces what others said.
        for (origin, place) in places.into_iter().rev() {
            for (source, (_, value)) in sources.iter_mut().zip(place.entries()) {
                if value.is_some() {
                    *source = Source { value, origin, ..*source };
                }
            }
        }
        sources
    }

    /// What holds.
    pub(super) fn together(self) -> Config {
        self.typed.or(self.environment).or(self.file).or(self.defaults)
    }
}

fn by_default((name, value): (&'static str, Option<String>)) -> Source {
    Source { name, value, origin: Origin::Default }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_that_says_something_is_named() {
        let kb = |kb: &str| Config { kb: Some(kb.into()), ..Config::default() };
        let mut said = Said {
            typed: kb("typed"),
            environment: Config { rate_limit: Some(5), ..kb("environment") },
            file: Config { rate_limit: Some(9), watch: Some(false), ..kb("file") },
            defaults: Config { watch: Some(true), history: Some(true), ..Config::default() },
        };
        let found = |said: &Said, name: &str| {
            let source = said.sources().into_iter().find(|source| source.name == name).unwrap();
            (source.value.unwrap_or_default(), source.origin)
        };
        assert_eq!(found(&said, "kb"), ("typed".to_owned(), Origin::Flag));
        assert_eq!(found(&said, "rate_limit"), ("5".to_owned(), Origin::Environment));
        assert_eq!(found(&said, "watch"), ("false".to_owned(), Origin::File));
        assert_eq!(found(&said, "history"), ("true".to_owned(), Origin::Default));
        assert_eq!(found(&said, "cors_origins"), (String::new(), Origin::Default));
        said.typed = Config::default();
        assert_eq!(found(&said, "kb"), ("environment".to_owned(), Origin::Environment));
        let config = said.together();
        assert_eq!(config.kb, Some("environment".into()));
        assert_eq!((config.rate_limit, config.watch), (Some(5), Some(false)));
    }
}
