//! From page to page, with the address bar and the buttons beside it.

use chromiumoxide::cdp::browser_protocol::page::{
    GetNavigationHistoryParams, NavigateToHistoryEntryParams,
};

use super::Page;

impl Page {
    /// Opens `path` and waits until it is loaded.
    pub(crate) async fn goto(&self, path: &str) {
        self.visit(&format!("{}{path}", self.origin)).await;
    }

    /// Opens a page of whatever server and waits until it is loaded.
    pub(crate) async fn visit(&self, url: &str) {
        self.tab.goto(url).await.unwrap();
        self.wait_for("document.readyState === 'complete'").await;
    }

    /// Loads the page again.
    pub(crate) async fn reload(&self) {
        self.tab.reload().await.unwrap();
        self.wait_for("document.readyState === 'complete'").await;
    }

    /// Presses the button that leads back.
    pub(crate) async fn back(&self) {
        self.go(-1).await;
    }

    /// Presses the button that leads forward again.
    pub(crate) async fn forward(&self) {
        self.go(1).await;
    }

    /// Asks the browser, not the page: a script that leaves its own page may never answer.
    async fn go(&self, step: i64) {
        let history = self.tab.execute(GetNavigationHistoryParams {}).await.unwrap().result;
        let index = usize::try_from(history.current_index + step).unwrap();
        let entry = NavigateToHistoryEntryParams::new(history.entries[index].id);
        self.tab.execute(entry).await.unwrap();
    }
}
