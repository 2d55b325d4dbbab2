//! TLS with the configuration that axum-server takes.

use std::future::IntoFuture;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_server::tls_rustls::RustlsConfig;
use oserver::routing::get;
use oserver::{BoundListener, Closed, Listener, Router, Socket, Transport};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// Certificates can be reloaded while it listens, as with axum-server.
struct Tls {
    listener: BoundListener,
    config: RustlsConfig,
}

struct Stream(TlsStream<Socket>);

impl Listener for Tls {
    type Transport = Stream;
    type Handshake = Pin<Box<dyn Future<Output = io::Result<Stream>> + Send>>;

    async fn accept(&self) -> io::Result<Self::Handshake> {
        let handshake = self.listener.accept().await?;
        let acceptor = TlsAcceptor::from(self.config.get_inner());
        Ok(Box::pin(async move { acceptor.accept(handshake.await?).await.map(Stream) }))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Transport for Stream {
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

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
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

#[oserver::handler]
async fn home() -> &'static str {
    "home"
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_takes_the_configuration_of_axum_server() {
    _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let certificate = made.cert.der().clone();
    let (der, key) = (vec![certificate.to_vec()], made.signing_key.serialize_der());
    let config = RustlsConfig::from_der(der, key).await.expect("a configuration");
    let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/", get(home));
    tokio::spawn(oserver::serve(Tls { listener, config }, router).into_future());

    let mut roots = RootCertStore::empty();
    roots.add(certificate).expect("a root");
    let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(address).await.expect("a connection");
    let name = ServerName::try_from("localhost").expect("a name");
    let connector = TlsConnector::from(Arc::new(client));
    let mut stream = connector.connect(name, stream).await.expect("TLS");
    let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.ends_with("\r\n\r\nhome"), "{answer}");
}
