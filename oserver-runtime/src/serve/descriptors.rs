//! How many connections the process may have: fewer than file descriptors, of which the admin service, the log and
//! handlers need some. The limit counts for all servers of the process together.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::{self, nanoseconds};
use crate::fault_log::fault;
use crate::request::server::connections_of_process;

/// How often the server checks whether there is room again.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often at most a lack of room is recorded.
const RECORD_EVERY: Duration = Duration::from_secs(1);

/// Waits until a further connection leaves enough file descriptors for other code.
///
/// # Cancel safety
/// Dropping the future loses nothing.
pub(super) async fn wait_for_room() {
    #[cfg(feature = "admin")]
    while crate::admin::descriptor_is_needed() {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    while let Some(limit) = limit_of_descriptors()
        && connections_of_process() >= most_connections(limit)
    {
        say(limit);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn say(limit: u64) {
    static RECORDED_AT: AtomicU64 = AtomicU64::new(0);
    let (recorded, now) = (RECORDED_AT.load(Ordering::Relaxed), clock::now());
    if recorded > 0 && now.saturating_sub(recorded) < nanoseconds(RECORD_EVERY) {
        return;
    }
    RECORDED_AT.store(now, Ordering::Relaxed);
    fault::accept(&format!(
        "{} connections are open, and the process may have {limit} file descriptors: further connections wait \
         until one ends; raise the limit (`ulimit -n`, systemd's `LimitNOFILE`)",
        connections_of_process()
    ));
}

/// Leaves a quarter of the descriptors for other code: at least 32 if there are so many, and at most 1,024.
fn most_connections(limit: u64) -> usize {
    let reserve = (limit / 4).clamp(32, 1024).min(limit / 4 * 3);
    usize::try_from(limit - reserve).unwrap_or(usize::MAX)
}

/// Returns the limit, which may be raised while the process runs. `None` if there is none.
#[cfg(unix)]
fn limit_of_descriptors() -> Option<u64> {
    use rustix::process::{Resource, getrlimit};
    getrlimit(Resource::Nofile).current
}

#[cfg(not(unix))]
fn limit_of_descriptors() -> Option<u64> {
    None
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn some_descriptors_are_left_to_others() {
        let limits = [4, 32, 64, 128, 256, 1024, 4096, 1 << 20];
        let most = limits.map(most_connections);
        assert_eq!(most, [1, 8, 32, 96, 192, 768, 3072, (1 << 20) - 1024]);
    }
}
