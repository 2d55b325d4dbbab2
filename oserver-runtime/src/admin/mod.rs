//! The admin service: reports the health of a server on its own listener, thread and runtime, so that it also answers
//! when the server is wedged.
//!
//! | file | what it does |
//! |---|---|
//! | `thread` | the thread: accepts, samples, and ends with the server |
//! | `spare` | a spare file descriptor, for a time in which handlers have all others |
//! | `service` | the answers to paths, and who may ask |
//! | `status` | everything of a server at one moment, as JSON |
//! | `host` | refuses foreign web pages whose host name points to this address |
//! | `history` | the last minutes, second by second |
//! | `page` | the page that a browser shows |

mod history;
mod host;
mod service;
mod spare;
mod status;
mod thread;

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::admin::host::Hosts;
pub(crate) use crate::admin::spare::is_needed as descriptor_is_needed;
pub(crate) use crate::admin::thread::start;

/// The admin service of a server: health, metrics, and a page that shows both. [`Serve::admin`](crate::Serve::admin)
/// takes it.
///
/// It runs on its own thread and runtime and shares nothing with handlers, so it also answers when every worker is
/// stuck. Strangers must never reach it: it asks for no password, and shows paths and ids of requests.
///
/// | path | answer |
/// |---|---|
/// | `/` | a page that shows routes, faults, latencies, alarms and blocked threads as they change |
/// | `/healthz` | 200 while the server is live, else 503 and why |
/// | `/readyz` | 200 while it is live, serving, and no alarm is raised, else 503 and why |
/// | `/metrics` | Prometheus's text format, with the feature `prometheus` |
/// | `/status.json` | everything at this moment |
/// | `/history.json` | the last five minutes, second by second; `?after=N` for what came after the Nth |
///
/// It answers only requests whose `Host` is an IP address, `localhost`, or an allowed name. A foreign web page
/// therefore cannot read it by a host name that points here (DNS rebinding).
///
/// ```no_run
/// # use oserver_runtime as oserver;
/// # async fn f(router: oserver::Router) -> oserver::Result<()> {
/// let admin = oserver::Admin::bind("127.0.0.1:9090")?.allow_host("admin.example.org");
/// oserver::serve(oserver::bind("127.0.0.1:8080").await?, router).admin(admin).await?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Admin {
    listener: TcpListener,
    hosts: Hosts,
}

impl Admin {
    /// Binds a TCP address, as `127.0.0.1:9090` or `[::1]:0`. A host name is looked up, which blocks.
    ///
    /// # Errors
    /// When the address is malformed, unknown, in use, or not allowed; the message names it.
    pub fn bind(address: impl AsRef<str>) -> io::Result<Self> {
        let address = address.as_ref();
        let listener = TcpListener::bind(address).and_then(|listener| {
            listener.set_nonblocking(true)?;
            Ok(listener)
        });
        let explain = |error: io::Error| {
            let text = format!("cannot bind `{address}` for the admin service: {error}");
            io::Error::new(error.kind(), text)
        };
        Ok(Self { listener: listener.map_err(explain)?, hosts: Hosts::default() })
    }

    /// Returns the bound address. If port 0 was requested, it has the port that the system chose.
    ///
    /// # Errors
    /// When the operating system does not know the address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers also requests for this host, written without port.
    #[must_use]
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.hosts.allow(name.into());
        self
    }
}
