//! It hung every request for a price once, while prices were imported.

use oserver::extract::{Path, State};
use shop::ImportCache;

#[oserver::handler]
async fn price(State(cache): State<ImportCache>, Path(sku): Path<String>) -> String {
    format!("{:?}", cache.price(&sku))
}

fn main() {
    let _ = price;
}
