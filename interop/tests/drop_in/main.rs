//! Services for `axum::serve` work under `oserver::serve`: each crate as its users have it, asked from outside.

mod connect_info;
mod extra;
mod graphql;
mod grpc;
mod layers;
mod listeners;
mod openapi;
mod sessions;
mod streams;
mod table;
mod tls;

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::time::Duration;

use oserver::{IntoServeTarget, Serve, ServeTarget};

/// How long a test waits for something that has to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server on a free port of loopback, until the test ends.
async fn start<A: IntoServeTarget<M>, M>(app: A) -> SocketAddr
where
    A::Target: ServeTarget,
{
    start_with(app, |serve| serve).await
}

async fn start_with<A: IntoServeTarget<M>, M>(
    app: A,
    options: impl FnOnce(Serve<A::Target>) -> Serve<A::Target>,
) -> SocketAddr
where
    A::Target: ServeTarget,
{
    let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
    let serve = options(oserver::serve(listener, app).start_line(false));
    let address = serve.local_addr().expect("an address");
    tokio::spawn(serve.into_future());
    address
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().cookie_store(true).timeout(PATIENCE).build().expect("a client")
}

/// Status and text of an answer.
async fn get(url: String) -> (u16, String) {
    let answer = client().get(url).send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}
