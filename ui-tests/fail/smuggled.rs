//! Ways around the question that somebody might think of.

use std::collections::HashMap;
use std::hash::{BuildHasher, DefaultHasher};
use std::sync::{Arc, Mutex};

use oserver::HandlerState;
use oserver::extract::State;

/// Maps a function that takes any reference to another type than all other functions.
trait Makes {
    type Made;
}

impl Makes for fn(&str) {
    type Made = Mutex<u32>;
}

impl Makes for () {
    type Made = u32;
}

#[derive(HandlerState)]
#[handler_state(bound = "F::Made: HandlerState")]
struct Made<F: Makes>(F::Made);

#[derive(HandlerState)]
struct ByAFunction {
    made: Made<fn(&str)>,
}

/// A map gives out its hasher.
#[derive(Clone)]
struct Hasher(Arc<Mutex<u32>>);

impl BuildHasher for Hasher {
    type Hasher = DefaultHasher;

    fn build_hasher(&self) -> DefaultHasher {
        drop(self.0.lock());
        DefaultHasher::new()
    }
}

#[derive(HandlerState)]
struct ByAHasher {
    map: HashMap<u8, u8, Hasher>,
}

/// Conditions of the user's own are no answer for a field.
#[derive(HandlerState)]
#[handler_state(bound = "")]
struct ByABound<T>(T);

#[derive(HandlerState)]
#[handler_state(bound = "for<'a> Mutex<u32>: HandlerState")]
struct ByACondition(Mutex<u32>);

#[oserver::handler]
async fn condition(State(state): State<Arc<ByACondition>>) -> String {
    format!("{:?}", state.0)
}

#[derive(HandlerState)]
struct ByAnAddress {
    pointer: *const Mutex<u32>,
    any: Arc<dyn std::any::Any + Send + Sync>,
    error: std::io::Error,
    extensions: http::Extensions,
    request: http::Request<()>,
}

macro_rules! hidden {
    ($name:ident) => {
        State($name)
    };
}

#[oserver::handler]
async fn behind_a_macro(hidden!(_state): State<impl Clone + Send>) {}

fn main() {}
