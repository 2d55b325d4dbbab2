//! The span around a handler: its name, level and fields as the annotation says, in the words of `tracing`.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::{Mutex, Once, PoisonError};

use common::{TestServer, run};
use hyper::StatusCode;
use oserver::Router;
use oserver::extract::{Path, State};
use oserver::routing::{get, post};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// A span as it was seen.
#[derive(Clone, Debug)]
struct Seen {
    id: u64,
    name: &'static str,
    target: &'static str,
    level: Level,
    line: Option<u32>,
    fields: BTreeMap<&'static str, String>,
}

static SEEN: Mutex<Vec<Seen>> = Mutex::new(Vec::new());

/// The fields of what servers log at level info.
static LINES: Mutex<Vec<BTreeMap<&'static str, String>>> = Mutex::new(Vec::new());

/// The one span of that name.
fn seen(name: &str) -> Seen {
    watch();
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut found = seen.iter().filter(|span| span.name == name);
    let span = found.next().unwrap_or_else(|| panic!("no span `{name}` in {seen:?}")).clone();
    assert!(found.next().is_none(), "`{name}` is there twice");
    span
}

/// Installs what sees spans, up to level `DEBUG`.
fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let watch = tracing_subscriber::registry().with(Watch.with_filter(LevelFilter::DEBUG));
        tracing::subscriber::set_global_default(watch).expect("nobody else sets one");
    });
}

struct Watch;

struct Values<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Values<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Watch {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let metadata = attributes.metadata();
        if !metadata.target().starts_with(module_path!()) {
            return;
        }
        let mut fields = BTreeMap::new();
        attributes.record(&mut Values(&mut fields));
        SEEN.lock().unwrap_or_else(PoisonError::into_inner).push(Seen {
            id: id.into_u64(),
            name: metadata.name(),
            target: metadata.target(),
            level: *metadata.level(),
            line: metadata.line(),
            fields,
        });
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "oserver" && *event.metadata().level() == Level::INFO {
            let mut fields = BTreeMap::new();
            event.record(&mut Values(&mut fields));
            LINES.lock().unwrap_or_else(PoisonError::into_inner).push(fields);
        }
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        // The newest: ids come again.
        if let Some(span) = seen.iter_mut().rev().find(|span| span.id == id.into_u64()) {
            record.record(&mut Values(&mut span.fields));
        }
    }
}

/// The lines of a server's start that have this in their message.
fn start_lines(part: &str) -> Vec<BTreeMap<&'static str, String>> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.iter().filter(|line| line["message"].contains(part)).cloned().collect()
}

#[test]
fn a_server_logs_one_line_at_start_with_all_its_addresses() {
    watch();
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = format!("unix:{}", folder.path().join("socket").display());
        let unix = oserver::bind(&path).await.expect("a socket");
        let admin = oserver::Admin::bind("127.0.0.1:0").expect("a free port");
        let admin_address = admin.local_addr().expect("an address");
        let server =
            TestServer::start_with(Router::new(), |serve| serve.add_listener(unix).admin(admin))
                .await;
        let address = server.address.to_string();
        assert_eq!(server.get("/").await.status, StatusCode::NOT_FOUND);
        let lines = start_lines(&address);
        let [line] = &lines[..] else { panic!("{lines:?}") };
        let message =
            format!("listening on {address} and {path}, admin service on http://{admin_address}/");
        assert_eq!(line["message"], message);
        assert_eq!(line["version"], format!("{:?}", env!("CARGO_PKG_VERSION")));
    });
}

#[test]
fn an_option_turns_the_line_at_start_off() {
    watch();
    run(async {
        let quiet = TestServer::start_with(Router::new(), |serve| serve.start_line(false)).await;
        assert_eq!(quiet.get("/").await.status, StatusCode::NOT_FOUND);
        assert_eq!(start_lines(&quiet.address.to_string()), []);
    });
}

#[oserver::handler]
async fn nothing_said() {}

#[test]
fn a_span_has_name_place_and_request_by_default() {
    watch();
    run(async {
        let server = TestServer::start(Router::new().route("/of/{id}", get(nothing_said))).await;
        assert_eq!(server.get("/of/7?secret=1").await.status, StatusCode::OK);
        let span = seen("nothing_said");
        assert_eq!((span.target, span.level), (module_path!(), Level::INFO));
        assert_eq!(span.line, Some(attribute_above("async fn nothing_said")));
        let mut fields = span.fields;
        let request_id = fields.remove("request_id").expect("each request has one");
        assert!(!request_id.is_empty());
        assert!(fields.remove("connection_id").is_some());
        let expected = [
            ("handler", "\"spans::nothing_said\""),
            ("method", "\"GET\""),
            ("path", "\"/of/7\""),
            ("route", "\"GET /of/{id}\""),
        ];
        assert_eq!(fields, expected.map(|(name, value)| (name, value.to_owned())).into());
    });
}

/// The attribute refuses a field of the user's that has a name of the runtime's. Neither crate can read the other's
/// list, so it is written twice.
#[test]
fn the_attribute_reserves_the_fields_that_the_runtime_records() {
    let source = include_str!("../oserver-macros/src/handler/fields.rs");
    let list = source.split_once("const OWN: [&str; 6] = [").expect("the list").1;
    let list = list.split_once(']').expect("its end").0;
    let reserved: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    watch();
    run(async {
        let server = TestServer::start(Router::new().route("/reserved", get(reserves))).await;
        assert_eq!(server.get("/reserved").await.status, StatusCode::OK);
        let recorded = seen("reserves").fields;
        assert_eq!(recorded.keys().copied().collect::<BTreeSet<_>>(), reserved);
    });
}

#[oserver::handler]
async fn reserves() {}

/// The line of the attribute above the one that starts so.
fn attribute_above(text: &str) -> u32 {
    let line = include_str!("spans.rs").lines().position(|line| line.starts_with(text));
    u32::try_from(line.expect("it is there")).expect("a small file")
}

const COUNT: &str = "line count";

#[oserver::handler(
    name = "checkout",
    level = "debug",
    fields(%sku, ?colour, length = body.len(), { COUNT } = body.lines().count(), later, user.name = "ada")
)]
async fn all_said(
    State(colour): State<Option<&'static str>>,
    Path(sku): Path<String>,
    body: String,
) -> String {
    tracing::Span::current().record("later", "recorded in the body");
    format!("{sku}{colour:?}{body}")
}

#[test]
fn options_set_name_level_and_fields_of_a_span() {
    watch();
    run(async {
        let router = Router::new().route("/{sku}", post(all_said)).with_state(Some("red"));
        let server = TestServer::start(router).await;
        let reply = server.connect().await.post("/a-1", "one\ntwo").await;
        assert_eq!(reply.text(), "a-1Some(\"red\")one\ntwo");
        let span = seen("checkout");
        assert_eq!(span.level, Level::DEBUG);
        let value = |name| span.fields.get(name).map(String::as_str);
        assert_eq!(value("handler"), Some("\"spans::all_said\""));
        assert_eq!(value("sku"), Some("a-1"));
        assert_eq!(value("colour"), Some("Some(\"red\")"));
        assert_eq!(value("length"), Some("7"));
        assert_eq!(value(COUNT), Some("2"));
        assert_eq!(value("later"), Some("\"recorded in the body\""));
        assert_eq!(value("user.name"), Some("\"ada\""));
    });
}

#[oserver::handler(fields(length = body.len()))]
fn without_async(body: String) -> String {
    tracing::Span::current().record("length", 100);
    body
}

#[test]
fn a_function_without_async_has_its_span_on_its_thread() {
    watch();
    run(async {
        assert_eq!(without_async("text".into()).await.status(), StatusCode::OK);
        assert_eq!(seen("without_async").fields["length"], "100");
    });
}

#[oserver::handler(level = "trace", fields(value = { assert!(body.is_empty(), "evaluated"); 1 }))]
async fn unwanted(body: String) -> String {
    body
}

#[test]
fn field_values_are_evaluated_only_for_enabled_spans() {
    watch();
    run(async {
        assert_eq!(unwanted("text".into()).await.status(), StatusCode::OK);
    });
}

#[oserver::handler(fields(value = body.parse::<u8>().expect("on purpose")))]
async fn value_panics(body: String) -> String {
    body
}

#[oserver::handler(fields(value = body.parse::<u8>().expect("on purpose")))]
fn value_panics_without_async(body: String) -> String {
    body
}

#[test]
fn a_value_that_panics_is_a_panic_of_the_handler() {
    watch();
    run(async {
        let router = Router::new()
            .route("/async", post(value_panics))
            .route("/blocking", post(value_panics_without_async));
        let server = TestServer::start(router).await;
        let mut client = server.connect().await;
        for path in ["/async", "/blocking"] {
            assert_eq!(client.post(path, "x").await.status, StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(client.post(path, "7").await.text(), "7");
            assert_eq!(server.route(&format!("POST {path}")).panics, 1);
        }
        let alone = value_panics("x".into()).await;
        assert_eq!(alone.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let alone = value_panics_without_async("x".into()).await;
        assert_eq!(alone.status(), StatusCode::INTERNAL_SERVER_ERROR);
    });
}
