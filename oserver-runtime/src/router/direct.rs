//! The short way of a request to its handler.
//!
//! axum's router puts the pattern and the parameters of the path into each request, and clones and boxes the route's
//! service. That is a sixth of the time that a small request takes outside of the kernel. Requests go through axum's
//! router wherever a handler can see any of that: paths with parameters, layers, fallbacks, other methods, and
//! extractors that are unknown here. All other handlers of static paths are called from here, and answer the same.

use std::any::{Any, type_name};
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use fnv::FnvHashMap;
use http::Method;

use crate::router::gate::Gated;
use crate::router::tag::Tag;

/// The future that axum makes from functions. No part of the function runs before the first poll.
type HandlerFuture = Pin<Box<dyn Future<Output = Response> + Send>>;
type Call<S> = Arc<dyn Fn(Request, S) -> HandlerFuture + Send + Sync>;

/// Extractors that read neither the route nor the extensions of a request, by the name that the compiler gives them,
/// and the other entries of axum's lists of extractors. An extractor that gets another name one day only takes the
/// long way.
const EXTRACTORS: [&str; 12] = [
    "()",
    "axum_core::extract::private::ViaParts",
    "axum_core::extract::private::ViaRequest",
    "alloc::string::String",
    "axum::extract::query::Query",
    "axum::extract::state::State",
    "axum::form::Form",
    "axum::json::Json",
    "bytes::bytes::Bytes",
    "http::header::map::HeaderMap",
    "http::method::Method",
    "oserver_runtime::request_id::RequestId",
];

/// Returns `true` if all of a handler's extractors, a tuple of types, are known.
fn are_known(tuple: &str) -> bool {
    let Some(types) = tuple.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) else {
        return false;
    };
    // Arguments of types may contain commas.
    let mut depth = 0;
    let mut names = types.split(|letter| {
        match letter {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0
    });
    names.all(|name| {
        let name = name.trim().split('<').next().unwrap_or(name);
        name.is_empty() || EXTRACTORS.contains(&name)
    })
}

/// The handlers of one path that may be called directly, by method.
pub(super) struct DirectMethods<S>(Vec<(Method, Call<S>)>);

impl<S> DirectMethods<S> {
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(super) fn merge(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Adds the handler of a further method, if it can be called directly.
    pub(super) fn and<H: Handler<T, S>, T: 'static>(mut self, method: Method, handler: &H) -> Self {
        let is_function = (&None::<H::Future> as &dyn Any).is::<Option<HandlerFuture>>();
        if is_function && are_known(type_name::<T>()) {
            let handler = handler.clone();
            let call: Call<S> = Arc::new(move |request, state| {
                let mut future = Some(handler.clone().call(request, state));
                let future = (&mut future as &mut dyn Any).downcast_mut::<Option<HandlerFuture>>();
                future.and_then(Option::take).expect("it was asked for its type")
            });
            self.0.push((method, call));
        }
        self
    }
}

impl<S> Clone for DirectMethods<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// A handler, and the tag of its path.
#[derive(Clone)]
struct DirectRoute<S> {
    method: Method,
    tag: Tag,
    call: Call<S>,
}

/// By path. A client chooses the key, but not the entries, so the hash needs no secret.
#[derive(Clone)]
pub(super) struct DirectRoutes<S>(FnvHashMap<String, Vec<DirectRoute<S>>>);

impl<S> Default for DirectRoutes<S> {
    fn default() -> Self {
        Self(FnvHashMap::default())
    }
}

impl<S: Clone + Send + Sync + 'static> DirectRoutes<S> {
    pub(super) fn add(&mut self, path: &str, methods: &DirectMethods<S>) {
        // Braces are parameters, or escaped.
        if path.contains(['{', '}']) {
            return;
        }
        let of_path = self.0.entry(path.to_owned()).or_default();
        of_path.extend(methods.0.iter().map(|(method, call)| DirectRoute {
            method: method.clone(),
            tag: Tag::of(path),
            call: Arc::clone(call),
        }));
    }

    /// Takes over another router's, below `prefix`.
    pub(super) fn nest(&mut self, prefix: &str, other: &Self) {
        for (path, routes) in &other.0 {
            // For a nested `/`, axum decides which of two paths it is.
            if path != "/" {
                let path = format!("{}{path}", prefix.trim_end_matches('/'));
                let calls =
                    routes.iter().map(|route| (route.method.clone(), Arc::clone(&route.call)));
                self.add(&path, &DirectMethods(calls.collect()));
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (path, routes) in &other.0 {
            self.0.entry(path.clone()).or_default().extend(routes.iter().cloned());
        }
    }

    pub(super) fn with_state<S2>(&self, state: &S) -> DirectRoutes<S2> {
        let bind = |route: &DirectRoute<S>| {
            let (call, state) = (Arc::clone(&route.call), state.clone());
            let call: Call<S2> = Arc::new(move |request, _| call(request, state.clone()));
            DirectRoute { method: route.method.clone(), tag: route.tag.clone(), call }
        };
        let routes = self.0.iter();
        let bound = routes.map(|(path, routes)| (path.clone(), routes.iter().map(bind).collect()));
        DirectRoutes(bound.collect())
    }
}

impl DirectRoutes<()> {
    /// Calls the handler of a request, if it may be called directly.
    ///
    /// # Errors
    /// The request, if it must go through axum's router.
    #[expect(clippy::result_large_err, reason = "a box for each request costs more")]
    pub(super) fn call(&self, request: Request) -> Result<DirectFuture, Request> {
        let of_path = self.0.get(request.uri().path());
        let of_method = |route: &&DirectRoute<()>| route.method == *request.method();
        let Some(route) = of_path.and_then(|routes| routes.iter().find(of_method)) else {
            return Err(request);
        };
        Ok(Gated::new(route.tag.admit(&request), (route.call)(request, ())))
    }
}

/// A handler that was called directly. It is polled when its route may go on.
pub(crate) type DirectFuture = Gated<HandlerFuture>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extractors_that_see_the_route_are_not_known() {
        use axum::Json;
        use axum::extract::{MatchedPath, Path, Query, State};
        fn is_known<T>() -> bool {
            are_known(type_name::<T>())
        }
        assert!(is_known::<((),)>());
        assert!(is_known::<((), State<(u8, Vec<u8>)>, Json<[u8; 2]>)>());
        assert!(is_known::<((), Query<Vec<(String, String)>>, String)>());
        assert!(is_known::<((), http::HeaderMap, http::Method, bytes::Bytes)>());
        assert!(!is_known::<((), Path<String>)>());
        assert!(!is_known::<((), State<()>, MatchedPath)>());
        assert!(!is_known::<((), Request)>());
        assert!(!is_known::<((), http::Uri)>());
        assert!(!is_known::<u8>());
    }
}
