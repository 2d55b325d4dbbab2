//! `route("name")`, for services that route by themselves.

use std::pin::Pin;
use std::task::{Context, Poll};

use crate::admission::decision::AdmissionDecision;
use crate::request::{admission, current};
use crate::router::gate::Gate;

/// Names the route of the current request.
///
/// For a service that routes by itself, as with one handler that matches on the path, or JSON-RPC:
/// from here on the request and its faults are counted under `name`. Without it they are counted
/// under one of 64 buckets, by path. Outside of a request nothing happens.
///
/// Await the result: if the route blocked a thread of late, or has as many of them as it may have, the
/// request goes on from there on a thread besides. Without that only the counting works.
///
/// The name is static, so that no client can make the server keep more and more of them.
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

/// Ready when the request may go on. What [`NamedRoute`] is awaited by.
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
