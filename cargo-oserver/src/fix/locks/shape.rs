//! The shapes that can replace a lock.

use super::Taker;

/// The ways to share without a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A number or a flag.
    Atomic,
    /// Read by many, replaced now and then.
    Snapshot,
    /// Changed by requests.
    Actor,
    /// Several values, each used by one request at a time.
    Pool,
    /// Made for one request.
    PerRequest,
}

impl Shape {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Atomic => "atomic",
            Self::Snapshot => "snapshot",
            Self::Actor => "actor",
            Self::Pool => "pool",
            Self::PerRequest => "per-request",
        }
    }

    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::Atomic => {
                "An atomic fits: no request waits for a number. Decide the memory ordering; `Relaxed` is enough for a counter."
            }
            Self::Snapshot => {
                "A snapshot fits: readers load it without waiting. Decide who publishes a new one."
            }
            Self::Actor => {
                "An actor fits: one task owns the value, and a fault in it fails one call. Decide what handlers answer when a call fails."
            }
            Self::Pool => {
                "A pool fits: each request gets one of several values. Decide how many values there are, and how long a request waits."
            }
            Self::PerRequest => {
                "Each request can have its own value, made for it or cloned from a handle: pass the value without a lock."
            }
        }
    }
}

pub(super) const NUMBERS: &[&str] =
    &["bool", "u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize"];

/// Types whose clones are handles of the same value: they need no lock.
const HANDLES: &[&str] = &[
    "MultiplexedConnection",
    "ConnectionManager",
    "reqwest::Client",
    "mpsc::Sender",
    "UnboundedSender",
    "broadcast::Sender",
];

/// Returns the type that the lock protects, as it is written: `Vec<u8>` of `Arc<Mutex<Vec<u8>>>`.
pub(super) fn inner(what: &str) -> &str {
    let ty = whole(what);
    for name in ["Mutex<", "RwLock<", "RefCell<", "Cell<"] {
        if let Some(at) = ty.find(name) {
            let rest = &ty[at + name.len()..];
            let mut depth = 1;
            for (end, letter) in rest.char_indices() {
                match letter {
                    '<' | '(' => depth += 1,
                    '>' | ')' => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    return &rest[..end];
                }
            }
        }
    }
    ty
}

/// The written type, without the name before it.
pub(super) fn whole(what: &str) -> &str {
    what.split_once(": ").map_or(what, |(_, ty)| ty)
}

pub(super) fn choose(inner: &str, lock: &str, takers: &[Taker], per_request: bool) -> Shape {
    let one_at_a_time = ["Connection", "Client", "Conn", "Session", "Transaction", "Stream"];
    let last = inner.split('<').next().unwrap_or(inner).rsplit("::").next().unwrap_or(inner);
    let writes = takers.iter().filter(|taker| taker.writes).count();
    if per_request
        || HANDLES.iter().any(|end| inner.split('<').next().unwrap_or(inner).ends_with(end))
    {
        Shape::PerRequest
    } else if NUMBERS.contains(&inner) {
        Shape::Atomic
    } else if one_at_a_time.iter().any(|end| last.ends_with(end)) {
        Shape::Pool
    } else if lock.contains("RwLock") && !takers.is_empty() && writes * 2 <= takers.len() {
        Shape::Snapshot
    } else {
        Shape::Actor
    }
}

#[cfg(test)]
mod tests {
    use super::{Shape, Taker, choose, inner};

    fn taker(writes: bool) -> Taker {
        Taker {
            function: "f".to_owned(),
            file: "a.rs".into(),
            line: 1,
            writes,
            under: Vec::new(),
            across_await: false,
        }
    }

    #[test]
    fn the_shape_follows_from_what_is_protected() {
        let reads = [taker(false), taker(false), taker(true)];
        let writes = [taker(true), taker(true)];
        let shape =
            |what: &str, lock: &str, takers: &[Taker]| choose(inner(what), lock, takers, false);
        assert_eq!(shape("S.n: Mutex<u64>", "std::sync::Mutex", &writes), Shape::Atomic);
        assert_eq!(shape("S.c: RwLock<Config>", "std::sync::RwLock", &reads), Shape::Snapshot);
        assert_eq!(shape("S.c: RwLock<Config>", "std::sync::RwLock", &writes), Shape::Actor);
        assert_eq!(shape("S.c: Mutex<Vec<u8>>", "std::sync::Mutex", &writes), Shape::Actor);
        assert_eq!(
            shape("S.db: Arc<Mutex<rusqlite::Connection>>", "tokio::sync::Mutex", &writes),
            Shape::Pool
        );
    }

    #[test]
    fn what_is_protected_is_read_from_the_type() {
        assert_eq!(inner("S.a: Arc<Mutex<HashMap<u8, Vec<u8>>>>"), "HashMap<u8, Vec<u8>>");
        assert_eq!(inner("h: State<Arc<RwLock<(u8, u8)>>>"), "(u8, u8)");
    }
}
