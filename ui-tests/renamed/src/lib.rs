//! Public handlers in a library, whose lints want documentation of everything that can be seen.

use server::extract::{Path, State};
use server::response::IntoResponse;
use server::Router;

/// The state.
#[derive(Clone, Debug, server::HandlerState)]
#[handler_state(crate = server)]
pub struct App {
    /// Its name.
    pub name: String,
}

impl App {
    /// A method under the other name.
    #[server::handler(crate = server, fields(%app.name))]
    pub async fn show(State(app): State<Self>) -> String {
        app.name
    }
}

/// A function under the other name.
#[server::handler(crate = ::server, timeout = "2s")]
pub async fn hello(Path(name): Path<String>) -> server::Result<impl IntoResponse> {
    Ok(format!("Hello, {name}!"))
}

/// A function without `async` under the other name.
#[server::handler(crate = "server")]
pub fn without_async(body: String) -> String {
    body
}

/// All of them.
pub fn router() -> Router<App> {
    use server::routing::get;
    Router::new().route("/", get(App::show).post(without_async)).route("/{name}", get(hello))
}
