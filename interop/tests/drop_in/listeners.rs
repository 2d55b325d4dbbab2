//! Implementations of axum's trait `Listener`.

use std::future::{IntoFuture, Ready, ready};
use std::io;
use std::net::SocketAddr;

use oserver::routing::get;
use oserver::{Listener, Router, Socket};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

/// Any listener for `axum::serve`, as one for `oserver::serve`.
struct FromAxum<L>(Mutex<L>, SocketAddr);

impl<L> Listener for FromAxum<L>
where
    L: axum::serve::Listener<Io = TcpStream, Addr = SocketAddr> + Sync,
{
    type Transport = Socket;
    type Handshake = Ready<io::Result<Socket>>;

    async fn accept(&self) -> io::Result<Self::Handshake> {
        let (stream, _peer) = axum::serve::Listener::accept(&mut *self.0.lock().await).await;
        Ok(ready(Ok(stream.into())))
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.1)
    }
}

#[oserver::handler]
async fn home() -> &'static str {
    "home"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_for_axum_serve_is_taken_by_an_adapter() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let listener = FromAxum(Mutex::new(listener), address);
    tokio::spawn(oserver::serve(listener, Router::new().route("/", get(home))).into_future());
    assert_eq!(crate::get(format!("http://{address}/")).await.1, "home");
}
