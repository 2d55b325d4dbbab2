//! A lock below a static: in a pair, a struct, a container, behind what dereferences.

use std::collections::LinkedList;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Condvar, LazyLock, Mutex};

struct Store {
    users: Mutex<u32>,
    name: &'static str,
}

static PAIR: (Mutex<u32>, Condvar) = (Mutex::new(0), Condvar::new());
static LAZY_PAIR: LazyLock<Arc<(Mutex<u32>, Condvar)>> = LazyLock::new(Default::default);
static STORE: Store = Store { users: Mutex::new(0), name: "store" };
static STORE_REFERENCE: &Store = &STORE;
static LINKED: LinkedList<Mutex<u32>> = LinkedList::new();
static PINNED: LazyLock<Pin<Box<Mutex<u32>>>> = LazyLock::new(|| Box::pin(Mutex::new(0)));
static ASSERTED: LazyLock<AssertUnwindSafe<Mutex<u32>>> =
    LazyLock::new(|| AssertUnwindSafe(Mutex::new(0)));
static SENT: LazyLock<tokio::sync::watch::Sender<Arc<Mutex<u32>>>> =
    LazyLock::new(|| tokio::sync::watch::Sender::new(Arc::default()));
static SET: tokio::sync::SetOnce<Mutex<u32>> = tokio::sync::SetOnce::const_new();

#[oserver::handler]
async fn bad(body: String) -> String {
    drop(PAIR.0.lock());
    let pair = Arc::clone(&LAZY_PAIR);
    drop(pair.0.lock());
    drop(STORE.users.lock());
    drop(STORE_REFERENCE.users.lock());
    println!("{}", STORE.name);
    println!("{}", LINKED.len());
    drop(PINNED.lock());
    drop(ASSERTED.lock());
    drop(SENT.borrow().lock());
    println!("{:?}", SET.get());
    body
}

fn main() {}
