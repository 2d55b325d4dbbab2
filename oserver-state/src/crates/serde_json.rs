//! JSON: plain values.

use serde_json::{Map, Number, Value};

state! {
    impl[] for Value;
    impl[] for Number;
    impl[] for Map<String, Value>;
}

request_data! {
    impl[] for serde_json::Error;
}
