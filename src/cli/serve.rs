//! `jiuji serve`: the knowledge base in the browser.

use std::{
    future,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    process::{Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget};

use super::{
    Outcome, Settings, doctor, logging,
    manager::Manager,
    terminal::{Terminal, has_progress},
    today, with_advice,
};
use crate::{config, live::Live, web};

/// Time between two pictures of the spinner.
const SPINNER_TICK: Duration = Duration::from_millis(100);

#[derive(Debug, clap::Args)]
#[command(
    about = "启动网页和接口，文章一保存就能搜到",
    override_usage = "jiuji serve [OPTIONS]",
    after_help = "日志写到标准错误，环境变量 JIUJI_LOG 设置级别（默认 info）。"
)]
pub(super) struct Args {
    #[arg(
        long, value_name = "ADDR", value_parser = address, help_heading = "选项",
        help = "监听地址，默认 127.0.0.1:8017；端口 0 自动选择"
    )]
    listen: Option<SocketAddr>,
    #[arg(long, help_heading = "选项", help = "不监视文件变化")]
    no_watch: bool,
    #[arg(long, help_heading = "选项", help = "启动后打开浏览器")]
    open: bool,
}

pub(super) fn run(
    args: &Args,
    settings: &Settings,
    terminal: &mut Terminal,
) -> anyhow::Result<Outcome> {
    logging::start()?;
    let listen = args.listen.unwrap_or(settings.listen);
    config::validate_listen(listen, &settings.allowed_hosts)?;
    let listener = bind(listen)?;
    let address = listener.local_addr()?;
    let live = start(settings, settings.watch && !args.no_watch)?;
    let app = app(live, settings, address.port())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener)?;
        announce(terminal, address, args.open)?;
        let manager = Arc::new(Manager::from_environment());
        manager.tell("READY=1");
        warn_beside(settings);
        let ticking = tokio::spawn({
            let manager = Arc::clone(&manager);
            async move { manager.tick().await }
        });
        web::serve(listener, app, stop(&manager)).await;
        ticking.abort();
        anyhow::Ok(())
    })?;
    Ok(Outcome::Fine)
}

/// Binds before anything slow is done: a port that is taken is known at once.
fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(listen).with_context(|| {
        format!("无法监听 {listen}，可能已被占用；用 --listen 换一个地址或端口")
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn start(settings: &Settings, watch: bool) -> anyhow::Result<Live> {
    let target =
        if has_progress() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let spinner = ProgressBar::with_draw_target(None, target).with_message("正在打开知识库");
    spinner.enable_steady_tick(SPINNER_TICK);
    let live = Live::start(settings.live_options(watch));
    spinner.finish_and_clear();
    live.map_err(with_advice)
}

/// The web side of a running knowledge base.
fn app(live: Live, settings: &Settings, port: u16) -> anyhow::Result<web::App> {
    Ok(web::App::new(web::Settings {
        live,
        kb_root: settings.root.path().to_owned(),
        allowed_hosts: web::AllowedHosts::new(&settings.allowed_hosts, port)?,
        limits: web::Limits::default(),
        today,
        systems: settings.systems.clone(),
        history: settings.history,
        pages: settings.pages.clone(),
        access: settings.access.clone(),
    }))
}

/// Says where the server is. The socket takes connections already.
fn announce(terminal: &mut Terminal, address: SocketAddr, open: bool) -> anyhow::Result<()> {
    let url = url(address);
    // As it is, on one line: programs wait for it.
    terminal.raw(&format!("救急已启动：{url}（按 Ctrl-C 停止）\n"))?;
    terminal.flush()?;
    if open && let Err(error) = open_browser(&url) {
        tracing::warn!(%error, "could not open a browser");
    }
    Ok(())
}

/// The address for a browser on this machine.
fn url(address: SocketAddr) -> String {
    format!("http://{}/", reachable(address))
}

/// The same address as this machine reaches it: everybody's is the loopback one.
pub(super) fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

fn open_browser(url: &str) -> std::io::Result<()> {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("cmd");
        command.args(["/C", "start", ""]);
        command
    } else {
        Command::new(if cfg!(target_os = "macos") { "open" } else { "xdg-open" })
    };
    let quiet = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().map(drop)
}

/// Looks for what should not stay so, while requests are answered already.
fn warn_beside(settings: &Settings) {
    let settings = settings.clone();
    // Never waited for: it tells, and whether it could tell changes nothing.
    drop(thread::spawn(move || doctor::warn_at_start(&settings)));
}

/// Ends when the program is asked to stop, and says so.
async fn stop(manager: &Manager) {
    if let Err(error) = web::stop_signal().await {
        tracing::error!(%error, "signals cannot be received; only a kill stops the program");
        future::pending::<()>().await;
    }
    manager.tell("STOPPING=1");
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "应写成 127.0.0.1:8017 或 [::1]:8017".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_shown_can_be_opened_on_this_machine() {
        let table = [
            ("127.0.0.1:8017", "http://127.0.0.1:8017/"),
            ("0.0.0.0:80", "http://127.0.0.1:80/"),
            ("[::]:8017", "http://[::1]:8017/"),
            ("10.0.0.5:8017", "http://10.0.0.5:8017/"),
        ];
        for (listen, expected) in table {
            assert_eq!(url(address(listen).unwrap()), expected);
        }
        assert!(address("localhost:8017").is_err());
    }
}
