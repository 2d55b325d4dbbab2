//! The thread of the admin service: accepts, samples, and ends with the server.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::{poll_fn, ready};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::LocalSet;

use crate::admin::Admin;
use crate::admin::history::History;
use crate::admin::service::Service;
use crate::admin::spare::{self, Spare};
use crate::fault_log::fault;
use crate::health::readiness::ServerHealth;

/// How often a sample is taken.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);
/// How long a client may take for the head of a request, and how long a connection may be idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections at a time. A further connection replaces the one that has been idle longest, so a probe always finds
/// room.
const CONNECTIONS: usize = 64;

/// How long it waits until it accepts again after an error.
const AFTER_ERROR: Duration = Duration::from_millis(50);

/// The service runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    _stop: oneshot::Sender<Infallible>,
}

/// Starts the service.
///
/// # Errors
/// When the operating system gives no thread, or no event queue.
pub(crate) fn start(admin: Admin, health: &Arc<ServerHealth>) -> io::Result<Running> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stop, stopped) = oneshot::channel();
    // Taken before handlers run, which may take all descriptors at once.
    let entered = runtime.enter();
    let spare = Spare::of(TcpListener::from_std(admin.listener)?);
    drop(entered);
    let health = Arc::clone(health);
    thread::Builder::new().name("oserver-admin".into()).spawn(move || {
        let local = LocalSet::new();
        let serve = local.run_until(async move {
            let history = Rc::new(RefCell::new(History::new()));
            let service = Service::new(health, admin.hosts, history);
            let serving = std::pin::pin!(serve(spare, service));
            // The channel carries no message; it only ends.
            select(serving, stopped).await;
        });
        runtime.block_on(serve);
    })?;
    Ok(Running { _stop: stop })
}

async fn serve(spare: Spare, service: Service) {
    let connections = Rc::new(RefCell::new(Connections::default()));
    let service = Rc::new(service);
    let mut ticks = tokio::time::interval(SAMPLE_EVERY);
    let kept = Rc::new(RefCell::new(spare));
    loop {
        let accepting = poll_fn(|context| kept.borrow().listener.poll_accept(context));
        let each_second = || {
            service.sample();
            kept.borrow_mut().refill();
        };
        match loop_until(accepting, &mut ticks, each_second).await {
            Ok((stream, _)) => {
                spare::set_needed(false);
                let (service, kept) = (Rc::clone(&service), Rc::clone(&kept));
                let (place, closed) = Place::take(&connections);
                tokio::task::spawn_local(async move {
                    let answer = |request: Request<Incoming>| {
                        place.touch();
                        ready(Ok::<_, Infallible>(service.answer(&request)))
                    };
                    let mut serving = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(HEADER_TIMEOUT)
                        .serve_connection(TokioIo::new(stream), service_fn(answer));
                    // A client that goes is of no interest here.
                    select(&mut serving, closed).await;
                    kept.borrow_mut().take_back(serving.into_parts().io.into_inner());
                });
            }
            Err(error) => {
                // If the process has no more file descriptors, the probe gets the spare descriptor, or that of an idle
                // client.
                let is_asked = kept.borrow().is_asked();
                // Set before the descriptor is released, so that no server takes it.
                spare::set_needed(is_asked);
                if !is_asked {
                    tokio::time::sleep(AFTER_ERROR).await;
                } else if !kept.borrow_mut().release() {
                    connections.borrow_mut().close_idlest();
                    fault::accept(&format!("the admin service cannot accept connections: {error}"));
                    tokio::time::sleep(AFTER_ERROR).await;
                }
            }
        }
    }
}

/// The open connections, by number: the time of the last request, and the channel that closes each.
#[derive(Default)]
struct Connections {
    open: BTreeMap<u64, (Instant, oneshot::Sender<Infallible>)>,
    last: u64,
}

impl Connections {
    fn close_idlest(&mut self) {
        let idlest = self.open.iter().min_by_key(|(_, (active, _))| *active);
        if let Some(number) = idlest.map(|(number, _)| *number) {
            self.open.remove(&number);
        }
    }
}

/// One connection among them.
struct Place {
    number: u64,
    connections: Rc<RefCell<Connections>>,
}

impl Place {
    /// Adds a connection. The receiver resolves when another connection needs its place.
    fn take(connections: &Rc<RefCell<Connections>>) -> (Self, oneshot::Receiver<Infallible>) {
        let (close, closed) = oneshot::channel();
        let mut all = connections.borrow_mut();
        if all.open.len() >= CONNECTIONS {
            all.close_idlest();
        }
        all.last += 1;
        let number = all.last;
        all.open.insert(number, (Instant::now(), close));
        (Self { number, connections: Rc::clone(connections) }, closed)
    }

    /// Notes a request of this connection.
    fn touch(&self) {
        if let Some((active, _)) = self.connections.borrow_mut().open.get_mut(&self.number) {
            *active = Instant::now();
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.borrow_mut().open.remove(&self.number);
    }
}

/// Waits for `future`, and calls `each` with every tick in the meantime.
async fn loop_until<F: Future + Unpin>(
    mut future: F,
    ticks: &mut tokio::time::Interval,
    mut each: impl FnMut(),
) -> F::Output {
    loop {
        match select(future, std::pin::pin!(ticks.tick())).await {
            Either::Left((output, _)) => return output,
            Either::Right((_, rest)) => {
                each();
                future = rest;
            }
        }
    }
}

#[cfg(all(test, not(oserver_loom), target_os = "linux"))]
mod tests {
    use std::fs;
    use std::os::fd::AsRawFd;
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn the_spare_descriptor_is_kept_before_the_server_accepts() {
        let admin = Admin::bind("127.0.0.1:0").expect("a free port");
        let socket = fs::read_link(format!("/proc/self/fd/{}", admin.listener.as_raw_fd()));
        let socket: PathBuf = socket.expect("it is open");
        let running = start(admin, &Arc::new(ServerHealth::of_nobody())).expect("it starts");
        let open = fs::read_dir("/proc/self/fd").expect("a system with `/proc`").flatten();
        let of_socket = open.filter(|file| fs::read_link(file.path()).is_ok_and(|at| at == socket));
        assert_eq!(of_socket.count(), 2, "the listener and its duplicate");
        drop(running);
    }
}
