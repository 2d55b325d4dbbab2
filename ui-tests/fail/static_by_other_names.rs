//! A static that is a lock, by names that do not look like a static's: renamed, raw, without capitals, a constant of a
//! type or trait, in a module in capitals.
#![allow(non_upper_case_globals, non_snake_case)]

use std::sync::Mutex;

use oserver::extract::State;

static COUNT: Mutex<u32> = Mutex::new(0);
static counter: Mutex<u32> = Mutex::new(0);
static Counter: Mutex<u32> = Mutex::new(0);
static счётчик: Mutex<u32> = Mutex::new(0);
static 計: Mutex<u32> = Mutex::new(0);

mod STORE {
    pub static COUNT: std::sync::Mutex<u32> = std::sync::Mutex::new(0);
    pub static lower: std::sync::Mutex<u32> = std::sync::Mutex::new(0);
}

use STORE::COUNT as renamed;

trait Shared {
    const LOCK: &'static Mutex<u32>;
}

#[derive(Clone, oserver::HandlerState)]
struct App;

impl App {
    const LOCK: &'static Mutex<u32> = &COUNT;

    #[oserver::handler]
    async fn of_its_own_type(State(_app): State<Self>) -> String {
        format!("{:?}", Self::LOCK.lock())
    }
}

impl Shared for App {
    const LOCK: &'static Mutex<u32> = &COUNT;
}

#[oserver::handler]
async fn bad(body: String) -> String {
    use COUNT as inside;
    drop(r#COUNT.lock());
    drop(inside.lock());
    drop(renamed.lock());
    drop(counter.lock());
    drop(Counter.lock());
    drop(счётчик.lock());
    println!("{計:?}");
    drop(STORE::COUNT.lock());
    drop(STORE::lower.lock());
    drop(App::LOCK.lock());
    drop(<App as Shared>::LOCK.lock());
    body
}

fn main() {}
