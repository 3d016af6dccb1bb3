//! The tools on standard input and output, for a client that starts the program itself.

use rmcp::{
    ServiceExt,
    service::ServerInitializeError,
    transport::{async_rw::AsyncRwTransport, io::stdio as standard_streams},
};
use time::Date;

use super::{server::Server, source::Source};
use crate::{
    index::Snapshot,
    live,
    web::{AllowedHosts, Limits, state::Door},
};

/// What [`stdio`] is made from.
pub struct StdioSettings {
    /// What is known at the start.
    pub first: Snapshot,
    /// Where to look again, once a minute at most and only when something is asked.
    pub options: live::Options,
    /// The day against which reviews are overdue.
    pub today: fn() -> Date,
    /// Origin under which people reach the pages; addresses are paths without it.
    pub public_url: Option<String>,
}

/// The conversation broke off.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The client did not speak the protocol, or could not be written to.
    #[error("MCP 会话中断：{0}")]
    Conversation(String),
}

/// Answers one client until it closes standard input.
///
/// # Errors
/// When the client cannot be understood or written to. One that leaves without a word is fine.
pub async fn stdio(settings: StdioSettings) -> Result<(), StdioError> {
    let StdioSettings { first, options, today, public_url } = settings;
    let hosts = AllowedHosts::loopback(0);
    // Nobody else waits for a place here.
    let limits = Limits::default();
    let limits = Limits { search_time: limits.request_timeout, ..limits };
    let door = Door::new(hosts, limits);
    let origin = public_url.unwrap_or_default();
    let source = Source::opened(first, options, today, door, &origin);
    let (read, write) = standard_streams();
    // Lines are bounded by the library, at 16 MiB.
    let transport = AsyncRwTransport::new_server(read, write);
    let running = match (Server { source }).serve(transport).await {
        Ok(running) => running,
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(StdioError::Conversation(kind(&error).to_owned())),
    };
    let ended = running.waiting().await;
    ended.map(drop).map_err(|error| StdioError::Conversation(error.to_string()))
}

/// What went wrong, without what the client sent.
fn kind(error: &ServerInitializeError) -> &'static str {
    match error {
        ServerInitializeError::ExpectedInitializeRequest(_) => "客户端没有先发 initialize",
        ServerInitializeError::TransportError { .. } => "写不出去",
        _ => "初始化失败",
    }
}
