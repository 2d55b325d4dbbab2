//! A reference to a static lock that is copied: into a variable, an argument, a field, a loop, a constant of the body.
#![allow(non_upper_case_globals)]

use std::sync::Mutex;

static COUNT: Mutex<u32> = Mutex::new(0);
static REFERENCE: &Mutex<u32> = &COUNT;
static reference: &Mutex<u32> = &COUNT;
static SHARDS: &[Mutex<u32>] = &[const { Mutex::new(0) }; 2];
static MAYBE: Option<&Mutex<u32>> = Some(&COUNT);
static PAIR: (&Mutex<u32>, u8) = (&COUNT, 1);
const CONSTANT: &Mutex<u32> = &COUNT;

struct Holder {
    lock: &'static Mutex<u32>,
}

fn bump(lock: &Mutex<u32>) -> u32 {
    lock.lock().map_or(0, |count| *count)
}

#[oserver::handler]
async fn variable() -> String {
    let lock = REFERENCE;
    bump(lock).to_string()
}

#[oserver::handler]
async fn argument() -> String {
    bump(reference).to_string()
}

#[oserver::handler]
async fn field() -> String {
    let holder = Holder { lock: CONSTANT };
    bump(holder.lock).to_string()
}

#[oserver::handler]
async fn shards() -> String {
    let mut sum = 0;
    for shard in SHARDS {
        sum += bump(shard);
    }
    sum.to_string()
}

#[oserver::handler]
async fn maybe() -> String {
    MAYBE.map_or(0, bump).to_string()
}

#[oserver::handler]
async fn pair() -> String {
    let (lock, _) = PAIR;
    bump(lock).to_string()
}

#[oserver::handler]
async fn borrowed_by_a_pattern() -> String {
    let ref lock = COUNT;
    bump(lock).to_string()
}

#[oserver::handler]
async fn in_a_constant() -> String {
    bump(const { &COUNT }).to_string()
}

#[oserver::handler]
async fn constant_of_the_body() -> String {
    const INSIDE: &Mutex<u32> = &COUNT;
    bump(INSIDE).to_string()
}

fn main() {}
