//! A trait that is imported for the result of a handler alone is used.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::extract::Path;
use oserver::response::IntoResponse;

#[oserver::handler]
async fn hello(Path(name): Path<String>) -> impl IntoResponse {
    format!("Hello, {name}!")
}

#[oserver::handler]
fn without_async() -> impl IntoResponse + Send {
    "Hello"
}

mod generic {
    use oserver::HandlerState;
    use oserver::extract::State;
    use oserver::response::IntoResponse;

    #[oserver::handler]
    pub(super) async fn hello<T, const N: usize>(
        State(name): State<T>,
        _: [u8; N],
    ) -> impl IntoResponse + use<T, N>
    where
        T: HandlerState + Send + ToString,
    {
        name.to_string()
    }
}

fn main() {
    let _ = (hello, without_async, generic::hello::<String, 1>);
}
