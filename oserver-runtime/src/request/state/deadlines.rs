//! How long a call may take, and which limit counts.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::clock::nanoseconds;
use crate::meta::HandlerMeta;
use crate::request::default_timeout::DEFAULT_TIMEOUT;
use crate::request::state::Call;
use crate::request::state::table::NEVER;

/// How long middleware may take to pass on the answer of a handler that timed out.
const FOR_MIDDLEWARE: Duration = Duration::from_millis(100);

/// The time limit of an annotated handler, in nanoseconds after the head of its request.
#[derive(Debug)]
pub(crate) struct Limits {
    limit: u64,
    /// The limit that held before.
    outer: u64,
    is_outermost: bool,
}

impl Call {
    /// Enters an annotated handler: until it ends, its own limits hold.
    ///
    /// The first one is the outermost: its timeout counts from the request's head, in place of the server's. A handler
    /// inside of another counts from its own start: a handler behind annotated middleware, or one that is called as a
    /// function. It cannot have longer than the handlers around it, unless these set no timeout.
    pub(crate) fn enter_handler(&self, meta: &'static HandlerMeta) -> Limits {
        let outer = self.progress.deadline.load(Ordering::Relaxed);
        let own = meta.timeout.map(|timeout| timeout.limit().map_or(NEVER, nanoseconds));
        // A record names the outermost handler.
        let is_outermost = self.progress.handler.set(meta).is_ok();
        let limit = match own {
            Some(own) if is_outermost => own,
            Some(own) => {
                let own = nanoseconds(self.elapsed()).saturating_add(own);
                let bound = self.progress.bound.get();
                if bound { own.min(outer) } else { own }
            }
            None if is_outermost => self.server.timeout.map_or(NEVER, nanoseconds),
            None => outer,
        };
        self.progress.deadline.store(limit, Ordering::Relaxed);
        if own.is_some() {
            self.progress.bound.set(true);
        }
        if is_outermost {
            // For the extractors of later requests.
            self.route().remember_deadline(own);
        }
        if meta.finish_on_disconnect {
            self.progress.finish.set(true);
        }
        Limits { limit, outer, is_outermost }
    }

    /// Returns `true` if a handler with these limits has timed out now.
    pub(crate) fn is_over(&self, limits: &Limits) -> bool {
        let limit = limits.limit.min(self.progress.client_limit.load(Ordering::Relaxed));
        let limit = match self.progress.awaits_body.get() {
            true => limit.min(self.progress.body_deadline.load(Ordering::Relaxed)),
            false => limit,
        };
        self.progress.expired.get() && nanoseconds(self.elapsed()) >= limit
    }

    /// Leaves a handler: the previous limits hold again.
    pub(crate) fn leave_handler(&self, limits: &Limits) {
        if !limits.is_outermost {
            self.progress.expired.set(false);
            self.progress.deadline.store(limits.outer, Ordering::Relaxed);
        }
    }

    /// Gives the middleware around the outermost handler a moment to pass on the answer, because that handler was
    /// given up.
    pub(crate) fn extend_for_middleware(&self, limits: &Limits) {
        if limits.is_outermost {
            let end = nanoseconds(self.elapsed() + FOR_MIDDLEWARE);
            self.progress.deadline.store(end, Ordering::Relaxed);
            self.progress.client_limit.store(NEVER, Ordering::Relaxed);
        }
    }

    /// Returns `true` if its client's deadline has passed, and none of the server's: no fault of the handler, or any client
    /// could make a route look broken.
    pub(crate) fn is_late_for_client(&self) -> bool {
        let deadline = self.progress.deadline.load(Ordering::Relaxed);
        let late = self.progress.client_limit.load(Ordering::Relaxed)..deadline;
        late.contains(&nanoseconds(self.elapsed()))
    }

    /// Returns when this request must have been answered; `None` is never.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.at(self.progress.deadline.load(Ordering::Relaxed))
    }

    /// Returns when the request times out if nothing happens: at its deadline, or earlier if its client does not
    /// wait so long, or does not send the body that the handler waits for.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        if !self.progress.awaits_body.get() {
            self.forget_body_deadline();
        }
        let progress = &self.progress;
        let limits = [&progress.deadline, &progress.client_limit, &progress.body_deadline];
        self.at(limits.map(|limit| limit.load(Ordering::Relaxed)).into_iter().fold(NEVER, u64::min))
    }

    fn at(&self, after: u64) -> Option<Instant> {
        match after {
            NEVER => None,
            after => self.started.checked_add(Duration::from_nanos(after)),
        }
    }

    /// Returns how long one poll of a body may hold its thread: as long as the handler had for its response. If the
    /// handler had no limit, it is the server's default timeout.
    pub(crate) fn longest_poll(&self) -> Duration {
        match self.progress.deadline.load(Ordering::Relaxed) {
            NEVER => DEFAULT_TIMEOUT,
            limit => Duration::from_nanos(limit),
        }
    }
}
