//! What people do, told one by one.

mod accessible;
mod article;
mod axe;
mod budget;
mod call;
mod composing;
mod filters;
mod keyboard;
mod looks;
mod network;
mod phone;
mod pictures;
mod plain;
mod preview;
mod printing;
mod searching;
mod strategy;
mod zoomed;
