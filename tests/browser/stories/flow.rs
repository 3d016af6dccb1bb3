//! The flow of an incident as a map of the product.

use crate::{
    driver::{DESKTOP, PHONE},
    site::story,
};

/// Links of the main part that lead to no page, or to a part that is not there.
const DEAD: &str = "(async () => {
    const dead = [];
    const hrefs = [...document.querySelectorAll('main a')].map((a) => a.getAttribute('href'));
    for (const href of new Set(hrefs)) {
      const url = new URL(href, location.href);
      const answer = await fetch(url);
      const text = await answer.text();
      const id = decodeURIComponent(url.hash.slice(1));
      if (!answer.ok || (id && !text.includes(`id=\"${id}\"`))) dead.push(href);
    }
    return dead;
  })()";

#[test]
fn every_stage_leads_somewhere() {
    story(async |site| {
        let page = site.open("/flow", DESKTOP).await;
        assert_eq!(page.value::<Vec<String>>(DEAD).await, Vec::<String>::new());
        assert_eq!(page.count(".chart a").await, 9);
        assert_eq!(page.count(".stages a[href*=\"#s-\"]").await, 5, "sections of an example");
        page.is_clean().await;
    });
}

#[test]
fn the_picture_is_in_the_order_of_the_keyboard() {
    story(async |site| {
        let page = site.open("/flow", DESKTOP).await;
        let focused = "document.activeElement.closest('.chart a')?.textContent ?? ''";
        let mut seen = Vec::new();
        for _ in 0..30 {
            page.key("Tab").await;
            let text: String = page.value(focused).await;
            if !text.is_empty() {
                seen.push(text);
                let ring =
                    "getComputedStyle(document.activeElement.querySelector('rect')).strokeWidth";
                assert_eq!(page.value::<String>(ring).await, "4px");
            }
        }
        assert_eq!(seen.len(), 9, "{seen:?}");
        assert!(seen[0].starts_with('1') && seen[7].starts_with('8'), "{seen:?}");
        page.is_clean().await;
    });
}

#[test]
fn it_prints_on_one_sheet() {
    story(async |site| {
        let page = site.open("/flow", DESKTOP).await;
        assert_eq!(page.sheets().await.len(), 1);
        page.goto("/matrix?fault_type=login").await;
        assert!(page.sheets().await.len() > 1);
        page.is_clean().await;
    });
}

#[test]
fn a_phone_gets_the_list_alone() {
    story(async |site| {
        let page = site.open("/flow", PHONE).await;
        assert!(page.holds("!document.querySelector('.chart').checkVisibility()").await);
        assert_eq!(page.count(".stages li").await, 8);
        page.is_clean().await;
    });
}
