//! Finds and starts Chromium.

use std::{
    env,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use chromiumoxide::{Browser, Handler, browser::BrowserConfig};

/// Names under which distributions install it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Nothing that reaches out, asks questions or needs a graphics card; and a name for this machine
/// that a browser does not trust as it trusts `localhost`.
const FLAGS: [&str; 10] = [
    "host-resolver-rules=MAP jiuji.test 127.0.0.1",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-domain-reliability",
    "no-default-browser-check",
    "no-proxy-server",
];

/// A busy machine starts a browser slowly.
const LAUNCH_TIMEOUT: Duration = Duration::from_secs(60);

/// Where Chromium is; `None` when these tests are to be left out.
///
/// # Panics
/// When there is none and nobody said that this is fine.
pub(crate) fn find() -> Option<PathBuf> {
    let given = env::var_os("JIUJI_CHROMIUM").filter(|path| !path.is_empty());
    let found = given.map(PathBuf::from).or_else(in_path);
    if found.is_none() {
        assert!(
            env::var_os("JIUJI_NO_BROWSER").is_some_and(|value| value == "1"),
            "找不到 Chromium。安装：apt-get install chromium（Debian、Ubuntu）或 dnf install chromium\
             （Fedora），装在别处用 JIUJI_CHROMIUM 指明；不测网页设 JIUJI_NO_BROWSER=1。"
        );
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        // Straight to the stream: what a passing test prints is captured.
        let _ = writeln!(std::io::stderr(), "跳过 {test}：没有 Chromium");
    }
    found
}

fn in_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<_> = env::split_paths(&path).collect();
    let candidates = NAMES.iter().flat_map(|name| folders.iter().map(move |dir| dir.join(name)));
    candidates.into_iter().find(|path| path.is_file())
}

/// The longest single request: all rules of accessibility on a long table.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);

/// Starts it with a fresh profile in `profile`.
pub(crate) async fn launch(executable: &Path, profile: &Path) -> (Browser, Handler) {
    let config = BrowserConfig::builder()
        .chrome_executable(executable)
        .user_data_dir(profile)
        .new_headless_mode()
        .no_sandbox()
        .viewport(None)
        .launch_timeout(LAUNCH_TIMEOUT)
        .request_timeout(REQUEST_TIMEOUT)
        .args(FLAGS)
        .build()
        .unwrap();
    Browser::launch(config).await.unwrap()
}
