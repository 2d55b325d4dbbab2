//! async-graphql's schema as a service.

use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
use async_graphql_axum::GraphQL;
use axum::routing::post_service;
use serde_json::{Value, json};

use crate::{client, start};

struct Query;

#[Object]
impl Query {
    async fn price(&self, sku: String) -> Option<usize> {
        (sku == "apple").then_some(3)
    }

    async fn broken(&self, sku: String) -> Option<usize> {
        let price = (sku == "apple").then_some(3);
        Some(price.expect("on purpose"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn graphql_schema_answers_and_its_panics_are_answered_with_500() {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let server = start(axum::Router::new().route("/", post_service(GraphQL::new(schema)))).await;
    let ask = async |query: &str| {
        let request = client().post(format!("http://{server}/")).json(&json!({ "query": query }));
        request.send().await.expect("an answer")
    };
    let answer: Value = ask(r#"{ price(sku: "apple") }"#).await.json().await.expect("JSON");
    assert_eq!(answer, json!({ "data": { "price": 3 } }));
    assert_eq!(ask("{ broken(sku: \"pear\") }").await.status(), 500);
    assert_eq!(ask("{ price(sku: \"pear\") }").await.status(), 200);
}
