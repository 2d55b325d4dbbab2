//! Finds handlers that share locks between requests, in whole workspaces, without building them.
//!
//! This library is the inside of `cargo oserver`, in the open for its tests; the command line is what
//! is kept stable.

#![allow(missing_docs, reason = "the command line is the interface; types explain themselves")]

pub mod handlers;
pub mod infer;
pub mod load;
pub mod program;
pub mod reach;
pub mod syntax;
pub mod text;
