//! The loop over real sockets, with a toy router.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream as Socket},
    time::Instant,
};

use axum::{extract::State, routing::get};
use tokio::{
    sync::{Notify, oneshot},
    task::{JoinHandle, spawn_blocking},
};

use super::*;

const SHORT: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(20);

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

async fn start(router: Router, limits: Limits) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(async move {
        let counts = Connections::default();
        run(listener, router, &limits, counts, async { drop(stopped.await) }).await;
    });
    Server { address, stop, task }
}

fn one_seat(seat_patience: Duration) -> Limits {
    Limits { connections: 1, seat_patience, ..Limits::default() }
}

fn hello() -> Router {
    Router::new().route("/", get(|| async { "hello" }))
}

fn connect(address: SocketAddr) -> Socket {
    let socket = Socket::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.set_write_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// Sends `request` and reads until the server closes.
async fn exchange(address: SocketAddr, request: Vec<u8>) -> String {
    let task = spawn_blocking(move || {
        let mut socket = connect(address);
        // A server may refuse and close before all is sent.
        let _ = socket.write_all(&request);
        socket
    });
    rest(task.await.unwrap()).await
}

const CLOSE: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn a_request_is_answered() {
    let server = start(hello(), Limits::default()).await;
    let answer = exchange(server.address, CLOSE.into()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("hello"), "{answer}");
    assert!(!answer.to_ascii_lowercase().contains("\r\nserver:"), "{answer}");
}

#[tokio::test]
async fn headers_that_never_end_and_idle_connections_are_closed() {
    let server = start(hello(), Limits { header_timeout: SHORT, ..Limits::default() }).await;
    for request in ["GET / HTTP/1.1\r\nHost:", "", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let begin = Instant::now();
        exchange(server.address, request.into()).await;
        let elapsed = begin.elapsed();
        assert!(elapsed >= SHORT && elapsed < PATIENCE / 2, "{request:?}: {elapsed:?}");
    }
}

#[tokio::test]
async fn oversized_and_malformed_heads_are_refused_and_the_connection_closed() {
    let server = start(hello(), Limits::default()).await;
    let long = format!("GET / HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n", "a".repeat(1 << 20));
    let many = format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: a\r\n".repeat(100));
    let table = [
        (long, "HTTP/1.1 431 "),
        (many, "HTTP/1.1 431 "),
        ("nonsense\r\n\r\n".to_owned(), "HTTP/1.1 400 "),
        ("GET / HTTP/2.0\r\n\r\n".to_owned(), "HTTP/1.1 4"),
    ];
    for (request, status) in table {
        let head: String = request.chars().take(20).collect();
        let answer = exchange(server.address, request.into_bytes()).await;
        assert!(answer.is_empty() || answer.starts_with(status), "{head}: {answer}");
    }
    assert!(exchange(server.address, CLOSE.into()).await.contains("200 OK"));
}

/// A connection on which `request` was sent and the beginning of an answer read.
async fn hold(address: SocketAddr, request: &'static str, n_read: usize) -> Socket {
    let task = spawn_blocking(move || {
        let mut socket = connect(address);
        socket.write_all(request.as_bytes()).unwrap();
        socket.read_exact(&mut vec![0; n_read]).unwrap();
        socket
    });
    task.await.unwrap()
}

/// What else comes on it until the server closes.
async fn rest(mut socket: Socket) -> String {
    let task = spawn_blocking(move || {
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    });
    task.await.unwrap()
}

const KEEP: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn connections_beyond_the_limit_are_refused_until_one_is_free() {
    let server = start(hello(), one_seat(Duration::from_secs(3600))).await;
    let first = hold(server.address, KEEP, 1).await;
    // Nothing is sent, so that closing cannot reset the answer away.
    let refused = exchange(server.address, Vec::new()).await;
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    drop(first);
    let begin = Instant::now();
    while !exchange(server.address, CLOSE.into()).await.contains("200 OK") {
        assert!(begin.elapsed() < PATIENCE, "the place was not given back");
    }
}

#[tokio::test]
async fn whoever_keeps_us_waiting_makes_room_for_a_newcomer_and_is_told_why() {
    let big = || async { vec![b'x'; 32 << 20] };
    let echo = |body: axum::body::Bytes| async { body };
    let router = hello().route("/big", get(big)).route("/echo", axum::routing::post(echo));
    let waiting = [
        ("GET / HTTP/1.1\r\nHost:", 0, true),
        ("", 0, true),
        (KEEP, 1, false),
        ("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab", 0, true),
        ("GET /big HTTP/1.1\r\nHost: x\r\n\r\n", 1, false),
    ];
    for (request, n_read, is_told) in waiting {
        let server = start(router.clone(), one_seat(SHORT)).await;
        let held = hold(server.address, request, n_read).await;
        sleep(SHORT * 2).await;
        let answer = exchange(server.address, CLOSE.into()).await;
        assert!(answer.contains("200 OK"), "{request:?}: {answer}");
        let rest = rest(held).await;
        assert_eq!(rest.contains("HTTP/1.1 503 "), is_told, "{request:?}");
    }
}

#[tokio::test]
async fn a_request_that_is_worked_for_and_a_stream_keep_their_connection() {
    let slow = || async { std::future::pending::<&'static str>().await };
    let stream = || async {
        let first = futures_util::stream::once(async { Ok::<_, io::Error>("event") });
        let stream = futures_util::StreamExt::chain(first, futures_util::stream::pending());
        axum::body::Body::from_stream(stream)
    };
    let router = hello().route("/slow", get(slow)).route("/stream", get(stream));
    let working = [
        ("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n", 0),
        ("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n", 1),
    ];
    for (request, n_read) in working {
        let server = start(router.clone(), one_seat(SHORT)).await;
        let held = hold(server.address, request, n_read).await;
        sleep(SHORT * 2).await;
        let answer = exchange(server.address, Vec::new()).await;
        assert!(answer.starts_with("HTTP/1.1 503 "), "{request:?}: {answer}");
        drop(held);
    }
}

#[tokio::test]
async fn a_stop_lets_the_request_in_flight_finish_and_refuses_new_ones() {
    let gate = Arc::new((Notify::new(), Notify::new()));
    let slow = |State(gate): State<Arc<(Notify, Notify)>>| async move {
        gate.0.notify_one();
        gate.1.notified().await;
        "finished"
    };
    let router = Router::new().route("/", get(slow)).with_state(Arc::clone(&gate));
    let server = start(router, Limits::default()).await;
    let address = server.address;
    let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let answer = tokio::spawn(exchange(address, request.into()));
    gate.0.notified().await;
    server.stop.send(()).unwrap();
    let begin = Instant::now();
    while spawn_blocking(move || Socket::connect(address)).await.unwrap().is_ok() {
        assert!(begin.elapsed() < PATIENCE, "still accepts");
    }
    gate.1.notify_one();
    let answer = answer.await.unwrap();
    assert!(answer.ends_with("finished"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    server.task.await.unwrap();
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let arrived = Arc::new(Notify::new());
    let hang = |State(arrived): State<Arc<Notify>>| async move {
        arrived.notify_one();
        std::future::pending::<&'static str>().await
    };
    let router = Router::new().route("/", get(hang)).with_state(Arc::clone(&arrived));
    let server = start(router, Limits { stop_timeout: SHORT, ..Limits::default() }).await;
    let answer = tokio::spawn(exchange(server.address, CLOSE.into()));
    arrived.notified().await;
    server.stop.send(()).unwrap();
    timeout(PATIENCE, server.task).await.unwrap().unwrap();
    assert_eq!(answer.await.unwrap(), "");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped() {
    let big = Router::new().route("/", get(|| async { vec![b'x'; 32 << 20] }));
    let limits = Limits { write_timeout: SHORT, stop_timeout: PATIENCE, ..Limits::default() };
    let server = start(big, limits).await;
    let address = server.address;
    let socket = spawn_blocking(move || {
        let mut socket = connect(address);
        socket.write_all(CLOSE.as_bytes()).unwrap();
        let mut byte = [0];
        socket.read_exact(&mut byte).unwrap();
        socket
    });
    let socket = socket.await.unwrap();
    let begin = Instant::now();
    server.stop.send(()).unwrap();
    server.task.await.unwrap();
    assert!(begin.elapsed() < PATIENCE / 2, "waited for a client that does not read");
    drop(socket);
}

#[tokio::test]
async fn without_file_descriptors_a_waiting_client_gives_its_own_back() {
    let mut seats = Seats::new(9, PATIENCE);
    let waiting = tokio::spawn(std::future::pending::<()>());
    let client = Client::from(std::net::IpAddr::from([10, 0, 0, 1]));
    seats.take(client, Arc::new(Turn::new()), waiting.abort_handle());
    survive(&io::Error::from_raw_os_error(103), &mut seats).await;
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished(), "that was about another connection");
    survive(&io::Error::from_raw_os_error(24), &mut seats).await;
    let ended = timeout(PATIENCE, waiting).await.expect("nobody gave anything back");
    assert!(ended.unwrap_err().is_cancelled());
}

#[test]
fn only_errors_of_one_connection_are_retried_at_once() {
    let of = |code| is_of_one_connection(&io::Error::from_raw_os_error(code));
    assert!(of(103), "ECONNABORTED");
    assert!(!of(24), "EMFILE");
    assert!(!of(23), "ENFILE");
}
