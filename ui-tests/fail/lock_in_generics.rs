//! A generic state is clean where its arguments are, and where their associated types are.

use std::sync::Mutex;

use oserver::HandlerState;
use oserver::extract::State;

#[derive(Clone, HandlerState)]
struct App<T> {
    value: T,
}

trait Backend {
    type Connection;
}

#[derive(Clone)]
struct Locked;

impl Backend for Locked {
    type Connection = std::sync::Arc<Mutex<u32>>;
}

#[derive(HandlerState)]
struct Pool<B: Backend> {
    connection: B::Connection,
}

#[oserver::handler]
async fn instance(State(app): State<App<std::sync::Arc<Mutex<u32>>>>) -> String {
    format!("{:?}", app.value)
}

#[oserver::handler]
async fn associated(State(pool): State<std::sync::Arc<Pool<Locked>>>) -> String {
    format!("{:?}", pool.connection)
}

fn main() {}
