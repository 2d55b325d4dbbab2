use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::*;
use crate::health::readiness::ServerHealth;
use crate::request::limits::Limits;
use crate::request::server::ServerContext;

impl Transport for DuplexStream {}

fn stream(transport: DuplexStream) -> Stream<DuplexStream> {
    let (network, health) = (Limits::default(), ServerHealth::of_nobody());
    let server = ServerContext::new(Arc::new(health), None, 1, false, network);
    Stream::new(transport, OpenConnection::new(Arc::new(server)))
}

fn run<F: Future>(test: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test)
}

#[test]
fn a_head_that_came_whole_is_read_whole_though_its_beginning_was_read_ahead() {
    run(async {
        let (mut client, server) = tokio::io::duplex(1024);
        let mut stream = stream(server);
        let head = b"GET /a/path/of/some/length HTTP/1.1\r\nhost: a\r\n\r\n";
        client.write_all(head).await.unwrap();
        let protocol = std::future::poll_fn(|context| stream.poll_protocol(context)).await;
        assert_eq!(protocol.unwrap(), Some(Protocol::Http1));
        let mut buffer = [0; 1024];
        let count = stream.read(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..count], head);
    });
}

#[test]
fn what_was_read_ahead_is_read_before_the_end() {
    run(async {
        for said in [&b"GET"[..], b"GET /some/thing/for/thee"] {
            let (mut client, server) = tokio::io::duplex(1024);
            let mut stream = stream(server);
            client.write_all(said).await.unwrap();
            drop(client);
            let protocol = std::future::poll_fn(|context| stream.poll_protocol(context)).await;
            assert_eq!(protocol.unwrap(), Some(Protocol::Http1));
            let mut all = Vec::new();
            stream.read_to_end(&mut all).await.unwrap();
            assert_eq!(all, said);
        }
    });
}
