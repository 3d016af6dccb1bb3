//! The settings file `jiuji.toml`.
//!
//! Entry points: [`Config::load`] and [`Config::load_if_present`] for the file,
//! [`Config::from_environment`] for the same settings in the environment. This module knows neither
//! the command line nor the defaults; what nobody says is `None` or empty.

mod access;
mod entries;
mod environment;
mod explain;
mod listen;
mod page;

use std::{
    fs::File,
    io::{self, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;

pub use access::{ReadToken, is_token_id};
pub use environment::variable;
pub use listen::{ListenError, validate_listen};

/// Largest settings file in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// What the settings file says. Command line and environment come before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Folder of the knowledge base. A relative path in the file is relative to the file.
    pub kb: Option<PathBuf>,
    /// Folder of the built index, relative to the file.
    pub index: Option<PathBuf>,
    /// Folder of the vocabulary, relative to the file.
    pub vocabulary: Option<PathBuf>,
    /// Address and port to listen on.
    #[serde(deserialize_with = "listen::deserialize")]
    pub listen: Option<SocketAddr>,
    /// Names, without scheme, under which browsers may reach the server.
    #[serde(deserialize_with = "listen::deserialize_hosts")]
    pub allowed_hosts: Vec<String>,
    /// Whether to watch the folders for changes.
    pub watch: Option<bool>,
    /// Names of the organisation's own systems, which articles may use like those of the model.
    pub systems: Vec<String>,
    /// Whether to show the history of articles from git.
    pub history: Option<bool>,
    /// Origins whose pages may show the panel in a frame.
    #[serde(deserialize_with = "page::deserialize_origins")]
    pub panel_origins: Vec<String>,
    /// How to reach second line, one line of plain text.
    #[serde(deserialize_with = "page::deserialize_second_line")]
    pub second_line: Option<String>,
    /// Origin under which people reach the server, for absolute addresses.
    #[serde(deserialize_with = "page::deserialize_origin")]
    pub public_url: Option<String>,
    /// Origins, as browsers send them, whose scripts may read the API.
    #[serde(deserialize_with = "access::deserialize_cors")]
    pub cors_origins: Vec<String>,
    /// Tokens, one of which clients must show; without any, none is asked for.
    #[serde(deserialize_with = "access::deserialize_tokens")]
    pub read_tokens: Vec<ReadToken>,
    /// Requests per second of one client.
    #[serde(deserialize_with = "access::deserialize_rate")]
    pub rate_limit: Option<u32>,
}

/// The settings file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("配置文件 {} 读不出来：{source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file does not say what it should.
    #[error("{}:{line}:{column}: {reason}", .path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line from 1.
        line: usize,
        /// Column in Unicode scalar values, from 1.
        column: usize,
        /// What is wrong, in Chinese.
        reason: String,
    },
    /// A variable of the environment does not say what it should.
    #[error("环境变量 {variable}：{reason}")]
    Variable {
        /// Its name.
        variable: String,
        /// What is wrong, in Chinese.
        reason: String,
    },
}

impl Config {
    /// Reads the settings file at `path`, of at most 64 KiB.
    ///
    /// # Errors
    /// When the file cannot be read, is no TOML, or has a setting that does not exist or has the
    /// wrong kind of value.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = read(path).map_err(|source| ConfigError::Read { path: path.into(), source })?;
        Self::parse(path, &text)
    }

    /// What the text of the settings file at `path` says.
    ///
    /// # Errors
    /// When it is no TOML, or has a setting that does not exist or has the wrong kind of value.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let mut config: Self = toml::from_str(text).map_err(|error| {
            let (line, column) = explain::place(text, error.span());
            let reason = explain::reason(error.message());
            ConfigError::Invalid { path: path.into(), line, column, reason }
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for setting in [&mut config.kb, &mut config.index, &mut config.vocabulary] {
            *setting = setting.take().map(|path| folder.join(path));
        }
        Ok(config)
    }

    /// Reads the settings file at `path`; where there is none, nothing is set.
    ///
    /// # Errors
    /// As [`Config::load`], unless the file does not exist.
    pub fn load_if_present(path: &Path) -> Result<Self, ConfigError> {
        match Self::load(path) {
            Err(ConfigError::Read { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            loaded => loaded,
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let n_bytes = File::open(path)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if n_bytes as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "超过 64 KiB"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
