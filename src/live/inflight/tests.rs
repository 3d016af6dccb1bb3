use std::collections::BTreeMap;

use super::*;
use crate::kb::Root;

/// A folder of generations, and a program that holds trials.
struct Case {
    dir: tempfile::TempDir,
    program: Option<PathBuf>,
}

impl Case {
    fn new(program: Option<&str>) -> Self {
        Self { dir: tempfile::tempdir().unwrap(), program: program.map(PathBuf::from) }
    }

    fn open(&self) -> Inflight {
        Inflight::open(&Options {
            root: Root::new(self.dir.path()).unwrap(),
            index: self.dir.path().to_owned(),
            vocabulary: None,
            watch: false,
            program: self.program.clone(),
        })
    }

    /// A process that ends with these articles in hand, each in a thread of its own.
    fn ends_with(&self, articles: &[(&str, &str)]) {
        let inflight = self.open();
        for (path, hash) in articles {
            inflight.begin("long/path/of/an/earlier/article.md", &"0".repeat(64));
            thread::scope(|scope| drop(scope.spawn(|| inflight.begin(path, hash)).join()));
        }
        // Nothing is tidied up: the process is gone.
        std::mem::forget(inflight);
    }

    fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.dir.path()).unwrap();
        names.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }
}

#[test]
fn what_was_in_hand_is_withheld_until_it_is_tried() {
    for (program, is_withheld, is_guilty) in
        [(None, true, false), (Some("true"), false, false), (Some("false"), true, true)]
    {
        let case = Case::new(program);
        case.ends_with(&[("a.md", "1")]);
        // What the main thread had in hand is a suspect, too, and is tried as well.
        let mut inflight = case.open();
        assert!(inflight.withholds("a.md", "1") && !inflight.is_guilty("a.md", "1"));
        assert!(!inflight.withholds("a.md", "2") && !inflight.withholds("b.md", "1"));
        while inflight.try_next() {}
        assert_eq!(inflight.withholds("a.md", "1"), is_withheld, "{program:?}");
        assert_eq!(inflight.is_guilty("a.md", "1"), is_guilty, "{program:?}");
        drop(inflight);
        assert_eq!(case.open().is_guilty("a.md", "1"), is_guilty, "{program:?} remembered");
    }
}

#[test]
fn a_process_that_tidied_up_leaves_no_suspect() {
    let case = Case::new(None);
    let inflight = case.open();
    inflight.begin("a.md", "1");
    inflight.end();
    inflight.begin("b.md", "1");
    drop(inflight);
    assert_eq!(case.open().len(), 0);
    assert_eq!(case.names(), [""; 0]);
}

#[test]
fn lost_trials_condemn_nobody_and_make_the_next_one_wait() {
    let case = Case::new(Some("true"));
    case.ends_with(&[("a.md", "1")]);
    let mut inflight = case.open();
    inflight.suspects.retain(|suspect| suspect.version.path == "a.md");
    inflight.suspects[0].n_lost_trials = PROMPT_TRIALS + 1;
    assert!(!inflight.try_next() && inflight.withholds("a.md", "1"));
    assert_eq!(inflight.due(), Some(inflight.opened + PAUSE));
    inflight.suspects[0].n_lost_trials = PROMPT_TRIALS;
    assert_eq!(inflight.due(), None);
    assert!(inflight.try_next() && !inflight.withholds("a.md", "1"));
}

#[test]
fn another_version_and_a_removed_file_are_free() {
    let case = Case::new(None);
    case.ends_with(&[("a.md", "1")]);
    let mut inflight = case.open();
    assert_eq!(inflight.findings().filter(|finding| finding.rule == "crash").count(), 2);
    inflight.forget("a.md");
    assert!(!inflight.withholds("a.md", "1"));
    inflight.forget_others(&Scan { files: BTreeMap::new(), ..Scan::default() });
    assert_eq!((inflight.len(), case.names()), (0, Vec::<String>::new()));
}

#[test]
fn damaged_marks_and_lists_name_nobody() {
    let case = Case::new(None);
    for text in ["", "{\"path\":\"a.md\",\"ha", "[1]\n", "\u{0}\u{0}\n"] {
        fs::write(case.dir.path().join("inflight-0"), text).unwrap();
        fs::write(case.dir.path().join("suspects.json"), text).unwrap();
        assert_eq!(case.open().len(), 0, "{text:?}");
    }
}
