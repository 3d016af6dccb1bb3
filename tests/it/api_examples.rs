//! The examples of `docs/api.md` do what the page says.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use crate::driver::{TestKb, eventually, patient};

/// Languages of blocks that are run, with the command that takes the block as its last argument.
const RUNNERS: &[(&str, &[&str])] = &[
    ("bash", &["bash", "-eu", "-c"]),
    ("python", &["python3", "-c"]),
    ("javascript", &["node", "--input-type=module", "--eval"]),
];

/// A block of code, and what stands in the text block below it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Example {
    language: String,
    code: String,
    printed: String,
}

#[test]
fn the_examples_of_the_api_print_what_stands_below_them() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api.md");
    let examples = examples(&fs_err::read_to_string(page).unwrap());
    let kb = TestKb::shipped().start();
    eventually("scanned", || !kb.get("/api/v1/status").json()["scanned_at"].is_null());
    let base = format!("http://{}", kb.listen(|port| kb.app(patient(), port)));
    let mut n_run = 0;
    for (language, command) in RUNNERS {
        let of_language = examples.iter().filter(|example| example.language == *language);
        if !is_there(command[0]) || (*language == "bash" && !is_there("curl")) {
            println!("skipped: examples in {language}, for {} is missing", command[0]);
            continue;
        }
        for example in of_language {
            run(example, command, &base);
            n_run += 1;
        }
    }
    println!("{n_run} examples were run");
    let n_of = |language: &str| examples.iter().filter(|e| e.language == language).count();
    assert!(n_of("bash") >= 5 && n_of("python") >= 3, "the page was not read");
    assert!(n_of("javascript") >= 1 && n_of("powershell") >= 1);
}

#[track_caller]
fn run(example: &Example, command: &[&str], base: &str) {
    let mut child = Command::new(command[0]);
    child.args(&command[1..]).arg(&example.code).env("JIUJI_URL", base).env("PYTHONUTF8", "1");
    // A proxy knows nothing of this machine's own addresses.
    child.env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    let output = child.stdin(Stdio::null()).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{printed}\n{complaint}", example.code);
    assert!(!example.printed.is_empty(), "nothing is expected of\n{}", example.code);
    for line in example.printed.lines() {
        assert!(
            printed.lines().any(|found| found == line),
            "{}\nshould print {line}\n{printed}\n{complaint}",
            example.code
        );
    }
}

fn is_there(program: &str) -> bool {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output();
    output.is_ok_and(|output| output.status.success())
}

/// The blocks of a page in their order; a block of text belongs to the one before it.
fn examples(page: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(_), Some(("text", text))) => {
                let last = found.last_mut().expect("a text block stands below its example");
                last.printed = text;
            }
            (Some(_), Some((language, code))) => {
                found.push(Example { language: language.into(), code, printed: String::new() });
            }
            (Some(language), None) => open = Some((language, String::new())),
            (None, Some((language, text))) => open = Some((language, text + line + "\n")),
            (None, None) => {}
        }
    }
    found
}

#[test]
fn a_block_of_text_belongs_to_the_one_above() {
    let page = "a\n```bash\necho 1\necho 2\n```\n\n```text\n1\n2\n```\n```python\nx\n```\n";
    let found = examples(page);
    assert_eq!((found[0].code.as_str(), found[0].printed.as_str()), ("echo 1\necho 2\n", "1\n2\n"));
    assert_eq!((found[1].language.as_str(), found[1].printed.as_str()), ("python", ""));
    assert_eq!(found.len(), 2);
}
