//! `dyn Trait` is state where the trait asks for it.
#![deny(warnings, missing_docs, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::sync::Arc;

use oserver::extract::State;
use oserver::routing::get;
use oserver::{HandlerState, Router};

trait Repository: HandlerState + Send + Sync {
    fn name(&self) -> String;
}

#[derive(HandlerState)]
struct Remote {
    address: String,
}

impl Repository for Remote {
    fn name(&self) -> String {
        self.address.clone()
    }
}

#[derive(Clone, HandlerState)]
struct App {
    repository: Arc<dyn Repository>,
    others: Arc<[Box<dyn Repository>]>,
}

#[oserver::handler]
async fn name(State(app): State<App>) -> String {
    format!("{}{}", app.repository.name(), app.others.len())
}

#[oserver::handler]
async fn direct(State(repository): State<Arc<dyn Repository>>) -> String {
    repository.name()
}

fn main() {
    let repository = Arc::new(Remote { address: String::new() });
    let app = App { repository: repository.clone(), others: Arc::new([]) };
    let _: Router = Router::new().route("/", get(name)).with_state(app);
    let repository: Arc<dyn Repository> = repository;
    let _: Router = Router::new().route("/", get(direct)).with_state(repository);
}
