//! oserver without a router: one handler that looks at the path itself, as hyper's does here.

use oserver::Request;
use oserver::http::StatusCode;
use oserver::response::{IntoResponse, Response};

#[oserver::main]
pub async fn serve() {
    let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
    let server = oserver::serve(listener, answer);
    crate::announce(server.local_addr().expect("an address"));
    server.await.expect("serving");
}

#[oserver::handler]
async fn answer(request: Request) -> Response {
    match request.uri().path() {
        "/ok" => {
            oserver::route("ok").await;
            crate::HELLO.into_response()
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
