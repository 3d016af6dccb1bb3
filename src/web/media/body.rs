//! A file as a response body, in pieces, so that slow clients cost a piece and not the file.

use std::{
    fs::File,
    io::{self, Read},
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::body::{Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::task::{JoinHandle, spawn_blocking};

/// Bytes read at a time.
const PIECE: u64 = 64 * 1024;

type Piece = io::Result<(File, Bytes)>;

/// Exactly the first `n_left` bytes of a file.
pub(super) struct FileBody {
    n_left: u64,
    state: State,
}

enum State {
    Idle(File),
    Reading(JoinHandle<Piece>),
    Done,
}

impl FileBody {
    pub(super) fn new(file: File, n_bytes: u64) -> Self {
        Self { n_left: n_bytes, state: State::Idle(file) }
    }

    /// The reading that is under way, or a new one; `None` when all is read.
    fn reading(&mut self) -> Option<&mut JoinHandle<Piece>> {
        if let State::Idle(_) = self.state {
            let n_bytes = self.n_left.min(PIECE);
            if let State::Idle(file) = std::mem::replace(&mut self.state, State::Done)
                && n_bytes > 0
            {
                self.state = State::Reading(spawn_blocking(move || read(file, n_bytes)));
            }
        }
        match &mut self.state {
            State::Reading(task) => Some(task),
            _ => None,
        }
    }

    fn take(&mut self, piece: Piece) -> io::Result<Bytes> {
        self.state = State::Done;
        let (file, bytes) = piece?;
        self.n_left = self.n_left.saturating_sub(bytes.len() as u64);
        self.state = State::Idle(file);
        Ok(bytes)
    }
}

/// The next `n_bytes` of the file; it is an error when it has become shorter.
fn read(mut file: File, n_bytes: u64) -> Piece {
    let mut bytes = vec![0; usize::try_from(n_bytes).unwrap_or(0)];
    file.read_exact(&mut bytes)?;
    Ok((file, Bytes::from(bytes)))
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(reading) = self.reading() else { return Poll::Ready(None) };
        let piece = ready!(Pin::new(reading).poll(cx)).unwrap_or_else(|e| Err(io::Error::other(e)));
        Poll::Ready(Some(self.take(piece).map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.n_left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.n_left)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use http_body_util::BodyExt;

    use super::*;

    async fn collect(content: &[u8], n_bytes: u64) -> io::Result<Bytes> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        file.rewind().unwrap();
        FileBody::new(file, n_bytes).collect().await.map(|body| body.to_bytes())
    }

    #[tokio::test]
    async fn all_sizes_around_a_piece_arrive_whole() {
        for n_bytes in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let content: Vec<u8> = (0..n_bytes).map(|n| (n % 251) as u8).collect();
            assert_eq!(collect(&content, n_bytes).await.unwrap(), content, "{n_bytes}");
        }
    }

    #[tokio::test]
    async fn what_is_left_is_known_all_the_time() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[7; 70_000]).unwrap();
        file.rewind().unwrap();
        let mut body = FileBody::new(file, 70_000);
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(70_000), false));
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(first.len(), 65_536, "one piece at a time");
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(4_464), false));
        body.frame().await.unwrap().unwrap();
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(0), true));
        assert!(body.frame().await.is_none());
    }

    #[tokio::test]
    async fn a_file_that_shrinks_is_an_error_and_one_that_grows_is_cut() {
        assert!(collect(b"short", 6).await.is_err());
        assert_eq!(collect(b"longer", 4).await.unwrap(), "long");
    }
}
