//! The git hook of a new knowledge base, in a real repository.

#![cfg(unix)]

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::scaffold::filled;

/// A new knowledge base under git, with the hook in use.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        jiuji::scaffold::init(dir.path(), false).unwrap();
        let repository = Self(dir);
        repository.git(&["init", "--quiet"]);
        for (name, value) in
            [("core.hooksPath", "hooks"), ("user.name", "a"), ("user.email", "a@b")]
        {
            repository.git(&["config", name, value]);
        }
        repository
    }

    /// Runs git with the program under test in the path.
    fn git(&self, args: &[&str]) -> Output {
        let programs = Path::new(env!("CARGO_BIN_EXE_jiuji")).parent().unwrap();
        let path = std::env::var("PATH").unwrap();
        let mut command = Command::new("git");
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GIT_")) {
            command.env_remove(name);
        }
        command.current_dir(self.0.path()).args(args);
        command.env("PATH", format!("{}:{path}", programs.display()));
        command.output().unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    /// Whether everything staged can be committed, and what was said.
    fn commit(&self) -> (bool, String) {
        let output = self.git(&["commit", "--message", "x"]);
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }
}

/// An article without findings.
fn article(id: &str) -> String {
    let draft = jiuji::scaffold::Draft {
        id: id.to_owned(),
        fault_type: jiuji::article::FaultType::Network,
        title: Some(format!("网络很慢 {id}")),
        severity: None,
        today: crate::driver::TODAY,
    };
    filled(&jiuji::scaffold::skeleton(&draft).unwrap())
}

#[test]
fn what_is_staged_is_checked_and_nothing_else() {
    let repository = Repository::new();
    repository.write("kb/网络 组/vpn-slow.md", &article("vpn-slow"));
    repository.git(&["add", "."]);
    let (is_done, said) = repository.commit();
    assert!(is_done, "{said}");

    // Wrong in the commit, right on the disk.
    repository.write("kb/网络 组/vpn-slow.md", "---\nfault_type: vpn\n---\n# 慢\n");
    repository.git(&["add", "."]);
    repository.write("kb/网络 组/vpn-slow.md", &article("vpn-slow"));
    let (is_done, said) = repository.commit();
    assert!(!is_done && said.contains("kb/网络 组/vpn-slow.md:2:13"), "{said}");

    // Right in the commit, wrong on the disk.
    repository.write("kb/网络 组/vpn-slow.md", &(article("vpn-slow") + "\n完。\n"));
    repository.git(&["add", "."]);
    repository.write("kb/网络 组/vpn-slow.md", "---\nfault_type: vpn\n---\n# 慢\n");
    repository.write("kb/ 不好\"的'名字.md", "---\nfault_type: vpn\n---\n# 慢\n");
    let (is_done, said) = repository.commit();
    assert!(is_done, "{said}");

    // A name that shells like to take apart.
    repository.git(&["add", "kb/ 不好\"的'名字.md"]);
    let (is_done, said) = repository.commit();
    assert!(!is_done && said.contains("不好\"的'名字.md:2:13"), "{said}");
    assert!(!said.contains("vpn-slow.md:2"), "{said}");
}

#[test]
fn a_commit_without_articles_is_left_alone() {
    let repository = Repository::new();
    repository.write("kb/broken.md", "---\nfault_type: vpn\n---\n# 慢\n");
    repository.git(&["add", "README.md"]);
    let (is_done, said) = repository.commit();
    assert!(is_done, "{said}");
}
