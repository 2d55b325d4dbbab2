//! The state that handlers are meant to share: a test that refused it would refuse everything.

use oserver::extract::{Path, State};
use oserver::routing::get;
use shop::App;

#[oserver::handler]
async fn price(State(app): State<App>, Path(sku): Path<String>) -> String {
    format!("{:?}", app.config.prices.get(&sku))
}

fn main() {
    let _: oserver::Router<App> = oserver::Router::new().route("/price/{sku}", get(price));
}
