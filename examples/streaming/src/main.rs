//! Responses without an end in sight: server-sent events, a large download, a WebSocket.
//!
//! The deadline of a handler is for its answer, not for the body of that: a stream may go on for as long
//! as its client takes it.
//!
//! ```text
//! cargo run -p example-streaming
//! curl -N http://127.0.0.1:8080/ticks                # an event a second
//! curl http://127.0.0.1:8080/download/1000 | wc -c   # 1,000 MiB, of which the server has one at a time
//! websocat ws://127.0.0.1:8080/echo
//! ```

#![allow(clippy::print_stdout, reason = "it says where it listens")]

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use oserver::Router;
use oserver::body::Body;
use oserver::extract::Path;
use oserver::extract::ws::{WebSocket, WebSocketUpgrade};
use oserver::response::Response;
use oserver::response::sse::{Event, Sse};
use oserver::routing::get;
use tokio_stream::{Stream, StreamExt};

#[oserver::handler]
async fn ticks() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let every_second = tokio_stream::iter(1_u64..).throttle(Duration::from_secs(1));
    Sse::new(every_second.map(|number| Ok(Event::default().data(number.to_string()))))
}

#[oserver::handler]
async fn download(Path(mebibytes): Path<usize>) -> Body {
    let part = Bytes::from(vec![b'x'; 1 << 20]);
    // Asked for the next part when the client has taken the one before.
    let parts = (0..mebibytes).map(move |_| Ok::<_, Infallible>(part.clone()));
    Body::from_stream(tokio_stream::iter(parts))
}

#[oserver::handler]
async fn echo(upgrade: WebSocketUpgrade) -> Response {
    // This runs after the handler has answered, in a task of axum's: a panic ends it and its WebSocket,
    // and nobody else notices.
    upgrade.on_upgrade(|mut socket: WebSocket| async move {
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                return;
            }
        }
    })
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let listener = oserver::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    let router = Router::new()
        .route("/ticks", get(ticks))
        .route("/download/{mebibytes}", get(download))
        .route("/echo", get(echo));
    oserver::serve(listener, router).await?;
    Ok(())
}
