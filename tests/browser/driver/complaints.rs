//! Collects what the browser complains about.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chromiumoxide::{
    Page,
    cdp::{
        IntoEventKind,
        browser_protocol::log::{EventEntryAdded, LogEntryLevel},
        js_protocol::runtime::{
            ConsoleApiCalledType, EvaluateParams, EventConsoleApiCalled, EventExceptionThrown,
        },
    },
};
use futures_util::StreamExt;
use tokio::time::sleep;

/// Written to the console to know that everything before it has been seen.
const MARK: &str = "jiuji: seen so far";

const PATIENCE: Duration = Duration::from_secs(10);

/// What the console of a tab got.
#[derive(Clone, Default)]
pub(super) struct Complaints(Arc<Mutex<Vec<String>>>);

impl Complaints {
    /// Starts to collect.
    pub(super) async fn collect(tab: &Page) -> Self {
        let complaints = Self::default();
        complaints.listen(tab, of_log).await;
        complaints.listen(tab, of_console).await;
        complaints.listen(tab, of_exception).await;
        complaints
    }

    async fn listen<E: IntoEventKind + Unpin>(
        &self,
        tab: &Page,
        complaint: fn(&E) -> Option<String>,
    ) {
        let mut events = tab.event_listener::<E>().await.unwrap();
        let all = Arc::clone(&self.0);
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                all.lock().unwrap().extend(complaint(&event));
            }
        });
    }

    /// Everything up to now.
    pub(super) async fn all(&self, tab: &Page) -> Vec<String> {
        let mark = EvaluateParams::new(format!("console.error('{MARK}')"));
        tab.execute(mark).await.unwrap();
        let started = Instant::now();
        loop {
            let seen = self.0.lock().unwrap().clone();
            if seen.iter().any(|line| line.contains(MARK)) {
                return seen.into_iter().filter(|line| !line.contains(MARK)).collect();
            }
            assert!(started.elapsed() < PATIENCE, "the console says nothing");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

fn of_log(event: &EventEntryAdded) -> Option<String> {
    let entry = &event.entry;
    let matters = matches!(entry.level, LogEntryLevel::Error | LogEntryLevel::Warning);
    let place = entry.url.as_deref().unwrap_or_default();
    matters.then(|| format!("{:?}: {} {place}", entry.source, entry.text))
}

fn of_console(event: &EventConsoleApiCalled) -> Option<String> {
    let matters = matches!(
        event.r#type,
        ConsoleApiCalledType::Error | ConsoleApiCalledType::Warning | ConsoleApiCalledType::Assert
    );
    let text = |event: &EventConsoleApiCalled| {
        let values = event.args.iter().filter_map(|arg| arg.value.as_ref());
        values.map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    matters.then(|| format!("console: {}", text(event)))
}

fn of_exception(event: &EventExceptionThrown) -> Option<String> {
    let details = &event.exception_details;
    let thrown = details.exception.as_ref().and_then(|thrown| thrown.description.as_deref());
    Some(format!("exception: {} {}", details.text, thrown.unwrap_or_default()))
}
