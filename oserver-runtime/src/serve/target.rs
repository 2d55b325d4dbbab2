//! Targets that can be served: routers, tower services, one handler.

use std::any::Any;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use oserver_state::errors::Handlers;
use pin_project_lite::pin_project;
use tower::util::Oneshot;
use tower_service::Service;

use crate::guard::error::Error;
use crate::request_task::target::ServeTarget;
use crate::router::Router;
use crate::router::direct::DirectFuture;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The argument of [`serve`](crate::serve); `M` distinguishes the kinds and is inferred.
///
/// Implemented for tower services (routers among them) and for functions from
/// [`Request`](crate::Request) to a response.
pub trait IntoServeTarget<M> {
    /// The target that answers the requests.
    type Target: ServeTarget;

    /// Converts the app to its target.
    fn into_target(self) -> Self::Target;
}

/// The bound of [`serve`](crate::serve), as [`IntoServeTarget`]. It is a bound on `Handlers`, so that the compiler
/// does not explain a reference twice.
#[diagnostic::on_unimplemented(message = "`{A}` cannot be served: serve a router after `.with_state(..)` by value, a `Clone` tower service over `oserver::Request`, or one `async fn(oserver::Request) -> impl IntoResponse`", label = "neither a service nor a handler")]
#[rustfmt::skip]
pub trait Serves<A, M, T> { #[doc(hidden)] fn target(app: A) -> T; }

#[diagnostic::do_not_recommend]
#[rustfmt::skip]
impl<A: IntoServeTarget<M>, M> Serves<A, M, A::Target> for Handlers { fn target(app: A) -> A::Target { app.into_target() } }

/// The kind of tower services.
#[derive(Debug)]
pub enum TowerService {}

/// The kind of single handlers.
#[derive(Debug)]
pub enum SingleHandler {}

#[diagnostic::do_not_recommend]
impl<S> IntoServeTarget<TowerService> for S
where
    S: Service<Request> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    type Target = ServiceTarget<S>;

    fn into_target(mut self) -> ServiceTarget<S> {
        let service: &mut dyn Any = &mut self;
        if let Some(router) = service.downcast_mut::<Router>() {
            router.prepare();
        } else if let Some(router) = service.downcast_mut::<axum::Router>() {
            // Otherwise each request would turn its handler into a route. `axum::serve` does the same.
            *router = std::mem::take(router).with_state(());
        }
        ServiceTarget(self)
    }
}

#[diagnostic::do_not_recommend]
impl<F, R> IntoServeTarget<SingleHandler> for F
where
    F: Fn(Request) -> R + Clone + Send + 'static,
    R: IntoFuture<Output: IntoResponse, IntoFuture: Send + 'static> + Send + 'static,
{
    type Target = HandlerTarget<F, R>;

    fn into_target(self) -> HandlerTarget<F, R> {
        HandlerTarget { handler: self, _future: PhantomData }
    }
}

/// A tower service as an app.
#[derive(Clone, Debug)]
pub struct ServiceTarget<S>(S);

impl<S> ServeTarget for ServiceTarget<S>
where
    S: Service<Request> + Clone + Send + 'static,
    S::Response: IntoResponse,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    type Future = ServiceFuture<S>;

    fn answer(&self, request: Request) -> ServiceFuture<S> {
        let mut request = request;
        if let Some(router) = (&self.0 as &dyn Any).downcast_ref::<Router>() {
            request = match router.call_directly(request) {
                Ok(future) => return ServiceFuture::Direct { future },
                Err(request) => request,
            };
        }
        let mut service = self.0.clone();
        // Most services, such as routers, are always ready. If one is not, the future asks it again, with a waker.
        match service.poll_ready(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(())) => ServiceFuture::Called { future: service.call(request) },
            Poll::Ready(Err(error)) => ServiceFuture::Failed { error: Some(error.into()) },
            Poll::Pending => ServiceFuture::Waiting { oneshot: Oneshot::new(service, request) },
        }
    }

    fn names_routes(&self) -> bool {
        let service: &dyn Any = &self.0;
        service.is::<Router>()
    }
}

pin_project! {
    /// Waits until a service is ready, calls it, and converts its result to a response.
    #[project = ServiceProjection]
    #[allow(missing_docs, reason = "pin_project takes no docs on fields")]
    pub enum ServiceFuture<S: Service<Request>> {
        /// It was not ready.
        Waiting { #[pin] oneshot: Oneshot<S, Request> },
        /// It was ready, and was called.
        Called { #[pin] future: S::Future },
        /// The handler was called without its router.
        Direct { #[pin] future: DirectFuture },
        /// It will never be ready.
        Failed { error: Option<BoxError> },
    }
}

impl<S> Future for ServiceFuture<S>
where
    S: Service<Request>,
    S::Response: IntoResponse,
    S::Error: Into<BoxError>,
{
    type Output = Response;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let result = match self.project() {
            ServiceProjection::Waiting { oneshot } => {
                ready!(oneshot.poll(context)).map_err(Into::into)
            }
            ServiceProjection::Called { future } => {
                ready!(future.poll(context)).map_err(Into::into)
            }
            ServiceProjection::Direct { future } => return future.poll(context),
            ServiceProjection::Failed { error } => {
                Err(error.take().expect("no poll after the response"))
            }
        };
        Poll::Ready(match result {
            Ok(response) => response.into_response(),
            Err(error) => Error::from(error).into_response(),
        })
    }
}

/// A single handler as an app.
#[derive(Debug)]
pub struct HandlerTarget<F, R> {
    handler: F,
    _future: PhantomData<fn() -> R>,
}

impl<F: Clone, R> Clone for HandlerTarget<F, R> {
    fn clone(&self) -> Self {
        Self { handler: self.handler.clone(), _future: PhantomData }
    }
}

impl<F, R> ServeTarget for HandlerTarget<F, R>
where
    F: Fn(Request) -> R + Clone + Send + 'static,
    R: IntoFuture<Output: IntoResponse, IntoFuture: Send + 'static> + Send + 'static,
{
    type Future = HandlerFuture<F, R>;

    fn answer(&self, request: Request) -> HandlerFuture<F, R> {
        HandlerFuture::Waiting { handler: self.handler.clone(), request: Some(request) }
    }
}

pin_project! {
    /// Calls a handler at its first poll, where a panic before its first `await` is caught.
    #[project = HandlerProjection]
    #[allow(missing_docs, reason = "pin_project takes no docs on fields")]
    pub enum HandlerFuture<F, R: IntoFuture> {
        /// Not polled yet.
        Waiting { handler: F, request: Option<Request> },
        /// Called.
        Running { #[pin] future: R::IntoFuture },
    }
}

impl<F, R> Future for HandlerFuture<F, R>
where
    F: Fn(Request) -> R,
    R: IntoFuture<Output: IntoResponse>,
{
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        loop {
            match self.as_mut().project() {
                HandlerProjection::Waiting { handler, request } => {
                    let request = request.take().expect("called once");
                    let future = handler(request).into_future();
                    self.set(Self::Running { future });
                }
                HandlerProjection::Running { future } => {
                    return future.poll(context).map(IntoResponse::into_response);
                }
            }
        }
    }
}
