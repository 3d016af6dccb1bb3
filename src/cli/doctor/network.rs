//! Where the server listens and under which names it answers.

use std::{
    io,
    net::{SocketAddr, TcpListener},
};

use super::{Diagnosis, Grade, answering, place};
use crate::{cli::Settings, config, index::IndexError, web::AllowedHosts};

/// Names that a server may listen on but that no browser asks for.
const UNSPECIFIED: [&str; 2] = ["0.0.0.0", "[::]"];

pub(super) fn all(settings: &Settings) -> Vec<Diagnosis> {
    let is_running = is_serving(settings) && is_taken(settings.listen);
    let running = is_running.then(|| answering::ask(settings));
    let probes = [Some(listening(settings)), port(settings), running, public_url(settings)];
    probes.into_iter().flatten().collect()
}

fn listening(settings: &Settings) -> Diagnosis {
    let name = "监听地址";
    let Settings { listen, allowed_hosts, .. } = settings;
    if let Err(error) = config::validate_listen(*listen, allowed_hosts) {
        return Diagnosis::new(name, Grade::Error, error.to_string())
            .advice("在 jiuji.toml 里写 allowed_hosts = [\"主机名\"]");
    }
    if let Err(error) = AllowedHosts::new(allowed_hosts, listen.port()) {
        return Diagnosis::new(name, Grade::Error, format!("allowed_hosts 里的{error}"))
            .advice("改正这一项；改好之前 serve 不能启动");
    }
    let hosts = allowed_hosts.join("、");
    let is_nobody = |host: &&String| {
        UNSPECIFIED.iter().any(|name| host.strip_prefix(name).is_some_and(is_port_or_nothing))
    };
    if let Some(host) = allowed_hosts.iter().find(is_nobody) {
        let message = format!("{listen}，但没有浏览器会用 {host} 来访问");
        return Diagnosis::new(name, Grade::Warning, message)
            .advice("allowed_hosts 要写浏览器地址栏里的主机名或 IP");
    }
    match allowed_hosts.is_empty() {
        true => Diagnosis::new(name, Grade::Ok, format!("{listen}，只有本机能访问")),
        false => Diagnosis::new(name, Grade::Ok, format!("{listen}，允许的主机名：{hosts}")),
    }
}

fn is_port_or_nothing(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(':')
}

/// Takes the port and gives it back at once; port 0 is never taken.
fn port(settings: &Settings) -> Option<Diagnosis> {
    let name = "端口";
    let listen = settings.listen;
    if listen.port() == 0 {
        return None;
    }
    let other = "停掉占用它的程序，或用 listen 换一个端口";
    Some(match TcpListener::bind(listen) {
        Ok(_) => Diagnosis::new(name, Grade::Ok, format!("{} 空闲", listen.port())),
        Err(error) => match error.kind() {
            io::ErrorKind::AddrInUse if is_serving(settings) => {
                let message = format!("{} 已占用，索引也正由 serve 使用", listen.port());
                Diagnosis::new(name, Grade::Ok, message)
            }
            io::ErrorKind::AddrInUse => {
                let message = format!("{} 已被别的程序占用", listen.port());
                Diagnosis::new(name, Grade::Warning, message).advice(other)
            }
            _ => unusable(listen, &error),
        },
    })
}

fn unusable(listen: SocketAddr, error: &io::Error) -> Diagnosis {
    let name = "端口";
    match error.kind() {
        // Whoever runs `serve` may be allowed to.
        io::ErrorKind::PermissionDenied => {
            let message = format!("当前用户没有权限监听 {listen}");
            Diagnosis::new(name, Grade::Warning, message)
                .advice("用 1024 以上的端口，前面放反向代理")
        }
        io::ErrorKind::AddrNotAvailable => {
            Diagnosis::new(name, Grade::Error, format!("本机没有 {} 这个地址", listen.ip()))
                .advice("改正 listen；0.0.0.0 表示本机所有地址")
        }
        _ => Diagnosis::new(name, Grade::Error, format!("不能监听 {listen}：{error}")),
    }
}

fn is_taken(listen: SocketAddr) -> bool {
    let bound = TcpListener::bind(listen);
    listen.port() != 0 && bound.is_err_and(|error| error.kind() == io::ErrorKind::AddrInUse)
}

fn is_serving(settings: &Settings) -> bool {
    let index = &settings.index;
    index.exists() && matches!(place::try_lock(index), Err(IndexError::Locked(_)))
}

/// Whether the server answers to the name it gives out.
fn public_url(settings: &Settings) -> Option<Diagnosis> {
    let name = "对外网址";
    let url = settings.pages.public_url.as_deref()?;
    let (_, host) = url.split_once("://")?;
    let hosts = AllowedHosts::new(&settings.allowed_hosts, settings.listen.port()).ok()?;
    Some(match hosts.allows(host) {
        true => Diagnosis::new(name, Grade::Ok, url),
        false => {
            let message = format!("{url} 的主机名 {host} 不在 allowed_hosts 里，会被拒绝（421）");
            Diagnosis::new(name, Grade::Warning, message)
                .advice(format!("在 allowed_hosts 里加上 \"{host}\""))
        }
    })
}
