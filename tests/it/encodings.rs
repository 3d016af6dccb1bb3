//! Files that were damaged before they came here. What other encodings lead to is W8 of
//! `tests/resilience`.

use crate::driver::{Running, TestKb, encoded};

fn no_answer_has_a_replacement_character(kb: &Running, mark: &str) {
    let pages = [
        format!("/api/v1/search?q={mark}"),
        format!("/api/v1/articles/{mark}"),
        format!("/articles/{mark}"),
        format!("/?q={}", encoded(mark)),
    ];
    for page in pages {
        let body = kb.get(&page).body;
        let text = String::from_utf8(body).unwrap_or_else(|_| panic!("{page} is no UTF-8"));
        assert!(!text.contains('\u{fffd}'), "{page}");
    }
}

#[test]
fn a_character_that_was_lost_before_is_reported_and_never_served() {
    let text = "# 断网\n\n先查\u{fffd}\u{fffd}再查交换机\n";
    let kb = TestKb::new().article("a", text).start();
    no_answer_has_a_replacement_character(&kb, "a");
    let source = kb.call("GET", "/api/v1/articles/a", &[("accept", "text/markdown")]).text();
    assert_eq!(source, "# 断网\n\n先查□□再查交换机\n");
    let findings = kb.get("/api/v1/findings").json();
    let lost = findings["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "encoding");
    assert_eq!(lost.map(|finding| &finding["line"]), Some(&3.into()), "{findings:#}");
}
