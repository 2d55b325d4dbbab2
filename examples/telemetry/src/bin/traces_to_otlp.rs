//! Traces: each request has spans at an OpenTelemetry collector, in the trace that its client names in `traceparent`.
//!
//! ```text
//! cd examples/telemetry
//! OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 cargo run --bin traces_to_otlp
//! curl -H 'traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' http://127.0.0.1:8080/price/apple
//! ```

use axum::extract::MatchedPath;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{Status, TracerProvider};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use oserver::extract::Path;
use oserver::routing::get;
use oserver::{Request, Router};
use tracing::Instrument;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::{Layer, SubscriberExt};

/// Gives each request a span of the server, in the trace of its client. The spans of handlers are below it.
async fn trace(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let span = tracing::info_span!(
        "request",
        otel.name = format!("{} {route}", request.method()),
        otel.kind = "server",
        http.request.method = request.method().as_str(),
        http.route = route,
        http.response.status_code = Empty,
    );
    let client = TraceContextPropagator::new().extract(&HeaderExtractor(request.headers()));
    if let Err(error) = span.set_parent(client) {
        tracing::debug!(%error, "the span has no parent");
    }
    let answer = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", answer.status().as_u16());
    if answer.status().is_server_error() {
        span.set_status(Status::error(answer.status().to_string()));
    }
    answer
}

#[oserver::handler]
async fn price(Path(sku): Path<String>) -> String {
    tracing::info!(sku, "asked for a price");
    format!("{sku}: 3")
}

#[oserver::handler]
async fn broken() -> String {
    panic!("no price list")
}

#[oserver::handler(timeout = "100ms")]
async fn late() -> String {
    std::future::pending().await
}

#[oserver::handler(timeout = "100ms")]
async fn blocked() -> String {
    std::thread::sleep(std::time::Duration::from_millis(500));
    "slept".to_owned()
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    // It takes the collector's address from `OTEL_EXPORTER_OTLP_ENDPOINT`, and sends from a thread of its own.
    let exporter = SpanExporter::builder().with_http().build()?;
    let traces = SdkTracerProvider::builder()
        .with_resource(Resource::builder().with_service_name("shop").build())
        .with_batch_exporter(exporter)
        .build();
    let spans = tracing_opentelemetry::layer().with_tracer(traces.tracer("shop"));
    // oserver's own lines stay: they are a layer like others.
    tracing::subscriber::set_global_default(
        tracing_subscriber::registry()
            .with(oserver::log::Log::new().layer())
            .with(spans.with_filter(LevelFilter::INFO)),
    )?;

    let router = Router::new()
        .route("/price/{sku}", get(price))
        .route("/broken", get(broken))
        .route("/late", get(late))
        .route("/blocked", get(blocked))
        .layer(from_fn(trace));
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    oserver::serve(oserver::bind(&address).await?, router).await?;
    // Sends the spans that are left.
    traces.shutdown()?;
    Ok(())
}
