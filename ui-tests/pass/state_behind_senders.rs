//! A sender gives nothing out, and what somebody vouched for is vouched for: neither asks anything of a type
//! parameter inside of it.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::cell::Cell;
use std::sync::Mutex;

use oserver::extract::State;
use oserver::routing::get;
use oserver::{HandlerState, Router, Trusted};
use tokio::sync::mpsc::{self, Sender};
use tokio::sync::{broadcast, watch};

/// Private, and not even `Sync`.
struct Question<T, E>(Cell<Option<Result<T, E>>>);

#[derive(HandlerState)]
struct Cache<T, E>(mpsc::Sender<Question<T, E>>, Option<Sender<T>>)
where
    E: std::error::Error;

impl<T, E: std::error::Error> Clone for Cache<T, E> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), self.1.clone())
    }
}

#[derive(Clone, HandlerState)]
struct Vouched<T>(Trusted<T>);

/// These do give out what they take, and ask for it.
#[derive(Clone, HandlerState)]
struct Published<T, U>(broadcast::Sender<T>, watch::Receiver<U>);

/// One of the user's own with such a name, which contains itself.
mod own {
    #[derive(Clone, oserver::HandlerState)]
    pub(crate) struct Pool<T> {
        pub(crate) items: Vec<T>,
        pub(crate) others: Vec<Pool<T>>,
    }
}

#[derive(Clone, HandlerState)]
struct Pooled<T>(own::Pool<T>);

#[derive(Clone, HandlerState)]
struct App {
    cache: Cache<Mutex<u8>, std::fmt::Error>,
    vouched: Vouched<std::sync::Arc<Mutex<u8>>>,
    published: Published<String, u8>,
    pooled: Pooled<u8>,
}

#[oserver::handler]
async fn clean(State(app): State<App>) -> String {
    let number = app.pooled.0.items.len() + app.pooled.0.others.len();
    format!("{number}{}{}", app.cache.0.capacity(), app.cache.1.is_some())
        + &format!("{}{}{:?}", *app.published.1.borrow(), app.published.0.len(), app.vouched.0)
}

fn main() {
    let _: Router<App> = Router::new().route("/", get(clean));
}
