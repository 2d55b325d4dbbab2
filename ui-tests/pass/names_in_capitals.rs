//! Constants of every type, and statics that are no locks, may be named.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![allow(clippy::assertions_on_constants, reason = "what is named in an assertion is looked at, too")]
#![forbid(unsafe_code, unused_qualifications, rust_2018_idioms)]

use std::cell::OnceCell;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, OnceLock};

use oserver::Trusted;

const LIMIT: usize = 5;
const NAMES: &[&str] = &["a", "b"];
#[allow(clippy::declare_interior_mutable_const, reason = "that is the point")]
const FRESH: Mutex<u32> = Mutex::new(0);
const FUNCTION: fn(&str) -> usize = str::len;

static COUNT: AtomicU32 = AtomicU32::new(0);
static NAME: OnceLock<String> = OnceLock::new();
static TABLE: LazyLock<Vec<u32>> = LazyLock::new(Vec::new);
static VOUCHED: Trusted<Mutex<u32>> = Trusted::new(Mutex::new(0), "held for one addition only");
#[cfg(any())]
static ABSENT: Mutex<u32> = Mutex::new(0);

thread_local! {
    static SEED: OnceCell<u32> = const { OnceCell::new() };
}

tokio::task_local! {
    static REQUEST: String;
}

#[allow(clippy::upper_case_acronyms, reason = "names are as they are")]
struct ID(usize);

struct Limits;

struct V;

struct V2(u32);

impl std::fmt::Display for V {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("1")
    }
}

const N: V2 = V2(3);

impl Limits {
    const MAX: usize = 7;
}

#[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "names are as they are")]
enum Level {
    LOW,
    HIGH { by: usize },
}

macro_rules! limit {
    ($name:ident) => {
        $name + LIMIT
    };
}

/// A unit struct's name is spelled as that of a static where it has one letter.
#[oserver::handler]
async fn of_one_letter() -> String {
    let text = V.to_string();
    let by_reference = &V;
    let request = REQUEST.try_with(String::clone).unwrap_or_default();
    assert!(N.0 > 2, "{V} {}", N.0);
    tracing::info!(version = %V, number = N.0);
    format!("{V}{}{text}{by_reference}{request}", std::convert::identity(&V))
}

#[oserver::handler]
async fn names(body: String) -> String {
    const INSIDE: usize = 3;
    #[allow(clippy::declare_interior_mutable_const, reason = "that is the point")]
    const FRESH_INSIDE: Mutex<u32> = Mutex::new(0);
    static COUNT_INSIDE: AtomicU32 = AtomicU32::new(0);
    use self::Level::{HIGH, LOW};

    let lock = FRESH;
    let locks = [FRESH, FRESH_INSIDE];
    *lock.lock().expect("nobody panics with it") += FRESH.into_inner().expect("nobody panicked");
    COUNT.fetch_add(1, Ordering::Relaxed);
    COUNT_INSIDE.fetch_add(u32::MAX, Ordering::Relaxed);
    *VOUCHED.lock().expect("nobody panics with it") += 1;
    #[cfg(any())]
    drop(ABSENT.lock());
    let level = match body.len() {
        LIMIT => HIGH { by: INSIDE },
        #[cfg(any())]
        1 => drop(ABSENT.lock()),
        Limits::MAX => LOW,
        _ => HIGH { by: NAMES.len() },
    };
    let by = match level {
        LOW => 0,
        HIGH { by } => by,
    };
    let ids: Vec<ID> = [by, FUNCTION(&body)].into_iter().map(ID).collect();
    let seed = SEED.with(|seed| *seed.get_or_init(|| 4));
    let array = [const { LIMIT * 2 }; LIMIT];
    {
        const NAMES: usize = 1;
        let names = NAMES;
        assert_eq!(names, 1, "{NAMES} {LIMIT:?}");
    }
    assert_eq!(vec![INSIDE; LIMIT].len(), LIMIT, "{LIMIT} {{ABSENT}} {ABSENT}", ABSENT = 1);
    let name = NAME.get_or_init(String::new);
    format!("{name}{:?}{seed}{}{}{}{}", *TABLE, array[0], ids[0].0, limit!(INSIDE), locks.len())
}

fn main() {
    let _: oserver::Router = oserver::Router::new().route("/", oserver::routing::get(names).post(of_one_letter));
    let _ = Limits;
}
