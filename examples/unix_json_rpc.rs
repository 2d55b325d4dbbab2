//! A daemon that speaks JSON-RPC 2.0 over a Unix socket: one handler that dispatches by itself, with its
//! methods as named routes.
//!
//! ```text
//! cargo run --example unix_json_rpc -- unix:/tmp/rpc.sock
//! curl --unix-socket /tmp/rpc.sock http://localhost/ -d '{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}'
//! ```

#![allow(clippy::print_stdout, reason = "it says where it listens")]

use axum::Json;
use axum::http::StatusCode;
use bytes::Bytes;
use oserver::Router;
use oserver::response::{IntoResponse, Response};
use oserver::routing::post;
use serde_json::{Value, json};

/// The codes of the specification.
const PARSE_ERROR: i32 = -32_700;
const INVALID_REQUEST: i32 = -32_600;
const METHOD_NOT_FOUND: i32 = -32_601;
const INVALID_PARAMS: i32 = -32_602;

#[oserver::handler(timeout = "1s")]
async fn rpc(body: Bytes) -> Response {
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return error(&Value::Null, PARSE_ERROR, "this is no JSON");
    };
    let id = &request["id"];
    let Some(method) = request["method"].as_str() else {
        return error(id, INVALID_REQUEST, "`method` is missing");
    };
    match call(method, &request["params"]).await {
        // A notification wants no answer.
        _ if id.is_null() => StatusCode::NO_CONTENT.into_response(),
        Ok(result) => Json(json!({ "jsonrpc": "2.0", "id": id, "result": result })).into_response(),
        Err((code, message)) => error(id, code, message),
    }
}

fn error(id: &Value, code: i32, message: &str) -> Response {
    let error = json!({ "code": code, "message": message });
    Json(json!({ "jsonrpc": "2.0", "id": id, "error": error })).into_response()
}

/// Each method is a route: what goes wrong in it is recorded and counted under its name, and when it has
/// blocked too many threads, then it alone is refused.
async fn call(method: &str, params: &Value) -> Result<Value, (i32, &'static str)> {
    match method {
        "add" => {
            oserver::route("add").await;
            let numbers = params.as_array().ok_or((INVALID_PARAMS, "write a list of numbers"))?;
            let numbers: Option<Vec<i64>> = numbers.iter().map(Value::as_i64).collect();
            let numbers = numbers.ok_or((INVALID_PARAMS, "write a list of whole numbers"))?;
            let sum = numbers.iter().try_fold(0_i64, |sum, number| sum.checked_add(*number));
            sum.map(Value::from).ok_or((INVALID_PARAMS, "the sum is too large"))
        }
        "break" => {
            oserver::route("break").await;
            panic!("this method is broken")
        }
        "block" => {
            oserver::route("block").await;
            loop {
                std::thread::park();
            }
        }
        _ => Err((METHOD_NOT_FOUND, "there are `add`, `break` and `block`")),
    }
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "unix:rpc.sock".to_owned());
    // Only whoever runs it may connect.
    let listener = oserver::bind(&address).await?.mode(0o600)?;
    println!("listening on {address}");
    oserver::serve(listener, Router::new().route("/", post(rpc))).await?;
    Ok(())
}
