//! Deep types, long chains of calls and many handlers need no `#![recursion_limit]`.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::collections::HashMap;
use std::sync::Arc;

use oserver::extract::State;
use oserver::routing::get;
use oserver::{HandlerState, Router};

type Four<T> = Arc<Option<Arc<Option<T>>>>;
type Sixteen<T> = Four<Four<Four<Four<T>>>>;

/// 80 containers around each other; at 128 the compiler would want the limit for `Send` alone.
type Deep = Sixteen<Sixteen<Sixteen<Sixteen<Sixteen<Bottom>>>>>;

#[derive(Clone, HandlerState)]
struct Bottom(String);

/// A type that contains itself, with as many layers as its parameter has.
#[derive(Clone, HandlerState)]
struct Node<T> {
    value: T,
    next: Option<Arc<Node<T>>>,
    named: HashMap<String, Arc<Node<T>>>,
}

#[derive(Clone, HandlerState)]
struct App {
    deep: Deep,
    nodes: Node<Node<Node<Node<Four<Bottom>>>>>,
}

macro_rules! chain {
    ($first:ident $second:ident $($rest:ident)*) => {
        #[oserver::handler]
        async fn $first(state: State<App>) -> oserver::Result<String> {
            $second(state).await.text().await
        }

        chain!($second $($rest)*);
    };
    ($last:ident) => {
        #[oserver::handler]
        async fn $last(State(app): State<App>) -> String {
            format!("{}{}", app.deep.is_some(), app.nodes.next.is_some())
        }
    };
}

chain!(a b c d e f g h);
chain!(i j k l m n o p);

macro_rules! routes {
    ($($name:ident)*) => {
        Router::new()$(.route(concat!("/", stringify!($name)), get($name).put($name)))*
    };
}

fn main() {
    let bottom = Node { value: Arc::default(), next: None, named: HashMap::new() };
    let node = Node { value: bottom, next: None, named: HashMap::new() };
    let node = Node { value: node, next: None, named: HashMap::new() };
    let nodes = Node { value: node, next: None, named: HashMap::new() };
    let router: Router<App> = routes!(a b c d e f g h i j k l m n o p);
    let _: Router = router.with_state(App { deep: Arc::default(), nodes });
}
