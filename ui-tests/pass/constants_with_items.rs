//! Constants whose blocks have items of their own, which are no locks.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::sync::atomic::{AtomicU32, Ordering};

#[oserver::handler]
async fn block_of_a_constant() -> String {
    let count = const {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        &COUNT
    };
    let empty: [Option<String>; 2] = [const { None }; 2];
    format!("{}{empty:?}", count.fetch_add(1, Ordering::Relaxed))
}

#[oserver::handler]
async fn constant_function() -> String {
    const fn next(of: Option<&'static AtomicU32>) -> &'static AtomicU32 {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        if let Some(of) = of { of } else { &COUNT }
    }
    static FIRST: AtomicU32 = AtomicU32::new(0);
    next(Some(&FIRST)).fetch_add(1, Ordering::Relaxed).to_string()
}

#[oserver::handler]
async fn functions_of_constants() -> String {
    const ADD: fn(u32, u32) -> u32 = |a, b| {
        const MORE: u32 = 1;
        a + b + MORE
    };
    static TEXT: fn(u32) -> String = {
        fn text(number: u32) -> String {
            number.to_string()
        }
        text
    };
    TEXT(ADD(1, 2))
}

fn main() {
    let _: oserver::Router = oserver::Router::new()
        .route("/1", oserver::routing::get(block_of_a_constant))
        .route("/2", oserver::routing::get(constant_function))
        .route("/3", oserver::routing::get(functions_of_constants));
}
