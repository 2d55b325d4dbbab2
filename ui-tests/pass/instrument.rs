//! `#[tracing::instrument]` in both orders. With `err` or `ret` below the handler's attribute it saw the
//! guarded response where the body's result was meant.
#![deny(warnings, missing_docs, unreachable_code, clippy::pedantic)]
#![forbid(unsafe_code)]

use oserver::Router;
use oserver::extract::State;
use oserver::response::IntoResponse;
use oserver::routing::get;

#[oserver::handler]
#[tracing::instrument]
async fn plain_below() -> oserver::Result<String> {
    Ok("1".parse::<u8>()?.to_string())
}

#[tracing::instrument]
#[oserver::handler]
fn plain_above() -> oserver::Result<String> {
    Ok("1".parse::<u8>()?.to_string())
}

/// Keeps its documentation, and the options theirs.
#[oserver::handler(timeout = "2s")]
#[tracing::instrument(err)]
async fn err_below() -> oserver::Result<String> {
    Ok("1".parse::<u8>()?.to_string())
}

#[tracing::instrument(err)]
#[oserver::handler(timeout = "2s")]
async fn err_above() -> oserver::Result<String> {
    Ok("1".parse::<u8>()?.to_string())
}

#[oserver::handler]
#[tracing::instrument(level = "debug", skip(_state), fields(err = 1), ret)]
async fn ret_below(_state: State<u8>) -> String {
    String::new()
}

const NAME: &str = "of a constant";

#[oserver::handler]
#[tracing::instrument(name = NAME, level = tracing::Level::DEBUG, skip(body), fields(count = body.len(), %body, later, x.y = u32::MAX))]
async fn fields_below(body: String) -> String {
    const SUFFIX: &str = "!";
    body + SUFFIX
}

#[oserver::handler]
#[cfg_attr(any(), tracing::instrument(fields(count = NOT_THERE.len())))]
async fn fields_that_are_not_there(body: String) -> String {
    body
}

#[oserver::handler]
#[tracing::instrument(err(Debug), ret)]
fn without_async(name: String) -> Result<String, String> {
    Ok(name)
}

#[oserver::handler]
#[cfg_attr(not(target_os = "uefi"), tracing::instrument(err(level = "warn")))]
async fn conditional() -> Result<impl IntoResponse, String> {
    let number: u8 = "1".parse().map_err(|_| String::new())?;
    Ok(number.to_string())
}

#[derive(oserver::HandlerState)]
struct Service;

impl Service {
    #[oserver::handler]
    #[tracing::instrument(skip(self), ret)]
    async fn method(&self) -> String {
        String::new()
    }
}

fn main() {
    let _: Router = Router::new()
        .route("/1", get(plain_below).post(plain_above).put(err_below).delete(err_above))
        .route("/2", get(ret_below).post(without_async).put(conditional))
        .route("/3", get(fields_below).post(fields_that_are_not_there))
        .with_state(1);
    drop(async { Service.method().await });
}
