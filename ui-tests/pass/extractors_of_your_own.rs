//! An extractor around request data of any type: the type needs no derive of ours.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use http::StatusCode;
use oserver::extract::{FromRequest, Json, Request};
use oserver::routing::post;
use oserver::{HandlerParam, Router};
use serde::de::DeserializeOwned;

#[derive(HandlerParam)]
struct Valid<T>(Json<T>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Valid<T> {
    type Rejection = StatusCode;

    async fn from_request(request: Request, state: &S) -> Result<Self, StatusCode> {
        let json = Json::from_request(request, state).await;
        json.map(Valid).map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)
    }
}

#[oserver::handler]
async fn sum(Valid(Json(numbers)): Valid<Vec<u32>>) -> String {
    numbers.iter().sum::<u32>().to_string()
}

fn main() {
    let _: Router = Router::new().route("/", post(sum));
}
