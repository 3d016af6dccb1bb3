//! Word to the service manager: that the server is ready, that it still ticks, that it stops.
//!
//! Source: sd_notify(3). A datagram of lines to the socket that `NOTIFY_SOCKET` names; without the
//! variable nobody wants to know.

use std::{
    env, io,
    os::unix::net::{SocketAddr, UnixDatagram},
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};

/// Signs of life per period of the watchdog, so that one that is late does no harm.
const TICKS_PER_PERIOD: u32 = 3;

/// The service manager, if there is one.
#[derive(Debug, Default)]
pub(super) struct Manager {
    socket: Option<UnixDatagram>,
    /// Time between two signs of life; `None` when none are wanted.
    period: Option<Duration>,
}

impl Manager {
    /// The manager that the environment names. One that cannot be reached is none.
    pub(super) fn from_environment() -> Self {
        let variable = |name: &str| env::var(name).unwrap_or_default();
        let socket = reach(&variable("NOTIFY_SOCKET"));
        let microseconds = variable("WATCHDOG_USEC").parse().unwrap_or(0);
        let period = (microseconds > 0)
            .then(|| Duration::from_micros(microseconds) / TICKS_PER_PERIOD)
            .filter(|period| !period.is_zero());
        Self { socket: socket.ok().flatten(), period }
    }

    /// Tells it something such as `READY=1`. That it does not listen is nobody's trouble.
    pub(super) fn tell(&self, line: &str) {
        if let Some(socket) = &self.socket {
            let _ = socket.send(line.as_bytes());
        }
    }

    /// Tells it that the runtime still ticks, for ever; ends at once when nobody wants to know.
    pub(super) async fn tick(&self) {
        let Some(period) = self.period.filter(|_| self.socket.is_some()) else { return };
        let mut ticks = interval(period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.tell("WATCHDOG=1");
        }
    }
}

fn reach(name: &str) -> io::Result<Option<UnixDatagram>> {
    if name.is_empty() {
        return Ok(None);
    }
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    socket.connect_addr(&address(name)?)?;
    Ok(Some(socket))
}

/// A path, or after `@` a name that stands in no folder.
fn address(name: &str) -> io::Result<SocketAddr> {
    #[cfg(target_os = "linux")]
    if let Some(name) = name.strip_prefix('@') {
        use std::os::linux::net::SocketAddrExt;
        return SocketAddr::from_abstract_name(name);
    }
    SocketAddr::from_pathname(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(socket: &UnixDatagram) -> String {
        let mut bytes = [0; 64];
        let n = socket.recv(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..n]).into_owned()
    }

    #[tokio::test]
    async fn a_manager_hears_lines_and_signs_of_life() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let listening = UnixDatagram::bind(&path).unwrap();
        let socket = reach(path.to_str().unwrap()).unwrap();
        let manager = Manager { socket, period: Some(Duration::from_millis(1)) };
        manager.tell("READY=1");
        assert_eq!(heard(&listening), "READY=1");
        let ticked = tokio::time::timeout(Duration::from_millis(50), manager.tick()).await;
        assert!(ticked.is_err(), "it ticks for ever");
        assert_eq!(
            (heard(&listening), heard(&listening)),
            ("WATCHDOG=1".into(), "WATCHDOG=1".into())
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_name_may_stand_in_no_folder() {
        use std::os::linux::net::SocketAddrExt;
        let name = format!("jiuji-test-{}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let listening = UnixDatagram::bind_addr(&address).unwrap();
        let manager = Manager { socket: reach(&format!("@{name}")).unwrap(), period: None };
        manager.tell("STOPPING=1");
        assert_eq!(heard(&listening), "STOPPING=1");
    }

    #[tokio::test]
    async fn without_a_manager_nothing_is_said() {
        let manager = Manager { socket: reach("").unwrap(), period: Some(Duration::from_secs(1)) };
        manager.tell("READY=1");
        manager.tick().await;
        assert!(reach("/nowhere/at/all").is_err());
    }
}
