//! A router takes functions of up to 16 parameters.

use http::Method;
use oserver::Router;
use oserver::routing::get;

#[oserver::handler]
#[rustfmt::skip]
async fn many(
    _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, _: Method,
    _: Method, _: Method, _: Method, _: Method, _: Method, _: Method, first: Method, second: Method,
    third: Method,
) -> String {
    format!("{first}, {second}, {third}")
}

fn main() {
    let _: Router = Router::new().route("/", get(many));
}
