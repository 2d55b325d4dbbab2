//! A static that a handler names, one error a name: by its type, through what is around it, in
//! macros and in the middle of other code.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, RwLock};

static COUNT: Mutex<u32> = Mutex::new(0);
static LAZY: LazyLock<Mutex<u32>> = LazyLock::new(Mutex::default);
static ONCE: OnceLock<Arc<RwLock<u32>>> = OnceLock::new();
static SHARDS: [Mutex<u32>; 2] = [const { Mutex::new(0) }; 2];
static PRINTED: Mutex<u32> = Mutex::new(0);
static CAPTURED: Mutex<u32> = Mutex::new(0);
static IN_ARM: Mutex<u32> = Mutex::new(0);
static IN_CLOSURE: Mutex<u32> = Mutex::new(0);
static DEREFERENCES: Wrapper = Wrapper;

thread_local! {
    static LOCAL: RefCell<u32> = const { RefCell::new(0) };
}

tokio::task_local! {
    static OF_TASK: Arc<Mutex<u32>>;
}

static M: Mutex<u32> = Mutex::new(0);
static M1: LazyLock<Mutex<u32>> = LazyLock::new(Mutex::default);

mod elsewhere {
    pub static COUNT: tokio::sync::Mutex<u32> = tokio::sync::Mutex::const_new(0);
}

/// As those of `lazy_static`.
struct Wrapper;

impl Deref for Wrapper {
    type Target = Mutex<u32>;

    fn deref(&self) -> &Mutex<u32> {
        &COUNT
    }
}

#[oserver::handler]
async fn bad(body: String) -> String {
    static INSIDE: Mutex<u32> = Mutex::new(0);
    drop(COUNT.lock());
    if body.is_empty() {
        drop(COUNT.lock());
    }
    drop(LAZY.lock());
    drop(ONCE.get());
    for shard in &SHARDS {
        drop(shard.lock());
    }
    println!("{:?}", PRINTED);
    println!("{CAPTURED:?}");
    match body.len() {
        0 => drop(IN_ARM.lock()),
        _ => (0..2).for_each(|_| drop(IN_CLOSURE.lock())),
    }
    drop(DEREFERENCES.lock());
    LOCAL.with(|local| *local.borrow_mut() += 1);
    OF_TASK.with(|lock| drop(lock.lock()));
    drop(M.lock());
    println!("{M1:?}");
    drop(elsewhere::COUNT.lock().await);
    drop(INSIDE.lock());
    body
}

fn main() {}
