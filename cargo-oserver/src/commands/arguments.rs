//! Arguments of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::report::Format;

/// Finds handlers that share locks between requests, without building anything
#[derive(Debug, Parser)]
#[command(name = "cargo-oserver", bin_name = "cargo oserver", version)]
pub struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Reports what can break a server: locks in handlers' state, lock statics, unguarded accept loops and more
    Audit(Audit),
    /// Lists every handler with its route, state, verdict and deadline
    Handlers(Handlers),
    /// Migrates a service to guarded handlers: edits the code, compiles it, and lists the decisions for you
    Fix(Fix),
}

/// Options for the input and the output of a command.
#[derive(Debug, Args)]
pub(super) struct Common {
    /// Workspaces, packages, folders or files [default: the current folder]
    pub(super) paths: Vec<PathBuf>,
    /// Read only these packages of the workspace
    #[arg(short, long, value_name = "NAME")]
    pub(super) package: Vec<String>,
    /// Read the workspace or package of this manifest
    #[arg(long, value_name = "PATH", conflicts_with = "paths")]
    pub(super) manifest_path: Option<PathBuf>,
    /// Print only errors on stderr, and no summary
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// When to use colours
    #[arg(long, value_enum, env = "CARGO_TERM_COLOR", default_value = "auto")]
    pub(super) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    Always,
    Never,
}

#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(flatten)]
    pub(super) common: Common,
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: Format,
    /// Accept the findings of this file, and report only new ones
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write the findings of this run to a baseline, and succeed
    #[arg(long, value_name = "FILE")]
    pub(super) write_baseline: Option<PathBuf>,
    /// Make the run fail on findings of this lint
    #[arg(long, value_name = "LINT")]
    pub(super) deny: Vec<String>,
    /// Report findings of this lint, and succeed
    #[arg(long, value_name = "LINT")]
    pub(super) warn: Vec<String>,
    /// Leave out findings of this lint
    #[arg(long, value_name = "LINT")]
    pub(super) allow: Vec<String>,
    /// Print the page of a lint: what it finds, why, and what to do
    #[arg(long, value_name = "LINT")]
    pub(super) explain: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Handlers {
    #[command(flatten)]
    pub(super) common: Common,
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: ListFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ListFormat {
    /// A table
    Human,
    /// One JSON object a line
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Fix {
    /// Workspaces, packages, folders or files [default: the current folder]
    pub(super) paths: Vec<PathBuf>,
    /// Print the changes as a diff, and write nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Edit files although the tree has uncommitted changes
    #[arg(long, alias = "allow-no-vcs")]
    pub(super) allow_dirty: bool,
    /// Do not run the compiler: edits that do not compile stay
    #[arg(long)]
    pub(super) no_check: bool,
    /// Make actors of structs around `Arc<Mutex<T>>` whose methods lock, do something, and return
    #[arg(long)]
    pub(super) actors: bool,
    /// The router that the service has afterwards
    #[arg(long, value_enum, default_value = "axum")]
    pub(super) router: RouterOf,
    /// Depend on a checkout of oserver
    #[arg(long, value_name = "DIR")]
    pub(super) oserver_path: Option<PathBuf>,
    #[arg(long, value_enum, default_value = "human")]
    pub(super) format: ListFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum RouterOf {
    /// `axum::Router` stays
    Axum,
    /// `oserver::Router`, if all handlers of the router are guarded and the code uses only methods that it has
    Oserver,
}
