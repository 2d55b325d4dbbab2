//! The table of types of other crates: which are locks, which close off what is in them, which come with the request.

/// What is known of a type of another crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Lock,
    /// Nothing of its arguments can be got out of it.
    Closed,
    /// What its arguments lead to.
    Open,
}

/// Names that are locks in any crate that has them.
const LOCKS: &[&str] = &[
    "Mutex",
    "RwLock",
    "FairMutex",
    "ReentrantMutex",
    "ReentrantLock",
    "SpinMutex",
    "TicketMutex",
    "AsyncMutex",
    "AsyncRwLock",
];

/// Names that are locks in these crates only.
const LOCKS_OF: &[(&str, &[&str])] = &[
    ("std", &["RefCell", "Cell", "UnsafeCell", "SyncUnsafeCell", "Condvar", "Barrier"]),
    ("core", &["RefCell", "Cell", "UnsafeCell", "SyncUnsafeCell"]),
    ("tokio", &["Barrier"]),
    ("parking_lot", &["Condvar"]),
    ("async_lock", &["Barrier"]),
    ("async_std", &["Barrier", "Condvar"]),
    ("dashmap", &["DashMap", "DashSet"]),
    ("atomic_refcell", &["AtomicRefCell"]),
];

/// Extractors that are made of the request.
const REQUEST_DATA: &[&str] = &[
    "Json",
    "Path",
    "Query",
    "Form",
    "RawForm",
    "RawQuery",
    "RawPathParams",
    "Multipart",
    "TypedMultipart",
    "TypedHeader",
    "HeaderMap",
    "Request",
    "ServiceRequest",
    "HttpRequest",
    "Next",
    "Body",
    "Bytes",
    "Payload",
    "Uri",
    "OriginalUri",
    "Method",
    "Version",
    "ConnectInfo",
    "MatchedPath",
    "NestedPath",
    "Host",
    "Cached",
    "Protobuf",
    "JsonDeserializer",
    "WebSocketUpgrade",
    "CookieJar",
    "PrivateCookieJar",
    "SignedCookieJar",
    "Valid",
    "PathParam",
    "QueryParam",
    "JsonBody",
];

/// Frameworks whose `State`, `Extension` or `Data` hand out what the server put in.
const STATE: &[(&str, &[&str])] = &[
    ("axum", &["State", "Extension"]),
    ("axum_extra", &["State", "Extension"]),
    ("oserver", &["State", "Extension"]),
    ("aide", &["State", "Extension"]),
    ("actix_web", &["Data", "ThinData", "ReqData"]),
    ("poem", &["Data"]),
    ("rocket", &["State"]),
    ("tide", &["Request"]),
];

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
    if (LOCKS.contains(&name) && krate != name) || listed(LOCKS_OF, krate, name) {
        return Kind::Lock;
    }
    // A lock's name that nothing brings in: more likely a macro's import than anything else.
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
        || matches!(name, "Fn" | "FnMut" | "FnOnce" | "Discriminant");
    if closed { Kind::Closed } else { Kind::Open }
}

/// Whether a path from a crate whose names were all imported is one that is told apart here.
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
