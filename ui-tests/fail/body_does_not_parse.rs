//! The compiler has said what is wrong: the macro said it a second time, and the function was lost.

#[oserver::handler]
async fn bad() -> &'static str {
    let = 5;
    "no name"
}

#[oserver::handler]
fn bad_without_async() -> &'static str {
    let = 6;
    "no name"
}

fn main() {
    let _: oserver::Router =
        oserver::Router::new().route("/", oserver::routing::get(bad).post(bad_without_async));
}
