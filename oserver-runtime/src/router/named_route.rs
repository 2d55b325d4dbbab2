//! `route("name")`, for services that route by themselves.

use std::pin::Pin;
use std::task::{Context, Poll};

use crate::admission::decision::AdmissionDecision;
use crate::request::{admission, current};
use crate::router::gate::Gate;

/// Names the route of the current request.
///
/// It is for a service that routes by itself, such as one handler that matches on the path, or JSON-RPC. From here on
/// the request and its faults are counted under `name`. Without a name they are counted under one of 64 buckets, by
/// path. Outside of a request nothing happens.
///
/// Await the result: if the route blocked a thread in the last 30 s, or has as many polls on workers as it may have,
/// the request continues on an overflow thread. Without the await only the counting works.
///
/// The name is static, so that clients cannot make the server keep more and more names.
///
/// ```
/// # async fn create() -> u16 { 201 } async fn delete() -> u16 { 204 }
/// # use oserver_runtime as oserver;
/// async fn dispatch(method: &str) -> u16 {
///     match method {
///         "users.create" => {
///             oserver::route("users.create").await;
///             create().await
///         }
///         "users.delete" => {
///             oserver::route("users.delete").await;
///             delete().await
///         }
///         _ => 404,
///     }
/// }
/// ```
pub fn route(name: &'static str) -> NamedRoute {
    let decision = current::with(|call| admission::reach(call, call.server.routes.named(name)));
    NamedRoute { decision: decision.unwrap_or(AdmissionDecision::Run) }
}

/// The request has its name. Returned by [`route`].
#[derive(Debug)]
pub struct NamedRoute {
    decision: AdmissionDecision,
}

impl IntoFuture for NamedRoute {
    type Output = ();
    type IntoFuture = NamedRouteFuture;

    fn into_future(self) -> NamedRouteFuture {
        NamedRouteFuture { gate: Gate::new(self.decision) }
    }
}

/// The future of [`NamedRoute`]: ready when the request may continue.
#[derive(Debug)]
pub struct NamedRouteFuture {
    gate: Gate,
}

impl Future for NamedRouteFuture {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.gate.poll(context)
    }
}
