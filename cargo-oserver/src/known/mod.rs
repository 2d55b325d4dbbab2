//! The table of types of other crates: which are locks, which close off their contents, which come with the request.

mod blocking;
mod calls;
mod crate_versions;
mod lock_free_crates;
mod results;
mod servers;
mod types;

pub use blocking::{blocking_call, blocking_method, diesel_method};
pub use calls::{derefs, guard, is_async_lock, is_locking, offloads};
pub use crate_versions::{Feature, features};
pub use results::result;
pub use servers::{is_framework, may_start, starts_server, unread_server};

use lock_free_crates::VOUCHED;
use types::{ACTORS, LOCKS, LOCKS_OF, REQUEST_DATA, STATE};

/// The verdict about a type of another crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Lock,
    /// Nothing of its arguments can be got out of it.
    Closed,
    /// Everything that its arguments lead to can be got out of it.
    Open,
    /// A gate, such as a semaphore: a lock if it has one permit.
    Semaphore,
    /// Unknown: it gives out the targets of its arguments, and perhaps more.
    Unvouched,
}

fn crate_and_name(path: &str) -> (&str, &str) {
    let path = path.trim_start_matches('?');
    let krate = path.split("::").next().unwrap_or(path);
    let name = path.rsplit("::").next().unwrap_or(path);
    (krate, name)
}

fn listed(table: &[(&str, &[&str])], krate: &str, name: &str) -> bool {
    table.iter().any(|(known, names)| *known == krate && names.contains(&name))
}

#[must_use]
pub fn kind(path: &str) -> Kind {
    let (krate, name) = crate_and_name(path);
    if name == "Semaphore" {
        return Kind::Semaphore;
    }
    if let Some(kind) = crate_versions::of_the_list(path) {
        return kind;
    }
    if (LOCKS.contains(&name) && krate != name) || listed(LOCKS_OF, krate, name) {
        return Kind::Lock;
    }
    // An unresolved name of a lock: a macro probably imports it.
    if path.starts_with('?') && LOCKS[..2].contains(&name) {
        return Kind::Lock;
    }
    let sends = (name.ends_with("Sender") || name == "SyncSender")
        && !path.contains("broadcast")
        && !path.contains("watch");
    // `Trusted` says why it is safe, and is listed on its own.
    let closed = sends
        || (["oserver", "oserver_state"].contains(&krate) && name == "Trusted")
        || matches!(name, "PhantomData" | "JoinHandle" | "AbortHandle" | "WeakSender")
        || listed(ACTORS, krate, name)
        || matches!(name, "Fn" | "FnMut" | "FnOnce" | "Discriminant");
    if closed {
        Kind::Closed
    } else if path.starts_with('?') || vouched(krate, path) {
        Kind::Open
    } else {
        Kind::Unvouched
    }
}

/// Returns `true` for a primitive, or a type of a crate that is in the table.
fn vouched(krate: &str, path: &str) -> bool {
    !path.contains("::") || VOUCHED.contains(&krate) || krate.starts_with("aws_sdk_")
}

/// Returns `true` if a path from a crate whose names were all imported is one that is told apart here.
#[must_use]
pub fn is_known(path: &str) -> bool {
    let (krate, name) = crate_and_name(path);
    let sync = path.contains("sync") || path.contains("lock") || path.contains("mutex");
    (LOCKS.contains(&name) && (sync || krate == "spin"))
        || listed(LOCKS_OF, krate, name)
        || listed(STATE, krate, name)
}

#[must_use]
pub fn is_request_data(path: &str) -> bool {
    let (krate, name) = crate_and_name(path);
    REQUEST_DATA.contains(&name) && !listed(STATE, krate, name)
}

#[must_use]
pub fn is_state_extractor(path: &str) -> bool {
    let (krate, name) = crate_and_name(path);
    listed(STATE, krate, name)
}
