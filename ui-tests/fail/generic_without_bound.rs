//! A generic handler says what its state must be.

use oserver::extract::State;

#[oserver::handler]
async fn bad<T>(State(_value): State<T>) -> String
where
    T: Clone + Send + Sync + 'static,
{
    String::new()
}

#[oserver::handler]
async fn opaque(_value: impl Into<String> + Send) -> String {
    String::new()
}

fn main() {}
