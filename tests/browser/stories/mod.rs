//! What people do, told one by one.

mod accessible;
mod article;
mod axe;
mod budget;
mod call;
mod composing;
mod copy;
mod filters;
mod flow;
mod keyboard;
mod looks;
mod matrix;
mod network;
mod offline;
mod overview;
mod panel;
mod phone;
mod pictures;
mod plain;
mod preview;
mod printing;
mod searching;
mod strategy;
mod zoomed;
