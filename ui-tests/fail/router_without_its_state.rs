//! A router that still wants its state cannot be served.

use oserver::Router;
use oserver::extract::State;
use oserver::routing::get;

#[oserver::handler]
async fn number(State(number): State<u32>) -> String {
    number.to_string()
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    let router: Router<u32> = Router::new().route("/", get(number));
    oserver::serve(oserver::bind("127.0.0.1:0").await?, router).await?;
    Ok(())
}
