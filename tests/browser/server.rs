//! A server in this process, on a copy of the repository's knowledge base.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use jiuji::{
    kb::Root,
    live::{Live, Options},
    web::{AccessSettings, AllowedHosts, App, Limits, PageSettings, Settings, serve},
};
use tempfile::TempDir;
use time::{Date, macros::date};
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::{JoinHandle, spawn_blocking},
};

/// Name of this machine as another one in the network would use it; see `chromium`.
const LAN_HOST: &str = "jiuji.test";

/// A server that runs until it is stopped or the runtime ends; it may be started again.
pub(crate) struct Server {
    address: SocketAddr,
    kb: PathBuf,
    pages: PageSettings,
    running: Mutex<Option<Running>>,
    folder: TempDir,
}

struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves a copy of `kb/` on a free port of this machine.
    pub(crate) async fn start(pages: PageSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kb = folder.path().join("kb");
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("kb"), &kb);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Self { address, kb, pages, running: Mutex::default(), folder };
        server.serve(listener).await;
        server
    }

    /// Starts it again where it was.
    pub(crate) async fn start_again(&self) {
        self.serve(TcpListener::bind(self.address).await.unwrap()).await;
    }

    async fn serve(&self, listener: TcpListener) {
        let live = start_live(self.kb.clone(), self.folder.path().join("index")).await;
        let hosts = [LAN_HOST.to_owned()];
        let app = App::new(Settings {
            live,
            kb_root: self.kb.clone(),
            allowed_hosts: AllowedHosts::new(&hosts, self.address.port()).unwrap(),
            // Programs under test need not be optimised, and are not alone on the machine.
            limits: Limits { search_time: Duration::from_secs(20), ..Limits::default() },
            today,
            systems: Vec::new(),
            history: true,
            pages: self.pages.clone(),
            access: AccessSettings::default(),
        });
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, app, async { drop(stopped.await) }));
        *self.running.lock().unwrap() = Some(Running { stop, task });
    }

    /// The folder of articles; changes there are noticed.
    pub(crate) fn kb(&self) -> &Path {
        &self.kb
    }

    /// Address of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Address of a page under a name that is not this machine's own: plain HTTP, as in a LAN.
    pub(crate) fn lan_url(&self, path: &str) -> String {
        format!("http://{LAN_HOST}:{}{path}", self.address.port())
    }

    /// Stops it, if it runs, and waits until it has stopped.
    pub(crate) async fn stop(&self) {
        let running = self.running.lock().unwrap().take();
        let Some(Running { stop, task }) = running else { return };
        let _ = stop.send(());
        task.await.unwrap();
    }
}

/// A day on which nothing in the knowledge base is overdue.
fn today() -> Date {
    date!(2026 - 11 - 23)
}

async fn start_live(kb: PathBuf, index: PathBuf) -> Live {
    let start = move || {
        let root = Root::new(kb).unwrap();
        Live::start(Options { root, index, vocabulary: None, watch: true, program: None }).unwrap()
    };
    spawn_blocking(start).await.unwrap()
}

fn copy(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs_err::copy(entry.path(), target).unwrap();
        }
    }
}
