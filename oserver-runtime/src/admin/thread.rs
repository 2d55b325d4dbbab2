//! The thread of the admin service: accepts, samples, and ends with the server.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use futures_util::future::{Either, select};
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::LocalSet;

use crate::admin::Admin;
use crate::admin::history::History;
use crate::admin::service::Service;
use crate::fault_log::fault;
use crate::health::readiness::ServerHealth;

/// How often a sample is taken.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);
/// How long a client may take for the head of a request, and how long a connection may be idle.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at a time; further ones wait.
const CONNECTIONS: usize = 64;

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
    let health = Arc::clone(health);
    thread::Builder::new().name("oserver-admin".into()).spawn(move || {
        let local = LocalSet::new();
        let serve = local.run_until(async move {
            let listener = match TcpListener::from_std(admin.listener) {
                Ok(listener) => listener,
                Err(error) => return fault::accept(&format!("no admin service: {error}")),
            };
            let history = Rc::new(RefCell::new(History::new()));
            let service = Service::new(health, admin.hosts, history);
            let serving = std::pin::pin!(serve(listener, service));
            // It never gets a word, it only ends.
            select(serving, stopped).await;
        });
        runtime.block_on(serve);
    })?;
    Ok(Running { _stop: stop })
}

async fn serve(listener: TcpListener, service: Service) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let service = Rc::new(service);
    let mut ticks = tokio::time::interval(SAMPLE_EVERY);
    loop {
        let place = Arc::clone(&places).acquire_owned();
        let accepting = async { (place.await, listener.accept().await) };
        let accepting = std::pin::pin!(accepting);
        let accepted = loop_until(accepting, &mut ticks, || service.sample()).await;
        match accepted {
            (Ok(place), Ok((stream, _))) => {
                let service = Rc::clone(&service);
                tokio::task::spawn_local(async move {
                    let answer = |request: Request<Incoming>| {
                        ready(Ok::<_, Infallible>(service.answer(&request)))
                    };
                    let serving = http1::Builder::new()
                        .timer(TokioTimer::new())
                        .header_read_timeout(PATIENCE)
                        .serve_connection(TokioIo::new(stream), service_fn(answer));
                    // A client that goes is of no interest here.
                    _ = serving.await;
                    drop(place);
                });
            }
            (_, Err(error)) => {
                fault::accept(&format!("the admin service cannot accept connections: {error}"));
                tokio::time::sleep(SAMPLE_EVERY).await;
            }
            (Err(_), _) => return,
        }
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
