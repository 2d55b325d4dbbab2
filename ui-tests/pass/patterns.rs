//! Parameters as patterns, bound as in any other function.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::Router;
use oserver::extract::{Json, Path, State};
use oserver::routing::post;

#[derive(Clone, oserver::HandlerState)]
struct Point {
    x: u32,
    y: (u32, u32),
}

#[oserver::handler]
async fn nested(
    State(Point { x, y: (mut first, _) }): State<Point>,
    Path((id, ..)): Path<(u32, u32, u32)>,
    Json([head, rest @ ..]): Json<[u32; 4]>,
) -> String {
    first += x + id + head;
    format!("{first}{rest:?}")
}

#[oserver::handler]
async fn by_reference(State(ref point): State<Point>, Path(ref mut id): Path<u32>) -> String {
    *id += point.x;
    id.to_string()
}

#[oserver::handler]
async fn whole_and_part(point @ State(Point { x, .. }): State<Point>, mut body: String) -> String {
    body.push_str(&x.to_string());
    body.push_str(&point.0.y.0.to_string());
    body
}

#[oserver::handler]
async fn ignored(_: State<Point>, _id: Path<u32>, _: String) {}

#[oserver::handler]
fn without_async(State(Point { x, y: (_, ref last) }): State<Point>, _: Path<u32>, mut body: String) -> String {
    body.push_str(&(x + last).to_string());
    body
}

fn main() {
    let _: Router = Router::new()
        .route("/{id}/{x}/{y}", post(nested))
        .route("/{id}", post(by_reference).get(whole_and_part).put(ignored).delete(without_async))
        .with_state(Point { x: 1, y: (2, 3) });
}
