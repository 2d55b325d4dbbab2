//! A listener of one's own: TLS, with a certificate that is made when the server starts.
//!
//! ```text
//! cargo run -p example-tls
//! curl --insecure https://127.0.0.1:8443/            # HTTP/2, by ALPN
//! curl --insecure --http1.1 https://127.0.0.1:8443/
//! ```

#![allow(clippy::print_stdout, reason = "it says where it listens")]

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use oserver::routing::get;
use oserver::{BoundListener, Closed, Listener, Request, Router, Socket, Transport};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;
use tokio_rustls::{TlsAcceptor, rustls};

struct TlsListener {
    listener: BoundListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Transport = Tls;
    // Runs beside the accept loop, under `handshake_timeout`.
    type Handshake = Pin<Box<dyn Future<Output = io::Result<Tls>> + Send>>;

    async fn accept(&self) -> io::Result<Self::Handshake> {
        let handshake = self.listener.accept().await?;
        let acceptor = self.acceptor.clone();
        Ok(Box::pin(async move { acceptor.accept(handshake.await?).await.map(Tls) }))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection with TLS.
struct Tls(TlsStream<Socket>);

impl Transport for Tls {
    fn poll_closed(&mut self, context: &mut Context<'_>) -> Poll<Closed> {
        self.0.get_mut().0.poll_closed(context)
    }

    fn peer_addr(&self) -> Option<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }

    fn reset_on_drop(&mut self) {
        self.0.get_mut().0.reset_on_drop();
    }
}

impl AsyncRead for Tls {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Tls {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// For a service that lives, they come from files, or from an ACME client.
fn config() -> oserver::Result<ServerConfig> {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names)?;
    let key = made.signing_key.serialize_der().try_into()?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    // The server finds out by itself which of them a client speaks.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

#[oserver::handler]
async fn hello(request: Request) -> String {
    format!("Hello, over {:?}\n", request.version())
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8443".to_owned());
    let listener = oserver::bind(address).await?;
    println!("listening on https://{}", listener.local_addr()?);
    let listener = TlsListener { listener, acceptor: TlsAcceptor::from(Arc::new(config()?)) };
    oserver::serve(listener, Router::new().route("/", get(hello))).await?;
    Ok(())
}
