//! What replaces what, and what is left when it fails.

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn folder(target: &Path, force: bool) -> Result<NewFolder, ExportError> {
    NewFolder::create(target, Path::new("/nowhere/kb"), force)
}

#[test]
fn a_folder_appears_whole_and_replaces_the_former_one() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("out");
    for text in ["1", "2"] {
        let mut new = folder(&target, false).unwrap();
        new.write("a/b.html", text.as_bytes()).unwrap();
        let (place, n_bytes, kept) = new.finish().unwrap();
        assert_eq!((place, n_bytes, kept), (target.canonicalize().unwrap(), 1, None));
        assert_eq!(fs_err::read_to_string(target.join("a/b.html")).unwrap(), text);
        assert_eq!(names(dir.path()), ["out"]);
    }
}

#[test]
fn an_unfinished_folder_leaves_the_former_one_and_no_trace() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("out");
    let mut first = folder(&target, false).unwrap();
    first.write("x", b"1").unwrap();
    first.finish().unwrap();
    let mut second = folder(&target, false).unwrap();
    second.write("x", b"2").unwrap();
    drop(second);
    assert_eq!(fs_err::read_to_string(target.join("x")).unwrap(), "1");
    assert_eq!(names(dir.path()), ["out"]);
}

#[test]
fn what_a_killed_export_left_is_cleared_and_a_running_one_respected() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("out");
    let running = folder(&target, false).unwrap();
    assert!(matches!(folder(&target, false), Err(ExportError::Busy(_))));
    drop(running);
    let left = dir.path().join(".out.jiuji-tmp");
    fs::create_dir(&left).unwrap();
    fs_err::write(left.join(MARKER), "").unwrap();
    fs_err::write(left.join("half"), "").unwrap();
    folder(&target, false).unwrap().finish().unwrap();
    assert_eq!(names(&target), [MARKER]);
    assert_eq!(names(dir.path()), ["out"]);
}

#[test]
fn a_foreign_folder_is_refused_or_kept() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("out");
    fs::create_dir(&target).unwrap();
    fs_err::write(target.join("letter.txt"), "x").unwrap();
    assert!(matches!(folder(&target, false), Err(ExportError::Foreign(_))));
    let (.., kept) = folder(&target, true).unwrap().finish().unwrap();
    assert_eq!(names(&kept.unwrap()), ["letter.txt"]);
    assert_eq!(names(dir.path()), ["out", "out.old-1"]);
}

#[test]
fn a_folder_around_the_knowledge_base_is_never_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let kb = dir.path().join("kb");
    fs::create_dir(&kb).unwrap();
    for target in [dir.path(), &kb] {
        let refused = NewFolder::create(target, &kb, true);
        assert!(matches!(refused, Err(ExportError::Unfit(..))), "{}", target.display());
    }
    assert!(matches!(folder(Path::new("/"), true), Err(ExportError::Unfit(..))));
}

#[test]
fn names_that_cannot_be_exchanged_are_renamed_in_turn() {
    let dir = tempfile::tempdir().unwrap();
    let (new, old) = (dir.path().join(".out.jiuji-tmp"), dir.path().join("out"));
    for (folder, file) in [(&new, "new"), (&old, "old")] {
        fs::create_dir(folder).unwrap();
        fs_err::write(folder.join(file), "").unwrap();
    }
    exchange(&new, &old).unwrap();
    assert_eq!((names(&new), names(&old)), (vec!["old".to_owned()], vec!["new".to_owned()]));
}

#[test]
fn a_file_goes_into_a_folder_or_has_a_name_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("out");
    for _ in 0..2 {
        let (place, _) = file(&folder, "matrix.csv", false).unwrap().finish().unwrap();
        assert!(place.ends_with("out/matrix.csv"), "{}", place.display());
        assert_eq!(names(&folder), [MARKER, "matrix.csv"]);
    }
    let own = dir.path().join("计划.CSV");
    let (place, _) = file(&own, "matrix.csv", false).unwrap().finish().unwrap();
    assert!(place.ends_with("计划.CSV"));
    assert!(matches!(file(&own, "matrix.csv", false), Err(ExportError::Present(_))));
    file(&own, "matrix.csv", true).unwrap().finish().unwrap();
}

#[test]
fn a_file_that_is_forced_into_a_foreign_folder_does_not_make_it_ours() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("letter.txt"), "x").unwrap();
    assert!(matches!(file(dir.path(), "a.csv", false), Err(ExportError::Foreign(_))));
    file(dir.path(), "a.csv", true).unwrap().finish().unwrap();
    assert_eq!(names(dir.path()), ["a.csv", "letter.txt"]);
}

#[test]
fn files_of_other_formats_stay() {
    let dir = tempfile::tempdir().unwrap();
    let target = dir.path().join("out");
    file(&target, "matrix.csv", false).unwrap().finish().unwrap();
    fs_err::write(target.join("junk"), "x").unwrap();
    folder(&target, false).unwrap().finish().unwrap();
    assert_eq!(names(&target), [MARKER, "matrix.csv"]);
}
