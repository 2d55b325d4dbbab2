//! An address becomes a listener.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, lookup_host};

use super::bound::BoundListener;

/// Binds `address`:
///
/// | address | what it is |
/// |---|---|
/// | `127.0.0.1:8080`, `localhost:0` | TCP; port 0 takes a free one |
/// | `[::1]:8080`, `[::]:80` | TCP over IPv6; `[::]` also takes IPv4, if the system is set so |
/// | `unix:/run/service.sock` | a Unix socket; [`BoundListener::mode`] sets who may connect |
/// | `inherited` | the next socket that this process inherited, by the rules of systemd (`LISTEN_FDS`) |
///
/// If this process inherited a socket that listens on exactly that address, `bind` takes it in place of a new one. So
/// the same program can be started by hand, by socket activation, and by the process that it replaces.
///
/// `bind` replaces the file of a Unix socket on which no process listens any more. When the listener is dropped, the
/// file is removed, unless another process has replaced it.
///
/// The system accepts connections from here on. They wait until [`serve`](crate::serve) takes them.
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
    let bound = bind_text(address).await;
    bound.map_err(|error| io::Error::new(error.kind(), format!("cannot bind `{address}`: {error}")))
}

#[cfg(unix)]
async fn bind_text(address: &str) -> io::Result<BoundListener> {
    use super::bound::Kind;
    use super::inherited;
    use super::unix::{BoundUnix, QUEUE};

    if address == "inherited" {
        return inherited::take_first()?.listen();
    }
    if let Some(path) = address.strip_prefix("unix:") {
        if path.is_empty() {
            return Err(malformed("the path is missing, as in `unix:/run/service.sock`"));
        }
        let path = std::path::Path::new(path);
        return match inherited::take(|socket| socket.is_at(path)) {
            Some(socket) => socket.listen(),
            None => BoundUnix::bind(path).map(|listener| BoundListener(Kind::Unix(listener))),
        };
    }
    for candidate in resolve(address).await? {
        if let Some(socket) = inherited::take(|socket| socket.is_on(candidate)) {
            return socket.listen();
        }
    }
    let listener = TcpListener::bind(address).await?;
    socket2::SockRef::from(&listener).listen(QUEUE)?;
    Ok(listener.into())
}

#[cfg(not(unix))]
async fn bind_text(address: &str) -> io::Result<BoundListener> {
    if address.starts_with("unix:") || address == "inherited" {
        return Err(malformed("this system has no Unix sockets"));
    }
    resolve(address).await?;
    TcpListener::bind(address).await.map(BoundListener::from)
}

async fn resolve(address: &str) -> io::Result<Vec<SocketAddr>> {
    let port = address.rsplit_once(':').map(|(_, port)| port);
    let is_number =
        |port: &&str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(port) = port.filter(is_number)
        && port.parse::<u16>().is_err()
    {
        return Err(malformed(&format!("the port `{port}` is too large: the largest is 65535")));
    }
    if port.is_none_or(|port| port.parse::<u16>().is_err()) {
        return Err(malformed(
            "write host and port, as in `127.0.0.1:8080` or `[::1]:8080`, or `unix:` and a path",
        ));
    }
    Ok(lookup_host(address).await?.collect())
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what.to_owned())
}
