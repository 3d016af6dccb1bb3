//! The files of `deploy/`: the unit is one systemd accepts, and nginx really stands in front.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::driver::{TestKb, eventually, shipped_kb};

const NAME: &str = "kb.example.com";

/// Exposure of the unit that systemd may find at most, in tenths.
const MOST_EXPOSURE: &str = "15";

fn deploy(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(file);
    fs_err::read_to_string(path).unwrap()
}

fn has(program: &str) -> bool {
    let is_there = Command::new(program).arg("--version").output().is_ok();
    if !is_there {
        println!("skipped: there is no {program}");
    }
    is_there
}

/// What a command prints when it goes well.
#[track_caller]
fn output(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}\n{err}");
    out.into_owned() + &err
}

/// Replaces text that must be there.
#[track_caller]
fn with(text: &str, replacements: &[(&str, String)]) -> String {
    replacements.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in\n{text}");
        text.replace(from, to)
    })
}

#[test]
fn the_unit_is_accepted_and_exposes_little() {
    if !has("systemd-analyze") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("jiuji.service");
    let program = env!("CARGO_BIN_EXE_jiuji").to_owned();
    let text =
        with(&deploy("jiuji.service"), &[("/usr/local/bin/jiuji --config", program + " --config")]);
    fs_err::write(&unit, text).unwrap();
    let said = output(Command::new("systemd-analyze").arg("verify").arg(&unit));
    assert_eq!(said, "", "systemd has remarks");
    let threshold = format!("--threshold={MOST_EXPOSURE}");
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", &threshold])
        .arg(&unit)
        .output()
        .unwrap();
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
}

/// Names of figures in a text: words that begin with `prefix`.
fn figures(text: &str, prefix: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with(prefix) && *word != prefix).map(str::to_owned).collect()
}

#[test]
fn alerts_and_their_documentation_are_about_figures_that_exist() {
    let kb = TestKb::new().article("a", "# 打印机卡纸").start();
    // Something must have been asked, or there are no lines by route.
    kb.get("/livez");
    let text = kb.get("/metrics").text();
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let known: BTreeSet<String> =
        samples.filter_map(|line| line.split(['{', ' ']).next()).map(str::to_owned).collect();
    let alerts = deploy("prometheus-rules.yml");
    let expressions = alerts.lines().filter(|line| line.trim_start().starts_with("expr:"));
    let used = figures(&expressions.collect::<String>(), "jiuji_");
    assert!(used.len() > 8, "{used:?}");
    let missing: Vec<_> = used.iter().filter(|name| !known.contains(*name)).collect();
    assert!(missing.is_empty(), "{missing:?} are not among {known:?}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/deploy.md");
    let page = fs_err::read_to_string(page).unwrap();
    let families =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE jiuji_")?.split(' ').next());
    let unexplained: Vec<_> = families.filter(|name| !page.contains(&format!("`{name}"))).collect();
    assert!(unexplained.is_empty(), "{unexplained:?}");
}

#[test]
fn the_settings_for_a_server_are_read() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("jiuji.toml"), deploy("jiuji.toml")).unwrap();
    let config = jiuji::config::Config::load(&folder.path().join("jiuji.toml")).unwrap();
    assert_eq!(config.allowed_hosts, [NAME]);
    assert_eq!(config.public_url.as_deref(), Some("https://kb.example.com"));
    let unit = deploy("jiuji.service");
    let index = config.index.unwrap();
    assert!(unit.contains("StateDirectory=jiuji\n") && index.starts_with("/var/lib/jiuji"));
    assert!(
        unit.contains("ReadOnlyPaths=/srv/jiuji\n") && config.kb.unwrap().starts_with("/srv/jiuji")
    );
}

/// A program that is killed when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// jiuji with the settings for a server, and nginx in front of it.
struct Site {
    folder: tempfile::TempDir,
    https: u16,
    http: u16,
    _programs: [Running; 2],
}

impl Site {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (http, https) = (free_port(), free_port());
        certificate(folder.path());
        let (server, address) = server(folder.path());
        let nginx = nginx(folder.path(), &address, http, https);
        let site = Self { folder, https, http, _programs: [nginx, server] };
        eventually("nginx listens", || std::net::TcpStream::connect(("127.0.0.1", https)).is_ok());
        site
    }

    /// What curl gets: header lines, an empty line, the body.
    fn curl(&self, path: &str, options: &[&str]) -> String {
        let mut command = Command::new("curl");
        command.args(["--silent", "--include", "--max-time", "20", "--cacert"]);
        command.arg(self.folder.path().join("crt"));
        for port in [self.http, self.https] {
            command.args(["--resolve", &format!("{NAME}:{port}:127.0.0.1")]);
        }
        command.args(options).arg(format!("https://{NAME}:{}{path}", self.https));
        let output = command.stdin(Stdio::null()).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn certificate(folder: &Path) {
    let name = format!("subjectAltName=DNS:{NAME}");
    let subject = format!("/CN={NAME}");
    output(
        Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
            .args(["-nodes", "-days", "2", "-subj", &subject, "-addext", &name, "-keyout", "key"])
            .args(["-out", "crt"])
            .current_dir(folder),
    );
}

fn server(folder: &Path) -> (Running, String) {
    let replacements = [
        ("/srv/jiuji/kb", shipped_kb().display().to_string()),
        ("/var/lib/jiuji", folder.display().to_string()),
        ("127.0.0.1:8017", "127.0.0.1:0".to_owned()),
    ];
    let config = folder.join("jiuji.toml");
    fs_err::write(&config, with(&deploy("jiuji.toml"), &replacements)).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_jiuji"))
        .args(["--config", config.to_str().unwrap(), "serve"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let child = Running(child);
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
    (child, address.unwrap_or_else(|| panic!("{line}")).to_owned())
}

fn nginx(folder: &Path, address: &str, http: u16, https: u16) -> Running {
    let file = |name: &str| folder.join(name).display().to_string();
    let replacements = [
        ("127.0.0.1:8017", address.to_owned()),
        ("listen 80;", format!("listen 127.0.0.1:{http};")),
        ("listen 443 ssl", format!("listen 127.0.0.1:{https} ssl")),
        ("/etc/nginx/tls/kb.example.com.crt", file("crt")),
        ("/etc/nginx/tls/kb.example.com.key", file("key")),
    ];
    let site = with(&deploy("nginx.conf"), &replacements);
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};\n", file(name)))
        .concat();
    let whole = format!(
        "daemon off; master_process off; pid {};\nevents {{}}\nhttp {{ access_log off;\n{temporary}{site} }}\n",
        file("pid")
    );
    fs_err::write(folder.join("nginx.conf"), whole).unwrap();
    let command = |test: &[&str]| {
        let mut command = Command::new(nginx_program());
        command.args(test).args(["-e", &file("error.log"), "-c", &file("nginx.conf")]);
        command
    };
    output(&mut command(&["-t"]));
    Running(command(&[]).stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

/// Debian has it where only root looks.
fn nginx_program() -> PathBuf {
    let sbin = PathBuf::from("/usr/sbin/nginx");
    if sbin.exists() { sbin } else { "nginx".into() }
}

#[test]
fn a_reverse_proxy_passes_everything_on() {
    let nginx = nginx_program();
    if !has("curl") || !has("openssl") || !has(nginx.to_str().unwrap()) {
        return;
    }
    let site = Site::start();
    let page = site.curl("/", &[]);
    assert!(
        page.starts_with("HTTP/2 200") && page.contains("strict-transport-security:"),
        "{page}"
    );
    assert!(page.contains("content-security-policy: default-src 'none'"), "{page}");
    assert!(page.contains("<link rel=\"canonical\" href=\"https://kb.example.com/"), "{page}");
    let found = site.curl("/api/v1/search?q=%E7%99%BB%E5%BD%95", &[]);
    assert!(found.starts_with("HTTP/2 200") && found.contains("\"hits\":[{"), "{found}");
    let again = site.curl("/api/v1/events", &["--no-buffer", "--max-time", "3"]);
    assert!(again.contains("text/event-stream") && again.contains("data: {"), "{again}");
    let foreign = site.curl("/livez", &["--header", "Host: evil.example"]);
    assert!(foreign.starts_with("HTTP/2 421"), "{foreign}");
    let plain = output(
        Command::new("curl")
            .args(["--silent", "--include", "--header", &format!("Host: {NAME}")])
            .arg(format!("http://127.0.0.1:{}/matrix?severity=p1", site.http)),
    );
    assert!(plain.starts_with("HTTP/1.1 308"), "{plain}");
    assert!(plain.contains(&format!("Location: https://{NAME}/matrix?severity=p1")), "{plain}");
    let big = site.folder.path().join("big");
    fs_err::write(&big, vec![b'x'; 2 << 20]).unwrap();
    let refused = site.curl("/api/v1/search", &["--data-binary", &format!("@{}", big.display())]);
    assert!(refused.contains("HTTP/2 413"), "{refused}");
}
