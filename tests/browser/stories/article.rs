//! Working through an article.

use crate::{driver::DESKTOP, site::story};

#[test]
fn data_comes_first_and_stays_in_sight() {
    story(async |site| {
        let page = site.open("/articles/ransomware", DESKTOP).await;
        assert!(page.text(".data-first").await.contains("先保数据"));
        page.run("scrollTo(0, 1500)").await;
        page.wait_for("scrollY > 1000").await;
        let top: f64 =
            page.value("document.querySelector('.data-first').getBoundingClientRect().y").await;
        assert!((-1.0..1.0).contains(&top), "{top}");
        page.goto("/articles/login-failure").await;
        assert_eq!(page.count(".data-first").await, 0);
        page.is_clean().await;
    });
}

#[test]
fn a_command_is_copied_exactly() {
    story(async |site| {
        site.allow_clipboard().await;
        let page = site.open("/articles/login-failure", DESKTOP).await;
        assert_eq!(page.count(".code button").await, page.count(".prose pre").await);
        let command: String =
            page.value("document.querySelector('.code pre').textContent.trimEnd()").await;
        assert!(command.starts_with("Get-ADUser"));
        page.click(".code button").await;
        page.wait_for("document.getElementById('toast').textContent.includes('已复制')").await;
        assert_eq!(page.value::<String>("navigator.clipboard.readText()").await, command);
        page.is_clean().await;
    });
}

#[test]
fn ticks_stay_with_the_article_wherever_it_is_shown() {
    story(async |site| {
        let page = site.open("/articles/login-failure", DESKTOP).await;
        page.click(".tick").await;
        page.wait_for("document.querySelector('.tick input').checked").await;
        page.reload().await;
        page.wait_for("document.querySelector('.tick input').checked").await;
        assert_eq!(page.count(".tick input:checked").await, 1);
        // The same article beside the hits knows them too.
        page.goto("/?q=登录异常").await;
        page.wait_for("document.querySelector('#detail .tick input').checked").await;
        page.is_clean().await;
    });
}

#[test]
fn an_article_tells_when_and_why_it_was_changed() {
    story(async |site| {
        let id = "login-failure";
        let page = site.open("/articles/login-failure", DESKTOP).await;
        assert_eq!(page.count(".history").await, 0, "there is no repository");
        site.commit("先收录登录异常");
        site.save(id, &site.article(id).replace("## 预防措施", "补充一句。\n\n## 预防措施"));
        site.commit("登录异常：补充一句");
        page.reload().await;
        page.wait_for("document.querySelector('.history details') !== null").await;
        assert!(page.text(".history summary").await.contains("登录异常：补充一句"));
        assert_eq!(page.count(".history li").await, 2);
        page.run("document.querySelector('.history').scrollIntoView()").await;
        page.click(".history summary").await;
        page.wait_for("document.querySelector('.history details').open").await;
        // A save that is not committed yet leaves it as it is, unfolded.
        site.save(id, &site.article(id).replace("补充一句。", "补充两句。"));
        page.wait_for("document.getElementById('strategy').innerText.includes('补充两句')").await;
        assert!(page.holds("document.querySelector('.history details').open").await);
        assert_eq!(page.count(".history li").await, 2);
        page.run("document.querySelector('.prose').hidden = true").await;
        page.full_screenshot("history-desktop").await;

        let plain = site.tab(DESKTOP).await;
        plain.without_scripts().await;
        plain.goto("/articles/login-failure").await;
        assert_eq!(plain.text(".history a").await, "修改记录");
        page.is_clean().await;
    });
}
