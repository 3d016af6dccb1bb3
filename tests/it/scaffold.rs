//! New articles, as the linter sees them.

use jiuji::{
    article::{FaultType, Finding, Level, Severity},
    check::{Options, check_folder},
    kb::Root,
    scaffold::{Draft, create_article},
};

use crate::driver::TODAY;

/// A new article in a knowledge base of its own, changed by `edit`, and what is wrong with it.
fn checked(
    fault_type: FaultType,
    severity: Severity,
    edit: impl Fn(&str) -> String,
) -> (Vec<Finding>, String) {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::new(folder.path()).unwrap();
    let draft = Draft {
        id: format!("{fault_type}-{severity}"),
        fault_type,
        title: None,
        severity: Some(severity),
        today: TODAY,
    };
    let path = create_article(&root, None, &draft).unwrap();
    let text = edit(&fs_err::read_to_string(&path).unwrap());
    fs_err::write(&path, &text).unwrap();
    let report = check_folder(&root, &Options::new(TODAY)).unwrap();
    assert_eq!(report.n_articles, 1);
    (report.findings, text)
}

/// The text with each gap filled with something of its own, as an author might.
pub(crate) fn filled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    for number in 1.. {
        let Some((before, gap)) = rest.split_once("【待补：") else { break };
        let (_, after) = gap.split_once('】').unwrap();
        out.push_str(before);
        out.push_str(&format!("第{number}处写好的内容"));
        rest = after;
    }
    out + rest
}

fn every_kind() -> impl Iterator<Item = (FaultType, Severity)> {
    FaultType::ALL
        .iter()
        .flat_map(|fault_type| Severity::ALL.iter().map(|severity| (*fault_type, *severity)))
}

#[test]
fn a_new_article_lacks_nothing_but_what_is_marked() {
    for (fault_type, severity) in every_kind() {
        let (findings, text) = checked(fault_type, severity, str::to_owned);
        let is_expected = |f: &Finding| f.level == Level::Info || f.rule == "gap";
        let others: Vec<_> = findings.iter().filter(|f| !is_expected(f)).collect();
        assert!(others.is_empty(), "{others:#?}\n{text}");
        assert!(findings.iter().all(|f| f.level != Level::Error), "{findings:#?}");
    }
}

#[test]
fn a_new_article_filled_in_and_published_has_no_finding() {
    for (fault_type, severity) in every_kind() {
        let publish = |text: &str| filled(text).replace("status: draft", "status: published");
        let (findings, text) = checked(fault_type, severity, publish);
        let found: Vec<_> = findings.iter().filter(|f| f.level != Level::Info).collect();
        assert!(found.is_empty(), "{found:#?}\n{text}");
        assert!(!text.contains("待补：") && text.contains("status: published"));
    }
}
