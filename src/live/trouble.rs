//! What is not as it should be while articles are served, in words for people.

use super::{Status, Watching};

/// The part of the product that a [`Trouble`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Articles that are served in their last good version.
    Articles,
    /// The folder of articles.
    Folder,
    /// The index on disk and its updates.
    Index,
    /// Noticing changes of files.
    Watcher,
}

impl Part {
    /// All of them, in the order of their names.
    pub const ALL: [Self; 4] = [Self::Articles, Self::Folder, Self::Index, Self::Watcher];

    /// Its name for programs, as `/readyz` and `/metrics` have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Articles => "articles",
            Self::Folder => "folder",
            Self::Index => "index",
            Self::Watcher => "watcher",
        }
    }
}

/// Something that is not as it should be; articles are served all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What it is about.
    pub part: Part,
    /// What it means for whoever reads, one Chinese sentence without technical detail.
    pub text: String,
}

/// How the index is doing, beyond what `/api/v1/status` has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IndexHealth {
    /// Why the index is kept in memory, when it cannot be kept on disk; in Chinese.
    pub unsaved: Option<String>,
    /// Seconds since an update began that should have ended long ago.
    pub stuck_s: Option<u64>,
    /// Updates that failed since the start, each of which was made good later or will be.
    pub n_failures: u64,
    /// Thousandths of the disk of the index that are free; `None` when the system does not say.
    pub disk_free_permille: Option<u16>,
}

impl Status {
    /// All that is not as it should be, nothing when all is well.
    #[must_use]
    pub fn troubles(&self) -> Vec<Trouble> {
        let mut troubles = Vec::new();
        let mut add = |is_so: bool, part: Part, text: String| {
            if is_so {
                troubles.push(Trouble { part, text });
            }
        };
        let n = self.n_broken;
        add(n > 0, Part::Articles, format!("{n} 篇文章的文件有错，显示的是上一个正确版本。"));
        let n = self.n_withheld;
        add(n > 0, Part::Articles, format!("处理 {n} 篇文章时程序异常中断，暂不收录这个版本。"));
        let n = self.n_held;
        add(n > 0, Part::Folder, format!("{n} 篇文章的文件突然不见了，确认之前继续显示。"));
        let error = self.last_error.as_deref().unwrap_or_default();
        add(self.last_error.is_some(), Part::Index, format!("更新没有成功：{error}"));
        let reason = self.index.unsaved.as_deref().unwrap_or_default();
        let text = format!("索引存不到磁盘上，现在由内存提供，搜索和阅读不受影响：{reason}");
        add(self.index.unsaved.is_some(), Part::Index, text);
        let seconds = self.index.stuck_s.unwrap_or_default();
        let text = format!("更新已经 {seconds} 秒没有完成，显示的是更新前的内容。");
        add(self.index.stuck_s.is_some(), Part::Index, text);
        let is_polling = self.watcher == Watching::Polling;
        add(
            is_polling,
            Part::Watcher,
            "不能即时发现文件变化，改为定时查看，最多晚一分钟。".to_owned(),
        );
        troubles
    }
}
