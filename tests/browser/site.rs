//! One server and one browser for one story.

use std::{process::Command, time::Duration};

use chromiumoxide::{
    Browser,
    cdp::browser_protocol::browser::{
        PermissionDescriptor, PermissionSetting, SetPermissionParams,
    },
};
use futures_util::StreamExt;
use jiuji::web::PageSettings;
use tempfile::TempDir;
use tokio::{task::JoinHandle, time::timeout};

use crate::{
    chromium,
    driver::{Page, Screen},
    server::Server,
};

/// How long a browser may take to go away by itself.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);

/// The product as a person meets it: a server and a fresh browser.
pub(crate) struct Site {
    server: Server,
    browser: Browser,
    handler: JoinHandle<()>,
    profile: TempDir,
}

/// Runs `body` with a server and a browser of its own.
pub(crate) fn story(body: impl AsyncFnOnce(&Site)) {
    story_with(PageSettings::default(), body);
}

/// The same with pages that an organisation has settled.
pub(crate) fn story_with(pages: PageSettings, body: impl AsyncFnOnce(&Site)) {
    let Some(executable) = chromium::find() else { return };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let profile = tempfile::tempdir().unwrap();
        let server = Server::start(pages).await;
        let (browser, mut events) = chromium::launch(&executable, profile.path()).await;
        let handler = tokio::spawn(async move { while events.next().await.is_some() {} });
        let site = Site { server, browser, handler, profile };
        body(&site).await;
        site.close().await;
    });
}

impl Site {
    /// A new tab at `path`.
    pub(crate) async fn open(&self, path: &str, screen: Screen) -> Page {
        let page = self.tab(screen).await;
        page.goto(path).await;
        page
    }

    /// A new tab at `path` on a machine of the network, where the browser trusts nothing.
    pub(crate) async fn open_in_lan(&self, path: &str, screen: Screen) -> Page {
        let tab = self.browser.new_page("about:blank").await.unwrap();
        let page = Page::new(tab, self.server.lan_url(""), screen).await;
        page.goto(path).await;
        page
    }

    /// A new empty tab whose pages start no worker: it would keep all articles, which costs each
    /// story seconds.
    pub(crate) async fn tab(&self, screen: Screen) -> Page {
        let page = self.tab_with_worker(screen).await;
        page.before_each_page("delete Navigator.prototype.serviceWorker;").await;
        page
    }

    /// A new empty tab as people have it.
    pub(crate) async fn tab_with_worker(&self, screen: Screen) -> Page {
        let tab = self.browser.new_page("about:blank").await.unwrap();
        Page::new(tab, self.server.url(""), screen).await
    }

    /// Address of a page of the server.
    pub(crate) fn url(&self, path: &str) -> String {
        self.server.url(path)
    }

    /// The text of an article of the knowledge base.
    pub(crate) fn article(&self, id: &str) -> String {
        fs_err::read_to_string(self.server.kb().join(format!("{id}.md"))).unwrap()
    }

    /// The titles of all articles.
    pub(crate) fn titles(&self) -> Vec<String> {
        let files = fs_err::read_dir(self.server.kb()).unwrap().map(|file| file.unwrap().path());
        let files = files.filter(|path| path.extension().is_some_and(|found| found == "md"));
        let title = |text: String| {
            text.lines().find_map(|line| Some(line.strip_prefix("title: ")?.to_owned()))
        };
        files.filter_map(|path| title(fs_err::read_to_string(path).unwrap())).collect()
    }

    /// Saves an article as an editor does that writes in place.
    pub(crate) fn save(&self, id: &str, text: &str) {
        fs_err::write(self.server.kb().join(format!("{id}.md")), text).unwrap();
    }

    /// Removes an article.
    pub(crate) fn remove(&self, id: &str) {
        fs_err::remove_file(self.server.kb().join(format!("{id}.md"))).unwrap();
    }

    /// Takes the server away.
    pub(crate) async fn stop_server(&self) {
        self.server.stop().await;
    }

    /// Brings it back where it was.
    pub(crate) async fn start_server(&self) {
        self.server.start_again().await;
    }

    /// Commits all articles as they are; the first time makes the folder a repository.
    pub(crate) fn commit(&self, subject: &str) {
        let git = |args: &[&str]| {
            let mut git = Command::new("git");
            git.current_dir(self.server.kb()).args(["-c", "user.name=nobody"]);
            git.args(["-c", "user.email=nobody@example.com"]).args(args);
            for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
                git.env_remove(name);
            }
            assert!(git.status().unwrap().success(), "{args:?}");
        };
        git(&["init", "--quiet"]);
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "-m", subject]);
    }

    /// Lets pages read the clipboard, for checking what they put there.
    pub(crate) async fn allow_clipboard(&self) {
        for name in ["clipboard-read", "clipboard-write"] {
            let permission = PermissionDescriptor::new(name);
            let allow = SetPermissionParams::new(permission, PermissionSetting::Granted);
            self.browser.execute(allow).await.unwrap();
        }
    }

    async fn close(mut self) {
        let _ = self.browser.close().await;
        if timeout(CLOSE_TIMEOUT, self.browser.wait()).await.is_err() {
            let _ = self.browser.kill().await;
        }
        self.handler.abort();
        self.server.stop().await;
        // The browser's last children may still be writing there.
        let _ = self.profile.close();
    }
}
