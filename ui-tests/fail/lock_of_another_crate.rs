//! A type of another crate, in which a lock is hidden, is not vouched for.

use oserver::extract::State;

#[oserver::handler]
async fn bad(State(cache): State<ui_tests::Cache>) -> String {
    cache.first().unwrap_or_default()
}

fn main() {}
