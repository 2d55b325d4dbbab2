//! Finds handlers that share locks between requests, in whole workspaces, without building them.
//!
//! This library is the inside of `cargo oserver`, in the open for its tests; the command line is what
//! is kept stable. Data flows one way: [`load`] reads files ([`text`], [`syntax`]), [`program`] resolves names,
//! [`infer`], [`reach`] and [`handlers`] find the locks that handlers reach; [`lints`] makes findings of them, and [`report`] prints the findings.

#![allow(missing_docs, reason = "the command line is the interface; the types explain themselves")]

pub mod commands;
pub mod dependencies;
pub mod findings;
pub mod fix;
pub mod flow;
pub mod graph;
pub mod handlers;
pub mod infer;
pub mod known;
pub mod lints;
pub mod load;
pub mod program;
pub mod reach;
pub mod report;
pub mod syntax;
pub mod text;
