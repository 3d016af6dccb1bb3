//! A browser that tells whether a page ran something, asked something or reached out.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chromiumoxide::{
    Browser, Page,
    cdp::{
        IntoEventKind,
        browser_protocol::{
            browser::{SetDownloadBehaviorBehavior, SetDownloadBehaviorParams},
            network::EventRequestWillBeSent,
            page::{
                AddScriptToEvaluateOnNewDocumentParams, EventJavascriptDialogOpening,
                HandleJavaScriptDialogParams,
            },
            target::{CreateBrowserContextParams, CreateTargetParams, SetAutoAttachParams},
        },
        js_protocol::runtime::{AddBindingParams, EvaluateParams, EventBindingCalled},
    },
};
use futures_util::StreamExt;
use tempfile::TempDir;
use tokio::{task::JoinHandle, time::sleep};

use super::chromium;

/// Longest wait for a page.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is said of a page that does not load.
pub(super) const NEVER: &str = "it is never complete";

/// In every document: what a payload calls. Buttons of the product may print nothing. No worker is
/// started, for it would keep all articles, and no stream of events, for a browser has six
/// connections for all tabs.
const HOOK: &str = "{ const tell = globalThis.jiujiTell;
  globalThis.__x = (what) => tell('ran ' + what + ' at ' + location.href);
  globalThis.print = () => {};
  globalThis.EventSource = class { addEventListener() {} close() {} };
  delete Navigator.prototype.serviceWorker; }";

/// What a person could do to everything on a page, and what should not be there at all. A click on
/// an address of the web is not followed.
const POKE: &str = r#"(async () => {
  const isWeb = (url) => /^(https?|mailto|tel):/i.test(url);
  const stay = (event) => {
    const link = event.target.closest?.('a, area');
    if (link && isWeb(link.href?.baseVal ?? link.href)) event.preventDefault();
  };
  addEventListener('click', stay, true);
  addEventListener('submit', (event) => event.preventDefault(), true);
  const found = [];
  const all = [...document.querySelectorAll('*')];
  for (const element of all) {
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) found.push(`attribute ${name} of ${element.localName}`);
      const url = value.replace(/[\u0000-\u0020]/g, '').toLowerCase();
      if (/href|src|action|data$/.test(name) && /^(javascript|data|vbscript):/.test(url))
        found.push(`${name}=${url} of ${element.localName}`);
    }
    if (element.matches('iframe, frame, object, embed, base, applet, math, [srcdoc], style, meta[http-equiv], script:not([src^="/assets/"])'))
      found.push(`element ${element.localName}`);
  }
  const events = ['mouseover', 'mouseenter', 'mousemove', 'mousedown', 'mouseup', 'pointerover', 'focus', 'blur', 'copy', 'cut', 'paste', 'input', 'contextmenu', 'wheel', 'auxclick', 'dragstart', 'toggle', 'scroll', 'animationstart', 'transitionend', 'submit', 'reset'];
  for (const element of all) {
    if (!element.isConnected || element.closest('head')) continue;
    for (const name of events) element.dispatchEvent(new Event(name, { cancelable: true }));
  }
  for (const element of document.querySelectorAll('CLICKED')) {
    try { element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true })); } catch {}
  }
  await new Promise((done) => setTimeout(done, 20));
  return found;
})()"#;

/// A running browser; [`Watch::close`] ends it.
pub(super) struct Watch {
    browser: Browser,
    handler: JoinHandle<()>,
    profile: TempDir,
}

/// A tab and what happened in it.
pub(super) struct Tab {
    page: Page,
    seen: Arc<Mutex<Vec<String>>>,
    n_marks: usize,
}

/// Runs `body` with a browser; `None` where there is none.
pub(super) fn with_browser<T>(body: impl AsyncFnOnce(&Watch) -> T) -> Option<T> {
    let executable = chromium::find()?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    Some(runtime.block_on(async {
        let profile = tempfile::tempdir().unwrap();
        let (browser, mut events) = chromium::launch(&executable, profile.path()).await;
        let handler = tokio::spawn(async move { while events.next().await.is_some() {} });
        let watch = Watch { browser, handler, profile };
        let result = body(&watch).await;
        watch.close().await;
        result
    }))
}

impl Watch {
    /// A new tab that may ask `origin` and nobody else.
    pub(super) async fn tab(&self, origin: String) -> Tab {
        // A cache of its own: tabs that share one wait for each other's assets, up to 20 s.
        let context = CreateBrowserContextParams::default();
        let context = self.browser.create_browser_context(context).await.unwrap();
        let mut deny = SetDownloadBehaviorParams::new(SetDownloadBehaviorBehavior::Deny);
        deny.browser_context_id = Some(context.clone());
        self.browser.execute(deny).await.unwrap();
        let mut blank = CreateTargetParams::new("about:blank");
        blank.browser_context_id = Some(context);
        let page = self.browser.new_page(blank).await.unwrap();
        page.execute(SetAutoAttachParams::new(false, false)).await.unwrap();
        let mut tab = Tab { page, seen: Arc::default(), n_marks: 0 };
        tab.listen::<EventBindingCalled>(|event| Some(event.payload.clone())).await;
        tab.listen::<EventRequestWillBeSent>(move |event| {
            let url = &event.request.url;
            let is_own = url.starts_with(&origin) || url.starts_with("about:");
            (!is_own).then(|| format!("asked for {url}"))
        })
        .await;
        tab.answer_dialogs().await;
        tab.page.execute(AddBindingParams::new("jiujiTell")).await.unwrap();
        tab.page.execute(AddScriptToEvaluateOnNewDocumentParams::new(HOOK)).await.unwrap();
        tab.check_hook().await;
        tab
    }

    async fn close(mut self) {
        let _ = self.browser.close().await;
        if tokio::time::timeout(PATIENCE, self.browser.wait()).await.is_err() {
            let _ = self.browser.kill().await;
        }
        self.handler.abort();
        // The browser's last children may still be writing there.
        let _ = self.profile.close();
    }
}

impl Tab {
    async fn listen<E: IntoEventKind + Unpin>(
        &self,
        told: impl Fn(&E) -> Option<String> + Send + 'static,
    ) {
        let mut events = self.page.event_listener::<E>().await.unwrap();
        let seen = Arc::clone(&self.seen);
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                seen.lock().unwrap().extend(told(&event));
            }
        });
    }

    /// A dialog would hold the page for ever.
    async fn answer_dialogs(&self) {
        let mut events = self.page.event_listener::<EventJavascriptDialogOpening>().await.unwrap();
        let (seen, page) = (Arc::clone(&self.seen), self.page.clone());
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                seen.lock().unwrap().push(format!("dialog {}", event.message));
                let _ = page.execute(HandleJavaScriptDialogParams::new(false)).await;
            }
        });
    }

    /// A hook that sees nothing would let everything pass.
    async fn check_hook(&mut self) {
        // A page may not lead to an address of data, so this one is shown by the browser itself.
        let page = "data:text/html,<img src=x onerror=__x(1)>";
        self.page.goto(page).await.unwrap();
        let seen = self.happened().await;
        assert!(seen.iter().any(|what| what.starts_with("ran 1 at data:")), "{seen:?}");
    }

    /// Opens an address and does everything to the elements that match `clicked`: what ran, asked,
    /// reached out, or stands there and should not.
    pub(super) async fn provoke(&mut self, url: &str, clicked: &str) -> Vec<String> {
        if !self.open(url, PATIENCE).await {
            let at =
                self.value("location.href + ' ' + document.readyState + globalThis.isOld").await;
            return vec![format!("{NEVER}: {at}")];
        }
        let found = self.value(&POKE.replace("CLICKED", clicked)).await;
        let mut all = self.happened().await;
        all.extend(serde_json::from_value::<Vec<String>>(found).unwrap_or_default());
        all
    }

    /// Opens an address and waits until it is loaded, at most so long; whether it is. What is only
    /// downloaded never is.
    pub(super) async fn open(&self, url: &str, patience: Duration) -> bool {
        let url = serde_json::to_string(url).unwrap();
        self.value(&format!("globalThis.isOld = 1; location.href = {url}; 1")).await;
        let begin = Instant::now();
        while self.value("!globalThis.isOld && document.readyState === 'complete'").await != true {
            if begin.elapsed() > patience {
                return false;
            }
            sleep(Duration::from_millis(3)).await;
        }
        true
    }

    /// Closes it.
    pub(super) async fn close(self) {
        let _ = self.page.close().await;
    }

    /// The value of an expression; a promise is awaited. Null while a page is being replaced.
    pub(super) async fn value(&self, expression: &str) -> serde_json::Value {
        let evaluate = EvaluateParams::builder()
            .expression(expression)
            .return_by_value(true)
            .await_promise(true)
            .user_gesture(true)
            .build()
            .unwrap();
        let answer = self.page.execute(evaluate).await;
        answer.ok().and_then(|answer| answer.result.result.value).unwrap_or_default()
    }

    /// Everything up to now, told once.
    pub(super) async fn happened(&mut self) -> Vec<String> {
        self.n_marks += 1;
        let mark = format!("mark {}", self.n_marks);
        let begin = Instant::now();
        while !self.seen.lock().unwrap().contains(&mark) {
            assert!(begin.elapsed() < PATIENCE, "the tab no longer answers");
            self.value(&format!("jiujiTell('{mark}'), 1")).await;
            sleep(Duration::from_millis(2)).await;
        }
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        seen.into_iter().filter(|what| !what.starts_with("mark ")).collect()
    }
}
