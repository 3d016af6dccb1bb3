//! O8: an installation with something wrong in it is told so.

use std::{
    net::TcpListener,
    os::unix::fs::{PermissionsExt, symlink},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::place_with;
use crate::{
    product::{PROGRAM, Place, Server},
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(crate) const O8: Scenario = Scenario {
    id: "O8",
    injects: "one defect after the other: links, twins, encodings, oversize, broken links, damaged \
              and missing index, words, addresses, permissions, full disk, few open files, clock, \
              foreign program on the port; then none, with and without a running server",
    expects: "doctor names each in the right check and ends with 1 or 2; all well ends with 0 or \
              only the remarks of a plain machine; ≤ 5 s at 2,000 articles without a server",
    broken: "without the check of the clock",
    play,
};

/// Most time for 2,000 articles.
const LIMIT: Duration = Duration::from_secs(5);

/// A defect, how it is made, and in which check it shows with which words.
struct Defect {
    check: &'static str,
    says: &'static str,
    grade: &'static str,
    make: fn(&Place),
    /// Shell before `exec jiuji doctor`, in a mount namespace.
    before: &'static str,
}

const fn in_files(check: &'static str, says: &'static str, make: fn(&Place)) -> Defect {
    Defect { check, says, grade: "warning", make, before: "" }
}

const fn around(check: &'static str, says: &'static str, before: &'static str) -> Defect {
    Defect { check, says, grade: "warning", make: |_| (), before }
}

const DEFECTS: &[Defect] = &[
    in_files("文件", "符号链接", |p| symlink("/etc/passwd", p.kb().join("x.md")).unwrap()),
    in_files("文件", "重名", |p| {
        p.write("caf\u{e9}.md", "# 甲");
        p.write("cafe\u{301}.md", "# 乙");
    }),
    in_files("文件", "编码", |p| {
        p.write("gbk.md", b"# \xb4\xf2\xd3\xa1\xbb\xfa\xbf\xa8\xd6\xbd")
    }),
    in_files("文件", "编码", |p| p.write("nul.md", b"# a\0b")),
    in_files("文件", "太大", |p| p.write("big.md", vec![b'a'; (1 << 20) + 1])),
    in_files("文件", "失效的链接", |p| p.write("link.md", "# 甲\n\n[乙](没有.md)\n")),
    in_files("文件", "名称不可用", |p| p.write("a\u{7}.md", "# 甲")),
    in_files("文章检查", "0/a.md:", |p| p.write("0/a.md", "---\ntitle: [甲\n---\n\n乙")),
    in_files("索引", "没有可用的索引", |p| fs_err::remove_dir_all(p.index()).unwrap()),
    in_files("索引", "没有可用的索引", damage),
    in_files("索引", "相差 1 个文件", |p| p.write("new.md", "# 新")),
    in_files("文件权限", "任何用户都能改", |p| {
        fs_err::set_permissions(p.kb(), PermissionsExt::from_mode(0o777)).unwrap();
    }),
    in_files("读取令牌", "凑数", |p| {
        settings(p, &format!("read_tokens = [\"a:{}\"]", "ab".repeat(32)));
    }),
    in_files("对外网址", "421", |p| settings(p, "public_url = \"http://kb.example.com\"")),
    Defect {
        grade: "error",
        ..in_files("监听地址", "allowed_hosts", |p| settings(p, "listen = \"0.0.0.0:8017\""))
    },
    Defect {
        grade: "error",
        ..in_files("知识库", "打不开", |p| {
            fs_err::rename(p.kb(), p.path().join("gone")).unwrap()
        })
    },
    around("磁盘空间", "剩余", "mount -t tmpfs -o size=1m tmpfs $PLACE/data"),
    around("打开文件数", "64", "ulimit -n 64"),
    around("系统时间", "诞生", "export LD_PRELOAD=$FAKE FAKETIME='@1970-01-02 00:00:00'"),
    around("系统时间", "晚", "touch -d '+9 days' $PLACE/kb/1/a1.md"),
];

/// Cuts every large file of the index in half.
fn damage(place: &Place) {
    let find = "find data -name '*.store' -o -name '*.idx' | xargs truncate -s 10";
    Command::new("sh").args(["-c", find]).current_dir(place.path()).output().unwrap();
}

fn settings(place: &Place, text: &str) {
    fs_err::write(place.path().join("jiuji.toml"), text).unwrap();
}

fn play(run: &Run) -> Outcome {
    let failures = DEFECTS.iter().filter_map(|defect| examined(defect).err());
    let outcome = Outcome::new(DEFECTS.len() + 3).failures(failures);
    let outcome = outcome.failures(with_server()).failures(foreign_port());
    let n_articles = if run.profile == Profile::Push { 200 } else { 2000 };
    let (elapsed, wrong) = healthy(n_articles);
    let is_late = run.judges_times() && elapsed > LIMIT;
    outcome
        .failures(wrong)
        .expect(!is_late, || format!("{n_articles} articles take {elapsed:?}"))
        .worst(format!("{:.1} s for {n_articles} articles", elapsed.as_secs_f32()))
}

/// An installation with a built index, on a port that nobody has.
fn installed(n_articles: usize) -> Place {
    let place = place_with(n_articles);
    settings(&place, "listen = \"127.0.0.1:0\"");
    assert!(place.command("index").output().unwrap().status.success(), "the index is built");
    place
}

fn examined(defect: &Defect) -> Result<(), String> {
    let place = installed(3);
    (defect.make)(&place);
    let script = format!("{}\nexec \"$@\"", defect.before);
    let wrapper = ["unshare", "-m", "sh", "-ec", &script, "sh"];
    let mut command = place.wrapped(&wrapper, "doctor");
    command.arg("--json").env("PLACE", place.path()).env("FAKE", fake_clock());
    let output = command.output().map_err(|error| error.to_string())?;
    let check = check(&output, defect.check);
    let is_told = check["grade"] == defect.grade
        && check["message"].as_str().is_some_and(|message| message.contains(defect.says));
    let code = if defect.grade == "error" { 2 } else { 1 };
    match is_told && output.status.code() == Some(code) {
        true => Ok(()),
        false => Err(format!("{} {}: {check}, {}", defect.check, defect.says, output.status)),
    }
}

fn check(output: &Output, name: &str) -> Value {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let checks = report["checks"].as_array().cloned().unwrap_or_default();
    checks.into_iter().find(|check| check["name"] == name).unwrap_or_default()
}

fn fake_clock() -> String {
    let folders = fs_err::read_dir("/usr/lib").unwrap().flatten();
    let mut found = folders.map(|entry| entry.path().join("faketime/libfaketimeMT.so.1"));
    found.find(|path| path.exists()).map(|path| path.display().to_string()).unwrap_or_default()
}

/// A healthy installation: how long it takes, and every check that is not well.
fn healthy(n_articles: usize) -> (Duration, Vec<String>) {
    let place = installed(n_articles);
    let begin = Instant::now();
    let output = place.command("doctor").arg("--json").output().unwrap();
    let elapsed = begin.elapsed();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let checks = report["checks"].as_array().cloned().unwrap_or_default();
    // What articles are made of here is no example to authors, and this machine may be full.
    let may_be = ["文章检查", "磁盘空间", "打开文件数", "文件监视"];
    let is_wrong = |check: &&Value| {
        check["grade"] != "ok" && !may_be.iter().any(|name| check["name"] == *name)
    };
    let mut wrong: Vec<_> =
        checks.iter().filter(is_wrong).map(|check| format!("well: {check}")).collect();
    if checks.len() < 12 {
        wrong.push(format!("well: only {} checks", checks.len()));
    }
    (elapsed, wrong)
}

/// A server of ours on the port: asked, and found to be one.
fn with_server() -> Vec<String> {
    let place = installed(3);
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    settings(&place, &format!("listen = \"{free}\""));
    let mut command = Command::new(PROGRAM);
    command.args(["serve", "--kb", "kb", "--index", "data"]).current_dir(place.path());
    command.env("JIUJI_LOG", "off").stdout(Stdio::piped());
    let server = Server::try_start(command);
    let output = place.command("doctor").arg("--json").output().unwrap();
    let running = check(&output, "正在运行的服务");
    drop(server);
    let is_well = running["grade"] == "ok";
    (!is_well).then(|| format!("running server: {running}")).into_iter().collect()
}

/// Another program on the port.
fn foreign_port() -> Vec<String> {
    let place = installed(3);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    settings(&place, &format!("listen = \"{}\"", taken.local_addr().unwrap()));
    let output = place.command("doctor").arg("--json").output().unwrap();
    let port = check(&output, "端口");
    let is_told = port["grade"] == "warning" && output.status.code() == Some(1);
    (!is_told).then(|| format!("foreign program: {port}")).into_iter().collect()
}
