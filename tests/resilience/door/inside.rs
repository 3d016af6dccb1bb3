//! The web side in this process: for settings that the program takes from nowhere, and for times
//! that a socket would blur.

use std::net::TcpListener;

use axum::Router;
use jiuji::{
    kb::Root,
    live::{Live, Options},
    web::{AccessSettings, AllowedHosts, App, Limits, PageSettings, Settings, router, serve},
};
use time::Date;
use tokio::runtime::Runtime;

use crate::product::Place;

/// A server in this process, gone at the end.
pub(super) struct Inside {
    pub(super) port: u16,
    pub(super) runtime: Runtime,
    /// The same without a socket.
    pub(super) router: Router,
    _place: Place,
}

impl Inside {
    /// Starts it on a small knowledge base.
    pub(super) fn start(access: AccessSettings, today: fn() -> Date) -> Self {
        let place = Place::new();
        place.write("jam.md", "# 打印机卡纸\n\n1. 打开后盖。\n");
        let root = Root::new(place.kb()).unwrap();
        let options =
            Options { root, index: place.index(), vocabulary: None, watch: false, program: None };
        let live = Live::start(options).unwrap();
        let runtime = Runtime::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = App::new(Settings {
            live,
            kb_root: place.kb(),
            allowed_hosts: AllowedHosts::loopback(port),
            limits: Limits::default(),
            today,
            systems: Vec::new(),
            history: false,
            pages: PageSettings::default(),
            access,
        });
        let router = router(app.clone());
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            serve(listener, app, std::future::pending()).await;
        });
        Self { port, runtime, router, _place: place }
    }
}
