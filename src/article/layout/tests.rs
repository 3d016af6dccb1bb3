use super::*;

fn layout(body: &str) -> Layout {
    read("net/a.md", body, 1, "题")
}

fn places(places: &[Place]) -> Vec<(u32, u32)> {
    places.iter().map(|place| (place.line, place.column)).collect()
}

#[test]
fn every_heading_with_an_anchor_has_a_place() {
    let found = layout("# 题\n文\n\n## 现象\n\n> ### 内\n\n#### 细 **粗**\n\n## 现象\n");
    let found: Vec<_> = found
        .headings
        .iter()
        .map(|h| (h.place.line, h.level, h.is_section, h.title.as_str(), h.anchor.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (1, 0, true, "", "s-题"),
            (4, 2, true, "现象", "s-现象"),
            (6, 3, false, "内", "s-内"),
            (8, 4, false, "细 粗", "s-细-粗"),
            (10, 2, true, "现象", "s-现象-2"),
        ]
    );
}

#[test]
fn steps_and_questions_are_the_outermost_items() {
    let found = layout(
        "## 先问用户\n\n- [ ] 几台？\n  - 昨天\n- 在哪？\n\n## 应急策略\n\n1. 甲\n   1. 子\n2. 乙\n\n- 点\n\n### 段\n\n3. 丙\n\n> 1. 引\n",
    );
    assert_eq!(places(&found.questions), [(3, 1), (5, 1)]);
    assert_eq!(places(&found.steps), [(9, 1), (11, 1), (17, 1)]);
}

#[test]
fn lists_of_branches_know_their_choices_depth_and_owner() {
    let body = "## 应急策略\n\n1. 甲\n   - **如果 A**：做\n     - **如果 `B` 坏**：做\n       - **如果 C**\n     - 其他：做\n   - **否则（说不清）**：\n\n     文\n\n- **否则**：再做\n\n2. 乙\n   - **如果 D**\n\n## 预防措施\n\n- **如果 E**：不算\n";
    let found: Vec<_> = layout(body)
        .branch_lists
        .into_iter()
        .map(|list| (list.place.line, list.depth, list.owner, list.choices.join("|")))
        .collect();
    let owner = |line| found.iter().find(|list| list.0 == line).unwrap().2;
    let texts: Vec<_> = found.iter().map(|list| (list.0, list.1, list.3.as_str())).collect();
    assert_eq!(
        texts,
        [
            (6, 3, "如果 C"),
            (5, 2, "如果 B 坏|其他：做"),
            (4, 1, "如果 A|否则（说不清）"),
            (12, 1, "否则"),
            (15, 1, "如果 D"),
        ]
    );
    assert_eq!(owner(4), owner(12));
    assert!(owner(4) != owner(15) && owner(4) != owner(5));
}

#[test]
fn warnings_and_fences_have_their_lines() {
    let body = "> [!CAUTION]\n> 文\n\n> [!NOTE]\n> 文\n\n1. 步\n   **危险：** 会丢\n\n   ```bash\n   ls\n    rm -rf x\n   ```\n\n这里 **危险** 不在行首\n\n    rm -rf y\n\n```\n```\n\n- **危险**：文\n\n```sql\nupdate t\nset a=1\n```\n";
    let found = layout(body);
    assert_eq!(places(&found.warnings), [(1, 1), (8, 4), (22, 3)]);
    let fences: Vec<_> = found
        .fences
        .iter()
        .map(|f| (f.place.line, f.language.as_str(), f.code.as_str(), f.danger))
        .collect();
    assert_eq!(
        fences,
        [
            (10, "bash", "ls\n rm -rf x", Some(Place { line: 12, column: 5 })),
            (19, "", "", None),
            (24, "sql", "update t\nset a=1", Some(Place { line: 25, column: 1 })),
        ]
    );
}

#[test]
fn stars_that_make_nothing_bold_are_found_outside_code() {
    let cases: [(&str, &[(u32, u32)]); 9] = [
        ("甲**危险：**下一条", &[(1, 2)]),
        ("**危险：** 下一条", &[]),
        ("**如果 甲**：乙", &[]),
        ("`**` 与 \\*\\* 与 &#42;&#42;", &[]),
        ("```\n**\n```\n\n    **\n", &[]),
        ("甲\n乙 ** 丙 ** 丁\n**戊", &[(2, 3), (3, 1)]),
        ("| 甲 |\n|---|\n| **乙。**丙 |", &[(3, 3)]),
        ("## 现**象", &[(1, 5)]),
        ("2 * 3 * 4", &[]),
    ];
    for (body, expected) in cases {
        assert_eq!(places(&layout(body).loose_stars), expected, "{body:?}");
    }
}

#[test]
fn links_to_headings_and_to_nowhere_are_told_from_others() {
    let found = layout(
        "[甲](#%E7%94%B2) [b](b.md#x) [c](../../c.md) ![d](file:///d.png) <a@b.cn> [e](https://e.cn) [f]()",
    );
    let same: Vec<_> =
        found.same_page.iter().map(|l| (l.place.column, l.fragment.as_str())).collect();
    assert_eq!(same, [(1, "甲")]);
    let dead: Vec<_> = found.dead_ends.iter().map(|d| (d.destination.as_str(), d.image)).collect();
    assert_eq!(dead, [("../../c.md", false), ("file:///d.png", true), ("", false)]);
}

#[test]
fn places_are_those_of_the_file() {
    let source = "---\r\nid: a\r\n---\r\n\r\n## 现象\r\n";
    let found = crate::article::layout("a.md", source, "题");
    assert_eq!(found.headings[0].place, Place { line: 5, column: 1 });
    assert_eq!(crate::article::layout("a.md", "---\nid: a\n", "题"), Layout::default());
}
