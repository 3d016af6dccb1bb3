//! Searches through HTTP against `bare`, an axum server that answers the same bytes from memory
//! under the same load: 16 connections that each send the next request when the answer is there.
//! The ratio is the figure; both are measured in turns in one run.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench may fail, and prints its figures"
)]

#[expect(dead_code, reason = "shared by several benches")]
mod corpus;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Router, http::header, routing::get};
use jiuji::{
    kb::Root,
    live::{Live, Options},
    web::{AccessSettings, AllowedHosts, App, Limits, PageSettings, Settings, serve},
};
use tokio::net::TcpListener;

const N_CONNECTIONS: usize = 16;
const ROUND: Duration = Duration::from_secs(3);
const N_ROUNDS: usize = 3;
const PATH: &str = "/api/v1/search?q=%E7%99%BB%E5%BD%95%E5%BC%82%E5%B8%B8";

fn main() {
    // `cargo test --benches` runs this too; a measurement is only wanted from `cargo bench`.
    if !std::env::args().any(|arg| arg == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let index = tempfile::tempdir().unwrap();
    let jiuji = runtime.block_on(start_jiuji(index.path()));
    let answer = get_once(jiuji);
    let text = String::from_utf8_lossy(&answer).into_owned();
    assert!(text.contains("login-failure"), "{text}");
    let bare = runtime.block_on(start_bare(answer.clone()));
    assert_eq!(get_once(bare), answer);

    let (mut fast, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..N_ROUNDS {
        fast.push(requests_per_second(bare));
        ours.push(requests_per_second(jiuji));
    }
    let (fast, ours) = (median(fast), median(ours));
    println!("bare   {fast:8.0} requests/s");
    println!("jiuji  {ours:8.0} requests/s");
    println!("ratio  {:8.1} %", 100.0 * ours / fast);
}

async fn start_jiuji(index: &std::path::Path) -> SocketAddr {
    let root = Root::new(corpus::shipped_kb()).unwrap();
    let options =
        Options { root, index: index.to_owned(), vocabulary: None, watch: false, program: None };
    let live = Live::start(options).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let settings = Settings {
        live,
        kb_root: corpus::shipped_kb(),
        allowed_hosts: AllowedHosts::new(&[], address.port()).unwrap(),
        limits: Limits::default(),
        today: || time::macros::date!(2026 - 11 - 23),
        systems: Vec::new(),
        history: false,
        pages: PageSettings::default(),
        access: AccessSettings::default(),
    };
    tokio::spawn(serve(listener, App::new(settings), std::future::pending()));
    address
}

async fn start_bare(answer: Vec<u8>) -> SocketAddr {
    let answer = Arc::new(answer);
    let handler = move || {
        let answer = Vec::clone(&answer);
        async move { ([(header::CONTENT_TYPE, "application/json")], answer) }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/api/v1/search", get(handler));
    tokio::spawn(async move { axum_serve(listener, router).await });
    address
}

async fn axum_serve(listener: TcpListener, router: Router) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let service = hyper_util::service::TowerToHyperService::new(router.clone());
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(hyper_util::rt::TokioIo::new(stream), service),
        );
    }
}

fn requests_per_second(address: SocketAddr) -> f64 {
    let done = AtomicUsize::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..N_CONNECTIONS {
            scope.spawn(|| {
                let mut connection = Connection::open(address);
                while started.elapsed() < ROUND {
                    assert!(connection.get().len() > 100);
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    done.into_inner() as f64 / started.elapsed().as_secs_f64()
}

fn get_once(address: SocketAddr) -> Vec<u8> {
    Connection::open(address).get()
}

struct Connection {
    reader: BufReader<TcpStream>,
    request: String,
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let request = format!("GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", address.port());
        Self { reader: BufReader::new(stream), request }
    }

    /// Sends the request and reads the whole answer; gives the body.
    fn get(&mut self) -> Vec<u8> {
        self.reader.get_mut().write_all(self.request.as_bytes()).unwrap();
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        let mut length = 0;
        while line != "\r\n" {
            line.clear();
            self.reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.reader.read_exact(&mut body).unwrap();
        body
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
