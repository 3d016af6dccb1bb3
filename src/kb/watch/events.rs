//! What an event of the file system means for the knowledge base.

use std::path::{Path, PathBuf};

use notify::{
    Event, EventKind,
    event::{AccessKind, AccessMode, CreateKind, ModifyKind, RemoveKind, RenameMode},
};

use super::{super::names, Hint};

/// The watched folders, without symbolic links.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) kb: PathBuf,
    pub(super) vocabulary: Option<PathBuf>,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sign {
    /// Something to look after.
    Hint(Hint),
    /// Somebody writes to the article at this path and has not closed it yet.
    Writing(String),
    /// This name is gone; the event does not tell whether it was a folder.
    MovedAway(PathBuf),
    /// What was moved away from here was no folder.
    WasFile(PathBuf),
    /// A watched folder itself is gone or not all of it can be watched.
    Lost,
}

impl Places {
    /// Most events mean nothing: files that are opened, read, given other rights.
    /// A file counts when it is closed after writing, since before it is half a file; that it is
    /// being written keeps a scan from taking the half for the whole. A link is never closed.
    pub(super) fn signs(&self, event: notify::Result<Event>) -> Vec<Sign> {
        let Ok(event) = event else { return vec![Sign::Lost] };
        if event.need_rescan() {
            return vec![Sign::Hint(Hint::Rescan)];
        }
        let on: fn(&Self, &Path) -> Option<Sign> = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => Self::touched,
            EventKind::Modify(ModifyKind::Data(_)) => Self::being_written,
            EventKind::Create(CreateKind::Folder) => Self::folder,
            EventKind::Create(_) => Self::made,
            EventKind::Remove(RemoveKind::Folder) => Self::folder,
            EventKind::Remove(_) => Self::touched,
            EventKind::Modify(ModifyKind::Name(RenameMode::From)) => Self::moved_away,
            EventKind::Modify(ModifyKind::Name(RenameMode::Both)) => {
                return was_file(&event.paths).into_iter().collect();
            }
            EventKind::Modify(ModifyKind::Name(_)) => Self::arrived,
            _ => return Vec::new(),
        };
        event
            .paths
            .iter()
            .filter_map(|path| self.lost(&event.kind, path).or_else(|| on(self, path)))
            .collect()
    }

    /// The watched folders are gone with their names.
    fn lost(&self, kind: &EventKind, path: &Path) -> Option<Sign> {
        let is_gone = matches!(
            kind,
            EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(RenameMode::From))
        );
        let is_watched = path == self.kb || Some(path) == self.vocabulary.as_deref();
        (is_gone && is_watched).then_some(Sign::Lost)
    }

    /// A file was written or deleted.
    fn touched(&self, path: &Path) -> Option<Sign> {
        self.vocabulary_file(path).or_else(|| self.hint(path, Hint::File))
    }

    fn being_written(&self, path: &Path) -> Option<Sign> {
        self.article(path).map(Sign::Writing)
    }

    fn made(&self, path: &Path) -> Option<Sign> {
        self.hint(path, Hint::New)
    }

    /// A hint at an article; of a name that is no plain text only a scan tells.
    fn hint(&self, path: &Path, at_one: fn(String) -> Hint) -> Option<Sign> {
        let path = self.article(path)?;
        let is_plain = names::is_printable(&path) && !path.contains(char::REPLACEMENT_CHARACTER);
        Some(Sign::Hint(if is_plain { at_one(path) } else { Hint::Rescan }))
    }

    /// The path in the knowledge base of what is an article by its name.
    fn article(&self, path: &Path) -> Option<String> {
        let path = self.visible(path)?;
        let (_, name) = path.rsplit_once('/').unwrap_or(("", &path));
        names::is_article(name).then_some(path)
    }

    /// A folder came or went.
    fn folder(&self, path: &Path) -> Option<Sign> {
        self.visible(path).map(|_| Sign::Hint(Hint::Rescan))
    }

    /// A name was moved away.
    fn moved_away(&self, path: &Path) -> Option<Sign> {
        let unknown = || self.visible(path).map(|_| Sign::MovedAway(path.to_owned()));
        self.touched(path).or_else(unknown)
    }

    /// A name was moved to here.
    fn arrived(&self, path: &Path) -> Option<Sign> {
        if path.is_dir() { self.folder(path) } else { self.touched(path) }
    }

    fn vocabulary_file(&self, path: &Path) -> Option<Sign> {
        let is_inside = path.parent().is_some() && path.parent() == self.vocabulary.as_deref();
        let is_text = path.extension().is_some_and(|extension| extension == "txt");
        (is_inside && is_text).then_some(Sign::Hint(Hint::Vocabulary))
    }

    /// The path in the knowledge base, with replacement characters where it is no text, unless some
    /// part of it is ignored there.
    fn visible(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.kb).ok()?;
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        if parts.is_empty() || parts.iter().any(|part| names::is_ignored(part)) {
            return None;
        }
        Some(names::composed(&parts.join("/")))
    }
}

/// A complete move tells by its target what was moved.
fn was_file(paths: &[PathBuf]) -> Option<Sign> {
    let [from, to] = paths else { return None };
    (!to.is_dir()).then(|| Sign::WasFile(from.clone()))
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    use notify::event::{DataChange, Flag, MetadataKind};

    use super::*;

    const CLOSED: EventKind = EventKind::Access(AccessKind::Close(AccessMode::Write));
    const MADE: EventKind = EventKind::Create(CreateKind::File);
    const WRITTEN: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));
    const FROM: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::From));
    const TO: EventKind = EventKind::Modify(ModifyKind::Name(RenameMode::To));
    const FOLDER_MADE: EventKind = EventKind::Create(CreateKind::Folder);
    const FOLDER_GONE: EventKind = EventKind::Remove(RemoveKind::Folder);
    const FILE_GONE: EventKind = EventKind::Remove(RemoveKind::File);

    fn places() -> Places {
        Places { kb: "/none/kb".into(), vocabulary: Some("/none/index".into()) }
    }

    fn file(path: &str) -> Option<Sign> {
        Some(Sign::Hint(Hint::File(path.to_owned())))
    }

    #[test]
    fn only_finished_changes_of_articles_and_folders_are_signs() {
        let vocabulary = || Some(Sign::Hint(Hint::Vocabulary));
        let rescan = || Some(Sign::Hint(Hint::Rescan));
        let table = [
            (CLOSED, "/none/kb/a.md", file("a.md")),
            (CLOSED, "/none/kb/网络/cafe\u{301}.md", file("网络/caf\u{e9}.md")),
            (CLOSED, "/none/kb/a.md~", None),
            (CLOSED, "/none/kb/.a.md.swp", None),
            (CLOSED, "/none/kb/4913", None),
            (CLOSED, "/none/kb/.git/a.md", None),
            (CLOSED, "/none/kb/_drafts/a.md", None),
            (CLOSED, "/none/kb/README.md", None),
            (CLOSED, "/none/kb/images/a.png", None),
            (CLOSED, "/none/kb-other/a.md", None),
            (CLOSED, "/none/index/synonyms.txt", vocabulary()),
            (CLOSED, "/none/index/data/meta.txt", None),
            (TO, "/none/index/synonyms.txt", vocabulary()),
            (FILE_GONE, "/none/index/synonyms.txt", vocabulary()),
            (FILE_GONE, "/none/index/notes", None),
            (TO, "/none/kb/a.md", file("a.md")),
            (TO, "/none/kb/a.png", None),
            (FROM, "/none/kb/a.md", file("a.md")),
            (FROM, "/none/kb/.a.md.tmp", None),
            (FROM, "/none/kb/网络", Some(Sign::MovedAway("/none/kb/网络".into()))),
            (FILE_GONE, "/none/kb/a.md", file("a.md")),
            (FOLDER_MADE, "/none/kb/网络", rescan()),
            (FOLDER_MADE, "/none/kb/.git", None),
            (FOLDER_MADE, "/none/index/data", None),
            (FOLDER_GONE, "/none/kb/网络", rescan()),
            (FOLDER_GONE, "/none/kb", Some(Sign::Lost)),
            (FROM, "/none/kb", Some(Sign::Lost)),
            (FOLDER_GONE, "/none/index", Some(Sign::Lost)),
            (MADE, "/none/kb/a.md", Some(Sign::Hint(Hint::New("a.md".into())))),
            (MADE, "/none/kb/a.png", None),
            (MADE, "/none/kb/a\nb.md", rescan()),
            (CLOSED, "/none/kb/a\nb.md", rescan()),
            (CLOSED, "/none/kb/a\nb.png", None),
            (WRITTEN, "/none/kb/a.md", Some(Sign::Writing("a.md".into()))),
            (WRITTEN, "/none/kb/.a.md.tmp", None),
            (WRITTEN, "/none/index/synonyms.txt", None),
            (EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any)), "/none/kb/a.md", None),
            (EventKind::Access(AccessKind::Open(AccessMode::Any)), "/none/kb/a.md", None),
        ];
        for (kind, path, expected) in table {
            let event = Event::new(kind).add_path(path.into());
            assert_eq!(places().signs(Ok(event)), Vec::from_iter(expected), "{kind:?} {path}");
        }
    }

    #[test]
    fn a_name_in_no_encoding_calls_for_a_scan() {
        let path = Path::new("/none/kb").join(OsStr::from_bytes(b"\xb6\xcf.md"));
        let event = Event::new(CLOSED).add_path(path);
        assert_eq!(places().signs(Ok(event)), [Sign::Hint(Hint::Rescan)]);
    }

    #[test]
    fn lost_events_and_errors_call_for_a_scan() {
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(places().signs(Ok(overflow)), [Sign::Hint(Hint::Rescan)]);
        let limit = notify::Error::new(notify::ErrorKind::MaxFilesWatch);
        assert_eq!(places().signs(Err(limit)), [Sign::Lost]);
    }
}
