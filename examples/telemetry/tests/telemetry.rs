//! The examples send what they promise, to a collector and to a Sentry that these tests play.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::any;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value as AnyValue};
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind, status::StatusCode};
use prost::Message;
use serde_json::Value;

/// How long a test waits for something that has to happen.
const PATIENCE: Duration = Duration::from_secs(30);

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// The bodies that a receiver got, each with its path.
type Received = Arc<Mutex<Vec<(String, Bytes)>>>;

/// A receiver of telemetry on a free port. Returns its address and what it gets.
async fn receiver() -> (String, Received) {
    let received = Received::default();
    let receive = {
        let received = Arc::clone(&received);
        move |request: oserver::Request| async move {
            let path = request.uri().path().to_owned();
            let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.expect("a body");
            received.lock().expect("no panic").push((path, body));
        }
    };
    let listener = oserver::bind("127.0.0.1:0").await.expect("a free port");
    let serve = oserver::serve(listener, Router::new().fallback(any(receive))).start_line(false);
    let address = serve.local_addr().expect("an address").to_string();
    tokio::spawn(serve.into_future());
    (address, received)
}

/// An example that runs, killed when dropped.
struct Example {
    process: Child,
    address: String,
    /// The lines on stderr after the first.
    lines: Arc<Mutex<Vec<String>>>,
}

impl Example {
    fn start(program: &str, environment: &[(&str, &str)]) -> Self {
        let mut process = Command::new(program)
            .arg("127.0.0.1:0")
            .envs(environment.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let mut lines = BufReader::new(process.stderr.take().expect("a pipe")).lines();
        let address = lines
            .by_ref()
            .map(|line| line.expect("UTF-8"))
            .find_map(|line| {
                let line: Value = serde_json::from_str(&line).expect("JSON");
                line["message"].as_str()?.strip_prefix("listening on ").map(str::to_owned)
            })
            .expect("an address");
        let seen = Arc::<Mutex<Vec<_>>>::default();
        let add = Arc::clone(&seen);
        std::thread::spawn(move || {
            lines.for_each(|line| add.lock().expect("no panic").push(line.expect("UTF-8")));
        });
        Self { process, address, lines: seen }
    }

    /// Status and request id of an answer, in the trace of this test.
    async fn get(&self, path: &str) -> (u16, String) {
        let answer = reqwest::Client::new()
            .get(format!("http://{}{path}", self.address))
            .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
            .timeout(PATIENCE)
            .send()
            .await
            .expect("an answer");
        let id = answer.headers()["x-request-id"].to_str().expect("an id").to_owned();
        (answer.status().as_u16(), id)
    }

    /// Ends it as a supervisor does. What it had to send is sent then.
    fn stop(mut self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        assert_eq!(self.process.wait().expect("it ends").code(), Some(0));
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Returns what `look` finds as soon as it is there.
async fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The spans that a collector got.
fn spans(received: &Received) -> Vec<Span> {
    let mut spans = Vec::new();
    for (path, body) in &*received.lock().expect("no panic") {
        assert_eq!(path, "/v1/traces");
        let request = ExportTraceServiceRequest::decode(&**body).expect("protobuf");
        for resource in request.resource_spans {
            let attributes = resource.resource.expect("a resource").attributes;
            assert_eq!(text(&attributes, "service.name").as_deref(), Some("shop"));
            spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    spans
}

/// The value of an attribute.
fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        AnyValue::StringValue(text) => Some(text.clone()),
        AnyValue::IntValue(number) => Some(number.to_string()),
        other => panic!("{key}: {other:?}"),
    }
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_of_handlers_reach_a_collector_in_the_trace_of_their_client() {
    let (address, received) = receiver().await;
    let endpoint = format!("http://{address}");
    let environment =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let example = Example::start(env!("CARGO_BIN_EXE_traces_to_otlp"), &environment);
    let cases = [
        ("/price/apple", "/price/{sku}", "price", 200),
        ("/broken", "/broken", "broken", 500),
        ("/late", "/late", "late", 504),
        ("/blocked", "/blocked", "blocked", 504),
    ];
    for (path, route, handler, status) in cases {
        let (seen, id) = example.get(path).await;
        assert_eq!(seen, status, "{path}");
        let own = eventually("the span of the handler", || {
            let attribute = Some(id.clone());
            spans(&received)
                .into_iter()
                .find(|span| text(&span.attributes, "request_id") == attribute)
        })
        .await;
        assert_eq!(own.name, handler);
        assert_eq!(hex(&own.trace_id), TRACE);
        let attribute = |name| text(&own.attributes, name).expect("an attribute");
        assert_eq!(attribute("handler"), format!("traces_to_otlp::{handler}"));
        assert_eq!(attribute("route"), format!("GET {route}"));
        assert_eq!(attribute("path"), path);

        let request = eventually("the span of the request", || {
            spans(&received).into_iter().find(|span| span.span_id == own.parent_span_id)
        })
        .await;
        assert_eq!(request.name, format!("GET {route}"));
        assert_eq!(request.kind(), SpanKind::Server);
        assert_eq!(hex(&request.trace_id), TRACE);
        assert_eq!(hex(&request.parent_span_id), PARENT);
        let code = text(&request.attributes, "http.response.status_code");
        assert_eq!(code, Some(status.to_string()));
        let verdict = request.status.map(|status| status.code()).unwrap_or_default();
        assert_eq!(verdict == StatusCode::Error, status >= 500, "{path}: {verdict:?}");
        let events: Vec<_> = own.events.iter().map(|event| &*event.name).collect();
        let logged: &[&str] = if handler == "price" { &["asked for a price"] } else { &[] };
        assert_eq!(events, logged);
    }
    let (_, id) = example.get("/price/pear").await;
    example.stop();
    let last = Some(id);
    let spans = spans(&received);
    assert!(spans.iter().any(|span| text(&span.attributes, "request_id") == last));
}

/// The events in envelopes: lines of JSON, each payload after the line that describes it.
fn events(received: &Received) -> Vec<Value> {
    let mut events = Vec::new();
    for (path, body) in &*received.lock().expect("no panic") {
        assert_eq!(path, "/api/42/envelope/");
        let (head, mut items) = split_line(body);
        assert!(json(head)["event_id"].is_string());
        while !items.is_empty() {
            let (head, rest) = split_line(items);
            let head = json(head);
            let length = head["length"].as_u64().expect("a length") as usize;
            assert_eq!(head["type"], "event");
            events.push(json(&rest[..length]));
            items = rest[length..].strip_prefix(b"\n").unwrap_or_default();
        }
    }
    events
}

fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').expect("a line");
    (&bytes[..end], &bytes[end + 1..])
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON")
}

/// The number of the example's line that has this code.
fn line_of(code: &str) -> u64 {
    let source = include_str!("../src/bin/faults_to_sentry.rs");
    let mut lines = source.lines().zip(1..);
    lines.find(|(line, _)| line.contains(code)).expect("a line").1
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_reach_sentry_with_request_handler_and_line() {
    let (address, received) = receiver().await;
    let dsn = format!("http://key@{address}/42");
    let example = Example::start(env!("CARGO_BIN_EXE_faults_to_sentry"), &[("SENTRY_DSN", &*dsn)]);
    let cases = [
        ("broken", 500, "panic", "no price list", "panic!("),
        ("late", 504, "timeout", "the request was not answered by its deadline", ".notified()"),
    ];
    for (name, status, kind, message, code) in cases {
        let (seen, id) = example.get(&format!("/{name}")).await;
        assert_eq!(seen, status);
        let event = eventually("the event of the fault", || {
            events(&received).into_iter().find(|event| event["tags"]["request_id"] == *id)
        })
        .await;
        // The protocol's default.
        assert_eq!(event["level"].as_str().unwrap_or("error"), "error");
        assert_eq!(event["transaction"], format!("GET /{name}"));
        assert_eq!(event["culprit"], format!("faults_to_sentry::{name}"));
        assert_eq!(event["request"]["method"], "GET");
        assert_eq!(event["tags"]["route"], format!("GET /{name}"));
        assert_eq!(event["tags"]["handler"], format!("faults_to_sentry::{name}"));
        assert_eq!(event["tags"]["trace_id"], TRACE);
        let [exception] = &event["exception"]["values"].as_array().expect("a list")[..] else {
            panic!("one exception: {event}");
        };
        assert_eq!(exception["type"], kind);
        assert_eq!(exception["value"], message);
        let frames = exception["stacktrace"]["frames"].as_array().expect("a list");
        let own = frames.iter().rfind(|frame| frame["in_app"] == true);
        let own = own.unwrap_or_else(|| panic!("no line of its own: {event}"));
        let file = own["filename"].as_str().expect("a file");
        assert!(file.ends_with("src/bin/faults_to_sentry.rs"), "{file}");
        assert_eq!(own["lineno"], line_of(code));
        assert!(own["colno"].is_u64(), "{own}");
        if kind == "panic" {
            // It shows that the symbols are loaded. Without them a timeout has no stack.
            let lines = || example.lines.lock().expect("no panic").join("\n");
            eventually("the backtrace", || lines().find("panic-backtrace")).await;
        }
    }
    // One fault is one event.
    example.stop();
    assert_eq!(events(&received).len(), cases.len());
}
