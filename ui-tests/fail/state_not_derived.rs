//! A type that says nothing of itself, as state, as a part of one, as an extractor, as a substate.

use oserver::HandlerState;
use oserver::extract::{FromRef, FromRequestParts, State};

#[derive(Clone)]
struct Limits;

#[derive(Clone, HandlerState)]
struct App {
    limits: Limits,
}

struct Extractor;

impl<S: Sync> FromRequestParts<S> for Extractor {
    type Rejection = ();

    async fn from_request_parts(_: &mut http::request::Parts, _: &S) -> Result<Self, ()> {
        Ok(Self)
    }
}

#[derive(Clone)]
struct Substate;

impl FromRef<App> for Substate {
    fn from_ref(_: &App) -> Self {
        Self
    }
}

#[oserver::handler]
async fn custom(_: Extractor) {}

#[oserver::handler]
async fn sub(_: State<Substate>) {}

fn main() {}
