//! An address becomes a listener.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

/// A listener that [`serve`](crate::serve) takes. Made by [`bind`].
#[derive(Debug)]
pub struct BoundListener {
    pub(super) tcp: TcpListener,
}

impl BoundListener {
    /// The address that was bound; it has the port that was chosen when 0 was asked for.
    ///
    /// # Errors
    /// When the operating system does not know.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

/// Binds `address`: `host:port`, as in `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`. Port 0 takes
/// a free one.
///
/// Connections are accepted from here on, and wait until [`serve`](crate::serve) takes them.
///
/// # Errors
/// When the address is malformed, unknown, in use, or not allowed; the message names it.
///
/// # Panics
/// Outside of a tokio runtime.
///
/// ```
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// let listener = oserver_runtime::bind("127.0.0.1:0").await?;
/// println!("http://{}", listener.local_addr()?);
///
/// let error = oserver_runtime::bind("8080").await.unwrap_err();
/// assert!(error.to_string().contains("127.0.0.1:8080"));
/// # Ok::<(), std::io::Error>(())
/// # }).unwrap();
/// ```
pub async fn bind(address: impl AsRef<str>) -> io::Result<BoundListener> {
    let address = address.as_ref();
    let has_port = address.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if !has_port {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "cannot bind `{address}`: write host and port, as in `127.0.0.1:8080` or `[::1]:8080`"
            ),
        ));
    }
    match TcpListener::bind(address).await {
        Ok(tcp) => Ok(BoundListener { tcp }),
        Err(error) => {
            Err(io::Error::new(error.kind(), format!("cannot bind `{address}`: {error}")))
        }
    }
}
