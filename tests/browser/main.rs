//! The pages in a real browser: Chromium without a window against a server in this process.
//!
//! Needs Chromium: in the `PATH`, or where `JIUJI_CHROMIUM` says. Where there is none,
//! `JIUJI_NO_BROWSER=1` leaves these tests out and says so. Screenshots go to
//! `target/screenshots`.

#![expect(clippy::unwrap_used, reason = "a test ends where something fails")]

mod chromium;
mod driver;
mod server;
mod site;
mod stories;
