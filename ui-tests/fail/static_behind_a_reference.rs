//! The target of a reference is asked as the static itself, also in a constant, and in a constant's function.

use std::sync::Mutex;

struct Cache {
    entries: Mutex<u32>,
}

impl Cache {
    fn len(&self) -> u32 {
        *self.entries.lock().unwrap()
    }
}

static OWNED: Cache = Cache { entries: Mutex::new(0) };
static BORROWED: &Cache = &OWNED;
const CONSTANT: &Cache = &OWNED;

struct Store;

impl Store {
    const CACHE: &'static Cache = &OWNED;
}

trait Ends {
    fn into_inner(&self) -> u32;
}

static LOCK: Mutex<u32> = Mutex::new(0);
static REFERENCE: &Mutex<u32> = &LOCK;

impl Ends for Mutex<u32> {
    fn into_inner(&self) -> u32 {
        *self.lock().unwrap()
    }
}

#[oserver::handler]
async fn borrowed() -> String {
    BORROWED.len().to_string()
}

#[oserver::handler]
async fn constant() -> String {
    CONSTANT.len().to_string()
}

#[oserver::handler]
async fn associated() -> String {
    Store::CACHE.len().to_string()
}

#[oserver::handler]
async fn by_value() -> String {
    let cache = CONSTANT;
    cache.len().to_string()
}

#[oserver::handler]
async fn named_as_if_it_took_a_value() -> String {
    REFERENCE.into_inner().to_string()
}

#[oserver::handler]
async fn constant_function() -> String {
    const fn lock() -> &'static Mutex<u32> {
        &LOCK
    }
    lock().lock().unwrap().to_string()
}

fn main() {
    drop((borrowed(), constant(), associated(), by_value(), named_as_if_it_took_a_value()));
    drop(constant_function());
}
