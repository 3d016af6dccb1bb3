//! The program as people run it: a process of its own on a folder of its own.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::http;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_jiuji");
/// Longest wait for a start, a full build included.
pub(crate) const START_PATIENCE: Duration = Duration::from_secs(60);

/// A folder of articles and a folder for the index, gone at the end.
pub(crate) struct Place {
    dir: TempDir,
}

impl Place {
    /// Both folders, empty.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs_err::create_dir(dir.path().join("kb")).unwrap();
        Self { dir }
    }

    /// The folder around both.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The folder of articles.
    pub(crate) fn kb(&self) -> PathBuf {
        self.dir.path().join("kb")
    }

    /// The folder of the index.
    pub(crate) fn index(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// Writes a file of the folder of articles, with the folders above it.
    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.kb().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, content).unwrap();
    }

    /// `jiuji` with a subcommand, on these folders, its output ready to be read.
    pub(crate) fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        self.arguments(&mut command, subcommand);
        command
    }

    /// `wrapper … jiuji subcommand`, for programs such as strace that run another one.
    pub(crate) fn wrapped(&self, wrapper: &[&str], subcommand: &str) -> Command {
        let (program, arguments) = wrapper.split_first().expect("a wrapper has a name");
        let mut command = Command::new(program);
        command.args(arguments).arg(PROGRAM);
        self.arguments(&mut command, subcommand);
        command
    }

    fn arguments(&self, command: &mut Command, subcommand: &str) {
        command.arg(subcommand).arg("--kb").arg(self.kb()).arg("--index").arg(self.index());
        if subcommand == "serve" {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        command.current_dir(self.path()).env("JIUJI_LOG", "error");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    }

    /// Starts the server and waits until it says where it listens.
    pub(crate) fn serve(&self) -> Server {
        Server::start(self.command("serve"))
    }

    /// The same with the environment that the service manager gives it.
    pub(crate) fn serve_as_deployed(&self) -> Server {
        let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/jiuji.service");
        let unit = fs_err::read_to_string(unit).unwrap();
        let lines = unit.lines().filter_map(|line| line.strip_prefix("Environment="));
        let variables = lines.flat_map(str::split_whitespace).filter_map(|one| one.split_once('='));
        let mut command = self.command("serve");
        command.envs(variables);
        Server::start(command)
    }
}

/// A running server; killed when it goes.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    /// From the start of the process until it said where it listens.
    pub(crate) ready_after: Duration,
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL: nothing is written, nothing is closed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a command that serves, and waits until it says where it listens.
    pub(crate) fn start(command: Command) -> Self {
        Self::try_start(command).expect("it says where it listens")
    }

    /// The same; `None` when it ends or says nothing in time.
    pub(crate) fn try_start(mut command: Command) -> Option<Self> {
        let begin = Instant::now();
        let mut child = command.spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (told, port) = mpsc::channel();
        thread::spawn(move || {
            // Reading goes on to the end, so that the process never waits for this one.
            for line in output.lines().map_while(Result::ok) {
                let _ = port_in(&line).map(|port| told.send(port));
            }
        });
        let mut server = Self { child, port: 0, ready_after: Duration::ZERO };
        server.port = port.recv_timeout(START_PATIENCE).ok()?;
        server.ready_after = begin.elapsed();
        Some(server)
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// How it ended; `None` while it runs and after a signal.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.child.try_wait().ok().flatten()?.code()
    }

    /// Sends a signal by its name, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let kill =
            Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string()).status();
        assert!(kill.unwrap().success(), "kill -{name}");
    }

    /// Waits for its end, at most so long; whether it ended.
    pub(crate) fn ends_within(&mut self, limit: Duration) -> bool {
        let begin = Instant::now();
        while self.is_alive() {
            if begin.elapsed() > limit {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        true
    }

    /// A number of `/proc/PID/status` in KiB, such as `VmHWM`, the most memory ever used.
    pub(crate) fn memory_kib(&self, name: &str) -> usize {
        let text = fs_err::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = text.lines().find(|line| line.starts_with(&format!("{name}:"))).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// How many entries a folder of `/proc/PID` has, such as `fd` and `task`.
    pub(crate) fn proc_entries(&self, folder: &str) -> usize {
        fs_err::read_dir(format!("/proc/{}/{folder}", self.pid())).unwrap().count()
    }

    /// Ids found for a query, best first.
    pub(crate) fn found(&self, query: &str) -> Vec<String> {
        http::found(self.port, query)
    }
}

/// The port of a line such as `救急已启动：http://127.0.0.1:8017/`.
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("http://127.0.0.1:")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Whether a program can be run here.
pub(crate) fn has(program: &str) -> bool {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("command -v {program}")]).stdout(Stdio::null());
    shell.status().is_ok_and(|status| status.success())
}

/// Waits until `condition` holds, at most `limit`; how long it took, or `None`.
pub(crate) fn eventually(limit: Duration, mut condition: impl FnMut() -> bool) -> Option<Duration> {
    let begin = Instant::now();
    loop {
        if condition() {
            return Some(begin.elapsed());
        }
        if begin.elapsed() > limit {
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
}
