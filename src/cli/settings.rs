//! From what was typed, the environment and the settings file to what they mean together.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use anyhow::ensure;

use crate::{
    check::{self, FirstHits},
    config::{self, Config},
    kb::Root,
    live, search,
    web::{self, AccessSettings, PageSettings},
};

use super::sources::{Said, Source};

/// Address that is listened on unless asked otherwise.
pub const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8017);

const DEFAULT_KB: &str = "kb";
const DEFAULT_INDEX: &str = "index/data";
const DEFAULT_VOCABULARY: &str = "index";
const DEFAULT_CONFIG: &str = "jiuji.toml";

// The options of every command. No doc comment: clap would take it for the program's.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "通用选项")]
pub(super) struct GlobalOptions {
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help = "知识库文件夹，默认 kb（环境变量 JIUJI_KB）"
    )]
    pub(super) kb: Option<PathBuf>,
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help = "索引目录，默认 index/data（JIUJI_INDEX）"
    )]
    pub(super) index: Option<PathBuf>,
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        help = "词表目录，默认 index，没有就用内置的（JIUJI_VOCABULARY）"
    )]
    pub(super) vocabulary: Option<PathBuf>,
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "JIUJI_CONFIG",
        hide_env = true,
        help = "配置文件，默认 jiuji.toml，可以没有（JIUJI_CONFIG）"
    )]
    pub(super) config: Option<PathBuf>,
}

impl GlobalOptions {
    /// The settings that were typed.
    fn typed(self) -> Config {
        let Self { kb, index, vocabulary, config: _ } = self;
        Config { kb, index, vocabulary, ..Config::default() }
    }
}

/// What the command line, the environment and the settings file mean together. The earlier of
/// them wins, and defaults come last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The knowledge base.
    pub root: Root,
    /// Folder of index generations.
    pub index: PathBuf,
    /// Folder of vocabulary files; `None` for what is built in.
    pub vocabulary: Option<PathBuf>,
    /// Address to listen on, unless `serve` is told another.
    pub listen: SocketAddr,
    /// Names under which browsers may reach the server, besides those of this machine.
    pub allowed_hosts: Vec<String>,
    /// Whether to notice changes.
    pub watch: bool,
    /// Names that `systems` of articles may hold besides those of the model.
    pub systems: Vec<String>,
    /// Whether to show the history of articles from git.
    pub history: bool,
    /// What the pages say and link to beyond the knowledge base.
    pub pages: PageSettings,
    /// Who may ask, from where and how often.
    pub access: AccessSettings,
    /// The settings file, if there is one.
    pub(super) config: Option<PathBuf>,
    /// Every setting, and who said it.
    pub(super) sources: Vec<Source>,
}

impl Settings {
    /// Reads the settings file and settles what holds.
    ///
    /// # Errors
    /// When the settings file cannot be used, or a file or folder that was named is not there.
    pub(super) fn resolve(typed: GlobalOptions) -> anyhow::Result<Self> {
        let default = || Some(DEFAULT_CONFIG.into()).filter(|path: &PathBuf| path.exists());
        let config_file = typed.config.clone().or_else(default);
        let file = match &typed.config {
            Some(path) => Config::load(path)?,
            None => Config::load_if_present(Path::new(DEFAULT_CONFIG))?,
        };
        let environment = Config::from_environment(|variable| std::env::var_os(variable))?;
        let defaults = defaults(Path::new(DEFAULT_VOCABULARY).is_dir());
        let said = Said { typed: typed.typed(), environment, file, defaults };
        let settings = Self { config: config_file, ..Self::merge(said)? };
        if let Some(vocabulary) = &settings.vocabulary {
            ensure!(vocabulary.is_dir(), "词表目录 {} 不存在", vocabulary.display());
        }
        Ok(settings)
    }

    fn merge(said: Said) -> anyhow::Result<Self> {
        let sources = said.sources();
        let config = said.together();
        Ok(Self {
            root: Root::new(config.kb.unwrap_or_default())?,
            index: config.index.unwrap_or_default(),
            vocabulary: config.vocabulary,
            listen: config.listen.unwrap_or(DEFAULT_LISTEN),
            allowed_hosts: config.allowed_hosts,
            watch: config.watch.unwrap_or(true),
            systems: config.systems,
            history: config.history.unwrap_or(true),
            pages: PageSettings {
                panel_origins: config.panel_origins,
                second_line: config.second_line,
                public_url: config.public_url,
            },
            access: AccessSettings {
                cors_origins: config.cors_origins,
                read_tokens: config.read_tokens.into_iter().map(read_token).collect(),
                rate_limit: config.rate_limit,
            },
            config: None,
            sources,
        })
    }

    /// By what the folder is checked as of `today`; the index is opened when the first query is
    /// asked.
    #[must_use]
    pub fn check_options(&self, today: time::Date) -> check::Options {
        let (options, snapshot) = (self.live_options(false), OnceLock::new());
        let first_hits = FirstHits::new(move |query| {
            let open = || live::open_snapshot(&options).ok();
            search::first_ids(snapshot.get_or_init(open).as_ref()?, query).ok()
        });
        check::Options {
            today,
            systems: self.systems.clone(),
            first_hits: Some(first_hits),
            vocabulary: self.vocabulary.clone(),
        }
    }

    /// Where the running knowledge base finds things.
    #[must_use]
    pub fn live_options(&self, watch: bool) -> live::Options {
        live::Options {
            root: self.root.clone(),
            index: self.index.clone(),
            vocabulary: self.vocabulary.clone(),
            watch,
            program: std::env::current_exe().ok(),
        }
    }
}

/// What holds where nobody says anything.
fn defaults(has_vocabulary_folder: bool) -> Config {
    Config {
        kb: Some(DEFAULT_KB.into()),
        index: Some(DEFAULT_INDEX.into()),
        vocabulary: has_vocabulary_folder.then(|| DEFAULT_VOCABULARY.into()),
        listen: Some(DEFAULT_LISTEN),
        watch: Some(true),
        history: Some(true),
        ..Config::default()
    }
}

fn read_token(token: config::ReadToken) -> web::ReadToken {
    web::ReadToken { id: token.id, sha256: token.sha256 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Option<PathBuf> {
        Some(text).filter(|text| !text.is_empty()).map(PathBuf::from)
    }

    #[test]
    fn what_was_typed_comes_before_the_file_and_the_file_before_defaults() {
        // Each case: typed, in the file, whether there is a folder `index`; then what holds for
        // the knowledge base, the index and the vocabulary.
        let table = [
            ("t", "f", true, ["t", "t", "t"]),
            ("", "f", true, ["f", "f", "f"]),
            ("t", "", false, ["t", "t", "t"]),
            ("", "", true, ["kb", "index/data", "index"]),
            ("", "", false, ["kb", "index/data", ""]),
        ];
        for (typed, file, has_folder, [kb, index, vocabulary]) in table {
            let all = |text| Config {
                kb: path(text),
                index: path(text),
                vocabulary: path(text),
                ..Config::default()
            };
            let said = Said {
                typed: all(typed),
                file: all(file),
                defaults: defaults(has_folder),
                ..Said::default()
            };
            let settings = Settings::merge(said).unwrap();
            assert_eq!(settings.root.given(), Path::new(kb));
            assert_eq!(settings.index, Path::new(index));
            assert_eq!(settings.vocabulary, path(vocabulary), "{typed:?} {file:?} {has_folder}");
        }
    }

    #[test]
    fn the_server_is_private_and_watches_unless_the_file_says_otherwise() {
        let merge = |file| {
            let said = Said { file, defaults: defaults(false), ..Said::default() };
            Settings::merge(said).unwrap()
        };
        let settings = merge(Config::default());
        assert_eq!(
            (settings.listen.to_string().as_str(), settings.watch),
            ("127.0.0.1:8017", true)
        );
        let listen = Some(([0, 0, 0, 0], 80).into());
        let hosts = vec!["kb.corp".to_owned()];
        let config = Config {
            listen,
            watch: Some(false),
            history: Some(false),
            allowed_hosts: hosts.clone(),
            ..Config::default()
        };
        let settings = merge(config);
        assert_eq!((Some(settings.listen), settings.watch), (listen, false));
        assert!(!settings.history);
        assert_eq!(settings.allowed_hosts, hosts);
    }

    #[test]
    fn what_was_named_must_be_there() {
        let missing = || path("没有这个目录/x");
        let table = [
            (GlobalOptions { config: missing(), ..GlobalOptions::default() }, "配置文件"),
            (GlobalOptions { vocabulary: missing(), ..GlobalOptions::default() }, "词表目录"),
        ];
        for (options, expected) in table {
            let error = Settings::resolve(options).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
