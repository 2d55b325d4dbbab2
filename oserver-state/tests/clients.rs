//! Types of other crates in the state of services: `cargo test -p oserver-state --all-features --tests`.
#![cfg(all(feature = "mongodb-3", feature = "moka-0_12", feature = "tonic-0_14"))]

use oserver_state::HandlerState;

fn is_state<T: HandlerState + ?Sized>() {}

#[test]
fn clients_are_state() {
    fn pool_of_any<D: sqlx_0_9::Database, E: sqlx_0_8::Database>() {
        is_state::<sqlx_0_9::Pool<D>>();
        is_state::<sqlx_0_8::Pool<E>>();
    }
    fn pools_of_any<M: bb8::ManageConnection, N: deadpool_0_13::managed::Manager>() {
        is_state::<bb8::Pool<M>>();
        is_state::<deadpool_0_13::managed::Pool<N>>();
    }
    is_state::<reqwest_0_13::Client>();
    is_state::<reqwest_0_12::Client>();
    is_state::<reqwest_0_13::Url>();
    is_state::<reqwest_0_12::Url>();
    is_state::<redis::Client>();
    is_state::<redis::aio::MultiplexedConnection>();
    is_state::<redis::aio::ConnectionManager>();
    is_state::<tokio_postgres::Client>();
    is_state::<tonic::transport::Channel>();
    is_state::<lettre::AsyncSmtpTransport<lettre::Tokio1Executor>>();
    is_state::<lettre::SmtpTransport>();
    is_state::<sea_orm_1::DatabaseConnection>();
    is_state::<sea_orm_2::DatabaseConnection>();
    is_state::<mongodb::Client>();
    is_state::<mongodb::Collection<String>>();
    is_state::<std::sync::Arc<dyn object_store_0_14::ObjectStore>>();
    is_state::<object_store_0_14::memory::InMemory>();
}

#[test]
fn what_handlers_look_up_is_state() {
    is_state::<std::sync::Arc<tera_1::Tera>>();
    is_state::<std::sync::Arc<tera_2::Tera>>();
    is_state::<minijinja_3::Environment<'static>>();
    is_state::<handlebars::Handlebars<'static>>();
    is_state::<moka::future::Cache<String, String>>();
    is_state::<moka::sync::Cache<u32, String>>();
    is_state::<governor::DefaultDirectRateLimiter>();
    is_state::<governor::DefaultKeyedRateLimiter<String>>();
    is_state::<jsonwebtoken_11::EncodingKey>();
    is_state::<jsonwebtoken_11::DecodingKey>();
    is_state::<jsonwebtoken_10::Validation>();
    is_state::<prometheus::Registry>();
    is_state::<prometheus::IntCounterVec>();
    is_state::<prometheus::HistogramVec>();
    is_state::<metrics::Counter>();
    is_state::<metrics_exporter_prometheus::PrometheusHandle>();
    is_state::<regex::Regex>();
}
