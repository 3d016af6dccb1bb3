//! What a person does with a page, and what they see: the only place that speaks to the browser.

mod complaints;
mod input;
mod navigation;
mod screen;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use chromiumoxide::cdp::{
    browser_protocol::{
        dom::GetDocumentParams,
        emulation::{MediaFeature, SetEmulatedMediaParams, SetScriptExecutionDisabledParams},
        page::{
            AddScriptToEvaluateOnNewDocumentParams, CaptureScreenshotFormat,
            CaptureScreenshotParams, PrintToPdfParams, Viewport,
        },
        target::SetAutoAttachParams,
    },
    js_protocol::runtime::EvaluateParams,
};
use serde::de::DeserializeOwned;
use tokio::time::sleep;

use complaints::Complaints;
pub(crate) use screen::{DESKTOP, DESKTOP_DARK, NARROW, PHONE, PHONE_DARK, Screen, ZOOMED};

/// How long a page may take to do what it should; only a failure takes that long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Time between two looks at a page.
const PAUSE: Duration = Duration::from_millis(20);

/// A tab.
pub(crate) struct Page {
    tab: chromiumoxide::Page,
    origin: String,
    complaints: Complaints,
}

impl Page {
    pub(super) async fn new(tab: chromiumoxide::Page, origin: String, screen: Screen) -> Self {
        let complaints = Complaints::collect(&tab).await;
        // The library has the browser hold new workers until a debugger lets them go.
        let alone = SetAutoAttachParams::new(false, false);
        tab.execute(alone).await.unwrap();
        screen.apply(&tab).await;
        Self { tab, origin, complaints }
    }

    /// The value of a JavaScript expression; a promise is awaited.
    ///
    /// # Panics
    /// When it throws or its value is no `T`.
    pub(crate) async fn value<T: DeserializeOwned>(&self, expression: &str) -> T {
        match self.try_value(expression).await {
            Ok(value) => value,
            Err(error) => panic!("{expression}: {error}"),
        }
    }

    /// Runs JavaScript statements; a promise they await is awaited.
    pub(crate) async fn run(&self, script: &str) {
        self.value::<()>(&format!("(async () => {{ {script} }})().then(() => null)")).await;
    }

    async fn try_value<T: DeserializeOwned>(&self, expression: &str) -> Result<T, String> {
        let evaluate = EvaluateParams::builder()
            .expression(expression)
            .return_by_value(true)
            .await_promise(true)
            .user_gesture(true)
            .build()?;
        let answer = self.tab.execute(evaluate).await.map_err(|error| error.to_string())?.result;
        if let Some(exception) = answer.exception_details {
            return Err(format!("{exception:?}"));
        }
        let value = answer.result.value.unwrap_or_default();
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    /// Waits until `condition`, a JavaScript expression, holds.
    ///
    /// # Panics
    /// When it does not in time.
    pub(crate) async fn wait_for(&self, condition: &str) {
        let started = Instant::now();
        loop {
            // A page that is being replaced answers with an error.
            let last = self.try_value::<bool>(condition).await;
            if last == Ok(true) {
                return;
            }
            if started.elapsed() > PATIENCE {
                self.screenshot("failure").await;
                let place: String = self.value("location.href").await;
                panic!("never true at {place}: {condition} ({last:?})");
            }
            sleep(PAUSE).await;
        }
    }

    /// Waits until the article `id` is the first hit.
    pub(crate) async fn wait_for_first_hit(&self, id: &str) {
        self.wait_for(&format!("document.querySelector('.hit')?.dataset.id === '{id}'")).await;
    }

    /// Waits until this tab shows `path`, complete.
    pub(crate) async fn wait_for_path(&self, path: &str) {
        let at = format!("location.pathname === '{path}' && document.readyState === 'complete'");
        self.wait_for(&at).await;
    }

    /// Text of the first element that matches `selector`, as a person sees it.
    pub(crate) async fn text(&self, selector: &str) -> String {
        self.value(&format!("document.querySelector(`{selector}`).innerText")).await
    }

    /// Number of elements that match `selector`.
    pub(crate) async fn count(&self, selector: &str) -> usize {
        self.value(&format!("document.querySelectorAll(`{selector}`).length")).await
    }

    /// The whole tree of the page as text, with what is in its frames.
    pub(crate) async fn everything(&self) -> String {
        let whole = GetDocumentParams::builder().depth(-1).pierce(true).build();
        format!("{:?}", self.tab.execute(whole).await.unwrap().result.root)
    }

    /// Waits until `text` is somewhere in the page or its frames.
    pub(crate) async fn wait_for_anywhere(&self, text: &str) {
        let started = Instant::now();
        while !self.everything().await.contains(text) {
            assert!(started.elapsed() < PATIENCE, "{text} is nowhere");
            sleep(PAUSE).await;
        }
    }

    /// Waits until the console got something with `text`.
    pub(crate) async fn wait_for_complaint(&self, text: &str) {
        let started = Instant::now();
        while !self.complaints().await.iter().any(|line| line.contains(text)) {
            assert!(started.elapsed() < PATIENCE, "the console never says {text}");
            sleep(PAUSE).await;
        }
    }

    /// Whether `condition`, a JavaScript expression, holds now.
    pub(crate) async fn holds(&self, condition: &str) -> bool {
        self.value(condition).await
    }

    /// Runs `script` at the beginning of each page from now on.
    pub(crate) async fn before_each_page(&self, script: &str) {
        let add = AddScriptToEvaluateOnNewDocumentParams::new(script);
        self.tab.execute(add).await.unwrap();
    }

    /// Says to pages that the person wants no motion.
    pub(crate) async fn reduce_motion(&self) {
        let still = MediaFeature::new("prefers-reduced-motion", "reduce");
        let media = SetEmulatedMediaParams::builder().feature(still).build();
        self.tab.execute(media).await.unwrap();
    }

    /// Turns the scripts of pages off.
    pub(crate) async fn without_scripts(&self) {
        self.tab.execute(SetScriptExecutionDisabledParams::new(true)).await.unwrap();
    }

    /// Puts what is visible into `target/screenshots/<name>.png`.
    pub(crate) async fn screenshot(&self, name: &str) {
        self.save(name, "[scrollY, innerHeight]").await;
    }

    /// Puts the page from its top, at most 3,000 pixels, into `target/screenshots/<name>.png`.
    pub(crate) async fn full_screenshot(&self, name: &str) {
        self.save(name, "[0, Math.min(3000, document.scrollingElement.scrollHeight)]").await;
    }

    async fn save(&self, name: &str, top_and_height: &str) {
        let width = self.value("innerWidth").await;
        let (y, height) = self.value(top_and_height).await;
        let clip = Viewport { x: 0.0, y, width, height, scale: 1.0 };
        let capture = CaptureScreenshotParams::builder()
            .format(CaptureScreenshotFormat::Png)
            .clip(clip)
            .capture_beyond_viewport(true)
            .build();
        self.draw(capture, "target/screenshots", &format!("{name}.png")).await;
    }

    /// Puts what is visible into `<folder>/<name>.webp`, small enough for documentation.
    pub(crate) async fn picture(&self, folder: &str, name: &str) {
        let capture = CaptureScreenshotParams::builder()
            .format(CaptureScreenshotFormat::Webp)
            .quality(80)
            .build();
        self.draw(capture, folder, &format!("{name}.webp")).await;
    }

    async fn draw(&self, capture: CaptureScreenshotParams, folder: &str, file: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        fs_err::create_dir_all(&folder).unwrap();
        let image = self.tab.screenshot(capture).await.unwrap();
        fs_err::write(folder.join(file), image).unwrap();
    }

    /// Width and height in points of the sheets that the page takes on paper, in the size that its
    /// styles ask for.
    pub(crate) async fn sheets(&self) -> Vec<(i64, i64)> {
        let print = PrintToPdfParams::builder().prefer_css_page_size(true).build();
        let pdf = self.tab.pdf(print).await.unwrap();
        String::from_utf8_lossy(&pdf).split("/MediaBox").skip(1).filter_map(sheet).collect()
    }

    /// What the console got so far: errors, warnings, violations of the security policy.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        self.complaints.all(&self.tab).await
    }

    /// Ends a story.
    ///
    /// # Panics
    /// When the console got an error.
    pub(crate) async fn is_clean(&self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "the console says: {complaints:#?}");
    }
}

/// The size of a sheet, from what follows its `/MediaBox`: `[0 0 594.96 841.92]`.
fn sheet(rest: &str) -> Option<(i64, i64)> {
    let numbers = rest.split_once('[')?.1.split_once(']')?.0;
    let numbers: Vec<f64> = numbers.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    let [_, _, width, height] = numbers[..] else { return None };
    Some((width.round() as i64, height.round() as i64))
}
