//! Containers are as clean as what can be got out of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, Weak};

use oserver::HandlerState;

#[derive(HandlerState)]
struct Containers {
    nested: Option<Arc<Vec<Box<[(u8, Mutex<u32>)]>>>>,
    value: HashMap<String, Mutex<u32>>,
    key: BTreeMap<Arc<Mutex<u32>>, u8>,
    once: OnceLock<Mutex<u32>>,
    lazy: LazyLock<Mutex<u32>>,
    weak: Weak<Mutex<u32>>,
    result: Result<u8, Arc<Mutex<u32>>>,
    array: [Mutex<u32>; 3],
    borrowed: &'static Mutex<u32>,
}

fn main() {}
