//! What people do, told one by one.

mod accessible;
mod article;
mod composing;
mod filters;
mod keyboard;
mod looks;
mod network;
mod phone;
mod plain;
mod preview;
mod searching;
