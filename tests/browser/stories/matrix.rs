//! The table, whole and narrowed.

use crate::{driver::DESKTOP, site::story};

/// Titles in the spreadsheet that the page offers.
const CSV: &str =
    "fetch(document.querySelector('a[download]').href).then((answer) => answer.text())";

#[test]
fn a_choice_narrows_the_table_and_its_spreadsheet() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        page.goto("/matrix").await;
        let all = page.count(".matrix tbody tr").await;
        page.run("document.querySelector('[name=fault_type]').value = 'login'").await;
        page.run("document.querySelector('[name=severity]').value = 'p1'").await;
        page.click(".narrow button").await;
        page.wait_for("location.search.includes('severity=p1')").await;
        page.wait_for("document.querySelector('.narrow a') !== null").await;
        assert!((1..all).contains(&page.count(".matrix tbody tr").await));
        assert_eq!(page.text("h1").await, "应急策略总表：登录异常、P1 紧急");
        assert!(page.holds("document.title.startsWith('登录异常、P1 紧急 · ')").await);
        let csv: String = page.value(CSV).await;
        assert!(csv.contains(&page.text(".matrix tbody th").await));
        assert!(!csv.contains("硬件损坏"), "{csv}");
        page.click(".narrow a").await;
        page.wait_for(&format!("document.querySelectorAll('.matrix tbody tr').length === {all}"))
            .await;
        page.is_clean().await;
    });
}

#[test]
fn the_form_works_without_scripts() {
    story(async |site| {
        let page = site.tab(DESKTOP).await;
        page.without_scripts().await;
        page.goto("/matrix?system=ad").await;
        assert_eq!(
            page.value::<String>("document.querySelector('[name=system]').value").await,
            "ad"
        );
        let narrowed = page.count(".matrix tbody tr").await;
        page.run("document.querySelector('[name=system]').value = ''").await;
        page.click(".narrow button").await;
        page.wait_for(&format!(
            "document.querySelectorAll('.matrix tbody tr').length > {narrowed}"
        ))
        .await;
        page.goto("/matrix?fault_type=peripheral&severity=p1").await;
        assert!(page.text("main").await.contains("没有符合条件的策略"));
        page.is_clean().await;
    });
}
