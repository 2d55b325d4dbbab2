//! Types in a service's state that are no locks.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code, unused_qualifications, rust_2018_idioms)]
#![allow(dead_code, clippy::type_complexity, reason = "only the types matter")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::ffi::{CString, OsString};
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, Weak};
use std::time::{Duration, Instant, SystemTime};

use oserver::HandlerState;
use oserver::extract::State;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

#[derive(HandlerState)]
struct Plain {
    unit: (),
    text: String,
    shared: Arc<str>,
    fixed: &'static str,
    borrowed: Cow<'static, str>,
    numbers: [f64; 4],
    slice: Box<[u8]>,
    tuple: (u8, char, bool, i128),
    large: (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, String),
    not_zero: NonZeroU32,
    path: PathBuf,
    borrowed_path: Arc<Path>,
    os: OsString,
    c: CString,
    address: SocketAddr,
    ip: IpAddr,
    timeout: Duration,
    begun: Instant,
    wall: SystemTime,
}

#[derive(HandlerState)]
struct Containers {
    list: Vec<String>,
    queue: VecDeque<u8>,
    heap: BinaryHeap<u8>,
    map: HashMap<String, Vec<u8>>,
    set: HashSet<String>,
    sorted: BTreeMap<String, BTreeSet<u8>>,
    optional: Option<Box<Plain>>,
    result: Result<u8, String>,
    weak: Weak<Plain>,
    pinned: Pin<Box<Plain>>,
}

#[derive(HandlerState)]
struct Shared {
    flag: AtomicBool,
    count: Arc<AtomicU64>,
    once: OnceLock<String>,
    lazy: LazyLock<Vec<u8>>,
    nothing_in_it: PhantomData<Mutex<u8>>,
    function: fn(&str, &mut Vec<u8>) -> String,
    returns_a_lock: fn() -> Mutex<u8>,
    of_the_system: extern "system" fn(u32) -> u32,
    callbacks: Vec<(fn(u8) -> u8, for<'a> fn(&'a str) -> &'a str)>,
}

type Hook = fn(&str) -> bool;
type Pick = for<'a> fn(&'a [String], usize) -> &'a String;
type Change = Option<Arc<fn(&mut Vec<u8>, &str)>>;

#[derive(HandlerState)]
struct Aliases {
    hook: Hook,
    hooks: HashMap<String, Hook>,
    pick: Pick,
    change: Change,
}

#[derive(HandlerState)]
struct Answers {
    moved: oserver::response::Redirect,
    page: oserver::response::Html<String>,
    header: http::HeaderValue,
    events: oserver::response::Sse<Vec<u8>>,
}

#[derive(HandlerState)]
struct Tokio {
    shared_runtime: Arc<tokio::runtime::Handle>,
    commands: mpsc::Sender<Mutex<u8>>,
    unbounded: mpsc::UnboundedSender<oneshot::Sender<Mutex<u8>>>,
    events: broadcast::Sender<String>,
    config: watch::Receiver<Arc<Plain>>,
    permits: Arc<tokio::sync::Semaphore>,
    notify: Arc<tokio::sync::Notify>,
    once: tokio::sync::OnceCell<String>,
    runtime: tokio::runtime::Handle,
    started: tokio::time::Instant,
}

#[derive(HandlerState)]
struct Http {
    headers: http::HeaderMap,
    method: http::Method,
    uri: http::Uri,
    status: http::StatusCode,
}

#[derive(Clone, HandlerState)]
struct App {
    plain: Arc<Plain>,
    containers: Arc<Containers>,
    shared: Arc<Shared>,
    tokio: Arc<Tokio>,
    http: Arc<Http>,
}

#[derive(Clone, HandlerState)]
enum Mode {
    Quiet,
    Loud(Arc<Plain>),
    Named { app: App },
}

#[derive(HandlerState)]
struct Unit;

/// No use of it is in the derive's output.
#[derive(Clone, HandlerState)]
#[deprecated]
struct Old {
    #[deprecated]
    older: u8,
}

#[derive(HandlerState)]
#[deprecated(note = "use `Mode`")]
enum OldMode {
    #[deprecated]
    Quiet,
    Loud {
        #[deprecated]
        text: String,
    },
}

/// Attributes below the derive, which could be macros.
#[derive(HandlerState)]
#[rustfmt::skip]
enum Changeable<'a, T: ?Sized> {
    Nothing,
    Borrowed(&'a T, #[handler_state(trusted = "plain data")] Foreign),
    #[deprecated]
    Named { list: Box<[u8]>, next: Option<Box<Self>>, r#type: fn(&u8) -> bool, shown: Arc<dyn Shown> },
}

struct Foreign;

trait Shown: HandlerState + Send + Sync {}

#[derive(HandlerState)]
#[rustfmt::skip]
#[repr(C, packed)]
struct Packed { number: u64, byte: u8 }

#[derive(HandlerState)]
#[rustfmt::skip]
struct Tuple<T>(T, [T; 2]) where T: Clone;

#[derive(HandlerState)]
#[rustfmt::skip]
struct UnitToo;

#[derive(HandlerState)]
#[rustfmt::skip]
enum Never {}

#[oserver::handler]
async fn takes(State(app): State<App>, State(mode): State<Mode>) {
    drop((app, mode));
}

fn main() {}
