//! How a connection or stream ended, and the record of that.

use std::any::Any;
use std::error::Error as _;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::fault_log::fault;
use crate::panic::hook;
use crate::request::connection::ConnectionContext;
use crate::request_task::response::ClientGone;
use crate::response_body::outgoing::BrokenOff;

/// How a connection ended.
pub(super) enum End {
    Well,
    Handshake(io::Error),
    Io(io::Error),
    Http(hyper::Error),
    /// The client cancelled more requests than a normal client does.
    Abused,
    /// HTTP/2: the client of a stream takes no bytes.
    Stalled,
    /// Bytes that an app gave to be sent panicked when they were dropped: they belong to a value of the app's own
    /// type. hyper drops them, in the connection task.
    Panic(Box<dyn Any + Send>),
}

pin_project! {
    /// Runs a future to its end, and records an end that is not normal.
    pub(super) struct Recorded<F> {
        #[pin]
        future: Option<F>,
        connection: Arc<ConnectionContext>,
    }
}

impl<F> Recorded<F> {
    pub(super) fn new(future: F, connection: Arc<ConnectionContext>) -> Self {
        Self { future: Some(future), connection }
    }
}

impl<F: Future<Output = End>> Future for Recorded<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        let polled = catch_unwind(AssertUnwindSafe(|| {
            this.future.as_mut().as_pin_mut().expect("no poll after the end").poll(context)
        }));
        let end = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(end)) => end,
            Err(payload) => End::Panic(payload),
        };
        // Before the connection counts as closed: a process that waits for that may then be gone.
        record(this.connection, end);
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| this.future.set(None))) {
            record(this.connection, End::Panic(payload));
        }
        Poll::Ready(())
    }
}

fn record(connection: &ConnectionContext, end: End) {
    match end {
        End::Well => {}
        End::Http(error) if is_recorded(&error) => {}
        End::Http(error) => fault::connection(connection, &describe(&error)),
        End::Io(error) => fault::connection(connection, &error.to_string()),
        End::Handshake(error) => {
            fault::connection(connection, &format!("the handshake failed: {error}"));
        }
        End::Stalled => fault::connection(connection, "the client does not read its response"),
        End::Abused => {
            let what = "the client cancelled too many requests before their responses";
            fault::connection(connection, what);
        }
        End::Panic(payload) => {
            let what = "a value in a response panicked when it was dropped";
            let text = hook::text_of(&*payload).unwrap_or("(the panic has no message)");
            fault::connection(connection, &format!("{what}: {text}"));
            // It may panic, too; then it is leaked.
            if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                std::mem::forget(next);
            }
        }
    }
}

/// Returns `true` if the error needs no record: a body that broke off was recorded as its fault, and a client may leave at any time.
fn is_recorded(error: &hyper::Error) -> bool {
    error.source().is_some_and(|source| source.is::<BrokenOff>() || source.is::<ClientGone>())
}

fn describe(error: &hyper::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
