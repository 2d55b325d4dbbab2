//! The smallest service: state that nobody can lock, handlers that cannot take the server down.
//!
//! ```text
//! cargo run --example quickstart
//! curl -i http://127.0.0.1:8080/hello/Ada
//! curl -i http://127.0.0.1:8080/panic      # 500, and a record on stderr
//! curl -i http://127.0.0.1:8080/slow       # 504 after two seconds
//! curl -i http://127.0.0.1:8080/hello/Ada  # as before
//! ```

use std::sync::Arc;

use oserver::Router;
use oserver::extract::{Path, State};
use oserver::routing::get;

/// The configuration that all handlers read and none can change.
#[derive(oserver::HandlerState)]
struct Config {
    greeting: String,
}

#[oserver::handler]
async fn hello(State(config): State<Arc<Config>>, Path(name): Path<String>) -> String {
    format!("{}, {name}!\n", config.greeting)
}

#[oserver::handler]
async fn panics() -> &'static str {
    panic!("this handler is broken")
}

#[oserver::handler(timeout = "2s")]
async fn slow() -> &'static str {
    std::future::pending().await
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    let config = Arc::new(Config { greeting: "Hello".to_owned() });
    let router = Router::new()
        .route("/hello/{name}", get(hello))
        .route("/panic", get(panics))
        .route("/slow", get(slow))
        .with_state(config);
    oserver::serve(oserver::bind("127.0.0.1:8080").await?, router).await?;
    Ok(())
}
