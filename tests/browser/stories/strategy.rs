//! Working through a strategy: steps, branches, dangers, scripts.

use crate::{
    driver::{DESKTOP, PHONE, Page},
    site::story,
};

const PATH: &str = "/articles/disk-failing";
/// The branch of the second step that leads to the fifth one and nowhere else.
const SECOND: &str = "document.querySelectorAll('[name=branch-2]')[1]";
const FOLDED: &str = "[...document.querySelectorAll('[name=branch-2]:not(:checked)')]
    .every((radio) => !radio.closest('.branch').querySelector('.then').checkVisibility())";

/// Chooses that branch by keyboard.
async fn choose(page: &Page) {
    page.run("document.querySelector('[name=branch-2]').focus()").await;
    page.key("ArrowDown").await;
    page.wait_for(&format!("document.activeElement === {SECOND}")).await;
    assert!(page.holds(&format!("!{SECOND}.checked")).await, "moving chooses nothing");
    page.key(" ").await;
    page.wait_for(&format!("{SECOND}.checked")).await;
}

#[test]
fn a_chosen_branch_folds_the_others_and_leads_to_its_step() {
    story(async |site| {
        for path in [PATH, "/?q=硬盘异响"] {
            let page = site.open(path, DESKTOP).await;
            page.wait_for("document.getElementById('strategy').dataset.id === 'disk-failing'")
                .await;
            assert!(!page.holds(FOLDED).await, "all can be read before");
            choose(&page).await;
            page.wait_for("document.activeElement.id === 'step-5'").await;
            let top = "document.getElementById('step-5').getBoundingClientRect().top";
            let top: f64 = page.value(top).await;
            assert!((0.0..700.0).contains(&top), "{path}: {top}");
            assert!(page.holds(FOLDED).await, "{path}");
            page.run(&format!("{SECOND}.scrollIntoView({{ block: 'center' }})")).await;
            page.screenshot(if path == PATH { "branch-page" } else { "branch-pane" }).await;
            page.click(".branch:has(:checked) [data-rechoose]").await;
            page.wait_for("document.querySelector('[name=branch-2]:checked') === null").await;
            assert!(!page.holds(FOLDED).await, "taken back");
            page.is_clean().await;
        }
    });
}

#[test]
fn a_choice_survives_a_reload_and_a_save() {
    story(async |site| {
        let page = site.open(PATH, DESKTOP).await;
        choose(&page).await;
        page.reload().await;
        page.wait_for(&format!("{SECOND}.checked")).await;
        let text = site.article("disk-failing").replace("1. 停写。", "1. 马上停写。");
        site.save("disk-failing", &text);
        page.wait_for("document.getElementById('step-1').innerText.includes('马上停写')").await;
        page.wait_for(&format!("{SECOND}.checked")).await;
        assert!(page.holds(FOLDED).await);
        page.is_clean().await;
    });
}

#[test]
fn a_branch_to_another_article_shows_the_way() {
    story(async |site| {
        let page = site.open("/articles/login-failure", DESKTOP).await;
        page.click("[name=branch-2]").await;
        let leads = ".branch:has(:checked) .leads a";
        page.wait_for(&format!("document.querySelectorAll('{leads}').length === 3")).await;
        assert_eq!(page.text(leads).await, "域控宕机");
        assert!(page.holds("document.activeElement.name === 'branch-2'").await, "stays there");
        page.click(leads).await;
        page.wait_for_path("/articles/domain-controller-down").await;
        page.is_clean().await;
    });
}

#[test]
fn a_step_named_in_the_text_is_a_link() {
    story(async |site| {
        let page = site.open(PATH, DESKTOP).await;
        page.click(".choice a[href=\"#step-4\"]").await;
        page.wait_for("location.hash === '#step-4'").await;
        assert_eq!(page.count("[name=branch-2]:checked").await, 0, "a link chooses nothing");
        page.is_clean().await;
    });
}

#[test]
fn scripts_are_tabs_with_keys_and_arrows() {
    story(async |site| {
        let page = site.open("/articles/login-failure", DESKTOP).await;
        let shown = "[...document.querySelectorAll('[data-channel]')]
            .filter((e) => e.checkVisibility()).map((e) => e.dataset.channel).join()";
        assert_eq!(page.value::<String>(shown).await, "phone");
        page.key("m").await;
        page.wait_for(&format!("{shown} === 'mail'")).await;
        page.screenshot("script-mail").await;
        page.run("document.getElementById('tab-mail').focus()").await;
        for (key, channel) in
            [("ArrowRight", "onsite"), ("ArrowRight", "phone"), ("ArrowLeft", "onsite")]
        {
            page.key(key).await;
            page.wait_for(&format!("{shown} === '{channel}'")).await;
            assert!(page.holds("document.activeElement.ariaSelected === 'true'").await, "{key}");
        }
        page.click(".actions a[href*=\"%E7%94%B5%E8%AF%9D\"]").await;
        page.wait_for(&format!("{shown} === 'phone'")).await;
        page.screenshot("script-phone").await;
        page.goto("/").await;
        page.goto("/articles/login-failure#s-现场").await;
        page.wait_for(&format!("{shown} === 'onsite'")).await;
        page.is_clean().await;
    });
}

#[test]
fn a_mail_is_opened_and_copied() {
    story(async |site| {
        site.allow_clipboard().await;
        let page = site.open("/articles/login-failure", DESKTOP).await;
        page.key("m").await;
        let href: String = page.value("document.querySelector('a[href^=mailto]').href").await;
        assert!(href.starts_with("mailto:?subject=%E3%80%90") && href.len() <= 2000, "{href}");
        page.click("[data-channel=mail] button[data-copy-text]").await;
        page.wait_for("document.getElementById('toast').textContent === '已复制邮件'").await;
        let copied: String = page.value("navigator.clipboard.readText()").await;
        assert!(copied.starts_with("主题：") && copied.contains("您好"), "{copied}");
        page.is_clean().await;
    });
}

#[test]
fn only_the_list_for_the_visit_is_printed() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        page.before_each_page("globalThis.print = () => { globalThis.printed = true; }").await;
        page.goto("/articles/login-failure").await;
        page.key("o").await;
        page.click("[data-print=onsite]").await;
        page.wait_for("globalThis.printed && document.body.dataset.printing === 'onsite'").await;
        page.run("dispatchEvent(new Event('afterprint'))").await;
        assert!(page.holds("!('printing' in document.body.dataset)").await);
        page.is_clean().await;
    });
}

#[test]
fn danger_is_marked() {
    story(async |site| {
        for (screen, name) in [(DESKTOP, "desktop"), (PHONE, "phone")] {
            let page = site.open("/articles/sql-mistake", screen).await;
            assert!(page.count(".dangerous pre").await >= 1);
            assert_eq!(page.count(".dangerous").await, page.count(".dangerous > b").await);
            assert!(page.count(".dangerous").await < page.count(".code").await);
            assert!(page.count(".alert-caution .alert-title svg").await >= 1);
            page.run("document.querySelector('.dangerous').scrollIntoView({ block: 'center' })")
                .await;
            page.screenshot(&format!("danger-{name}")).await;
            page.is_clean().await;
        }
    });
}

#[test]
fn without_scripts_everything_is_there() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        page.without_scripts().await;
        page.goto(PATH).await;
        assert!(!page.text("#strategy").await.contains("重选"));
        page.click("[name=branch-2]").await;
        assert!(page.holds("document.querySelector('[name=branch-2]').checked").await);
        page.goto("/articles/login-failure").await;
        let text = page.text("#strategy").await;
        for part in ["请先别再试密码", "账号登录问题处理结果", "查看证件", "已做"]
        {
            assert!(text.contains(part), "{part}");
        }
        assert!(!page.holds("document.getElementById('call').checkVisibility()").await);
        page.screenshot("no-script-article").await;
        page.is_clean().await;
    });
}
