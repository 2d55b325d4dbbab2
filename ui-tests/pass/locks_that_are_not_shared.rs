//! A lock of one request alone, and types of the user's that are called like locks.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::sync::{Arc, Mutex as Lock};

use oserver::extract::{FromRef, Json, State};
use oserver::routing::get;
use oserver::{HandlerState, Router};

/// Has no lock, whatever its name says.
#[derive(Clone, HandlerState)]
struct Mutex<T>(T);

#[derive(Clone, HandlerState)]
struct RwLock {
    inner: Mutex<u32>,
}

#[derive(Clone, HandlerState)]
struct App {
    lock: Mutex<u32>,
    other: RwLock,
}

impl FromRef<App> for Mutex<u32> {
    fn from_ref(app: &App) -> Self {
        app.lock.clone()
    }
}

impl FromRef<App> for RwLock {
    fn from_ref(app: &App) -> Self {
        app.other.clone()
    }
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

fn main() {
    let _: Router = Router::new().route("/1", get(of_one_request).post(in_the_body));
    let app = App { lock: Mutex(1), other: RwLock { inner: Mutex(2) } };
    let _: Router = Router::new().route("/2", get(named_like_one)).with_state(app);
}
