//! The address and the user at the other end.

use std::future::IntoFuture;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::MetadataExt;
use std::sync::mpsc::channel;

use axum::extract::ConnectInfo;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::UCred;
use tokio::net::{TcpStream, UnixStream};

use crate::{PATIENCE, start, start_with};

async fn ask(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin) -> String {
    let request = b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer.rsplit_once("\r\n\r\n").expect("a body").1.to_owned()
}

async fn peer(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
    peer.to_string()
}

#[oserver::handler]
async fn guarded_peer(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
    peer.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn connect_info_has_the_address_of_the_peer() {
    let plain = start(axum::Router::new().route("/", get(peer))).await;
    let router = oserver::Router::new().route("/", oserver::routing::get(guarded_peer));
    for server in [plain, start(router).await] {
        let stream = TcpStream::connect(server).await.expect("a connection");
        let own = stream.local_addr().expect("an address");
        assert_eq!(ask(stream).await, own.to_string());
    }
}

#[oserver::handler]
async fn user(ConnectInfo(peer): ConnectInfo<UCred>) -> String {
    peer.uid().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_on_a_unix_socket_is_known_by_its_user() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    let listener = oserver::bind(format!("unix:{}", path.display())).await.expect("a socket");
    let router = oserver::Router::new().route("/", oserver::routing::get(user));
    tokio::spawn(oserver::serve(listener, router).into_future());
    let stream = UnixStream::connect(&path).await.expect("a connection");
    let own = std::fs::metadata("/proc/self").expect("a system with `/proc`").uid();
    assert_eq!(ask(stream).await, own.to_string());
}

#[oserver::handler]
async fn broken() -> &'static str {
    panic!("on purpose")
}

/// The client that a fault names, for a request with this field, of a server with these proxies.
async fn client_of(forwarded: &str, proxies: &[&str]) -> Option<IpAddr> {
    let (sender, faults) = channel();
    let proxies: Vec<_> = proxies.iter().map(|text| text.parse().expect("a network")).collect();
    let router = oserver::Router::new().route("/", oserver::routing::get(broken));
    let server = start_with(router, |serve| {
        serve.trusted_proxies(proxies).on_fault(move |fault| _ = sender.send(fault.client))
    })
    .await;
    let request = crate::client().get(format!("http://{server}/"));
    let answer = request.header("x-forwarded-for", forwarded).send().await.expect("an answer");
    assert_eq!(answer.status(), 500);
    tokio::task::spawn_blocking(move || faults.recv_timeout(PATIENCE).expect("a fault"))
        .await
        .expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let loopback: IpAddr = "127.0.0.1".parse().expect("an address");
    let (spoofed, client) = ("203.0.113.9", "198.51.100.7");
    assert_eq!(client_of(client, &[]).await, Some(loopback));
    assert_eq!(client_of(client, &["10.0.0.0/8"]).await, Some(loopback));
    // The address that the client wrote itself comes before the one that the proxy saw.
    let forwarded = format!("{spoofed}, {client}");
    let seen = client_of(&forwarded, &["127.0.0.0/8"]).await;
    assert_eq!(seen, Some(client.parse().expect("an address")));
}
