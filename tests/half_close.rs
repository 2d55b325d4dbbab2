//! A client that closes its sending side waits for its answer; one that has gone does not.

mod common;

use std::sync::Arc;
use std::time::Duration;

use common::{TestServer, eventually, run};
use oserver::Router;
use oserver::extract::State;
use oserver::routing::get;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

/// One request for each permit.
#[oserver::handler]
async fn slow(State(permits): State<Permits>) -> &'static str {
    permits.acquire().await.expect("it is open").forget();
    tokio::time::sleep(Duration::from_millis(500)).await;
    "at last"
}

type Permits = Arc<Semaphore>;

#[oserver::handler(timeout = "never")]
async fn hang() -> &'static str {
    std::future::pending().await
}

fn router() -> Router {
    router_with(&Arc::new(Semaphore::new(2)))
}

fn router_with(permits: &Permits) -> Router {
    let router = Router::new().route("/slow", get(slow)).route("/hang", get(hang));
    router.with_state(Arc::clone(permits))
}

async fn asks(stream: &mut (impl AsyncWrite + Unpin), path: &str, version: &str) {
    let head = format!("GET {path} HTTP/{version}\r\nhost: a\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("sent");
}

async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer and its end");
    answer
}

fn is_answered(answer: &str) {
    assert!(answer.contains("HTTP/1.1 200 OK\r\n") && answer.ends_with("at last"), "{answer}");
}

#[test]
fn a_client_that_half_closes_gets_its_answer() {
    run(async {
        let permits = Arc::new(Semaphore::new(1));
        let server = TestServer::start(router_with(&permits)).await;
        let mut client = TcpStream::connect(server.address).await.expect("a connection");
        asks(&mut client, "/slow", "1.1").await;
        client.shutdown().await.expect("half closed");
        is_answered(&rest(&mut client).await);
        // Also when it does so while the handler waits.
        let mut client = TcpStream::connect(server.address).await.expect("a connection");
        asks(&mut client, "/slow", "1.1").await;
        eventually("it is asked", || server.route("GET /slow").in_flight == 1).await;
        client.shutdown().await.expect("half closed");
        permits.add_permits(1);
        is_answered(&rest(&mut client).await);
        assert_eq!(server.route("GET /slow").cancelled, 0);
        eventually("the connections end", || server.counts.connections() == 0).await;
    });
}

#[test]
fn two_requests_before_the_half_close_get_two_answers() {
    run(async {
        let server = TestServer::start(router()).await;
        let mut client = TcpStream::connect(server.address).await.expect("a connection");
        asks(&mut client, "/slow", "1.1").await;
        asks(&mut client, "/slow", "1.1").await;
        client.shutdown().await.expect("half closed");
        let answer = rest(&mut client).await;
        assert_eq!(answer.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{answer}");
        assert_eq!(answer.matches("at last").count(), 2, "{answer}");
    });
}

#[test]
fn a_client_that_has_gone_is_noticed_while_its_handler_waits() {
    run(async {
        let server = TestServer::start(router()).await;
        for reset in [false, true] {
            let before = server.counts.routes().iter().map(|route| route.cancelled).sum::<u64>();
            let mut client = TcpStream::connect(server.address).await.expect("a connection");
            asks(&mut client, "/hang", "1.1").await;
            eventually("it is asked", || {
                let routes = server.counts.routes();
                routes.iter().any(|route| route.route == "GET /hang" && route.in_flight == 1)
            })
            .await;
            if reset {
                client.set_zero_linger().expect("an option");
            }
            drop(client);
            let cancelled = || server.route("GET /hang").cancelled;
            eventually("its handler is dropped", || cancelled() == before + 1).await;
            eventually("its connection ends", || server.counts.connections() == 0).await;
        }
    });
}

/// It may half-close first, and go later.
#[test]
fn a_client_of_http_1_0_that_half_closes_has_gone() {
    run(async {
        let server = TestServer::start(router()).await;
        let mut client = TcpStream::connect(server.address).await.expect("a connection");
        asks(&mut client, "/hang", "1.0").await;
        client.shutdown().await.expect("half closed");
        assert_eq!(rest(&mut client).await, "", "it knows no interim response");
        eventually("it is dropped", || server.route("GET /hang").cancelled == 1).await;
    });
}

#[test]
#[cfg(unix)]
fn of_a_unix_socket_a_half_close_and_a_close_are_told_apart() {
    use std::future::IntoFuture;
    use tokio::net::UnixStream;

    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let listener = oserver::bind(format!("unix:{}", path.display())).await.expect("bound");
        let serve = oserver::serve(listener, router());
        let counts = serve.metrics();
        tokio::spawn(serve.into_future());
        let connect = async || UnixStream::connect(&path).await.expect("a connection");
        let mut client = connect().await;
        asks(&mut client, "/slow", "1.1").await;
        client.shutdown().await.expect("half closed");
        is_answered(&rest(&mut client).await);
        let mut client = connect().await;
        asks(&mut client, "/hang", "1.1").await;
        let hanging = || counts.routes().into_iter().find(|route| route.route == "GET /hang");
        eventually("it is asked", || hanging().is_some_and(|route| route.in_flight == 1)).await;
        drop(client);
        eventually("it is dropped", || hanging().is_some_and(|route| route.cancelled == 1)).await;
    });
}
