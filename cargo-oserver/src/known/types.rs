//! Names of types of other crates, by what they mean to a handler.

/// Names that are locks in any crate that has them.
pub(super) const LOCKS: &[&str] = &[
    "Mutex",
    "RwLock",
    "FairMutex",
    "ReentrantMutex",
    "ReentrantLock",
    "SpinMutex",
    "TicketMutex",
    "AsyncMutex",
    "AsyncRwLock",
    "ShardedLock",
    "DebugMutex",
    "DebugRwLock",
    "TracingMutex",
    "TracingRwLock",
    "CriticalSectionMutex",
    "KeyedMutex",
];

/// Names that are locks in these crates only.
pub(super) const LOCKS_OF: &[(&str, &[&str])] = &[
    ("std", &["RefCell", "Cell", "UnsafeCell", "SyncUnsafeCell", "Condvar", "Barrier"]),
    ("core", &["RefCell", "Cell", "UnsafeCell", "SyncUnsafeCell"]),
    ("tokio", &["Barrier"]),
    ("parking_lot", &["Condvar"]),
    ("async_lock", &["Barrier"]),
    ("async_std", &["Barrier", "Condvar"]),
    ("dashmap", &["DashMap", "DashSet"]),
    ("clashmap", &["ClashMap", "ClashSet", "ClashCollection"]),
    ("scc", &["HashMap", "HashSet", "HashCache"]),
    ("chashmap", &["CHashMap"]),
    ("whirlwind", &["ShardMap", "ShardSet"]),
    ("lockable", &["LockPool", "LockableHashMap", "LockableLruCache"]),
    ("keyed_lock", &["KeyedLock"]),
    ("atomic_refcell", &["AtomicRefCell"]),
    ("qcell", &["QCell", "TCell", "LCell"]),
];

/// Extractors that are made of the request.
pub(super) const REQUEST_DATA: &[&str] = &[
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
    "GraphQLRequest",
    "GraphQLBatchRequest",
    "GraphQLProtocol",
    "Streaming",
    "WebSocket",
];

/// Frameworks whose `State`, `Extension` or `Data` hand out what the server put in.
pub(super) const STATE: &[(&str, &[&str])] = &[
    ("axum", &["State", "Extension"]),
    ("axum_extra", &["State", "Extension"]),
    ("oserver", &["State", "Extension"]),
    ("aide", &["State", "Extension"]),
    ("actix_web", &["Data", "ThinData", "ReqData"]),
    ("poem", &["Data"]),
    ("rocket", &["State"]),
    ("tide", &["Request"]),
];

/// Handles of actors: what the actor holds is its own.
pub(super) const ACTORS: &[(&str, &[&str])] = &[
    ("actix", &["Addr", "Recipient", "WeakAddr", "WeakRecipient"]),
    ("kameo", &["ActorRef", "WeakActorRef", "Recipient"]),
    ("ractor", &["ActorRef", "ActorCell"]),
    ("xtra", &["Address", "WeakAddress", "MessageChannel"]),
    ("coerce", &["LocalActorRef", "ActorRef"]),
    ("elfo", &["Addr"]),
];
