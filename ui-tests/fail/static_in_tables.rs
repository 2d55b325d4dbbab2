//! References to static locks in the values of `core`, and in tables behind a name; and a name with an empty list of arguments.

use std::cmp::Reverse;
use std::ops::{ControlFlow, Range};
use std::pin::Pin;
use std::sync::Mutex;
use std::task::Poll;

static COUNT: Mutex<u32> = Mutex::new(0);

const RESULT: Result<&Mutex<u32>, ()> = Ok(&COUNT);
const POLL: Poll<&Mutex<u32>> = Poll::Ready(&COUNT);
const FLOW: ControlFlow<&Mutex<u32>> = ControlFlow::Break(&COUNT);
const PINNED: Pin<&Mutex<u32>> = Pin::new(&COUNT);
const RANGE: Range<&Mutex<u32>> = &COUNT..&COUNT;
const REVERSE: Reverse<&Mutex<u32>> = Reverse(&COUNT);
const ARRAY: [(&str, &Mutex<u32>); 1] = [("count", &COUNT)];
const TABLE: &[(&str, &Mutex<u32>)] = &[("count", &COUNT)];
const TABLES: &[&[(u8, u8, &Mutex<u32>)]] = &[&[(1, 2, &COUNT)]];

fn bump(lock: &Mutex<u32>) -> u32 {
    lock.lock().map_or(0, |count| *count)
}

#[oserver::handler]
async fn values() -> String {
    let (result, poll, flow, pinned) = (RESULT, POLL, FLOW, PINNED);
    let (range, reverse) = (RANGE, REVERSE);
    format!("{}{}", bump(range.start), bump(reverse.0))
}

#[oserver::handler]
async fn places() -> String {
    if let Poll::Ready(lock) = POLL {
        bump(lock);
    }
    String::new()
}

#[oserver::handler]
async fn array() -> String {
    let [(_, lock)] = ARRAY;
    bump(lock).to_string()
}

#[oserver::handler]
async fn table(name: String) -> String {
    let found = TABLE.iter().find(|(known, _)| *known == name);
    found.map_or(0, |(_, lock)| bump(lock)).to_string()
}

#[oserver::handler]
async fn each() -> String {
    let mut sum = 0;
    for (_, lock) in TABLE {
        sum += bump(lock);
    }
    sum.to_string()
}

#[oserver::handler]
async fn tables() -> String {
    let table = TABLES[0];
    bump(table[0].2).to_string()
}

#[oserver::handler]
async fn empty_arguments() -> String {
    bump(&COUNT::<>).to_string()
}

fn main() {}
