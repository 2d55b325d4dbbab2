//! Faults of requests as events at Sentry.
//!
//! ```text
//! cd examples/telemetry
//! SENTRY_DSN=https://KEY@HOST/PROJECT cargo run --bin faults_to_sentry
//! curl http://127.0.0.1:8080/broken
//! ```

use std::sync::OnceLock;

use oserver::routing::get;
use oserver::{Fault, Router};
use sentry::protocol::{Event, Exception, Frame, Level, Mechanism, Request, Stacktrace};

/// Sends a fault. `on_fault` calls it on a thread of its own, so no request waits for it.
fn report(fault: &Fault) {
    let tags = [
        ("fault", Some(fault.kind.as_str().to_owned())),
        ("request_id", Some(fault.request_id.to_string())),
        ("trace_id", fault.trace_id.clone()),
        ("handler", fault.handler.clone()),
        ("route", Some(fault.route.clone())),
        ("activity", fault.activity.clone()),
    ];
    let exception = Exception {
        ty: fault.kind.as_str().to_owned(),
        value: Some(fault.message.clone()),
        stacktrace: Some(frames(fault))
            .filter(|frames| !frames.is_empty())
            .map(|frames| Stacktrace { frames, ..Stacktrace::default() }),
        mechanism: Some(Mechanism {
            ty: "oserver".to_owned(),
            handled: Some(true),
            ..Mechanism::default()
        }),
        ..Exception::default()
    };
    sentry::capture_event(Event {
        level: Level::Error,
        transaction: Some(fault.route.clone()),
        culprit: fault.handler.clone(),
        tags: tags.into_iter().filter_map(|(tag, value)| Some((tag.to_owned(), value?))).collect(),
        exception: vec![exception].into(),
        request: Some(Request { method: Some(fault.method.to_string()), ..Request::default() }),
        ..Event::new()
    });
}

/// The lines of the stack, outermost first as Sentry has them. A panic has only its location. A timeout has none while
/// the symbols of the process are loaded.
fn frames(fault: &Fault) -> Vec<Frame> {
    let own = fault.location.as_deref();
    let frame = |function: Option<&str>, place: Option<&str>| {
        let mut parts = place.into_iter().flat_map(|place| place.rsplitn(3, ':'));
        let (column, line, file) = (parts.next(), parts.next(), parts.next());
        Frame {
            function: function.map(str::to_owned),
            filename: file.map(str::to_owned),
            lineno: line.and_then(|line| line.parse().ok()),
            colno: column.and_then(|column| column.parse().ok()),
            // `location` is the innermost line of the service's own code.
            in_app: Some(place.is_some() && place == own),
            ..Frame::default()
        }
    };
    let Some(stack) = &fault.stack else {
        return own.map(|own| frame(None, Some(own))).into_iter().collect();
    };
    let lines = stack.lines().map(|line| match line.rsplit_once(" at ") {
        Some((function, place)) => frame(Some(function), Some(place)),
        None => frame(Some(line), None),
    });
    lines.collect()
}

#[oserver::handler]
async fn broken() -> String {
    panic!("no price list")
}

#[oserver::handler(timeout = "100ms")]
async fn late() -> String {
    static PRICES: OnceLock<tokio::sync::Notify> = OnceLock::new();
    PRICES.get_or_init(tokio::sync::Notify::new).notified().await;
    "3".to_owned()
}

#[oserver::main]
async fn main() -> oserver::Result<()> {
    // It takes the project's address from `SENTRY_DSN`; without one it sends nothing. Its integration for panics is not
    // among the features of this package: each panic of a handler would be two events. The end of `main` waits for
    // events that were not sent yet.
    let _sentry = sentry::init(sentry::ClientOptions::new().maybe_release(sentry::release_name!()));
    let router = Router::new().route("/broken", get(broken)).route("/late", get(late));
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    oserver::serve(oserver::bind(&address).await?, router).on_fault(report).await?;
    Ok(())
}
