//! A bar on stderr for runs that take longer than a second, and only on a terminal.

use std::io::{IsTerminal, stderr};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

const DELAY: Duration = Duration::from_secs(1);

pub(super) struct Progress {
    begun: Instant,
    terminal: bool,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), terminal: stderr().is_terminal(), bar: OnceLock::new() }
    }

    pub(super) fn update(&self, done: usize, of: usize) {
        if !self.terminal || self.begun.elapsed() < DELAY {
            return;
        }
        let bar = self.bar.get_or_init(|| {
            let bar = ProgressBar::new(of as u64);
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_position(done as u64);
        if done == of {
            bar.finish_and_clear();
        }
    }
}
