//! An extractor that carries a value reads it from the request: what cannot be read comes from somewhere else, and
//! may be what requests share. So is what a request or a response has for a body.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use oserver::HandlerParam;
use oserver::extract::{Form, FromRequest, Json, Path, Query, Request};
use oserver::http;

struct Handle(Arc<Mutex<u32>>);

#[derive(HandlerParam)]
struct InJson(Json<Arc<Mutex<u32>>>);

#[derive(HandlerParam)]
struct OfAType {
    id: Path<u32>,
    form: Option<Form<Handle>>,
}

#[derive(HandlerParam)]
struct InAQuery(Query<Vec<Handle>>);

impl FromRequest<Handle> for Json<Handle> {
    type Rejection = Infallible;

    async fn from_request(_: Request, state: &Handle) -> Result<Self, Infallible> {
        Ok(Json(Handle(Arc::clone(&state.0))))
    }
}

#[oserver::handler]
async fn from_an_implementation(_: Json<Handle>) {}

#[oserver::handler]
async fn as_a_body(_: http::Request<Arc<Mutex<u32>>>) {}

#[oserver::handler]
async fn as_an_answer(_: http::Response<Handle>) {}

fn main() {}
