use super::*;

fn loaded(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jiuji.toml");
    fs_err::write(&file, text).unwrap();
    let inside =
        |path: PathBuf| path.strip_prefix(folder.path()).map(Path::to_owned).unwrap_or(path);
    Config::load(&file)
        .map(|config| Config {
            kb: config.kb.map(inside),
            index: config.index.map(inside),
            vocabulary: config.vocabulary.map(inside),
            ..config
        })
        .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}

#[test]
fn every_setting_is_read_and_paths_belong_to_the_file() {
    let text = r#"
        kb = "文章"
        index = "/var/lib/jiuji"
        vocabulary = "index"
        listen = "0.0.0.0:8017"
        allowed_hosts = ["kb.example.com", "10.0.0.5:8017"]
        watch = false
        systems = ["his", "mes"]
        history = false
    "#;
    let expected = Config {
        kb: Some("文章".into()),
        index: Some("/var/lib/jiuji".into()),
        vocabulary: Some("index".into()),
        listen: Some(([0, 0, 0, 0], 8017).into()),
        allowed_hosts: vec!["kb.example.com".to_owned(), "10.0.0.5:8017".to_owned()],
        watch: Some(false),
        systems: vec!["his".to_owned(), "mes".to_owned()],
        history: Some(false),
    };
    assert_eq!(loaded(text), Ok(expected));
    assert_eq!(loaded("# 空\n"), Ok(Config::default()));
}

#[test]
fn an_error_says_where_and_what_in_chinese() {
    let table = [
        (
            "kb = \"kb\"\nlisten_on = \"x\"\n",
            "jiuji.toml:2:1: 没有 `listen_on` 这个设置，可用的有：kb、index、vocabulary、listen、allowed_hosts、watch、systems、history",
        ),
        ("\nwatch = \"yes\"\n", "jiuji.toml:2:9: 值的类型不对，应为true 或 false"),
        ("allowed_hosts = \"x\"\n", "jiuji.toml:1:17: 值的类型不对，应为列表，如 [\"a\", \"b\"]"),
        ("kb = 1\n", "jiuji.toml:1:6: 值的类型不对，应为加引号的文字"),
        (
            "listen = \"localhost\"\n",
            "jiuji.toml:1:10: “localhost”不是 IP 和端口，应写成 127.0.0.1:8017 或 [::1]:8017",
        ),
        (
            "allowed_hosts = [\"https://kb\"]\n",
            "jiuji.toml:1:17: “https://kb”不是主机名，应写成 kb.example.com、10.0.0.5 或带端口的 kb.example.com:8017",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(loaded(text), Err(expected.to_owned()), "{text}");
    }
    let broken = loaded("kb = \"文章\nwatch = true\n").unwrap_err();
    assert!(broken.starts_with("jiuji.toml:1:") && broken.contains("不是有效的 TOML"), "{broken}");
}

#[test]
fn a_missing_file_is_an_error_only_when_it_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("jiuji.toml");
    assert!(matches!(Config::load(&missing), Err(ConfigError::Read { .. })));
    assert_eq!(Config::load_if_present(&missing).unwrap(), Config::default());
    fs_err::write(&missing, "x = 1").unwrap();
    assert!(matches!(Config::load_if_present(&missing), Err(ConfigError::Invalid { .. })));
}

#[test]
fn an_endless_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jiuji.toml");
    fs_err::write(&file, "#".repeat(64 * 1024 + 1)).unwrap();
    assert!(matches!(Config::load(&file), Err(ConfigError::Read { .. })));
    fs_err::write(&file, "#".repeat(64 * 1024)).unwrap();
    assert!(Config::load(&file).is_ok());
}
