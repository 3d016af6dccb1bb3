//! The sections that every article has.

use crate::{
    article::{Finding, HeadingPlace, Level, Place, SectionKind},
    check::{Checked, Corpus, lines::lines, place::front_matter},
};

/// Required sections that are absent or have nothing in them.
pub(in crate::check) fn find(corpus: &Corpus<'_>) -> Vec<Finding> {
    let of_article = |checked| absent(checked).into_iter().chain(empty(checked));
    corpus.sound().flat_map(of_article).collect()
}

fn required(checked: &Checked) -> impl Iterator<Item = SectionKind> + '_ {
    let severity = checked.article.meta.severity;
    SectionKind::ORDER.into_iter().filter(move |kind| kind.is_required(severity))
}

fn absent(checked: &Checked) -> Option<Finding> {
    let missing: Vec<_> =
        required(checked).filter(|kind| headings(checked, *kind).next().is_none()).collect();
    let first = missing.first()?;
    let titles: Vec<_> = missing.iter().map(|kind| kind.title()).collect();
    let message = format!("缺少必需章节：{}", titles.join("、"));
    let hint = format!("补上二级标题，如 ## {}，按固定顺序放", first.title());
    Some(finding(checked, message, hint, place_for(checked, *first)))
}

/// Where a section of this kind belongs: the first heading that comes behind it, else the end.
fn place_for(checked: &Checked, kind: SectionKind) -> Place {
    let behind = SectionKind::ORDER.into_iter().skip_while(|other| *other != kind);
    let heading = behind.filter_map(|kind| headings(checked, kind).next()).next();
    heading.map_or_else(|| end(&checked.source), |heading| heading.place)
}

/// The last line with text, but none of the front matter.
fn end(source: &str) -> Place {
    let n_front = front_matter(source).last().map_or(1, |(number, _)| number + 1);
    let last = lines(source).filter(|(_, line)| !line.trim().is_empty()).last();
    Place {
        line: last.map_or(1, |(number, _)| number).max(n_front.min(lines_of(source))),
        column: 1,
    }
}

fn lines_of(source: &str) -> u32 {
    lines(source).last().map_or(1, |(number, _)| number)
}

fn empty(checked: &Checked) -> impl Iterator<Item = Finding> + '_ {
    let headings = required(checked).filter_map(|kind| {
        let heading = headings(checked, kind).next()?;
        let is_filled = |section: &&crate::article::Section| !section.text.is_empty();
        let sections = checked.article.sections.iter().filter(move |section| section.kind == kind);
        sections.clone().find(is_filled).is_none().then_some(heading)
    });
    headings.map(|heading| {
        let message = format!("章节“{}”是空的", heading.title);
        let hint = "写上内容；确实没有就写明“无”和原因".to_owned();
        finding(checked, message, hint, heading.place)
    })
}

fn headings(checked: &Checked, kind: SectionKind) -> impl Iterator<Item = &HeadingPlace> {
    let headings = checked.layout.headings.iter();
    headings.filter(move |heading| heading.is_section && heading.level == 2 && heading.kind == kind)
}

fn finding(checked: &Checked, message: String, hint: String, place: Place) -> Finding {
    Finding::new(&checked.article.path, "missing-section", Level::Error, message)
        .at(place.line, place.column)
        .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::rules::testing::{findings, parsed};

    const FIRST: &str = "## 现象\n\n- 甲\n\n## 影响\n\n乙\n\n## 先问用户\n\n- [ ] 丙\n\n";
    const LAST: &str =
        "## 各渠道话术\n\n### 电话\n\n> 丁\n\n## 升级与上报\n\n戊\n\n## 预防措施\n\n己\n";

    fn found(severity: &str, body: &str) -> Vec<(u32, String)> {
        let text = format!("---\nseverity: {severity}\n---\n{body}");
        let found = findings(find, &[parsed("a.md", &text)]);
        found.into_iter().map(|finding| (finding.line.unwrap(), finding.message)).collect()
    }

    #[test]
    fn urgent_articles_need_two_more_sections() {
        let body = format!("{FIRST}## 应急策略\n\n1. 庚\n\n{LAST}");
        assert_eq!(found("p3", &body), []);
        let missing = "缺少必需章节：根因与永久措施、复盘报告".to_owned();
        assert_eq!(found("p2", &body), [(32, missing)]);
    }

    #[test]
    fn an_absent_section_is_missed_where_it_belongs_and_an_empty_one_at_its_heading() {
        let table = [
            (format!("{FIRST}{LAST}"), 16, "缺少必需章节：应急策略"),
            (format!("{FIRST}## 应急策略\n\n### 段\n\n{LAST}"), 16, "章节“应急策略”是空的"),
            (format!("{FIRST}### 应急策略\n\n1. 庚\n\n{LAST}"), 20, "缺少必需章节：应急策略"),
        ];
        for (body, line, message) in table {
            assert_eq!(found("p4", &body), [(line, message.to_owned())], "{body}");
        }
    }

    #[test]
    fn an_article_without_sections_has_one_finding() {
        assert_eq!(found("p3", "").len(), 1);
        assert_eq!(found("p3", "")[0].0, 3);
    }
}
