//! A knowledge base in a temporary folder, and the running product around it.
//!
//! ```text
//! TestKb::new().article("a", "# 打印机卡纸").start().search("卡纸").finds(&["a"]);
//! ```

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    thread,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, response::Parts},
};
use http_body_util::BodyExt;
use jiuji::{
    index::LogBound,
    kb::Root,
    live::{Live, Options, Seams},
    web::{AccessSettings, AllowedHosts, App, Limits, PageSettings, Settings, router, serve},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tempfile::TempDir;
use time::{Date, macros::date};
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// The day of all tests.
pub(crate) const TODAY: Date = date!(2026 - 11 - 23);
/// The port that requests in process claim to come in by.
pub(crate) const PORT: u16 = 8017;
/// The `Host` of requests in process.
pub(crate) const HOST: &str = "127.0.0.1:8017";
/// The longest wait for something that happens on another thread.
const PATIENCE: Duration = Duration::from_secs(20);

/// Held by every test that works hard; alone by one that measures time.
static PLACES: RwLock<()> = RwLock::new(());

/// A place among the tests that run at the same time. A test takes one only.
pub(crate) enum Place {
    /// Beside others.
    #[expect(dead_code, reason = "held, never read")]
    Beside(RwLockReadGuard<'static, ()>),
    /// With nobody else, so that times mean something.
    #[expect(dead_code, reason = "held, never read")]
    Alone(RwLockWriteGuard<'static, ()>),
}

impl Place {
    /// Waits for a place beside others.
    pub(crate) fn beside() -> Self {
        Self::Beside(PLACES.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until nobody else works.
    pub(crate) fn alone() -> Self {
        Self::Alone(PLACES.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The limits of the product, but for the time of a search: these programs need not be optimised,
/// and are not alone on the machine.
pub(crate) fn patient() -> Limits {
    Limits { search_time: PATIENCE, ..Limits::default() }
}

/// Header lines of a request.
pub(crate) type Lines<'a> = &'a [(&'a str, &'a str)];

/// A folder of articles, a folder of vocabulary and a folder for the index.
pub(crate) struct TestKb {
    dir: TempDir,
    root: PathBuf,
    bound: LogBound,
}

impl TestKb {
    /// An empty knowledge base.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("kb");
        fs_err::create_dir(&root).unwrap();
        fs_err::create_dir(dir.path().join("words")).unwrap();
        Self { dir, root, bound: LogBound::default() }
    }

    /// The knowledge base that comes with the product, where it lies.
    pub(crate) fn shipped() -> Self {
        Self { root: shipped_kb(), ..Self::new() }
    }

    /// The same with an article in `name.md`.
    pub(crate) fn article(self, name: &str, text: &str) -> Self {
        self.write(&format!("{name}.md"), text);
        self
    }

    /// The same with another bound of the log of changes.
    pub(crate) fn bound(self, bound: LogBound) -> Self {
        Self { bound, ..self }
    }

    /// The folder of articles.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of index generations.
    pub(crate) fn index(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Writes a file of the folder, with the folders above it.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    /// Renames a file of the folder.
    pub(crate) fn rename(&self, from: &str, to: &str) {
        fs_err::rename(self.root.join(from), self.root.join(to)).unwrap();
    }

    /// Removes a file of the folder.
    pub(crate) fn remove(&self, path: &str) {
        fs_err::remove_file(self.root.join(path)).unwrap();
    }

    /// Runs git in the folder, with the same people and times at each run.
    pub(crate) fn git(&self, args: &[&str]) {
        let mut git = std::process::Command::new("git");
        git.current_dir(&self.root).args(["-c", "core.autocrlf=false"]).args(args);
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            git.env_remove(name);
        }
        for role in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{role}_NAME"), "nobody");
            git.env(format!("GIT_{role}_EMAIL"), "nobody@example.com");
            git.env(format!("GIT_{role}_DATE"), "2026-11-20T09:30:00+08:00");
        }
        assert!(git.status().unwrap().success(), "{args:?}");
    }

    /// Writes a vocabulary file.
    pub(crate) fn words(&self, name: &str, text: &str) {
        fs_err::write(self.dir.path().join("words").join(name), text).unwrap();
    }

    /// Where everything is.
    pub(crate) fn options(&self) -> Options {
        Options {
            root: Root::new(&self.root).unwrap(),
            index: self.index(),
            vocabulary: Some(self.dir.path().join("words")),
            watch: true,
            program: None,
        }
    }

    /// The product, running on this knowledge base.
    pub(crate) fn start(self) -> Running {
        self.start_at(Place::beside())
    }

    /// The same while no other test works.
    pub(crate) fn start_alone(self) -> Running {
        self.start_at(Place::alone())
    }

    fn start_at(self, place: Place) -> Running {
        let live =
            Live::start_with(self.options(), Seams { bound: self.bound, ..Seams::default() })
                .unwrap();
        let app = app(&live, self.root(), patient(), AccessSettings::default(), PORT);
        let router = router(app);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        Running { router, live, runtime, kb: self, _place: place }
    }
}

/// The `kb/` folder of the repository.
pub(crate) fn shipped_kb() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("kb")
}

fn app(live: &Live, root: &Path, limits: Limits, access: AccessSettings, port: u16) -> App {
    App::new(Settings {
        live: live.clone(),
        kb_root: root.to_owned(),
        allowed_hosts: AllowedHosts::new(&[], port).unwrap(),
        limits,
        today: || TODAY,
        systems: Vec::new(),
        history: true,
        pages: PageSettings::default(),
        access,
    })
}

/// The product in process. May be asked from several threads.
pub(crate) struct Running {
    router: Router,
    live: Live,
    runtime: Runtime,
    /// Its folders; changes there are noticed.
    pub(crate) kb: TestKb,
    _place: Place,
}

impl Running {
    /// The web side for a server of its own, with other bounds.
    pub(crate) fn app(&self, limits: Limits, port: u16) -> App {
        app(&self.live, self.kb.root(), limits, AccessSettings::default(), port)
    }

    /// The web side for a server of its own, with these settings of access.
    pub(crate) fn app_for(&self, access: AccessSettings, port: u16) -> App {
        app(&self.live, self.kb.root(), patient(), access, port)
    }

    /// The same with these settings of access.
    pub(crate) fn accessed(self, access: AccessSettings) -> Self {
        let router = router(self.app_for(access, PORT));
        Self { router, ..self }
    }

    /// The same with other bounds.
    pub(crate) fn limited(self, limits: Limits) -> Self {
        let router = router(self.app(limits, PORT));
        Self { router, ..self }
    }

    /// Stops, lets something happen to the folders, and starts again.
    pub(crate) fn restarted(self, meanwhile: impl FnOnce(&TestKb)) -> Self {
        let Self { router, live, runtime, kb, _place } = self;
        // The runtime first: what it still runs holds the index.
        drop((runtime, router, live));
        meanwhile(&kb);
        kb.start_at(_place)
    }

    /// The server on a socket of its own, for as long as this lives; `app` is told the port.
    pub(crate) fn listen(&self, app: impl FnOnce(u16) -> App) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let app = app(address.port());
        self.runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            serve(listener, app, std::future::pending()).await;
        });
        address
    }

    /// Where futures of a test can run.
    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Answers a request as it is.
    pub(crate) fn send(&self, request: Request<Body>) -> Answer {
        let router = self.router.clone();
        self.runtime.block_on(async move {
            let (head, body) = router.oneshot(request).await.unwrap().into_parts();
            let body = body.collect().await.unwrap().to_bytes().to_vec();
            Answer { status: head.status.as_u16(), headers: head.headers, body }
        })
    }

    /// Answers a request with the usual `Host` unless `lines` have another.
    pub(crate) fn call(&self, method: &str, path: &str, lines: Lines<'_>) -> Answer {
        let method: Method = method.parse().unwrap();
        let mut request = Request::builder().method(method).uri(path);
        if !lines.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", HOST);
        }
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap())
    }

    /// Opens a stream of events.
    pub(crate) fn stream(&self, path: &str) -> EventStream<'_> {
        self.open(path, &[("accept-encoding", "gzip")])
    }

    /// Begins to read an answer that comes in pieces.
    pub(crate) fn open(&self, path: &str, lines: Lines<'_>) -> EventStream<'_> {
        let mut request = Request::get(path).header("host", HOST);
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let router = self.router.clone();
        let (head, body) =
            self.runtime.block_on(async { router.oneshot(request).await.unwrap().into_parts() });
        EventStream { runtime: &self.runtime, head, body }
    }

    /// `GET path`.
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[])
    }

    /// What the API answers to a query.
    pub(crate) fn search(&self, query: &str) -> Hits {
        let answer = self.get(&format!("/api/v1/search?q={}", encoded(query)));
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        Hits { query: query.to_owned(), answer: answer.json() }
    }
}

/// A response.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// A header line.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A stream of events, open until it is dropped.
pub(crate) struct EventStream<'a> {
    runtime: &'a Runtime,
    /// Status and header lines.
    pub(crate) head: Parts,
    body: Body,
}

impl EventStream<'_> {
    /// What comes next, as it is sent; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<String> {
        let next = async { tokio::time::timeout(PATIENCE, self.body.frame()).await };
        let frame = self.runtime.block_on(next).expect("nothing comes");
        let data = frame?.unwrap().into_data().unwrap();
        Some(String::from_utf8(data.to_vec()).unwrap())
    }

    /// The data of the next event; signs of life are passed over.
    pub(crate) fn event(&mut self) -> Value {
        loop {
            let text = self.next().expect("the stream has ended");
            if let Some(data) = text.lines().find_map(|line| line.strip_prefix("data: ")) {
                return serde_json::from_str(data).unwrap();
            }
        }
    }
}

/// The answer to a search.
pub(crate) struct Hits {
    query: String,
    /// All of it.
    pub(crate) answer: Value,
}

impl Hits {
    /// Ids of the hits, best first; nearest articles of a query without matches are no hits.
    pub(crate) fn ids(&self) -> Vec<&str> {
        if self.answer["total"] == 0 {
            return Vec::new();
        }
        let hits = self.answer["hits"].as_array().unwrap();
        hits.iter().map(|hit| hit["id"].as_str().unwrap()).collect()
    }

    /// Expects these hits and no others, in this order.
    #[track_caller]
    pub(crate) fn finds(&self, ids: &[&str]) -> &Self {
        assert_eq!(self.ids(), ids, "{}", self.query);
        self
    }

    /// Expects this hit on top.
    #[track_caller]
    pub(crate) fn finds_first(&self, id: &str) -> &Self {
        assert_eq!(self.ids().first(), Some(&id), "{}: {:?}", self.query, self.ids());
        self
    }
}

/// A text as a value in a query string, or as one segment of a path.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Waits until `condition` holds, because another thread makes it so. Returns how long it took.
#[track_caller]
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) -> Duration {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < PATIENCE, "never: {what}");
        thread::park_timeout(Duration::from_millis(1));
    }
    started.elapsed()
}

#[test]
fn the_driver_tells_a_story() {
    let kb = TestKb::new().article("jam", "# 打印机卡纸\n").article("disk", "# 硬盘异响\n").start();
    kb.search("卡纸").finds(&["jam"]).finds_first("jam");
    kb.search("扫描仪").finds(&[]);
    kb.kb.remove("jam.md");
    eventually("removed", || kb.search("卡纸").ids().is_empty());
}
