//! Trying an article in a process of its own.

use std::{
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::super::{LiveError, Options, now, reading};
use crate::{
    analysis::{Analyzer, Vocabulary},
    index::{Disk, Generation, RealDisk},
    kb,
};

/// Longest trial: the largest article takes a tenth of it on a slow machine.
const LIMIT: Duration = Duration::from_secs(30);
/// Time between two looks at a trial.
const TICK: Duration = Duration::from_millis(5);

/// How a trial ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It came to its end.
    Innocent,
    /// It ended the process, or found no end.
    Guilty,
    /// It could not be held.
    Unknown,
}

/// What trials are held with.
#[derive(Debug)]
pub(super) struct Trials {
    program: Option<PathBuf>,
    root: PathBuf,
    vocabulary: Option<PathBuf>,
}

impl Trials {
    pub(super) fn new(options: &Options) -> Self {
        let Options { program, root, vocabulary, .. } = options.clone();
        Self { program, root: root.path().to_owned(), vocabulary }
    }

    /// Whether there is a program to hold them.
    pub(super) fn are_possible(&self) -> bool {
        self.program.is_some()
    }

    /// Tries the article at `path`.
    pub(super) fn verdict(&self, path: &str) -> Verdict {
        let Some(program) = &self.program else { return Verdict::Unknown };
        let mut command = Command::new(program);
        command.arg("try-article").arg("--kb").arg(&self.root);
        if let Some(vocabulary) = &self.vocabulary {
            command.arg("--vocabulary").arg(vocabulary);
        }
        command.arg("--").arg(path);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(child) => verdict(end_of(child)),
            Err(_) => Verdict::Unknown,
        }
    }
}

/// Exit code 2 says that the trial could not begin; a panic has another code, a signal none.
fn verdict(end: Option<ExitStatus>) -> Verdict {
    match end.map(|status| status.code()) {
        Some(Some(0)) => Verdict::Innocent,
        Some(Some(2)) => Verdict::Unknown,
        _ => Verdict::Guilty,
    }
}

/// How a process ends; `None` when it has to be killed.
fn end_of(mut child: Child) -> Option<ExitStatus> {
    let begin = Instant::now();
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if begin.elapsed() > LIMIT {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(TICK);
    }
}

/// Does with one article all that is done with it when it is indexed, and keeps nothing of it.
///
/// # Errors
/// When the vocabulary cannot be used or the index in memory not be made.
pub fn try_article(options: &Options, path: &str) -> Result<(), LiveError> {
    let analyzer = Arc::new(Analyzer::new(Vocabulary::load(options.vocabulary.as_deref())?));
    let Ok(Some(seen)) = kb::look(&options.root, path) else { return Ok(()) };
    let load = |path: &str| reading::read(&RealDisk, path, &seen, None).record;
    let disk: Arc<dyn Disk> = Arc::new(RealDisk);
    Generation::build(&disk, None, analyzer, &[path.to_owned()], &load, &now())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(script: &str) -> Option<ExitStatus> {
        end_of(Command::new("sh").args(["-c", script]).spawn().unwrap())
    }

    #[test]
    fn only_a_process_that_broke_down_condemns() {
        assert_eq!(verdict(end("exit 0")), Verdict::Innocent);
        assert_eq!(verdict(end("exit 2")), Verdict::Unknown);
        for script in ["kill -ABRT $$", "kill -KILL $$", "exit 101"] {
            assert_eq!(verdict(end(script)), Verdict::Guilty, "{script}");
        }
        assert_eq!(verdict(None), Verdict::Guilty);
    }
}
