//! `route("name")`, for services that route by themselves.

use std::future::{IntoFuture, Ready, ready};

use crate::request::current;

/// Names the route of the current request.
///
/// For a service that routes by itself, as with one handler that matches on the path, or JSON-RPC:
/// from here on the request and its faults are counted under `name`. Without it they are counted
/// under one of 64 buckets, by path. Outside of a request nothing happens.
///
/// The name is static, so that no client can make the server keep more and more of them. Awaiting the
/// result is optional.
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
    current::with(|call| call.set_route(call.server.routes.named(name)));
    NamedRoute { _private: () }
}

/// The request has its name. Returned by [`route`].
#[derive(Debug)]
pub struct NamedRoute {
    _private: (),
}

impl IntoFuture for NamedRoute {
    type Output = ();
    type IntoFuture = Ready<()>;

    fn into_future(self) -> Ready<()> {
        ready(())
    }
}
