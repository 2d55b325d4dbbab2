//! A lock of one request alone, and types of the user's that are called like locks.
#![deny(warnings, missing_docs, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::sync::{Arc, Mutex as Lock};

use oserver::HandlerState;
use oserver::extract::{Json, State};

/// Has no lock, whatever its name says.
#[derive(Clone, HandlerState)]
struct Mutex<T>(T);

#[derive(Clone, HandlerState)]
struct RwLock {
    inner: Mutex<u32>,
}

#[oserver::handler]
async fn named_like_one(State(lock): State<Mutex<u32>>, State(other): State<RwLock>) -> String {
    (lock.0 + other.inner.0).to_string()
}

#[oserver::handler]
async fn of_one_request(Json(numbers): Json<Vec<u32>>) -> String {
    let sum = Arc::new(Lock::new(0));
    for number in numbers {
        *sum.lock().expect("nobody panics with it") += number;
    }
    let sum = *sum.lock().expect("nobody panics with it");
    sum.to_string()
}

/// Fresh data of the request: nobody else has it.
#[oserver::handler]
async fn in_the_body(Json(value): Json<RefCell<u32>>) -> String {
    value.into_inner().to_string()
}

fn main() {}
