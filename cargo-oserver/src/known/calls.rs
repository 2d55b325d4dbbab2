//! Calls of other crates that take locks, hand work to other threads, or lead to what they are called on.

use super::results::ARBITERS;

/// Methods of locks that give a guard.
const LOCKING: &[&str] = &[
    "lock",
    "read",
    "write",
    "borrow",
    "borrow_mut",
    "lock_owned",
    "read_owned",
    "write_owned",
    "lock_arc",
    "read_arc",
    "write_arc",
    "upgradable_read",
    "try_lock",
    "try_read",
    "try_write",
    "blocking_lock",
    "blocking_read",
    "blocking_write",
    "read_recursive",
];

/// Functions and methods that run a closure where blocking is allowed.
const OFFLOADING: &[&str] = &[
    "spawn_blocking",
    "spawn_blocking_on",
    "block_in_place",
    "unblock",
    "interact",
    "asyncify",
    "spawn_fifo",
    "spawn_pinned_blocking",
    "run_blocking",
    "call_unwrap",
];

/// The same by their paths, where the last name alone says too little.
const OFFLOADING_PATHS: &[&str] = &[
    "std::thread::spawn",
    "std::thread::Builder::spawn",
    "rayon::spawn",
    "rayon::scope",
    "rayon::join",
    "tokio_rayon::spawn",
    "actix_web::web::block",
    "actix_rt::task::spawn_blocking",
    "crossbeam::scope",
    "crossbeam::thread::scope",
];

#[must_use]
pub fn is_locking(name: &str) -> bool {
    LOCKING.contains(&name)
}

/// Returns `true` if the method of a lock that takes it gives a future of the guard. `path` is the lock's.
#[must_use]
pub fn is_async_lock(path: &str) -> bool {
    let krate = path.split("::").next().unwrap_or(path);
    matches!(krate, "tokio" | "async_lock" | "async_std" | "futures" | "futures_util")
}

/// Returns `true` if a closure that is handed to this runs on a thread that may block. `receiver` is the path of the type
/// that a method is called on.
#[must_use]
pub fn offloads(path: &str, receiver: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or(path);
    OFFLOADING.contains(&name)
        || OFFLOADING_PATHS.contains(&path)
        || (receiver.starts_with("std::thread") && name.starts_with("spawn"))
        || (receiver.starts_with("tokio_rusqlite") && name == "call")
        || (receiver == "rayon::ThreadPool" && matches!(name, "spawn" | "spawn_fifo"))
        || (receiver == "threadpool::ThreadPool" && name == "execute")
        || (ARBITERS.contains(&receiver) && matches!(name, "spawn" | "spawn_fn"))
}

/// Returns `true` if a method call on a value of this type may mean a method of its target.
#[must_use]
pub fn derefs(path: &str) -> bool {
    let name = path.rsplit("::").next().unwrap_or(path).trim_start_matches('?');
    matches!(
        name,
        "Arc"
            | "Rc"
            | "Box"
            | "Pin"
            | "Cow"
            | "Option"
            | "Result"
            | "State"
            | "Extension"
            | "Data"
            | "ThinData"
            | "LazyLock"
            | "OnceLock"
            | "Lazy"
            | "OnceCell"
            | "ArcSwap"
            | "AssertUnwindSafe"
            | "Trusted"
            | "Weak"
            | "Json"
            | "Query"
            | "Path"
            | "Form"
            | "Ref"
            | "RefMut"
            | "CachePadded"
    ) || name.ends_with("Guard")
}

/// Returns `true` if a type holds a lock for as long as it lives.
#[must_use]
pub fn guard(path: &str) -> bool {
    let path = path.trim_start_matches('?');
    let (krate, name) =
        (path.split("::").next().unwrap_or(path), path.rsplit("::").next().unwrap_or(path));
    let of_lock = name.ends_with("Guard")
        && ["Mutex", "RwLock", "Read", "Write", "Ref", "Lock", "Arc"]
            .iter()
            .any(|part| name.contains(part));
    of_lock
        || (matches!(krate, "dashmap" | "clashmap")
            && matches!(
                name,
                "Ref"
                    | "RefMut"
                    | "RefMulti"
                    | "RefMutMulti"
                    | "Entry"
                    | "OccupiedEntry"
                    | "VacantEntry"
                    | "MappedRef"
                    | "MappedRefMut"
            ))
        || (matches!(krate, "std" | "core")
            && path.contains("cell")
            && matches!(name, "Ref" | "RefMut"))
}
