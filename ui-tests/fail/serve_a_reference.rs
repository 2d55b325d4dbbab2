//! A server takes its router by value.

use oserver::Router;
use oserver::routing::get;

#[oserver::handler]
async fn hello() -> &'static str {
    "hello"
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    let router = Router::new().route("/", get(hello));
    oserver::serve(oserver::bind("127.0.0.1:0").await?, &router).await?;
    Ok(())
}
