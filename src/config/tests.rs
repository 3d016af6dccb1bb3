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
        cors_origins = ["https://Ticket.example.com:443"]
        read_tokens = ["a:0707070707070707070707070707070707070707070707070707070707070707"]
        rate_limit = 20
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
        cors_origins: vec!["https://ticket.example.com".to_owned()],
        read_tokens: vec![ReadToken { id: "a".to_owned(), sha256: [7; 32] }],
        rate_limit: Some(20),
    };
    assert_eq!(loaded(text), Ok(expected));
    assert_eq!(loaded("# 空\n"), Ok(Config::default()));
}

#[test]
fn an_error_says_where_and_what_in_chinese() {
    let table = [
        (
            "kb = \"kb\"\nlisten_on = \"x\"\n",
            "jiuji.toml:2:1: 没有 `listen_on` 这个设置，是不是 `listen`？可用的有：kb、index、vocabulary、listen、allowed_hosts、watch、systems、history、panel_origins、second_line、public_url、cors_origins、read_tokens、rate_limit",
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
        ("cors_origins = [\"null\"]", "1:16", format!("cors_origins 里的“null”{origin}")),
        (
            "rate_limit = 0",
            "1:14",
            "rate_limit 应为 1 到 10000 的整数，每个客户端每秒的请求数".to_owned(),
        ),
        ("rate_limit = \"20\"", "1:14", "值的类型不对，应为整数".to_owned()),
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

#[test]
fn what_is_wrong_with_tokens_is_said_without_repeating_them() {
    let hash = "ab".repeat(32);
    let twice = loaded(&format!("read_tokens = [\"a:{hash}\", \"b:{hash}\", \"a:{hash}\"]"));
    let expected = "jiuji.toml:1:15: read_tokens 里编号 a 出现了两次，请换一个编号";
    assert_eq!(twice, Err(expected.to_owned()));
    let secret = format!("jiuji_a_{}", "A".repeat(43));
    let error = loaded(&format!("\nread_tokens = [\"a:{hash}\", \"{secret}\"]")).unwrap_err();
    assert!(error.starts_with("jiuji.toml:2:15: read_tokens 第 2 项应写成"), "{error}");
    assert!(!error.contains("AAA"), "{error}");
    let many: Vec<_> = (0..65).map(|n| format!("\"t{n}:{hash}\"")).collect();
    let many = |n: usize| loaded(&format!("read_tokens = [{}]", many[..n].join(",")));
    assert!(many(64).is_ok() && many(65).is_err());
}

/// The names the parser itself accepts, from its own message.
fn names_of_the_struct() -> Vec<String> {
    let error = loaded("\"?\" = 1").unwrap_err();
    let (_, names) = error.split_once("可用的有：").unwrap();
    names.split('、').map(str::to_owned).collect()
}

#[test]
fn the_list_of_settings_is_that_of_the_struct() {
    let listed = Config::default().entries().map(|(name, _)| name.to_owned());
    assert_eq!(names_of_the_struct(), listed);
}

#[test]
fn a_misspelt_setting_names_the_nearest_one() {
    let table = [
        ("listn", Some("listen")),
        ("Listen", Some("listen")),
        ("allowed-hosts", Some("allowed_hosts")),
        ("cors_origin", Some("cors_origins")),
        ("read_token", Some("read_tokens")),
        ("wacth", Some("watch")),
        ("password", None),
        ("监听", None),
    ];
    for (written, meant) in table {
        let error = loaded(&format!("\"{written}\" = 1")).unwrap_err();
        let named = error.split_once("是不是 `").and_then(|(_, rest)| rest.split_once('`'));
        assert_eq!(named.map(|(name, _)| name), meant, "{error}");
        assert!(error.contains("可用的有：kb、"), "{error}");
    }
}

/// A value for every setting, as the environment writes it, and how it is told.
const VALUES: [(&str, &str, &str); 14] = [
    ("kb", "文章", "文章"),
    ("index", "data", "data"),
    ("vocabulary", "words", "words"),
    ("listen", "127.0.0.1:80", "127.0.0.1:80"),
    ("allowed_hosts", "a, b:80", "a、b:80"),
    ("watch", "false", "false"),
    ("systems", "his,mes,", "his、mes"),
    ("history", "true", "true"),
    ("panel_origins", "https://a", "https://a"),
    ("second_line", "电话 1,2", "电话 1,2"),
    ("public_url", "http://a", "http://a"),
    ("cors_origins", "https://a,http://b:81", "https://a、http://b:81"),
    ("read_tokens", "a:0707070707070707070707070707070707070707070707070707070707070707", "a"),
    ("rate_limit", "20", "20"),
];

#[test]
fn every_setting_can_come_from_the_environment() {
    let lookup = |asked: &str| {
        let named = |(name, _, _): &&(&str, &str, &str)| variable(name) == asked;
        VALUES.iter().find(named).map(|(_, value, _)| value.into())
    };
    let config = Config::from_environment(lookup).unwrap();
    let told = VALUES.map(|(name, _, told)| (name, Some(told.to_owned())));
    assert_eq!(config.entries(), told);
    assert_eq!(Config::from_environment(|_| None).unwrap(), Config::default());
    assert_eq!(Config::from_environment(|_| Some("".into())).unwrap(), Config::default());
    // What is said first holds, setting by setting.
    assert_eq!(config.clone().or(Config::default()), config);
    assert_eq!(Config::default().or(config.clone()), config);
}

#[test]
fn a_wrong_variable_is_named() {
    let table = [
        ("listen", "localhost", "环境变量 JIUJI_LISTEN：“localhost”不是 IP 和端口"),
        ("watch", "yes", "环境变量 JIUJI_WATCH：应为 true 或 false"),
        ("rate_limit", "many", "环境变量 JIUJI_RATE_LIMIT：应为整数"),
        ("rate_limit", "0", "环境变量 JIUJI_RATE_LIMIT：rate_limit 应为 1 到"),
        ("cors_origins", "*", "环境变量 JIUJI_CORS_ORIGINS：cors_origins 里的“*”"),
        ("read_tokens", "a", "环境变量 JIUJI_READ_TOKENS：read_tokens 第 1 项"),
    ];
    for (name, value, expected) in table {
        let lookup = |asked: &str| (asked == variable(name)).then(|| value.into());
        let error = Config::from_environment(lookup).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}
