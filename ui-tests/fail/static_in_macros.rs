//! Names in the arguments of macros, of the standard library, of other crates, and the user's own.

use std::sync::Mutex;

static A: Mutex<u32> = Mutex::new(0);
static T: tokio::sync::Mutex<u32> = tokio::sync::Mutex::const_new(0);

macro_rules! bump {
    ($lock:expr) => {
        format!("{:?}", $lock.lock())
    };
}

macro_rules! object {
    ({ $($key:literal: $value:expr),* }) => {
        [$(($key, $value)),*].len().to_string()
    };
}

#[oserver::handler]
async fn select() -> String {
    tokio::select! {
        guard = T.lock() => guard.to_string(),
        () = std::future::pending() => String::new(),
    }
}

#[oserver::handler]
async fn select_block() -> String {
    tokio::select! { biased; () = std::future::ready(()) => { format!("{:?}", A.lock()) } }
}

#[oserver::handler]
async fn join() -> String {
    let (guard,) = tokio::join!(T.lock());
    guard.to_string()
}

#[oserver::handler]
async fn event() -> String {
    tracing::info!(count = ?A.lock(), "counted");
    String::new()
}

#[oserver::handler]
async fn event_captures() -> String {
    tracing::info!("counted {A:?}");
    String::new()
}

#[oserver::handler]
async fn own() -> String {
    bump!(A)
}

#[oserver::handler]
async fn own_object() -> String {
    object!({ "a": A.lock().is_ok() })
}

#[oserver::handler]
async fn guard(body: String) -> String {
    matches!(body.len(), 0 if A.lock().is_ok()).to_string()
}

#[oserver::handler]
async fn items_inside() -> String {
    format!("{}", {
        const ONE: usize = 1;
        ONE + A.lock().iter().len()
    })
}

#[oserver::handler]
async fn selected() -> String {
    std::cfg_select! {
        windows => { String::new() }
        _ => { format!("{:?}", A.lock()) }
    }
}

#[oserver::handler(fields(count = object!({ "a": A.lock().is_ok() })))]
async fn field() -> String {
    String::new()
}

fn main() {}
