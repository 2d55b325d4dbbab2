//! How long a soak lasts, how many connections it has, and from which seed its dice are thrown.

use std::time::Duration;

use crate::common::duration_from;

/// Without `OSERVER_SOAK`.
const SHORT: Duration = Duration::from_secs(40);
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

    /// Before it all begins, so that the threads that stay are there.
    pub(crate) fn warm_up(&self) -> Duration {
        (self.length / 4).min(Duration::from_secs(30))
    }

    /// How long it may take altogether.
    pub(crate) fn limit(&self) -> Duration {
        3 * self.length + Duration::from_secs(180)
    }
}

/// Of this process, whose child the server is.
fn open_files_limit() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}
