//! The stack of a hanging request or command, as a second record: `timeout-stack`, `blocked-stack`, and the same for
//! actors.
//!
//! A fault requests a stack when it is recorded. A poll or the watchdog captures it; the background thread finds the
//! symbols. Each place gets one such record a minute. A place is a route or actor together with a chain of lines.
//!
//! Invariant: each request for a stack gets the stack, or the answer that there is none.

use std::backtrace::Backtrace;
#[cfg(feature = "stacks")]
use std::num::NonZeroI32;
use std::sync::Arc;
use std::task::{Context, Waker};
#[cfg(feature = "stacks")]
use std::time::Duration;

use crate::fault_log::background;
use crate::fault_log::record::{Level, Record};
use crate::health::actors::ActorEntry;
use crate::meta::HandlerMeta;
use crate::request::state::Call;
use oserver_tracer::{Later, Stack};

/// How long a tracer may take, symbols included. It takes milliseconds where the machine has time for it.
#[cfg(feature = "stacks")]
const TRACE: Duration = Duration::from_secs(2);

/// A requested stack.
#[derive(Debug)]
pub(crate) struct StackRequest {
    /// The fault name of the second record.
    fault: &'static str,
    /// A route's label or an actor's name.
    place: String,
    /// The handler that the second record names.
    handler: Option<String>,
    request_id: Option<String>,
    actor: Option<String>,
    command: Option<String>,
    /// The place where the stack will be delivered.
    pub(crate) later: Arc<Later>,
}

impl StackRequest {
    /// Requests the stack of a request's fault, unless the route has had enough of them. With `by_poll` a poll
    /// captures the stack, and not a tracer.
    pub(crate) fn of_call(fault: &'static str, call: &Call, by_poll: bool) -> Option<Self> {
        let place = call.route().label();
        let can_capture = !(by_poll && background::symbols().are_loading());
        (can_capture && background::wants_stack(fault, &place)).then(|| Self {
            fault,
            place,
            handler: call.handler().map(HandlerMeta::path),
            request_id: Some(call.id.to_string()),
            actor: None,
            command: None,
            later: Arc::default(),
        })
    }

    /// As [`of_call`](Self::of_call), for an actor.
    pub(crate) fn of_actor(
        fault: &'static str,
        actor: &ActorEntry,
        command: Option<&str>,
    ) -> Option<Self> {
        background::wants_stack(fault, &actor.name).then(|| Self {
            fault,
            place: actor.name.clone(),
            handler: None,
            request_id: None,
            actor: Some(actor.name.clone()),
            command: command.map(str::to_owned),
            later: Arc::default(),
        })
    }

    /// Polls a future once more with `poll`, and captures where it awaits. Its result is dropped.
    pub(crate) fn look(self, waker: &Waker, poll: impl FnOnce(&mut Context<'_>)) {
        let ((), clones) = oserver_stacks::poll(waker, poll);
        background::find_stack(Job { request: self, source: Source::Awaits(clones) });
    }

    /// Reads the stack of a thread. The stack counts only if `is_there` returns afterwards that the thread still makes
    /// the same poll.
    #[cfg(feature = "stacks")]
    pub(crate) fn trace(self, thread: NonZeroI32, is_there: impl Fn() -> bool + Send + 'static) {
        let source = Source::Thread(thread, Box::new(is_there));
        background::find_stack(Job { request: self, source });
    }
}

impl Drop for StackRequest {
    fn drop(&mut self) {
        self.later.set(None);
    }
}

/// A stack whose symbols must be found.
pub(crate) struct Job {
    request: StackRequest,
    source: Source,
}

enum Source {
    /// The clones of the waker of one poll.
    Awaits(Vec<Backtrace>),
    #[cfg(feature = "stacks")]
    Thread(NonZeroI32, Box<dyn Fn() -> bool + Send>),
}

impl Job {
    /// Returns `true` if std finds the symbols, which takes its time when it is for the first.
    pub(crate) fn needs_std(&self) -> bool {
        matches!(&self.source, Source::Awaits(clones) if !clones.is_empty())
    }

    /// Background thread: finds the symbols, delivers the stack, and writes the record if it is the first of its
    /// minute.
    pub(crate) fn run(self) {
        let Self { request, source } = self;
        let stack: Result<Stack, String> = match source {
            Source::Awaits(clones) => Ok(Stack::of_awaits(&clones)),
            #[cfg(feature = "stacks")]
            Source::Thread(thread, is_there) => match oserver_tracer::stack_of(thread, TRACE) {
                Ok(frames) if is_there() => Ok(Stack::of_thread(frames)),
                // The operation or its thread has ended.
                Ok(_) | Err(oserver_tracer::Refused::Ended) => return,
                Err(why) => Err(format!("the stack of the thread could not be read: {why}")),
            },
        };
        match stack {
            Ok(stack) => {
                let stack = Arc::new(stack);
                request.later.set(Some(Arc::clone(&stack)));
                let location = stack.location.as_deref();
                let key = format!("{} {} {}", request.place, location.unwrap_or(""), stack.summary);
                if background::is_first_of_minute(request.fault, &key) {
                    let what = if request.actor.is_some() { "command" } else { "request" };
                    let message = match request.fault.contains("blocked") {
                        true => format!("past the deadline the thread {}", stack.summary),
                        false => format!("at its deadline the {what} {}", stack.summary),
                    };
                    let text = Some(&*stack.text).filter(|text| !text.is_empty());
                    Record { location, stack: text, ..request.record(&message) }.write();
                }
            }
            Err(message) => {
                // The reason is the same for all routes.
                if background::is_first_of_minute(request.fault, &message) {
                    request.record(&message).write();
                }
            }
        }
    }
}

impl StackRequest {
    fn record<'a>(&'a self, message: &'a str) -> Record<'a> {
        Record {
            handler: self.handler.clone(),
            route: self.actor.is_none().then(|| self.place.clone()),
            request_id: self.request_id.as_deref(),
            actor: self.actor.as_deref(),
            command: self.command.as_deref(),
            ..Record::new(Level::Error, self.fault, message)
        }
    }
}
