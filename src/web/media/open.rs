//! Opening a file beneath a folder without following a link on the way.

use std::{fs::File, io, os::fd::OwnedFd, path::Path};

use rustix::fs::{Mode, OFlags, open, openat};

/// A pipe must not make us wait, and no child process inherits the file.
const FLAGS: OFlags = OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK);

/// Opens the file at `path`, relative to `root` and `/`-separated, for reading.
///
/// # Errors
/// When it is not there, is not readable, or a part of `path` is a link or leads out of `root`.
pub(super) fn beneath(root: &Path, path: &str) -> io::Result<File> {
    let root = open(root, FLAGS | OFlags::DIRECTORY, Mode::empty())?;
    let file = match resolve(&root, path) {
        Some(result) => result?,
        None => step_by_step(root, path)?,
    };
    Ok(File::from(file))
}

/// Lets the kernel resolve the whole path at once; `None` where it cannot.
#[cfg(target_os = "linux")]
fn resolve(root: &OwnedFd, path: &str) -> Option<io::Result<OwnedFd>> {
    use rustix::{
        fs::{ResolveFlags, openat2},
        io::Errno,
    };
    let rules = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    match openat2(root, path, FLAGS, Mode::empty(), rules) {
        // Kernels before 5.6, and sandboxes that do not know the call.
        Err(Errno::NOSYS | Errno::PERM) => None,
        result => Some(result.map_err(Into::into)),
    }
}

#[cfg(not(target_os = "linux"))]
fn resolve(_root: &OwnedFd, _path: &str) -> Option<io::Result<OwnedFd>> {
    None
}

/// Opens one part after the other, refusing links; `path` must not have parts like `..`.
fn step_by_step(root: OwnedFd, path: &str) -> io::Result<OwnedFd> {
    let mut at = root;
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        if matches!(part, "" | "." | "..") {
            return Err(io::ErrorKind::NotFound.into());
        }
        let kind = if parts.peek().is_some() { OFlags::DIRECTORY } else { OFlags::empty() };
        at = openat(&at, part, FLAGS | OFlags::NOFOLLOW | kind, Mode::empty())?;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use std::{io::Read, os::unix::fs::symlink};

    use super::*;

    type Opener = fn(&Path, &str) -> io::Result<File>;

    fn by_steps(root: &Path, path: &str) -> io::Result<File> {
        let root = open(root, FLAGS | OFlags::DIRECTORY, Mode::empty())?;
        step_by_step(root, path).map(File::from)
    }

    /// A folder with every way out that links offer, beside a file that must stay secret.
    fn farm() -> tempfile::TempDir {
        let top = tempfile::tempdir().unwrap();
        let (kb, out) = (top.path().join("kb"), top.path().join("out"));
        fs_err::create_dir_all(kb.join("images")).unwrap();
        fs_err::create_dir_all(&out).unwrap();
        fs_err::write(kb.join("images/a.png"), "image").unwrap();
        fs_err::write(out.join("secret.png"), "secret").unwrap();
        symlink(out.join("secret.png"), kb.join("absolute.png")).unwrap();
        symlink("../out/secret.png", kb.join("relative.png")).unwrap();
        symlink("images/a.png", kb.join("inside.png")).unwrap();
        symlink(&out, kb.join("folder")).unwrap();
        symlink("folder", kb.join("chain")).unwrap();
        symlink("loop.png", kb.join("loop.png")).unwrap();
        symlink("/proc/self/environ", kb.join("environ.png")).unwrap();
        top
    }

    #[test]
    fn only_what_is_really_there_opens() {
        let top = farm();
        let root = top.path().join("kb");
        let openers: [Opener; 2] = [beneath, by_steps];
        for opener in openers {
            let mut text = String::new();
            opener(&root, "images/a.png").unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "image");
            let refused = [
                "absolute.png",
                "relative.png",
                "inside.png",
                "folder/secret.png",
                "chain/secret.png",
                "loop.png",
                "environ.png",
                "../out/secret.png",
                "images/../../out/secret.png",
                "missing.png",
                "images/a.png/x",
                "",
            ];
            for path in refused {
                assert!(opener(&root, path).is_err(), "{path}");
            }
        }
    }

    #[test]
    fn an_absolute_path_does_not_leave_the_folder() {
        let top = farm();
        let secret = top.path().join("out/secret.png");
        let openers: [Opener; 2] = [beneath, by_steps];
        for opener in openers {
            assert!(opener(&top.path().join("kb"), secret.to_str().unwrap()).is_err());
        }
    }

    #[test]
    fn a_pipe_does_not_block() {
        let top = farm();
        let kb = top.path().join("kb");
        let made = std::process::Command::new("mkfifo").arg(kb.join("p.png")).status().unwrap();
        assert!(made.success());
        let file = beneath(&kb, "p.png").unwrap();
        assert!(!file.metadata().unwrap().is_file());
    }
}
