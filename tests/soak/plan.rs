//! How long a soak lasts, how many connections it has, and from which seed its dice are thrown.

use std::time::Duration;

use crate::common::duration_from;

/// Without `OSERVER_SOAK`.
const SHORT: Duration = Duration::from_secs(40);
/// From here on there is time for more than one look at what grows.
const LONG: Duration = Duration::from_secs(300);
/// How long it may take until the last client of a part has gone.
const END_OF_PART: Duration = Duration::from_secs(120);
const CONNECTIONS: usize = 2000;
/// Files that a process has open beside its connections.
const OTHER_FILES: usize = 500;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) length: Duration,
    pub(crate) connections: usize,
    pub(crate) seed: u64,
}

impl Plan {
    /// As the environment says, and printed, so that it can be repeated.
    pub(crate) fn of_environment() -> Self {
        let length = duration_from("OSERVER_SOAK").unwrap_or(SHORT);
        let seed = std::env::var("OSERVER_SOAK_SEED").ok();
        let seed = seed.map_or_else(
            || fastrand::u64(..),
            |text| text.parse().expect("OSERVER_SOAK_SEED is a whole number"),
        );
        let files = open_files_limit().unwrap_or(1024);
        let connections = CONNECTIONS.min(files.saturating_sub(OTHER_FILES) / 2);
        let plan = Self { length, connections, seed };
        println!("{plan:?}");
        if connections < CONNECTIONS {
            println!("only {connections} connections: a process may have {files} files open");
        }
        plan
    }

    /// In how many parts the load comes: what fills once has filled in the first, and what grows on and on does so
    /// after it, too.
    pub(crate) fn parts(&self) -> u32 {
        if self.length < LONG { 2 } else { 4 }
    }

    /// How long it may take altogether.
    pub(crate) fn limit(&self) -> Duration {
        2 * self.length + self.parts() * END_OF_PART + Duration::from_secs(120)
    }
}

/// Returns the limit of open files of this process, whose child the server is.
fn open_files_limit() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}
