//! JSON: plain data.

state! {
    /// Plain data.
    impl[] for serde_json::Value;
    impl[] for serde_json::Number;
    impl[] for serde_json::Map<String, serde_json::Value>;
}

request_data! {
    /// An error.
    impl[] for serde_json::Error;
}
