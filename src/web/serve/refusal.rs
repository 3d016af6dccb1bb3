//! The word with which a connection is closed that gets no seat, or has to give one up.

use std::io::{Read, Write};

use socket2::SockRef;
use tokio::net::TcpStream;

const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

/// At most so much is read of what the client has sent.
const MAX_UNREAD: usize = 4096;

/// Says that all connections are taken, without waiting for the client.
pub(super) fn refuse(stream: &TcpStream) {
    // The stream itself would wait until it knows that the client can be written to.
    let stream = SockRef::from(stream);
    // What was sent and not read would make the system tear the connection down, and the answer
    // with it. It is closed in any case; whether the client learns why is a courtesy.
    let _ = (&*stream).read(&mut [0; MAX_UNREAD]);
    let _ = (&*stream).write(FULL);
}
