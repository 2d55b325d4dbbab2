//! Sets the route of each request, before middleware and extractors run: a tag stands in front of each
//! handler, and in front of each layer that is put around handlers.
//!
//! A tag does not know its route beforehand: the same routes may be nested in several places and
//! served by several servers. It learns the route entry with the first request to a place, and
//! remembers a few places; only requests to further ones look the entry up.

use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use axum::extract::{MatchedPath, Request};
use axum::handler::Handler;
use http::Method;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::admission::decision::AdmissionDecision;
use crate::health::route_table::RouteIndex;
use crate::request::state::Call;
use crate::request::{admission, current};
use crate::router::gate::{Gate, Gated};

/// Methods with their own counters; all others count as `OTHER`, so that clients cannot add more.
const METHODS: [&str; 10] =
    ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "OTHER"];

/// How many places a tag remembers for each method.
const PLACES: usize = 4;

/// The source of a tag's pattern.
#[derive(Clone, Debug)]
enum Source {
    MatchedPath,
    /// The pattern is known.
    Path(Arc<str>),
    Fallback,
}

/// The layer that tags a route.
#[derive(Clone, Debug)]
pub(super) struct Tag {
    source: Source,
    /// By method.
    seen: Arc<[[OnceLock<Seen>; PLACES]; METHODS.len()]>,
}

/// A route entry, and of which server and pattern it is.
#[derive(Debug)]
struct Seen {
    server: u64,
    pattern: String,
    index: RouteIndex,
}

impl Tag {
    pub(super) fn matched() -> Self {
        Self { source: Source::MatchedPath, seen: Arc::default() }
    }

    /// Creates the tag of a path that is no pattern.
    pub(super) fn of(path: &str) -> Self {
        Self { source: Source::Path(path.into()), seen: Arc::default() }
    }

    pub(super) fn fallback() -> Self {
        Self { source: Source::Fallback, seen: Arc::default() }
    }

    /// Returns the decision whether the code behind the tag may run here.
    pub(super) fn admit(&self, request: &Request) -> AdmissionDecision {
        current::with(|call| {
            if call.has_route() {
                return AdmissionDecision::Run;
            }
            match self.route_of(call, request) {
                Some(route) => admission::reach(call, route),
                None => AdmissionDecision::Run,
            }
        })
        .unwrap_or(AdmissionDecision::Run)
    }

    fn route_of(&self, call: &Call, request: &Request) -> Option<RouteIndex> {
        let (pattern, has_one_handler) = match &self.source {
            Source::Path(path) => (&**path, true),
            Source::MatchedPath => (request.extensions().get::<MatchedPath>()?.as_str(), true),
            // Each router that is nested may submit one.
            Source::Fallback => ("(fallback)", false),
        };
        let method = method_place(request.method());
        let register = || call.server.routes.register(METHODS[method], pattern, has_one_handler);
        for seen in &self.seen[method] {
            let seen = seen.get_or_init(|| Seen {
                server: call.server.id,
                pattern: pattern.to_owned(),
                index: register(),
            });
            if seen.server == call.server.id && seen.pattern == pattern {
                return Some(seen.index);
            }
        }
        Some(register())
    }
}

fn method_place(method: &Method) -> usize {
    let other = METHODS.len() - 1;
    METHODS[..other].iter().position(|name| *name == method.as_str()).unwrap_or(other)
}

impl<S> Layer<S> for Tag {
    type Service = Tagged<S>;

    fn layer(&self, inner: S) -> Tagged<S> {
        Tagged { tag: self.clone(), inner }
    }
}

/// A service or handler, with its tag in front.
#[derive(Clone, Debug)]
pub(super) struct Tagged<S> {
    tag: Tag,
    inner: S,
}

impl<S: Service<Request> + Clone> Service<Request> for Tagged<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = TaggedCall<S>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> TaggedCall<S> {
        match self.tag.admit(&request) {
            AdmissionDecision::Run => TaggedCall::Called { future: self.inner.call(request) },
            closed => {
                // The clone that was ready must be the one that is called.
                let fresh = self.inner.clone();
                let ready = std::mem::replace(&mut self.inner, fresh);
                TaggedCall::Waiting { gate: Gate::new(closed), call: Some((ready, request)) }
            }
        }
    }
}

pin_project! {
    /// A service that is called when its route may go on.
    #[project = TaggedCallProjection]
    pub(super) enum TaggedCall<S: Service<Request>> {
        Waiting { gate: Gate, call: Option<(S, Request)> },
        Called { #[pin] future: S::Future },
    }
}

impl<S: Service<Request>> Future for TaggedCall<S> {
    type Output = Result<S::Response, S::Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match self.as_mut().project() {
                TaggedCallProjection::Called { future } => return future.poll(context),
                TaggedCallProjection::Waiting { gate, call } => {
                    ready!(gate.poll(context));
                    let (mut service, request) = call.take().expect("called once");
                    let future = service.call(request);
                    self.set(Self::Called { future });
                }
            }
        }
    }
}

/// As a handler a tag costs little; as a layer around each route it would cost two boxes for each request.
impl<H, T, S> Handler<T, S> for Tagged<H>
where
    H: Handler<T, S>,
{
    type Future = Gated<H::Future>;

    fn call(self, request: Request, state: S) -> Gated<H::Future> {
        // No part of an async function runs until its future is polled.
        Gated::new(self.tag.admit(&request), self.inner.call(request, state))
    }
}
