//! Tables become articles: the two tables of the service plan in every format, and what people
//! do to tables.

use std::{
    collections::BTreeMap,
    io::{Cursor, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

use jiuji::{
    article::{self, Article, Level, Step},
    check::{self, check_folder},
    import::{Fate, Options, Report, RowReport, import},
    kb::Root,
};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    dice::Dice,
    driver::{TODAY, TestKb, encoded},
};

/// The events of the two tables, with the fault type of their articles.
const EVENTS: [(&str, &str); 5] = [
    ("登录异常", "login"),
    ("硬件损坏", "hardware"),
    ("操作失误", "user-error"),
    ("配置丢失", "config-loss"),
    ("数据丢失", "data-loss"),
];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import").join(name)
}

fn options(kb: &TestKb, file: &Path) -> Options {
    Options {
        file: file.to_owned(),
        out: kb.root().to_owned(),
        root: Root::new(kb.root()).unwrap(),
        today: TODAY,
        dry_run: false,
    }
}

fn imported(kb: &TestKb, name: &str) -> Report {
    import(&options(kb, &fixture(name))).unwrap()
}

/// Brings in a document with these bytes.
fn imported_bytes(kb: &TestKb, name: &str, bytes: &[u8]) -> Result<Report, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs_err::write(&file, bytes).unwrap();
    import(&options(kb, &file)).map_err(|error| error.to_string())
}

fn fates(report: &Report) -> Vec<Fate> {
    report.rows.iter().map(|row| row.fate).collect()
}

fn titles(report: &Report) -> Vec<&str> {
    report.rows.iter().map(|row| row.title.as_str()).collect()
}

/// The article of a row, and its source.
fn article(row: &RowReport) -> (Article, String) {
    let file = Path::new(row.file.as_ref().unwrap());
    let source = fs_err::read_to_string(file).unwrap();
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let parsed = article::parse(&name, &source).unwrap();
    assert_eq!(parsed.findings, [], "{source}");
    (parsed.article, source)
}

fn of_event<'r>(report: &'r Report, event: &str) -> &'r RowReport {
    report.rows.iter().find(|row| row.title == event).unwrap()
}

/// Condition and text of each branch.
fn branches(step: &Step) -> Vec<(&str, &str)> {
    step.branches.iter().map(|it| (it.condition.as_str(), it.text.as_str())).collect()
}

/// All files below a folder, with their content and the time they were changed.
fn files(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let entries = fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let file = |path: PathBuf| {
        let changed = fs_err::metadata(&path).unwrap().modified().unwrap();
        (path.clone(), (fs_err::read(path).unwrap(), changed))
    };
    entries.map(file).collect()
}

/// What is wrong with the articles, apart from what is still to be written.
fn mistakes(kb: &TestKb) -> Vec<String> {
    let report = check_folder(&Root::new(kb.root()).unwrap(), &check::Options::new(TODAY)).unwrap();
    let findings = report.findings.into_iter();
    let mistakes = findings.filter(|it| it.rule != "gap" && it.level != Level::Info);
    mistakes.map(|it| format!("{} {} {}", it.path, it.rule, it.message)).collect()
}

#[test]
fn the_tables_of_the_plan_become_good_articles_from_every_format() {
    let mut all_ids = Vec::new();
    for name in ["plan.docx", "plan.xlsx", "plan.csv", "plan.md"] {
        let kb = TestKb::new();
        let report = imported(&kb, name);
        assert_eq!(titles(&report), EVENTS.map(|(event, _)| event), "{name}");
        assert_eq!(fates(&report), [Fate::Written; 5], "{name}");
        assert!(report.skipped_tables.is_empty(), "{name}: {:?}", report.skipped_tables);
        assert_eq!(mistakes(&kb), Vec::<String>::new(), "{name}");
        for (row, (_, fault)) in report.rows.iter().zip(EVENTS) {
            let (article, source) = article(row);
            assert_eq!(article.meta.fault_type.map(|it| it.as_str()), Some(fault), "{source}");
            assert_eq!((Some(&article.id), row.n_gaps > 5), (row.id.as_ref(), true), "{source}");
        }
        all_ids.push(report.rows.into_iter().map(|row| row.id.unwrap()).collect::<Vec<_>>());
    }
    assert!(all_ids.iter().all(|ids| *ids == all_ids[0]), "{all_ids:#?}");
}

#[test]
fn the_decisions_of_the_plan_are_branches() {
    let kb = TestKb::new();
    let report = imported(&kb, "plan.docx");
    let steps = |event| article(of_event(&report, event)).0.steps;

    let hardware = steps("硬件损坏");
    let [one, other] = branches(&hardware[0])[..] else { panic!("{hardware:?}") };
    assert_eq!(one, ("如果 磁盘数据未丢失", "保证数据安全性，建议项目单位替换相关硬件。"));
    assert!(other.0.starts_with("否则（说不清") && other.1.contains("【待补："), "{other:?}");
    assert!(hardware[0].text.starts_with("项目单位操作用电脑硬件损坏"));

    let mistake = steps("操作失误");
    assert_eq!(
        branches(&mistake[0]),
        [
            ("如果 操作失误未造成既成结果或数据未丢失", "保障数据安全；"),
            ("否则（反之）", "协调相关部门，进行补救。"),
        ]
    );
    assert_eq!(mistake[1].text, "对操作人员强调注意事项。");

    let loss = steps("数据丢失");
    assert_eq!(loss[0].text, "协调有关部门，进行补救；");
    assert_eq!(branches(&loss[0])[0], ("如果 无法补救", "提交报告说明原因。"));

    let config = steps("配置丢失");
    assert_eq!(config.len(), 1);
    assert!(config[0].branches.is_empty(), "{config:?}");

    let login = steps("登录异常");
    assert_eq!(login[0].text, "联系网络服务商；");
    assert_eq!(branches(&login[1])[0], ("如果 流量异常大", "查杀病毒"));
}

#[test]
fn every_character_of_a_cell_is_in_its_article() {
    let kb = TestKb::new();
    let report = imported(&kb, "plan.csv");
    let text = fs_err::read_to_string(fixture("plan.csv")).unwrap();
    let mut n_cells = 0;
    for line in text.lines() {
        let row = report.rows.iter().find(|row| line.contains(&format!("{},", row.title)));
        let Some(row) = row else { continue };
        let (article, source) = article(row);
        let texts = article.sections.iter().map(|section| section.text.as_str());
        let said: String = [article.title.as_str()].into_iter().chain(texts).collect();
        for cell in line.split(',').filter(|cell| !cell.is_empty()) {
            n_cells += 1;
            let mut said = said.chars();
            let is_said = cell.chars().all(|c| said.any(|other| other == c));
            assert!(is_said, "{cell} is not in {source}");
        }
    }
    assert_eq!(n_cells, 3 + 2 + 3 + 3 + 3);
}

#[test]
fn imported_articles_are_found_at_once() {
    let kb = TestKb::new();
    let report = imported(&kb, "plan.docx");
    let kb = kb.start();
    for (event, _) in EVENTS {
        let query = format!("/api/v1/search?q={}&status=draft&status=published", encoded(event));
        let answer = kb.get(&query).json();
        let id = of_event(&report, event).id.as_deref();
        assert_eq!(answer["hits"][0]["id"].as_str(), id, "{event}: {answer:#}");
    }
}

#[test]
fn doing_it_again_changes_nothing() {
    let kb = TestKb::new();
    let report = imported(&kb, "plan.docx");
    let login = PathBuf::from(of_event(&report, "登录异常").file.clone().unwrap());
    fs_err::write(&login, "---\ntitle: 改过\n---\n").unwrap();
    let before = files(kb.root());
    for name in ["plan.docx", "plan.xlsx"] {
        let again = imported(&kb, name);
        assert_eq!(fates(&again), [Fate::Existing; 5], "{name}");
        assert_eq!(files(kb.root()), before, "{name}");
    }
    // An article that was moved is still the article of its row.
    let name = login.file_name().unwrap().to_string_lossy().into_owned();
    fs_err::create_dir(kb.root().join("登录")).unwrap();
    kb.rename(&name, &format!("登录/{name}"));
    assert_eq!(fates(&imported(&kb, "plan.md")), [Fate::Existing; 5]);
    assert!(!login.exists());
}

#[test]
fn nothing_is_written_when_nothing_is_to_be() {
    let kb = TestKb::new();
    let out = kb.root().join("新");
    let dry = Options { dry_run: true, out: out.clone(), ..options(&kb, &fixture("plan.docx")) };
    let report = import(&dry).unwrap();
    assert_eq!(fates(&report), [Fate::Planned; 5]);
    assert!(report.rows.iter().all(|row| row.n_gaps > 0));
    assert!(!out.exists());
    let report = import(&Options { dry_run: false, ..dry }).unwrap();
    assert_eq!(fates(&report), [Fate::Written; 5]);
    assert_eq!(files(&out).len(), 5);
}

#[test]
fn a_word_document_may_have_merged_cells_other_tables_and_tracked_changes() {
    let kb = TestKb::new();
    let report = imported(&kb, "merged.docx");
    assert_eq!(titles(&report), ["硬盘异响", "内存报错", "断网"]);
    let tables: Vec<_> = report.skipped_tables.iter().map(|it| it.table.as_str()).collect();
    assert_eq!(tables, ["第 1 张表"]);
    assert!(report.skipped_tables[0].begins.contains("姓名"));

    let disk = article(of_event(&report, "硬盘异响")).0;
    let texts: Vec<_> = disk.steps.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(texts, ["停止写入；", "备份数据；", "更换硬盘。"]);
    let (memory, source) = article(of_event(&report, "内存报错"));
    assert_eq!(memory.steps[0].text, "更换内存条，再开机自检");
    assert!(source.contains("原表“类型”：硬件") && !source.contains("报废"), "{source}");
    let network = article(of_event(&report, "断网")).0;
    let conditions: Vec<_> =
        network.steps[0].branches.iter().map(|it| it.condition.as_str()).collect();
    assert_eq!(conditions, ["如果 只有一台断网", "如果 整层断网", "否则"]);
    assert!(article(of_event(&report, "断网")).1.contains("- 【待补：预防措施】"));
    assert_eq!(mistakes(&kb), Vec::<String>::new());
}

#[test]
fn a_workbook_may_have_other_sheets_columns_in_any_order_and_lines_in_cells() {
    let kb = TestKb::new();
    let report = imported(&kb, "merged.xlsx");
    assert_eq!(titles(&report), ["硬盘异响", "内存报错", "专线中断"]);
    assert_eq!(report.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [4, 5, 7]);
    assert_eq!(report.skipped_tables[0].table, "工作表“通讯录”");
    let (disk, source) = article(of_event(&report, "硬盘异响"));
    let texts: Vec<_> = disk.steps.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(texts, ["停止写入", "备份数据"]);
    assert_eq!(disk.meta.owner.as_deref(), Some("桌面运维组"));
    assert!(source.contains("- 每日备份；\n- 每周查日志\n"), "{source}");
    assert!(source.contains("原表“备注”：见资产台账"), "{source}");
    assert!(article(of_event(&report, "内存报错")).1.contains("原表“类型”：硬件"));
    assert_eq!(mistakes(&kb), Vec::<String>::new());
}

#[test]
fn traditional_script_and_other_encodings_are_read() {
    let kb = TestKb::new();
    let report = imported(&kb, "traditional.xlsx");
    assert_eq!(titles(&report), ["硬碟損壞", "設定遺失"]);
    let disk = article(of_event(&report, "硬碟損壞")).0;
    assert!(disk.id.starts_with("ying-die-sun-huai-"), "{}", disk.id);
    assert_eq!(branches(&disk.steps[0])[0], ("如果 數據未丟失", "先備份；"));

    let report = imported(&kb, "gb18030.csv");
    assert_eq!(titles(&report), ["打印机不出纸", "邮件发不出去"]);
    let (printer, source) = article(of_event(&report, "打印机不出纸"));
    assert_eq!(printer.meta.systems, ["printer"]);
    assert_eq!(printer.steps.len(), 2, "{source}");
    assert!(article(of_event(&report, "邮件发不出去")).1.contains("- 【待补：预防措施】"));
    assert_eq!(mistakes(&kb), Vec::<String>::new());

    let utf16: Vec<u8> =
        "\u{feff}事件\t处理\r\n断网\t看线\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(titles(&imported_bytes(&kb, "a.tsv", &utf16).unwrap()), ["断网"]);
}

#[test]
fn tables_of_other_things_give_no_article() {
    let kb = TestKb::new();
    for (name, text, n_tables) in
        [("a.csv", "姓名,电话\n甲,1\n", 1), ("a.md", "# 没有表\n\n文\n", 0), ("a.csv", "", 0)]
    {
        let report = imported_bytes(&kb, name, text.as_bytes()).unwrap();
        assert!(!report.has_articles() && report.rows.is_empty());
        assert_eq!(report.skipped_tables.len(), n_tables, "{text:?}");
    }
}

/// An archive of these parts.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn damaged_and_hostile_documents_are_refused_with_a_reason() {
    let docx = fs_err::read(fixture("plan.docx")).unwrap();
    let xlsx = fs_err::read(fixture("plan.xlsx")).unwrap();
    let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    let entity = "<!DOCTYPE a [<!ENTITY b \"cc\">]><a>&b;</a>";
    let rows = "甲,乙\n".repeat(10_001);
    let wide = ",".repeat(64);
    let table: [(&str, Vec<u8>, &str); 11] = [
        ("a.docx", half(&docx), "已损坏"),
        ("a.xlsx", half(&xlsx), "已损坏"),
        ("a.docx", b"not a zip".to_vec(), "内容不是 DOCX 格式"),
        ("a.docx", archive(&[("word/document.xml", "<w:document><w:body>")]), "没有写完"),
        ("a.docx", archive(&[("word/document.xml", entity)]), "DTD"),
        ("a.xlsx", archive(&[("xl/workbook.xml", "<workbook>")]), "已损坏"),
        ("a.zip", archive(&[("a.txt", "文")]), "不是 DOCX 或 XLSX"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "旧版 Office"),
        ("a.csv", rows.into_bytes(), "第 10001 行：超过 10000 行"),
        ("a.csv", format!("甲{wide}\n").into_bytes(), "第 1 行：超过 64 列"),
        ("a.csv", "甲,\"乙\n丙,丁\n".into(), "第 1 行的引号没有结束"),
    ];
    let kb = TestKb::new();
    for (name, bytes, expected) in table {
        let error = imported_bytes(&kb, name, &bytes).unwrap_err();
        assert!(error.contains(name) && error.contains(expected), "{expected}: {error}");
    }
    assert!(files(kb.root()).is_empty());
}

#[test]
fn a_document_with_any_byte_changed_is_read_or_refused() {
    let mut dice = Dice::of("a_document_with_any_byte_changed");
    let kb = TestKb::new();
    for name in ["plan.docx", "plan.xlsx", "plan.csv"] {
        let whole = fs_err::read(fixture(name)).unwrap();
        for _ in 0..100 {
            let mut bytes = whole.clone();
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join(name);
            fs_err::write(&file, &bytes).unwrap();
            let dry = Options { dry_run: true, ..options(&kb, &file) };
            let said = import(&dry).err().map(|error| error.to_string());
            assert!(said.is_none_or(|said| said.contains(name)), "{name} at {at}");
        }
    }
}
