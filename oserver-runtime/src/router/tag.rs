//! Tells each request its route, before middleware and extractors run: a tag stands in front of each
//! handler, and in front of each layer that is put around handlers.
//!
//! A tag does not know its route beforehand: the same routes may be nested in several places and
//! served by several servers. It learns the route entry with the first request to a place, and
//! remembers a few places; only requests to further ones look the entry up.

use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum::extract::{MatchedPath, Request};
use axum::handler::Handler;
use http::Method;
use tower_layer::Layer;
use tower_service::Service;

use crate::health::routes::RouteIndex;
use crate::request::current;

/// Methods that are told apart in the counters; the rest is `OTHER`, so that no client can make up
/// more of them.
const METHODS: [&str; 10] =
    ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "OTHER"];

/// How many places a tag remembers for each method.
const PLACES: usize = 4;

/// Where a tag gets the route's pattern from.
#[derive(Clone, Copy, Debug)]
enum Source {
    MatchedPath,
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

    pub(super) fn fallback() -> Self {
        Self { source: Source::Fallback, seen: Arc::default() }
    }

    fn tell(&self, request: &Request) {
        current::with(|call| {
            if call.has_route() {
                return;
            }
            let pattern = match self.source {
                Source::MatchedPath => {
                    request.extensions().get::<MatchedPath>().map(MatchedPath::as_str)
                }
                Source::Fallback => Some("(fallback)"),
            };
            let Some(pattern) = pattern else { return };
            let method = method_place(request.method());
            let register = || call.server.routes.register(METHODS[method], pattern);
            for seen in &self.seen[method] {
                let seen = seen.get_or_init(|| Seen {
                    server: call.server.id,
                    pattern: pattern.to_owned(),
                    index: register(),
                });
                if seen.server == call.server.id && seen.pattern == pattern {
                    return call.set_route(seen.index);
                }
            }
            call.set_route(register());
        });
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

impl<S: Service<Request>> Service<Request> for Tagged<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> S::Future {
        self.tag.tell(&request);
        self.inner.call(request)
    }
}

/// As a handler a tag costs nothing: as a layer around each route it would cost two boxes a request.
impl<H, T, S> Handler<T, S> for Tagged<H>
where
    H: Handler<T, S>,
{
    type Future = H::Future;

    fn call(self, request: Request, state: S) -> H::Future {
        self.tag.tell(&request);
        self.inner.call(request, state)
    }
}
