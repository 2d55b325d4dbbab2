//! The route table of one server: for each route the entry with all its counters.
//!
//! An entry is found once and then reached by its index: no lock and no hash map stands between a request and its
//! counters. The number of entries is bounded, whatever clients request.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use crate::admission::circuit_breaker::CircuitBreaker;
use crate::health::alarm::Alarm;
use crate::health::last_timeout::LastTimeout;
use crate::metrics::counters::Counters;
use crate::metrics::route_metrics::RouteMetrics;
use crate::sync::Mutex;

/// How many entries collect the paths without a name.
const BUCKETS: usize = 64;
/// How many entries one server has at most, buckets included. Further names share the buckets.
const CAPACITY: usize = 4096;
/// Slots of the index of names; a power of two.
const NAME_SLOTS: usize = 1024;

/// Place of a route entry in its server's [`RouteTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RouteIndex(pub(crate) u32);

/// One route of one server.
#[derive(Debug, Default)]
pub(crate) struct RouteEntry {
    method: Cow<'static, str>,
    pattern: Cow<'static, str>,
    pub(crate) counters: Counters,
    pub(crate) breaker: CircuitBreaker,
    pub(crate) alarm: Alarm,
    /// All requests of the route come to the same handler.
    has_one_handler: bool,
    /// The deadline that this handler set when it last ran, in nanoseconds from the head; zero is none.
    deadline: AtomicU64,
    pub(crate) last_timeout: LastTimeout,
}

impl RouteEntry {
    fn new(method: Cow<'static, str>, pattern: Cow<'static, str>, has_one_handler: bool) -> Self {
        Self { method, pattern, has_one_handler, ..Self::default() }
    }

    /// Keeps a handler's deadline for the requests that come before it is reached again.
    pub(crate) fn remember_deadline(&self, nanoseconds: Option<u64>) {
        if !self.has_one_handler {
            return;
        }
        let nanoseconds = nanoseconds.unwrap_or(0);
        // Read first: a write by each request would take the cache line from all other threads.
        if self.deadline.load(Ordering::Relaxed) != nanoseconds {
            self.deadline.store(nanoseconds, Ordering::Relaxed);
        }
    }

    pub(crate) fn remembered_deadline(&self) -> Option<u64> {
        Some(self.deadline.load(Ordering::Relaxed)).filter(|deadline| *deadline > 0)
    }

    /// Returns the metrics of the route until now.
    pub(crate) fn metrics(&self) -> RouteMetrics {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.counters;
        let statuses = counters.statuses();
        RouteMetrics {
            route: self.label(),
            requests: statuses.iter().sum::<u64>() + load(&counters.unseen),
            in_flight: counters.in_flight(),
            statuses,
            latencies: counters.latencies(),
            panics: load(&counters.panics),
            timeouts: load(&counters.timeouts),
            blocked_timeouts: load(&counters.blocked_timeouts),
            errors: load(&counters.errors),
            stalled_bodies: load(&counters.stalled_bodies),
            cancelled: load(&counters.cancelled),
            blocked: load(&counters.blocked),
            refused: load(&counters.refused),
            cpu_time: Duration::from_nanos(load(&counters.cpu_time)),
            longest_poll: Duration::from_nanos(load(&counters.longest_poll)),
            stuck: self.breaker.stuck().into(),
            alarm: self.alarm.raised_at().is_some(),
            breaker_open: self.breaker.is_breaker_open(),
        }
    }

    /// Returns the label, such as `GET /users/{id}`; for a named route only its name.
    pub(crate) fn label(&self) -> String {
        if self.method.is_empty() {
            self.pattern.to_string()
        } else {
            format!("{} {}", self.method, self.pattern)
        }
    }
}

/// A name that a service gave itself, and its entry.
#[derive(Debug)]
struct Named {
    name: &'static str,
    index: RouteIndex,
}

/// All route entries of one server.
#[derive(Debug)]
pub(crate) struct RouteTable {
    /// The first [`BUCKETS`] places belong to the buckets; the others fill up in order.
    entries: Box<[OnceLock<RouteEntry>]>,
    /// Open addressing over names of static lifetime, so that a lookup takes no lock.
    names: Box<[OnceLock<Named>]>,
    /// Taken when a route is seen for the first time, never afterwards.
    known: Mutex<HashMap<(String, String), RouteIndex>>,
    /// Connections of the server that are open.
    pub(crate) connections: AtomicUsize,
}

impl RouteTable {
    /// Returns every existing entry.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &RouteEntry> {
        self.entries.iter().filter_map(OnceLock::get)
    }

    /// Returns the entry at `index`. The index must come from this table.
    pub(crate) fn entry(&self, index: RouteIndex) -> &RouteEntry {
        let place = index.0 as usize;
        self.entries[place].get_or_init(|| {
            // Only buckets are made here; every other entry exists before its index does.
            RouteEntry::new(Cow::Borrowed(""), Cow::Owned(format!("other paths ({place})")), false)
        })
    }

    /// Moves a request in flight from `from` to `to`.
    pub(crate) fn moves(&self, from: Option<RouteIndex>, to: Option<RouteIndex>) {
        if let Some(to) = to {
            self.entry(to).counters.begin();
        }
        if let Some(from) = from {
            self.entry(from).counters.end();
        }
    }

    /// Returns the bucket of a path without a name.
    pub(crate) fn bucket(&self, path: &str) -> RouteIndex {
        RouteIndex((hash(path) % BUCKETS as u64) as u32)
    }

    /// Finds or makes the entry of a route. Takes a lock: call it once for each route, and keep the index.
    pub(crate) fn register(
        &self,
        method: &str,
        pattern: &str,
        has_one_handler: bool,
    ) -> RouteIndex {
        let mut known = self.known.lock();
        let key = (method.to_owned(), pattern.to_owned());
        if let Some(index) = known.get(&key) {
            return *index;
        }
        let place = BUCKETS + known.len();
        if place >= CAPACITY {
            return self.bucket(pattern);
        }
        let index = RouteIndex(place as u32);
        let entry =
            RouteEntry::new(Cow::Owned(key.0.clone()), Cow::Owned(key.1.clone()), has_one_handler);
        self.entries[place].get_or_init(|| entry);
        known.insert(key, index);
        index
    }

    /// Returns the entry of a name that the service chose itself.
    pub(crate) fn named(&self, name: &'static str) -> RouteIndex {
        let start = hash(name) as usize;
        for step in 0..NAME_SLOTS {
            let slot = &self.names[start.wrapping_add(step) % NAME_SLOTS];
            let named = slot.get_or_init(|| Named { name, index: self.register("", name, false) });
            if named.name == name {
                return named.index;
            }
        }
        self.bucket(name)
    }
}

impl Default for RouteTable {
    fn default() -> Self {
        Self {
            entries: (0..CAPACITY).map(|_| OnceLock::new()).collect(),
            names: (0..NAME_SLOTS).map(|_| OnceLock::new()).collect(),
            known: Mutex::default(),
            connections: AtomicUsize::new(0),
        }
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
