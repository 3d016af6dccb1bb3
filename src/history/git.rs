//! Running git so that it only reads: no locks, no network, nothing a repository could name as a
//! program of its own.

use std::{io, path::Path, process::Stdio};

use tokio::{io::AsyncReadExt, process::Command};

/// Bytes of output that are read; what git is asked for stays far below.
const MAX_OUTPUT: u64 = 256 * 1024;

/// Options that come before every command. Those of the command line win over all files.
const READ_ONLY: [&str; 14] = [
    "--no-pager",
    "--no-optional-locks",
    // A path is a name here, whatever signs it has.
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    // Signatures are checked by a program that the configuration names.
    "-c",
    "log.showSignature=false",
    "-c",
    "log.follow=false",
    // A partial clone would fetch what it lacks.
    "-c",
    "protocol.allow=never",
    "-C",
];

/// Variables that point git at another repository, as they are set inside its hooks.
pub(super) const OF_ANOTHER: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE",
    "GIT_PREFIX",
];

/// What git prints when it is run in `folder`; `None` when it fails, which it does for a folder
/// that is in no repository or whose owner it does not trust.
///
/// It is killed when the future is dropped.
///
/// # Errors
/// When git cannot be started, such as when there is none.
pub(super) async fn output(folder: &Path, args: &[&str]) -> io::Result<Option<String>> {
    let mut child = command(folder, args).spawn()?;
    let mut output = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        stdout.take(MAX_OUTPUT).read_to_end(&mut output).await?;
    }
    let is_success = child.wait().await?.success();
    Ok(is_success.then(|| String::from_utf8_lossy(&output).into_owned()))
}

fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(READ_ONLY).arg(folder).args(args);
    for name in OF_ANOTHER {
        command.env_remove(name);
    }
    command
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}
