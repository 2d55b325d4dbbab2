//! Calls of other crates that block their thread.

/// Functions by their paths; one that ends with `::` stands for all below it.
const FUNCTIONS: &[&str] = &[
    "std::thread::sleep",
    "std::thread::sleep_ms",
    "std::thread::park",
    "std::thread::park_timeout",
    "std::thread::scope",
    "std::fs::",
    "std::io::stdin",
    "std::io::read_to_string",
    "std::net::TcpStream::connect",
    "std::net::TcpStream::connect_timeout",
    "std::os::unix::net::UnixStream::connect",
    "futures::executor::block_on",
    "futures_executor::block_on",
    "futures_lite::future::block_on",
    "pollster::block_on",
    "smol::block_on",
    "async_io::block_on",
    "async_std::task::block_on",
    "tauri::async_runtime::block_on",
    "reqwest::blocking::get",
    "ureq::get",
    "ureq::post",
    "ureq::put",
    "ureq::delete",
    "ureq::head",
    "ureq::patch",
    "ureq::request",
    "postgres::Client::connect",
    "postgres::Config::connect",
    "mysql::Pool::new",
    "mysql::Conn::new",
    "rusqlite::Connection::open",
    "rusqlite::Connection::open_with_flags",
    "bcrypt::hash",
    "bcrypt::hash_with_result",
    "bcrypt::hash_with_salt",
    "bcrypt::verify",
    "argon2::hash_encoded",
    "argon2::hash_raw",
    "argon2::verify_encoded",
    "scrypt::scrypt",
    "scrypt::scrypt_simple",
    "scrypt::scrypt_check",
    "pbkdf2::pbkdf2",
    "pbkdf2::pbkdf2_hmac",
    "pbkdf2::pbkdf2_hmac_array",
    "pwhash::bcrypt::hash",
    "pwhash::bcrypt::verify",
    "fs_err::",
];

/// Parts of [`FUNCTIONS`] that only make or read values, or return futures.
const HARMLESS: &[&str] = &[
    "std::fs::OpenOptions::new",
    "std::fs::File::options",
    "std::fs::File::from",
    "std::fs::File::from_raw_fd",
    "std::fs::File::from_raw_handle",
    "std::fs::DirBuilder::new",
    "std::fs::DirEntry::path",
    "std::fs::DirEntry::file_name",
    "std::fs::FileTimes::",
    "std::fs::FileType::",
    "std::fs::Metadata::",
    "std::fs::Permissions::",
    "fs_err::OpenOptions::new",
    "fs_err::OpenOptions::from",
    "fs_err::File::options",
    "fs_err::File::from",
    "fs_err::File::from_parts",
    "fs_err::File::into_parts",
    "fs_err::File::file",
    "fs_err::File::path",
    "fs_err::DirEntry::path",
    "fs_err::DirEntry::file_name",
    "fs_err::tokio::",
];

/// Methods by the path of the type that they are called on, or the function that made it.
const METHODS: &[(&str, &[&str])] = &[
    ("std::process::Command", &["output", "status", "wait", "wait_with_output"]),
    ("std::process::Child", &["wait", "wait_with_output"]),
    ("std::sync::mpsc::Receiver", &["recv", "recv_timeout", "iter", "into_iter"]),
    ("std::sync::mpsc::SyncSender", &["send"]),
    (
        "crossbeam_channel::Receiver",
        &["recv", "recv_timeout", "recv_deadline", "iter", "into_iter"],
    ),
    (
        "crossbeam::channel::Receiver",
        &["recv", "recv_timeout", "recv_deadline", "iter", "into_iter"],
    ),
    ("flume::Receiver", &["recv", "recv_timeout", "recv_deadline", "iter", "into_iter"]),
    ("std::sync::Condvar", &["wait", "wait_timeout", "wait_while", "wait_timeout_while"]),
    ("parking_lot::Condvar", &["wait", "wait_for", "wait_until", "wait_while"]),
    ("std::sync::Barrier", &["wait"]),
    ("std::thread::JoinHandle", &["join"]),
    ("std::thread::spawn", &["join"]),
    ("std::fs::OpenOptions", &["open"]),
    ("fs_err::OpenOptions", &["open"]),
    ("std::path::Path", OF_PATHS),
    ("std::path::PathBuf", OF_PATHS),
    (
        "std::fs::File",
        &[
            "read",
            "read_to_end",
            "read_to_string",
            "read_exact",
            "write",
            "write_all",
            "flush",
            "sync_all",
            "sync_data",
            "set_len",
            "metadata",
        ],
    ),
    ("std::fs::read_dir", &["next"]),
    (
        "std::net::TcpStream",
        &["read", "read_to_end", "read_to_string", "read_exact", "write", "write_all"],
    ),
    ("std::net::TcpListener", &["accept", "incoming"]),
    ("std::net::UdpSocket", &["recv", "recv_from", "send", "send_to"]),
    ("std::io::Stdin", &["read_line", "lines"]),
    ("std::io::stdin", &["read_line", "lines", "read_to_string"]),
    ("reqwest::blocking::Client", &["send", "execute"]),
    ("reqwest::blocking::RequestBuilder", &["send"]),
    ("ureq::Agent", &["call", "send", "send_json", "send_string", "send_form", "send_bytes"]),
    ("ureq::AgentBuilder", &["call", "send", "send_json", "send_string", "send_form"]),
    (
        "rusqlite::Connection",
        &[
            "execute",
            "execute_batch",
            "query_row",
            "query_row_and_then",
            "prepare",
            "query",
            "query_map",
            "pragma_update",
        ],
    ),
    ("rusqlite::Statement", &["execute", "query", "query_map", "query_row", "insert", "exists"]),
    ("rusqlite::Transaction", &["execute", "execute_batch", "query_row", "commit", "prepare"]),
    (
        "postgres::Client",
        &["query", "query_one", "query_opt", "execute", "batch_execute", "simple_query", "prepare"],
    ),
    ("mysql::Pool", &["get_conn", "try_get_conn"]),
    (
        "mysql::PooledConn",
        &[
            "query",
            "query_drop",
            "query_first",
            "query_map",
            "exec",
            "exec_drop",
            "exec_first",
            "exec_map",
        ],
    ),
    (
        "mysql::Conn",
        &[
            "query",
            "query_drop",
            "query_first",
            "query_map",
            "exec",
            "exec_drop",
            "exec_first",
            "exec_map",
        ],
    ),
    ("r2d2::Pool", &["get", "get_timeout"]),
    ("diesel::r2d2::Pool", &["get", "get_timeout"]),
    ("redis::Client", &["get_connection", "get_connection_with_timeout"]),
    ("redis::Connection", &["get", "set", "del", "incr", "exists", "expire", "req_command"]),
    ("argon2::Argon2", &["hash_password", "verify_password", "hash_password_into"]),
    ("scrypt::Scrypt", &["hash_password", "verify_password"]),
    ("pbkdf2::Pbkdf2", &["hash_password", "verify_password"]),
];

/// Methods of paths that ask the file system.
const OF_PATHS: &[&str] = &[
    "exists",
    "try_exists",
    "is_file",
    "is_dir",
    "is_symlink",
    "metadata",
    "symlink_metadata",
    "canonicalize",
    "read_dir",
    "read_link",
];

/// Methods that block by their names alone, on any type.
const NAMES: &[&str] = &[
    "block_on",
    "blocking_recv",
    "blocking_send",
    "blocking_lock",
    "blocking_read",
    "blocking_write",
    "recv_blocking",
    "send_blocking",
    "to_socket_addrs",
];

/// Returns `true` if a function of another crate blocks.
#[must_use]
pub fn blocking_call(path: &str) -> bool {
    let fits = |known: &&str| match known.strip_suffix("::") {
        Some(below) => path.strip_prefix(below).is_some_and(|rest| rest.starts_with("::")),
        None => path == *known,
    };
    let function = path.rsplit("::").next().unwrap_or(path);
    // A tuple struct or a variant makes a value.
    let calls = function.starts_with(|letter: char| letter.is_lowercase());
    calls && FUNCTIONS.iter().any(fits) && !HARMLESS.iter().any(fits)
}

/// Returns `true` if a method blocks that is called on a value of this type.
#[must_use]
pub fn blocking_method(receiver: &str, name: &str) -> bool {
    NAMES.contains(&name)
        || METHODS.iter().any(|(known, names)| *known == receiver && names.contains(&name))
}

/// Methods with which diesel runs a query; those of `diesel_async` are awaited.
#[must_use]
pub fn diesel_method(name: &str) -> bool {
    matches!(name, "load" | "first" | "execute" | "get_result" | "get_results" | "load_iter")
}
