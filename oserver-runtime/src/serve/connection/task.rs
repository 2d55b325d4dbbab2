//! The task of a connection: handshake, protocol, hyper.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use pin_project_lite::pin_project;
use tokio::sync::futures::OwnedNotified;

use crate::clock::lived::{Timer, lived};
use crate::request::connection::ConnectionContext;
use crate::request::open_connection::OpenConnection;
use crate::request::server::{Phase, ServerContext};
use crate::request_task::target::ServeTarget;
use crate::serve::connection::closing::IdleClose;
use crate::serve::connection::io::{Protocol, Stream};
use crate::serve::connection::outcome::{End, Recorded};
use crate::serve::connection::protocol::Served;
use crate::serve::connection::service::Requests;
use crate::serve::listener::{Listener, Transport as _};
use crate::watchdog::runtime_context::RuntimeContext;

/// Serves a connection to its end, in a new task.
pub(in crate::serve) fn spawn<A: ServeTarget, L: Listener>(
    handshake: L::Handshake,
    app: A,
    server: Arc<ServerContext>,
    runtime: Arc<RuntimeContext>,
) {
    let open = OpenConnection::new(server);
    let connection = Arc::clone(&open.0);
    let requests = Some(Requests::new(app, runtime, Arc::clone(&connection)));
    let until =
        connection.server.network.handshake_timeout.and_then(|limit| lived().checked_add(limit));
    let state = State::<A, L>::Handshake { handshake, until, timer: Timer::default() };
    let run = Connection {
        state,
        requests,
        open: Some(open),
        connection: Arc::clone(&connection),
        phase: Phase::Serving,
        changed: None,
        idle_close: IdleClose::default(),
    };
    tokio::spawn(Recorded::new(run, connection));
}

pin_project! {
    /// A connection, in its own type, which is as large as its largest state; an async block would have room for
    /// it twice.
    struct Connection<A: ServeTarget, L: Listener> {
        #[pin]
        state: State<A, L>,
        // `None` once hyper has them.
        requests: Option<Requests<A>>,
        // `None` once the stream has it.
        open: Option<OpenConnection>,
        connection: Arc<ConnectionContext>,
        phase: Phase,
        #[pin]
        changed: Option<OwnedNotified>,
        idle_close: IdleClose,
    }
}

pin_project! {
    #[project = ProjectedState]
    enum State<A: ServeTarget, L: Listener> {
        Handshake {
            #[pin]
            handshake: L::Handshake,
            until: Option<Instant>,
            timer: Timer,
        },
        Protocol {
            // `None` once hyper has it.
            stream: Option<Stream<L::Transport>>,
        },
        Served {
            #[pin]
            served: Served<A, L::Transport>,
        },
    }
}

impl<A: ServeTarget, L: Listener> Future for Connection<A, L> {
    type Output = End;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End> {
        match self.as_mut().phase(context) {
            Phase::Forced => {
                if self.connection.has_requests() {
                    // The part of a response that a client has must not pass for the whole.
                    self.connection.break_off();
                }
                return Poll::Ready(End::Well);
            }
            Phase::Closing => self.as_mut().finish(true),
            Phase::Draining => self.as_mut().finish(false),
            Phase::Serving => {}
        }
        let polled = self.as_mut().poll_state(context);
        if polled.is_pending() {
            let this = self.project();
            return this.idle_close.poll(this.connection, context).map(|()| End::Well);
        }
        polled
    }
}

fn poll_handshake<T>(
    handshake: Pin<&mut impl Future<Output = io::Result<T>>>,
    until: Option<Instant>,
    timer: &mut Timer,
    context: &mut Context<'_>,
) -> Poll<io::Result<T>> {
    if let Poll::Ready(result) = handshake.poll(context) {
        return Poll::Ready(result);
    }
    let Some(until) = until else { return Poll::Pending };
    ready!(timer.poll(until, context));
    Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the timeout is over")))
}

impl<A: ServeTarget, L: Listener> Connection<A, L> {
    fn poll_state(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End> {
        loop {
            let mut this = self.as_mut().project();
            let next = match this.state.as_mut().project() {
                ProjectedState::Handshake { handshake, until, timer } => {
                    match ready!(poll_handshake(handshake, *until, timer, context)) {
                        Ok(transport) => {
                            let (peer, more) = (transport.peer_addr(), transport.extensions());
                            this.connection.set_peer(peer, more);
                            let open = this.open.take().expect("the stream does not have it yet");
                            State::Protocol { stream: Some(Stream::new(transport, open)) }
                        }
                        Err(error) => return Poll::Ready(End::Handshake(error)),
                    }
                }
                ProjectedState::Protocol { stream } => {
                    let reader = stream.as_mut().expect("hyper does not have it yet");
                    let protocol = match ready!(reader.poll_protocol(context)) {
                        Ok(Some(protocol)) => protocol,
                        Ok(None) => return Poll::Ready(End::Well),
                        Err(error) => return Poll::Ready(End::Io(error)),
                    };
                    if protocol == Protocol::Http1 {
                        let transport = Arc::downgrade(reader.shared());
                        this.connection.set_task(context.waker(), transport);
                    }
                    let stream = stream.take().expect("it was just there");
                    let requests = this.requests.take().expect("hyper does not have them yet");
                    State::Served {
                        served: Served::new(protocol, stream, requests, this.connection),
                    }
                }
                ProjectedState::Served { served } => {
                    let end = served.poll(context).map(|result| match result {
                        Ok(()) => End::Well,
                        Err(error) => End::Http(error),
                    });
                    if end.is_pending() && this.connection.is_abused() {
                        return Poll::Ready(End::Abused);
                    }
                    return end;
                }
            };
            this.state.set(next);
            let phase = *this.phase;
            if phase >= Phase::Draining {
                self.as_mut().finish(phase >= Phase::Closing);
            }
        }
    }

    /// Returns the phase of the server's shutdown; the task is woken when it changes.
    fn phase(self: Pin<&mut Self>, context: &mut Context<'_>) -> Phase {
        let mut this = self.project();
        let server = &this.connection.server;
        loop {
            let phase = server.phase();
            if this.changed.is_some() && *this.phase == phase {
                return phase;
            }
            *this.phase = phase;
            this.changed.set(Some(Arc::clone(&server.phase_changed).notified_owned()));
            let changed = this.changed.as_mut().as_pin_mut().expect("just put there");
            // Then the second look, because the phase may have changed before.
            if changed.poll(context).is_pending() && server.phase() == phase {
                return phase;
            }
        }
    }

    /// Accepts no further request. HTTP/2 notifies its client as soon as the server stops, and still answers the
    /// requests on their way. HTTP/1 can notify it only with a response.
    fn finish(self: Pin<&mut Self>, closing: bool) {
        match self.project().state.project() {
            ProjectedState::Served { served } => served.finish(closing),
            // The client may have sent a request already.
            ProjectedState::Handshake { .. } | ProjectedState::Protocol { .. } => {}
        }
    }
}
