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
        panel_origins = ["https://ticket.example.com"]
        second_line = " 值班电话 1234 "
        public_url = "http://kb.example.com:8017"
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
        panel_origins: vec!["https://ticket.example.com".to_owned()],
        second_line: Some("值班电话 1234".to_owned()),
        public_url: Some("http://kb.example.com:8017".to_owned()),
    };
    assert_eq!(loaded(text), Ok(expected));
    assert_eq!(loaded("# 空\n"), Ok(Config::default()));
}

#[test]
fn an_error_says_where_and_what_in_chinese() {
    let table = [
        (
            "kb = \"kb\"\nlisten_on = \"x\"\n",
            "jiuji.toml:2:1: 没有 `listen_on` 这个设置，可用的有：kb、index、vocabulary、listen、allowed_hosts、watch、systems、history、panel_origins、second_line、public_url",
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
    let origin = "不是网址来源，应写成 https://kb.example.com 或带端口的 http://10.0.0.5:8017，\
                  后面不带路径，也不用通配符";
    let table = [
        (
            "panel_origins = [\"https://a\", \"*\"]",
            "1:17",
            format!("panel_origins 里的“*”{origin}"),
        ),
        ("public_url = \"https://a/\"", "1:14", format!("public_url 里的“https://a/”{origin}")),
        (
            "second_line = \" \"",
            "1:15",
            "second_line 应为 1 到 200 个字的一行文字，写明怎样联系二线".to_owned(),
        ),
    ];
    for (text, place, expected) in table {
        assert_eq!(loaded(text), Err(format!("jiuji.toml:{place}: {expected}")), "{text}");
    }
    let long = |n| loaded(&format!("second_line = \"{}\"", "线".repeat(n)));
    assert!(long(200).is_ok() && long(201).is_err());
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
