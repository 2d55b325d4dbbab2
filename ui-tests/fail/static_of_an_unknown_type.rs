//! A type that nobody vouched for may contain a lock, also one whose fields nobody sees.

use std::cell::UnsafeCell;
use std::sync::LazyLock;

mod elsewhere {
    #[derive(Default)]
    pub struct Cache(std::sync::Mutex<u32>);

    impl Cache {
        pub fn count(&self) -> u32 {
            self.0.lock().map_or(0, |count| *count)
        }
    }
}

use elsewhere::Cache;

static CACHE: LazyLock<Cache> = LazyLock::new(Cache::default);

/// A lock of another crate.
struct Spin(UnsafeCell<u32>);

unsafe impl Sync for Spin {}

static SPIN: Spin = Spin(UnsafeCell::new(0));
static SPIN_REFERENCE: &Spin = &SPIN;

enum Either {
    Lock(std::sync::Mutex<u32>),
}

static EITHER: Either = Either::Lock(std::sync::Mutex::new(0));

#[oserver::handler]
async fn bad(body: String) -> String {
    println!("{}", CACHE.count());
    let spin = SPIN_REFERENCE;
    drop(spin.0.get());
    let Either::Lock(lock) = &EITHER;
    drop(lock.lock());
    body
}

fn main() {}
