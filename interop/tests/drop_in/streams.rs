//! WebSockets and server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{SinkExt, StreamExt};
use oserver::Router;
use oserver::routing::{any, get};
use tokio_stream::Stream;
use tokio_tungstenite::tungstenite;

use crate::{client, start, start_with};

#[oserver::handler]
async fn upgrade(socket: WebSocketUpgrade) -> Response {
    socket.on_upgrade(echo)
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(Message::Text(text))) = socket.recv().await {
        if socket.send(Message::Text(text)).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_outlives_the_deadline_of_its_request() {
    const LIMIT: Duration = Duration::from_millis(100);
    let router = Router::new().route("/echo", any(upgrade));
    let server = start_with(router, |serve| serve.timeout(LIMIT)).await;
    let connected = tokio_tungstenite::connect_async(format!("ws://{server}/echo")).await;
    let (mut socket, answer) = connected.expect("a WebSocket");
    assert_eq!(answer.status(), 101);
    for text in ["before", "after"] {
        socket.send(tungstenite::Message::text(text)).await.expect("sent");
        let echo = socket.next().await.expect("an echo").expect("a message");
        assert_eq!(echo.into_text().expect("text"), text);
        tokio::time::sleep(2 * LIMIT).await;
    }
}

#[oserver::handler]
async fn ticks() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let numbers =
        tokio_stream::iter(1..=3).map(|number| Ok(Event::default().data(number.to_string())));
    Sse::new(numbers.chain(tokio_stream::pending())).keep_alive(KeepAlive::default())
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_sent_as_they_come() {
    let server = start(Router::new().route("/ticks", get(ticks))).await;
    let answer = client().get(format!("http://{server}/ticks")).send().await.expect("an answer");
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let (mut parts, mut seen) = (answer.bytes_stream(), String::new());
    while seen.matches("\n\n").count() < 3 {
        let part = parts.next().await.expect("a part").expect("no error");
        seen += std::str::from_utf8(&part).expect("text");
    }
    assert_eq!(seen, "data: 1\n\ndata: 2\n\ndata: 3\n\n");
}
