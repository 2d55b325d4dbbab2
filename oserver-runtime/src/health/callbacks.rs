//! The user's callbacks, each on its own thread: neither a worker nor the watchdog nor another callback waits for one.

use std::net::IpAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use oserver_tracer::Later;

use http::Method;

use crate::request_id::RequestId;

/// Events that may wait for a callback; further ones are counted.
const WAITING: usize = 1024;
/// How long a callback waits for the stack of a fault.
const STACK: Duration = Duration::from_secs(5);

/// A fault of a request; see [`Serve::on_fault`](crate::Serve::on_fault).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Fault {
    /// The kind of the fault.
    pub kind: FaultKind,
    /// The panic's or error's text, or a sentence.
    pub message: String,
    /// The source location, as `file:line:column`: for panics, and for faults with a [`stack`](Self::stack).
    pub location: Option<String>,
    /// The activity of the thread that the handler holds ("waits for a lock or condition (futex)"). On Linux.
    pub activity: Option<String>,
    /// Where the handler hung, one function a line, outermost first: for a [`Timeout`](FaultKind::Timeout) the chain
    /// of awaits, for a [`Blocked`](FaultKind::Blocked) the stack of the thread (with the feature `stacks`). If a
    /// route has many faults, some have none. The callback is called when the stack is known, which can take a second.
    pub stack: Option<String>,
    /// The route, as in [`RouteMetrics::route`](crate::RouteMetrics::route).
    pub route: String,
    /// The path of the handler's function, as in records (`shop::reserve`). `None` before a handler began.
    pub handler: Option<String>,
    /// The id, as in the `x-request-id` header.
    pub request_id: RequestId,
    /// The address of the client, as the field `client` of records.
    pub client: Option<IpAddr>,
    /// The id of the request's trace, of a `traceparent` header that the client sent.
    pub trace_id: Option<String>,
    /// The request's method.
    pub method: Method,
    /// The request's path, without its query.
    pub path: String,
    /// How many before this one were left out, because the callback was not done with earlier ones.
    pub missed: u64,
}

/// The kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// A panic in a handler, an extractor, middleware, a body, or a drop.
    Panic,
    /// The request was not answered by its deadline.
    Timeout,
    /// The handler holds its thread past the deadline.
    Blocked,
    /// The request's body stopped arriving.
    StalledBody,
    /// The request was answered with 503: there was no thread for it, or its route's breaker was open.
    Refused,
    /// The handler returned an [`Error`](crate::Error).
    Error,
}

impl FaultKind {
    /// Returns the kind as in its record: `panic`, `stalled-body`, …
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Panic => "panic",
            Self::Timeout => "timeout",
            Self::Blocked => "blocked",
            Self::StalledBody => "stalled-body",
            Self::Refused => "refused",
            Self::Error => "error",
        }
    }
}

/// An alarm was raised or cleared; see [`Serve::on_alarm`](crate::Serve::on_alarm).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Alarm {
    /// The route, as in [`RouteMetrics::route`](crate::RouteMetrics::route).
    pub route: String,
    /// `false`: the route is fine again.
    pub raised: bool,
    /// Why, in a sentence.
    pub reason: String,
    /// The number of dropped alarms, as [`Fault::missed`].
    pub missed: u64,
}

type OnFault = Box<dyn FnMut(&Fault) + Send>;
type OnAlarm = Box<dyn FnMut(&Alarm) + Send>;

/// The callbacks that the user has set.
#[derive(Default)]
pub(crate) struct Callbacks {
    pub(crate) on_fault: Option<OnFault>,
    pub(crate) on_alarm: Option<OnAlarm>,
}

/// The channel to the callbacks.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    faults: Option<EventChannel<FaultEvent>>,
    alarms: Option<EventChannel<Alarm>>,
}

impl Observer {
    /// Starts their threads. They end with the server.
    pub(crate) fn start(callbacks: Callbacks) -> std::io::Result<Self> {
        let Callbacks { on_fault, on_alarm } = callbacks;
        Ok(Self {
            faults: on_fault
                .map(|mut call| {
                    let call = move |event: &FaultEvent| call(&event.complete());
                    EventChannel::to(Box::new(call), "oserver-on-fault")
                })
                .transpose()?,
            alarms: on_alarm.map(|call| EventChannel::to(call, "oserver-on-alarm")).transpose()?,
        })
    }

    /// Passes on the fault that `describe` returns, if there is a callback. `stack` is known later.
    pub(crate) fn fault(&self, stack: Option<Arc<Later>>, describe: impl FnOnce() -> Fault) {
        if let Some(channel) = &self.faults {
            channel.pass(|missed| FaultEvent { fault: Fault { missed, ..describe() }, stack });
        }
    }

    pub(crate) fn alarm(&self, alarm: Alarm) {
        if let Some(channel) = &self.alarms {
            channel.pass(|missed| Alarm { missed, ..alarm });
        }
    }
}

/// A fault whose stack may not be known yet.
#[derive(Debug)]
struct FaultEvent {
    fault: Fault,
    stack: Option<Arc<Later>>,
}

impl FaultEvent {
    /// Waits for the stack.
    fn complete(&self) -> Fault {
        let mut fault = self.fault.clone();
        if let Some(stack) = self.stack.as_ref().and_then(|stack| stack.wait(STACK)) {
            fault.location = fault.location.or_else(|| stack.location.clone());
            fault.stack = Some(stack.text.clone()).filter(|text| !text.is_empty());
        }
        fault
    }
}

/// The channel to one callback.
#[derive(Debug)]
struct EventChannel<E> {
    events: SyncSender<E>,
    missed: AtomicU64,
}

impl<E: Send + 'static> EventChannel<E> {
    fn to(mut call: Box<dyn FnMut(&E) + Send>, thread: &str) -> std::io::Result<Self> {
        let (sender, events) = sync_channel(WAITING);
        thread::Builder::new().name(thread.to_owned()).spawn(move || {
            for event in events {
                // The panic hook has printed a panic of the callback.
                _ = catch_unwind(AssertUnwindSafe(|| call(&event)));
            }
        })?;
        Ok(Self { events: sender, missed: AtomicU64::new(0) })
    }

    /// Passes on an event, which gets the number of events dropped before it.
    fn pass(&self, event: impl FnOnce(u64) -> E) {
        let missed = self.missed.swap(0, Ordering::Relaxed);
        if self.events.try_send(event(missed)).is_err() {
            self.missed.fetch_add(missed + 1, Ordering::Relaxed);
        }
    }
}
