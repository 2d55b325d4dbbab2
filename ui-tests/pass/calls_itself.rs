//! A handler may await itself, in a box.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::extract::Path;

#[oserver::handler]
async fn countdown(Path(number): Path<u32>) -> String {
    if number == 0 {
        return String::new();
    }
    let rest = Box::pin(countdown(Path(number - 1))).await;
    rest.status().to_string()
}

fn main() {
    let _: oserver::Router = oserver::Router::new().route("/{number}", oserver::routing::get(countdown));
}
