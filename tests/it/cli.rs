//! The command line, run as people and scripts run it.

#![allow(clippy::unwrap_used, reason = "what a test prepares may end it")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

const LOGIN: &str = "\
---
id: login-failure
title: 登录失败：账号或密码不对
summary: 先确认大小写和输入法
fault_type: login
severity: p2
systems: [ad]
tier: l1
status: published
owner: 服务台
reviewed: 2026-11-20
aliases: [登录不上, 密码错误]
codes: [0x8007052E]
---

## 现象

- 提示用户名或密码不正确

## 应急策略

1. 请用户关掉大写锁定，再输一次密码
   - **如果 能登录**：到此为止
   - **否则**：[看打印机](printer.md)
2. 查账号有没有被锁
";

const PRINTER: &str = "\
---
id: printer
title: 打印机不出纸
summary: 先看纸盒和指示灯
fault_type: peripheral
severity: p4
systems: [printer]
tier: l2
status: published
owner: 服务台
reviewed: 2026-11-20
---

## 应急策略

1. 看纸盒里有没有纸
";

/// The printer article with all that the linter asks for.
fn whole_printer() -> String {
    let before =
        "## 现象\n\n- 不出纸\n\n## 影响\n\n一个人受阻。\n\n## 先问用户\n\n- [ ] 几台？\n\n";
    let after = "\n## 各渠道话术\n\n### 电话\n\n> 请看一下纸盒。\n\n## 升级与上报\n\n- 找桌面运维组。\n\n\
                 ## 预防措施\n\n- 每周补一次纸。\n";
    let article = PRINTER.replace("## 应急策略", &format!("{before}## 应急策略"));
    article.replace("status:", "channels: [phone]\nstatus:") + after
}

/// A folder with a knowledge base `kb`, in which the program is run.
struct Folder {
    path: PathBuf,
    _dir: Option<tempfile::TempDir>,
}

/// What a run gave.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Folder {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().to_owned();
        let folder = Self { path, _dir: Some(dir) };
        folder.write("kb/login-failure.md", LOGIN).write("kb/printer.md", PRINTER)
    }

    /// A folder inside another, which must outlive it.
    fn within(folder: &Self, name: &str) -> Self {
        Self { path: folder.path().join(name), _dir: None }
    }

    fn path(&self) -> &Path {
        &self.path
    }

    fn write(self, path: &str, text: &str) -> Self {
        let path = self.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
        self
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jiuji"));
        let settings = jiuji::config::Config::default().entries();
        for name in settings.map(|(name, _)| name).into_iter().chain(["config", "log"]) {
            command.env_remove(jiuji::config::variable(name));
        }
        command.current_dir(self.path()).args(args).stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        Run::of(self.command(args).output().unwrap())
    }
}

impl Run {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    fn shows(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.stdout.contains(text), "no {text} in: {}", self.stdout);
        }
        self
    }

    #[track_caller]
    fn complains(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no {text} in: {}", self.stderr);
        assert_eq!(self.stderr.matches("error:").count(), 1, "{}", self.stderr);
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_search_shows_what_to_do_first() {
    Folder::new().run(&["search", "登录不上"]).ends(0).shows(&[
        "1. 登录失败：账号或密码不对",
        "p2 高",
        "服务台可独立完成",
        "先确认大小写和输入法",
        "1) 请用户关掉大写锁定，再输一次密码",
        "- 否则：看打印机（→ printer）",
        "2) 查账号有没有被锁",
    ]);
}

#[test]
fn the_json_of_a_search_is_the_body_of_the_api() {
    let answer = Folder::new().run(&["search", "登录不上", "--json"]).ends(0).json();
    let body =
        ["elapsed_us", "facets", "hits", "indexed_at", "notes", "query", "revision", "total"];
    assert_eq!(keys(&answer), body);
    assert_eq!(keys(&answer["facets"]), ["fault_type", "severity", "system", "tier"]);
    let hit = &answer["hits"][0];
    assert_eq!(hit["id"], "login-failure");
    for key in ["url", "steps", "snippet", "title_highlights", "matched_by", "stale", "broken"] {
        assert!(hit.get(key).is_some(), "{key}");
    }
}

#[test]
fn filters_and_limits_narrow_a_search() {
    let folder = Folder::new();
    let ids = |args: &[&str]| -> Vec<String> {
        let run = folder.run(&[&["search", "", "--json"], args].concat());
        let hits = run.json()["hits"].as_array().unwrap().clone();
        hits.iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&[]), ["login-failure", "printer"]);
    assert_eq!(ids(&["--limit", "1"]), ["login-failure"]);
    assert_eq!(ids(&["--fault-type", "peripheral"]), ["printer"]);
    assert_eq!(ids(&["--system", "ad", "--tier", "l1"]), ["login-failure"]);
    assert_eq!(ids(&["--severity", "p2", "--severity", "p4"]), ["login-failure", "printer"]);
    assert!(ids(&["--status", "draft"]).is_empty());
    folder.run(&["search", "x", "--severity", "p9"]).ends(2).complains("p9");
    folder.run(&["search", "x", "--limit", "51"]).ends(2).complains("1 到 50");
}

#[test]
fn a_search_without_a_match_ends_with_1() {
    Folder::new().run(&["search", "量子纠缠"]).ends(1).shows(&["没有找到对应的策略"]);
}

#[test]
fn an_explanation_names_the_article_and_its_rank() {
    let folder = Folder::new();
    folder.run(&["explain", "登录失败", "login-failure"]).ends(0).shows(&[
        "登录失败：账号或密码不对（login-failure）",
        "第 1 名",
        "得分的组成",
        "全文",
    ]);
    let explained = folder.run(&["explain", "8007052E", "login-failure", "--json"]).ends(0).json();
    assert_eq!((&explained["rank"], &explained["codes"]), (&1.into(), &1.into()));
    assert_eq!(explained["query"], "8007052E");
    folder.run(&["explain", "登录失败", "login-fail"]).ends(1).shows(&["login-failure"]);
}

#[test]
fn a_check_shows_where_a_file_is_broken() {
    let folder = Folder::new()
        .write("kb/broken.md", "---\ntitle: [断网\n---\n# 断网\n")
        .write("kb/printer.md", &whole_printer());
    folder.run(&["check"]).ends(1).shows(&["kb/broken.md:", "错误[front-matter]", "共 3 篇文章"]);
    folder
        .run(&["check", "--format", "github"])
        .ends(1)
        .shows(&["::error file=kb/broken.md,line="]);
    let report = folder.run(&["check", "broken.md", "--format", "json"]).ends(1).json();
    assert_eq!(report["summary"]["n_errors"], 1);
    assert_eq!(report["findings"][0]["path"], "broken.md");
    folder.run(&["check", "kb/printer.md"]).ends(0).shows(&["共 1 篇文章：0 个错误"]);
    folder.run(&["check", "broken.md"]).ends(1).shows(&["broken.md"]);
    folder.run(&["check", "kb/none.md"]).ends(2).complains("none.md");
    folder.run(&["check", "--today", "gestern"]).ends(2).complains("gestern");
}

#[test]
fn strictness_counts_warnings() {
    let own = whole_printer().replace("[printer]", "[printer, his]");
    let folder = Folder::new().write("kb/printer.md", &own);
    folder.run(&["check", "printer.md"]).ends(0).shows(&["unknown-system"]);
    folder.run(&["check", "printer.md", "--strict"]).ends(1);
    let folder = folder.write("jiuji.toml", "systems = [\"his\"]\n");
    folder.run(&["check", "printer.md", "--strict"]).ends(0);
}

#[test]
fn a_text_is_checked_before_it_is_saved() {
    let folder = Folder::new();
    let check = |path: &str, text: &[u8], args: &[&str]| {
        let mut command = folder.command(&["check", "--stdin", "--path", path]);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text).unwrap();
        Run::of(child.wait_with_output().unwrap())
    };
    let whole = whole_printer();
    check("kb/printer.md", whole.as_bytes(), &["--strict"]).ends(0).shows(&["共 1 篇文章"]);
    let scanner = whole.replace("id: printer", "id: scanner");
    let scanner = check("scanner.md", scanner.as_bytes(), &["--format", "json"]).ends(0).json();
    let rules: Vec<_> = scanner["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["orphan", "duplicate-title"], "the file of the printer is still there");
    check("new.md", b"# x\n", &["--format", "github"]).ends(1).shows(&["::error file=kb/new.md,"]);
    check("new.md", &vec![b'x'; (1 << 20) + 1], &[]).ends(1).shows(&["错误[too-large]"]);
    check("../new.md", b"", &[]).ends(2).complains("new.md");
    assert_eq!(fs_err::read_dir(folder.path().join("kb")).unwrap().count(), 2);
    folder.run(&["check", "--stdin"]).ends(2).complains("--path");
    folder.run(&["check", "--stdin", "--path", "a.md", "--fix"]).ends(2).complains("--fix");
}

#[test]
fn a_check_mends_what_is_safe() {
    let whole = whole_printer();
    let turned =
        whole.replace("## 影响", "## 换").replace("## 现象", "## 影响").replace("## 换", "## 现象");
    let folder = Folder::new().write("kb/printer.md", &turned);
    folder.run(&["check", "printer.md"]).ends(0).shows(&["警告[section-order]"]);
    folder
        .run(&["check", "printer.md", "--fix", "--strict"])
        .ends(0)
        .shows(&["已修正 kb/printer.md：", "章节按固定顺序排好"]);
    let fixed = fs_err::read_to_string(folder.path().join("kb/printer.md")).unwrap();
    assert!(fixed.find("## 现象").unwrap() < fixed.find("## 影响").unwrap(), "{fixed}");
    let report = folder.run(&["check", "printer.md", "--fix", "--format", "json"]).ends(0).json();
    assert!(report["mended"].is_null(), "{report}");
}

#[test]
fn all_rules_are_listed_with_advice() {
    let folder = Folder::new();
    folder.run(&["check", "--list-rules"]).ends(0).shows(&[
        "错误  gap\n",
        "警告  bold-broken\n",
        "→ ",
    ]);
    let listed = folder.run(&["check", "--list-rules", "--format", "json"]).ends(0).json();
    let rules = listed["rules"].as_array().unwrap();
    assert!(rules.len() > 25, "{listed}");
    for rule in rules {
        for name in ["name", "level", "summary", "advice"] {
            assert!(rule[name].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
        }
    }
}

#[test]
fn an_index_is_built_once_and_then_kept_up_to_date() {
    let folder = Folder::new();
    folder.run(&["index"]).ends(0).shows(&["索引已建成，共 2 篇文章"]);
    folder.run(&["index"]).ends(0).shows(&["索引已是最新，共 2 篇文章"]);
    let folder = folder.write("kb/new.md", "# 断电\n");
    folder.run(&["index"]).ends(0).shows(&["新增 1、修改 0、删除 0"]);
    folder.run(&["index", "--rebuild"]).ends(0).shows(&["索引已建成，共 3 篇文章"]);
    folder.run(&["search", "断电"]).ends(0).shows(&["1. 断电"]);
}

#[test]
fn a_doctor_says_what_is_wrong_and_what_to_do() {
    let folder = Folder::new();
    folder.run(&["doctor"]).ends(1).shows(&["! 索引 ", "jiuji index"]);
    folder.run(&["index"]).ends(0);
    let report = folder.run(&["doctor", "--json"]).json();
    let grade_of = |name: &str| {
        let checks = report["checks"].as_array().unwrap();
        checks.iter().find(|check| check["name"] == name).unwrap()["grade"].clone()
    };
    for name in ["知识库", "词表", "索引目录", "索引", "监听地址"] {
        assert_eq!(grade_of(name), "ok", "{name}: {report}");
    }
    let folder = folder
        .write("jiuji.toml", "listen = \"0.0.0.0:8017\"\n")
        .write("index/synonyms.txt", "只有一个词\n");
    folder.run(&["doctor"]).ends(2).shows(&["✗ 词表", "synonyms.txt:1", "✗ 监听地址"]);
    folder.run(&["doctor", "--kb", "nowhere"]).ends(2).shows(&["✗ 知识库"]);
}

#[test]
fn a_doctor_says_what_is_set_by_whom_and_what_does_not_fit() {
    let hash = "ab".repeat(31);
    let folder = Folder::new().write(
        "jiuji.toml",
        &format!(
            "listen = \"127.0.0.1:0\"\nallowed_hosts = [\"0.0.0.0\"]\n\
             public_url = \"http://kb.example.com\"\n\
             cors_origins = [\"https://ticket.example.com\"]\n\
             read_tokens = [\"old:{hash}00\", \"new:{hash}00\"]\n"
        ),
    );
    folder.run(&["index"]).ends(0);
    let mut command = folder.command(&["doctor", "--kb", "kb"]);
    command.env("JIUJI_RATE_LIMIT", "20").env("JIUJI_PUBLIC_URL", "");
    Run::of(command.output().unwrap()).ends(1).shows(&[
        "kb             kb（命令行）",
        "watch          true（默认）",
        "public_url     http://kb.example.com（配置文件）",
        "read_tokens    old、new（配置文件）",
        "rate_limit     20（环境变量 JIUJI_RATE_LIMIT）",
        "second_line    没有设置（默认）",
        "! 监听地址",
        "没有浏览器会用 0.0.0.0 来访问",
        "! 对外网址",
        "在 allowed_hosts 里加上 \"kb.example.com\"",
        "! 读取令牌",
        "编号 old 和 new 的 SHA-256 相同",
        "! 跨域来源",
    ]);
    let run = folder.run(&["doctor", "--json"]).ends(1);
    assert!(!run.stdout.contains(&hash), "{}", run.stdout);
    let settings = run.json()["settings"].clone();
    let listed = serde_json::json!(
        { "name": "listen", "value": "127.0.0.1:0", "origin": "file" }
    );
    assert!(settings.as_array().unwrap().contains(&listed), "{settings}");
    let folder = folder.write("jiuji.toml", "listn = \"127.0.0.1:0\"\n");
    folder
        .run(&["doctor"])
        .ends(2)
        .complains("jiuji.toml:1:1: 没有 `listn` 这个设置，是不是 `listen`？");
}

#[test]
fn a_doctor_notices_a_port_that_is_taken() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let folder = Folder::new().write("jiuji.toml", &format!("listen = \"127.0.0.1:{port}\"\n"));
    folder.run(&["doctor"]).ends(1).shows(&["! 端口", &format!("{port} 已被别的程序占用")]);
    drop(taken);
    folder.run(&["doctor"]).shows(&["✓ 端口", &format!("{port} 空闲")]);
}

#[test]
fn a_token_is_shown_once_and_what_is_printed_for_the_file_lets_it_in() {
    let folder = Folder::new().write("jiuji.toml", "broken");
    let run = folder.run(&["token", "--id", "cmdb-1"]).ends(0).shows(&["只显示这一次"]);
    let line = |start: &str| run.stdout.lines().find(|line| line.starts_with(start)).unwrap();
    let (token, setting) = (line("jiuji_cmdb-1_"), line("read_tokens = "));
    assert!(!setting.contains(token) && run.stdout.matches(token).count() == 1, "{}", run.stdout);
    let other = folder.run(&["token"]).ends(0);
    assert!(other.stdout.contains("\njiuji_read-") && !other.stdout.contains(token));
    folder.run(&["token", "--id", "A B"]).ends(2).complains("编号应为");
    let folder = folder.write("jiuji.toml", setting);
    let server = Server::start(&folder);
    assert!(server.get("/livez").starts_with("HTTP/1.1 200"));
    let refused = server.get("/api/v1/search?q=a");
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    let shown = format!("Authorization: Bearer {token}\r\n");
    let admitted = server.get_with("/api/v1/search?q=a", &shown);
    assert!(admitted.starts_with("HTTP/1.1 200"), "{admitted}");
}

#[test]
fn a_new_article_is_a_draft_that_says_what_to_write() {
    let folder = Folder::new();
    folder.run(&["new", "vpn-slow", "--type", "网络故障", "--title", "VPN 很慢"]).ends(0).shows(&[
        "已写好 kb/vpn-slow.md（草稿，有 ",
        "jiuji check kb/vpn-slow.md",
        "published",
    ]);
    folder.run(&["check", "kb/vpn-slow.md"]).ends(0);
    folder.run(&["search", "VPN 很慢", "--status", "draft"]).ends(0).shows(&["1. VPN 很慢"]);
    folder.run(&["new", "vpn-slow", "--type", "network"]).ends(2).complains("vpn-slow.md");
    folder.run(&["new", "login-failure", "--type", "login"]).ends(2).complains("login-failure.md");
    folder.run(&["new", "VPN", "--type", "login"]).ends(2).complains("小写英文");
    folder.run(&["new", "a", "--type", "vpn"]).ends(2).complains("facility（机房与动力）");
    folder.run(&["new", "a"]).ends(2).complains("hardware（硬件损坏）");
    folder.run(&["new", "a", "--type", "login", "--kb", "none"]).ends(2).complains("jiuji init");
    let elsewhere = ["new", "a", "--type", "login", "--out", "新 文章", "--severity", "p1"];
    folder.run(&elsewhere).ends(0).shows(&["新 文章/a.md"]);
    let text = fs_err::read_to_string(folder.path().join("新 文章/a.md")).unwrap();
    assert!(text.contains("severity: p1\n") && text.contains("## 复盘报告\n"), "{text}");
}

#[test]
fn a_new_knowledge_base_is_complete_and_found_by_default() {
    let folder = Folder::new().write("jiuji.toml", "broken");
    folder.run(&["init", "新 库"]).ends(0).shows(&["已在 新 库 建好知识库", "jiuji serve"]);
    folder.run(&["init", "新 库"]).ends(2).complains("README.md、hooks、index");
    let inside = Folder::within(&folder, "新 库");
    inside.run(&["check"]).ends(0).shows(&["0 个错误"]);
    inside.run(&["index"]).ends(0).shows(&["位置 index/data"]);
    inside.run(&["doctor"]).shows(&["✓ 词表", "✓ 索引目录", "✓ 监听地址"]);
    inside.run(&["search", "登录不上系统"]).ends(0).shows(&["1. 登录不上系统"]);
    let shipped = fs_err::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("kb")).unwrap();
    for entry in shipped.map(|entry| entry.unwrap()).filter(|e| e.path().is_file()) {
        let copy = inside.path().join("kb").join(entry.file_name());
        assert_eq!(fs_err::read(copy).unwrap(), fs_err::read(entry.path()).unwrap());
    }
    folder.run(&["init", "空", "--empty"]).ends(0).shows(&["其中文章 0 篇"]);
    let empty = Folder::within(&folder, "空");
    empty.run(&["check", "--strict"]).ends(0).shows(&["共 0 篇文章"]);
    empty.run(&["new", "a", "--type", "login"]).ends(0).shows(&["kb/a.md"]);
}

#[test]
fn the_settings_of_a_new_knowledge_base_explain_the_defaults() {
    let folder = Folder::new();
    folder.run(&["init", "x"]).ends(0);
    let text = fs_err::read_to_string(folder.path().join("x/jiuji.toml")).unwrap();
    let is_setting = |line: &&str| line.contains(" = ") && !line.contains('：');
    let settings: Vec<_> =
        text.lines().filter_map(|line| line.strip_prefix("# ")).filter(is_setting).collect();
    let path = folder.path().join("set.toml");
    fs_err::write(&path, settings.join("\n")).unwrap();
    let config = jiuji::config::Config::load(&path).unwrap();
    assert_eq!(config.listen, Some(jiuji::cli::DEFAULT_LISTEN));
    assert_eq!(config.index, Some(folder.path().join("index/data")));
    assert_eq!((settings.len(), config.watch), (14, Some(true)));
    for (name, _) in config.entries() {
        assert!(text.contains(&format!("\n# {name} = ")), "{name} is not explained");
    }
}

#[test]
fn the_schema_is_printed_as_json() {
    let schema = Folder::new().write("jiuji.toml", "broken").run(&["schema"]).ends(0).json();
    assert_eq!(schema["properties"]["severity"]["enum"][0], "p1");
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        Folder::new().run(&["completions", shell]).ends(0).shows(&["jiuji", "explain"]);
    }
}

#[test]
fn what_was_typed_comes_before_the_environment_and_that_before_the_file() {
    let folder = Folder::new()
        .write("env/a.md", "# 环境变量\n")
        .write("file/a.md", "# 配置文件\n")
        .write("jiuji.toml", "kb = \"file\"\n");
    let title = |args: &[&str], kb: Option<&str>| {
        let mut command = folder.command(&[&["search", "", "--json"], args].concat());
        command.envs(kb.map(|kb| ("JIUJI_KB", kb)));
        Run::of(command.output().unwrap()).ends(0).json()["hits"][0]["title"].clone()
    };
    assert_eq!(title(&[], None), "配置文件");
    assert_eq!(title(&[], Some("env")), "环境变量");
    assert_eq!(title(&["--kb", "kb"], Some("env")), "登录失败：账号或密码不对");
}

#[test]
fn what_cannot_run_ends_with_2_and_one_error() {
    let folder = Folder::new();
    folder.run(&["search", "x", "--kb", "nowhere"]).ends(2).complains("--kb");
    folder.run(&["search", "x", "--config", "nowhere.toml"]).ends(2).complains("nowhere.toml");
    folder.run(&["search", "x", "--vocabulary", "nowhere"]).ends(2).complains("词表目录");
    folder.run(&["serve", "--listen", "0.0.0.0:0"]).ends(2).complains("allowed_hosts");
    folder.run(&["nonsense"]).ends(2).complains("nonsense");
    let mut loud = folder.command(&["serve", "--listen", "127.0.0.1:0"]);
    Run::of(loud.env("JIUJI_LOG", "loud").output().unwrap()).ends(2).complains("JIUJI_LOG");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = Folder::new();
    let mut command = folder.command(&["completions", "bash"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let run = Run::of(child.wait_with_output().unwrap()).ends(0);
    assert_eq!(run.stderr, "");
}

/// A running server; killed when dropped.
struct Server {
    child: Child,
    stdout: BufReader<std::process::ChildStdout>,
    address: String,
}

impl Server {
    fn start(folder: &Folder) -> Self {
        let mut command = folder.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let rest = line.strip_prefix("救急已启动：http://").unwrap_or_else(|| panic!("{line}"));
        let address = rest.strip_suffix("/（按 Ctrl-C 停止）\n").unwrap().to_owned();
        Self { child, stdout, address }
    }

    fn get(&self, target: &str) -> String {
        self.get_with(target, "")
    }

    /// `lines` end with a line break each.
    fn get_with(&self, target: &str, lines: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let host = &self.address;
        let head = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n{lines}");
        write!(stream, "{head}Connection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_answers_at_the_address_it_prints_and_owns_its_index() {
    let folder = Folder::new();
    let mut server = Server::start(&folder);
    let answer = server.get("/api/v1/search?q=%E6%89%93%E5%8D%B0");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("打印机不出纸"), "{answer}");
    folder.run(&["index"]).ends(2).complains("正被另一个 jiuji 进程使用");
    folder.run(&["serve", "--listen", "127.0.0.1:0"]).ends(2).complains("--index");
    folder.run(&["serve", "--listen", &server.address]).ends(2).complains("无法监听");
    folder.run(&["search", "打印机"]).ends(0);
    let _ = server.child.kill();
    let mut rest = String::new();
    server.stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn an_export_says_what_it_wrote_and_replaces_only_its_own() {
    let folder = Folder::new();
    for format in ["html", "site", "json", "csv", "docx"] {
        let run = folder.run(&["export", "out", "--format", format]).ends(0);
        run.shows(&["已导出 2 篇到 ", "out", "用时"]);
    }
    folder.run(&["export", "out"]).ends(0);
    for name in ["index.html", "jiuji.json", "matrix.csv", "strategies.docx", ".jiuji-export"] {
        assert!(folder.path().join("out").join(name).is_file(), "{name}");
    }
    folder.run(&["export", "drafts", "--status", "draft"]).ends(1).shows(&["已导出 0 篇"]);
    folder.run(&["export", "kb"]).ends(2).complains("--force");
    folder.run(&["export", "kb", "--force"]).ends(2).complains("知识库在里面");
    folder.run(&["export", "kb/printer.md"]).ends(2).complains("不是文件夹");
    assert!(folder.path().join("kb/printer.md").is_file());
}

#[test]
fn help_is_in_chinese() {
    let folder = Folder::new();
    let commands = [
        "serve",
        "search",
        "explain",
        "index",
        "check",
        "doctor",
        "export",
        "new",
        "init",
        "schema",
        "token",
        "completions",
    ];
    for command in commands {
        let run = folder.run(&[command, "--help"]).ends(0).shows(&["用法: jiuji", "显示帮助"]);
        for english in ["Usage", "Options:", "Arguments:", "Print", "[env", "[default", "[possible"]
        {
            assert!(!run.stdout.contains(english), "{command}: {}", run.stdout);
        }
    }
    let version = folder.run(&["--version"]).ends(0);
    assert_eq!(version.stdout.trim(), concat!("jiuji ", env!("CARGO_PKG_VERSION")));
    let shown = PathBuf::from(folder.path()).join("index");
    assert!(!shown.exists(), "help must not make anything");
}

#[test]
fn tables_are_brought_in_and_the_exit_code_says_whether_there_were_any() {
    let folder = Folder::new()
        .write("方案.csv", "紧急情况,预防措施,应急策略\n断网,巡检,先看网线\n,,没有情况\n")
        .write("通讯录.csv", "姓名,电话\n值班室,8017\n");
    let dry = folder.run(&["import", "方案.csv", "--dry-run", "--json"]).ends(0);
    assert_eq!(dry.json()["rows"][0]["fate"], "planned");
    assert_eq!(
        keys(&dry.json()["rows"][0]),
        ["fate", "file", "id", "n_gaps", "reason", "row", "table", "title"]
    );
    let written = ["断网", "已写入", "已跳过", "没有写是什么紧急情况", "写入 kb：1 篇"];
    folder.run(&["import", "方案.csv", "--today", "2026-11-20"]).ends(0).shows(&written);
    folder.run(&["import", "方案.csv"]).ends(0).shows(&["已存在", "写入 kb：0 篇"]);
    let check = ["check", "kb/duan-wang-833a.md", "--today", "2026-11-23"];
    folder.run(&check).ends(0).shows(&["共 1 篇文章：0 个错误"]);
    folder.run(&["import", "通讯录.csv"]).ends(1).shows(&["没有导入（姓名 | 电话）"]);
    folder.run(&["import", "没有.docx"]).ends(2).complains("没有.docx：没有这个文件");
}

/// Two queries that find their article and one that finds another one.
const JUDGED: &str = "query\tprimary\talso\tkind\n登录不上\tlogin-failure\t\tcolloquial\n\
                      dayinji\tprinter\t\tpinyin\n打印机量子纠缠\tlogin-failure\t\tcolloquial\n";

#[test]
fn judged_queries_give_figures_and_a_floor_decides_the_exit_code() {
    let folder = Folder::new().write("judged.tsv", JUDGED);
    let asked = ["eval", "--queries", "judged.tsv", "--keystrokes", "--missing"];
    folder.run(&asked).ends(0).shows(&["colloquial", "全部", "66.7%", "按键数", "量子纠缠"]);
    let run = folder.run(&["eval", "--queries", "judged.tsv", "--json"]).ends(0);
    let report = run.json();
    assert_eq!(report["overall"]["n"], 3);
    let ranks: Vec<_> = report["asked"].as_array().unwrap().iter().map(|a| &a["rank"]).collect();
    assert_eq!(ranks[..2], [&Value::from(1), &Value::from(1)]);
    folder.run(&["eval", "--queries", "judged.tsv", "--min-top1", "0.6"]).ends(0);
    folder.run(&["eval", "--queries", "judged.tsv", "--min-top1", "0.7"]).ends(1);
    let folder = folder.write("before.json", &run.stdout);
    let compared = ["eval", "--queries", "judged.tsv", "--compare", "before.json"];
    folder.run(&compared).ends(0).shows(&["与以前相比（3 条）：nDCG@10 +0.0000"]);
}

#[test]
fn judgments_that_cannot_be_used_are_named_by_line() {
    let folder = Folder::new().write("judged.tsv", "断网\tlogin-failure\n没网\n");
    folder.run(&["eval", "--queries", "judged.tsv"]).ends(2).complains("judged.tsv:2：应写成四列");
    folder.run(&["eval", "--queries", "none.tsv"]).ends(2).complains("读不了 none.tsv");
    let folder = folder.write("judged.tsv", "断网\tno-such-article\n");
    let asked = folder.run(&["eval", "--queries", "judged.tsv"]);
    asked.ends(2).complains("评测查询里的 id 没有对应的文章：no-such-article");
    let weight = ["eval", "--queries", "judged.tsv", "--set", "titel=1"];
    folder.run(&weight).ends(2).complains("没有叫 titel 的权重");
}
