//! The knowledge base folder: which files are articles, what they contain, when they change.
//!
//! Entry points: [`scan`] sees every article file, [`look`] a single one, [`read`] and [`load`]
//! turn a file into an article, [`assign_ids`] settles who owns an id, [`Watch`] hints at changes.
//! This module knows neither the index nor the web. Only [`replace`] writes into the folder, and
//! only `jiuji check --fix` calls it.

mod encoding;
mod ids;
mod load;
mod names;
mod read;
mod replace;
mod root;
mod scan;
mod walk;
mod watch;

pub use encoding::{Decoded, Encoding, decode};
pub use ids::{assign_ids, path_id};
pub use load::{Loaded, load};
pub use names::article_path;
pub use read::{LOST, MAX_ARTICLE_BYTES, ReadError, Source, UNREADABLE, read, read_from};
pub use replace::{ReplaceError, replace};
pub use root::Root;
pub use scan::{Scan, ScanError, Seen, has_file, look, scan};
pub use walk::{MAX_DEPTH, MAX_FILES};
pub use watch::{Hint, Hints, Watch, WatchError};
