//! Slow and failing answers.

use crate::{driver::DESKTOP, site::story};

/// Holds the answer to the first search back until `release()`, and lets no request be aborted.
const SLOW: &str = "
    const real = fetch;
    AbortController.prototype.abort = () => {};
    globalThis.fetch = async (url, options) => {
      const response = await real(url, options);
      if (globalThis.release) return response;
      await new Promise((resolve) => { globalThis.release = resolve; });
      setTimeout(() => { globalThis.late = true; }, 0);
      return response;
    };";

/// Refuses searches until `accepting` is true.
const BUSY: &str = "
    const real = fetch;
    globalThis.fetch = async (url, options) => {
      return globalThis.accepting ? real(url, options) : new Response('', { status: 503 });
    };";

#[test]
fn an_old_answer_never_replaces_a_new_one() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        page.before_each_page(SLOW).await;
        page.goto("/").await;
        page.type_text("勒索病毒").await;
        page.wait_for("globalThis.release !== undefined").await;
        page.run("document.getElementById('q').select()").await;
        page.insert("登录异常").await;
        page.wait_for_first_hit("login-failure").await;
        page.run("release()").await;
        page.wait_for("globalThis.late === true").await;
        // Whatever the late answer does, it has done when two frames have been drawn.
        page.run("for (const _ of [1, 2]) await new Promise(requestAnimationFrame);").await;
        page.wait_for_first_hit("login-failure").await;
        assert!(page.holds("location.search.includes(encodeURIComponent('登录异常'))").await);
        page.is_clean().await;
    });
}

#[test]
fn a_busy_server_is_asked_again() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        page.before_each_page(BUSY).await;
        page.goto("/").await;
        page.type_text("登录异常").await;
        page.wait_for("document.querySelector('.toast.offline') !== null").await;
        assert!(page.text("#toast").await.contains("重试"));
        page.run("globalThis.accepting = true").await;
        page.wait_for_first_hit("login-failure").await;
        page.wait_for("document.querySelector('.toast.offline') === null").await;
        page.is_clean().await;
    });
}
