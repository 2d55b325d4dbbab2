//! tonic's services: answers with trailers, streams, deadlines.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus as Answered;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::server::health_reporter;

use crate::{PATIENCE, start, start_with};

async fn client(server: std::net::SocketAddr) -> HealthClient<Channel> {
    let endpoint = Channel::from_shared(format!("http://{server}")).expect("an address");
    HealthClient::new(endpoint.connect().await.expect("a connection"))
}

fn of(service: &str) -> Request<HealthCheckRequest> {
    Request::new(HealthCheckRequest { service: service.to_owned() })
}

#[tokio::test(flavor = "multi_thread")]
async fn grpc_calls_are_answered_with_status_in_trailers() {
    let (reporter, service) = health_reporter();
    reporter.set_service_status("shop", ServingStatus::Serving).await;
    let server = start(tonic::service::Routes::new(service).into_axum_router()).await;
    let mut client = client(server).await;
    let answer = client.check(of("shop")).await.expect("an answer");
    assert_eq!(answer.get_ref().status(), Answered::Serving);
    let status = client.check(of("unknown")).await.expect_err("there is none");
    assert_eq!(status.code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn grpc_streams_go_on_as_messages_come() {
    let (reporter, service) = health_reporter();
    reporter.set_service_status("shop", ServingStatus::Serving).await;
    let server = start(tonic::service::Routes::new(service).into_axum_router()).await;
    let mut stream = client(server).await.watch(of("shop")).await.expect("a stream").into_inner();
    let message = stream.message().await.expect("no error").expect("a message");
    assert_eq!(message.status(), Answered::Serving);
    reporter.set_service_status("shop", ServingStatus::NotServing).await;
    let message = stream.message().await.expect("no error").expect("a message");
    assert_eq!(message.status(), Answered::NotServing);
}

/// Serves `answer` as the method that the clients call.
async fn start_check<F, T>(answer: F) -> std::net::SocketAddr
where
    F: axum::handler::Handler<T, ()>,
    T: 'static,
{
    start(axum::Router::new().route("/grpc.health.v1.Health/Check", axum::routing::post(answer)))
        .await
}

/// curl waits on where tonic's client would give up by itself, and gets the server's answer. A client that is in a hurry
/// is no fault.
#[tokio::test(flavor = "multi_thread")]
async fn a_grpc_deadline_is_answered_by_the_server() {
    let hang = axum::routing::post(std::future::pending::<String>);
    let router = axum::Router::new().route("/grpc.health.v1.Health/Check", hang);
    let mut metrics = None;
    let server = start_with(router, |serve| {
        metrics = Some(serve.metrics());
        serve
    })
    .await;
    let url = format!("http://{server}/grpc.health.v1.Health/Check");
    let curl = move || {
        let mut curl = std::process::Command::new("curl");
        curl.args(["-sD", "-", "--http2-prior-knowledge", "--max-time", "10", "-d", ""]);
        curl.args(["-H", "content-type: application/grpc", "-H", "grpc-timeout: 50m", &url]);
        curl.output().expect("curl is installed")
    };
    let answer = tokio::task::spawn_blocking(curl).await.expect("no panic");
    let head = String::from_utf8(answer.stdout).expect("text");
    assert!(head.starts_with("HTTP/2 200"), "{head}");
    assert!(head.contains("grpc-status: 4\r\n"), "{head}");
    let routes = metrics.expect("just set").routes();
    let route = routes.iter().find(|route| route.requests > 0).expect("it was asked");
    assert_eq!((route.timeouts, route.alarm, route.statuses), (0, false, [0, 0, 0, 1, 0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grpc_client_reads_what_became_of_a_broken_call() {
    let server = start_check(async || -> String { panic!("the method broke") }).await;
    let status = client(server).await.check(of("shop")).await.expect_err("it panics");
    assert_eq!(status.code(), Code::Internal, "{status}");
    // Clients of other protocols read what they did before.
    let url = format!("http://{server}/grpc.health.v1.Health/Check");
    let response = crate::client().post(url).send().await.expect("an answer");
    assert_eq!(response.status(), 500);
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    // The error of an actor that cannot take a call.
    let refuse = async || oserver::Error::from(oserver::CallError::Overloaded);
    let status = client(start_check(refuse).await).await.check(of("shop")).await;
    let status = status.expect_err("it is refused");
    assert_eq!(status.code(), Code::Unavailable, "{status}");
}

/// Sets its flag when it is dropped.
struct Dropped(Arc<AtomicBool>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A client that gives up at its deadline has its handler dropped: no call goes on for nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_grpc_deadline_ends_the_call_on_both_sides() {
    let (begun, dropped) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let (begins, flag) = (Arc::clone(&begun), Arc::clone(&dropped));
    let hang = move || {
        let flag = Dropped(Arc::clone(&flag));
        begins.store(true, Ordering::SeqCst);
        async move {
            let _flag = flag;
            std::future::pending::<String>().await
        }
    };
    let server = start_check(hang).await;
    let begin = Instant::now();
    // On a busy machine the time of a call may be over before its handler begins.
    while !begun.load(Ordering::SeqCst) {
        assert!(begin.elapsed() < PATIENCE, "no handler begins");
        let mut request = of("shop");
        request.set_timeout(Duration::from_millis(100));
        let status = client(server).await.check(request).await.expect_err("it is late");
        assert!(matches!(status.code(), Code::DeadlineExceeded | Code::Cancelled), "{status}");
    }
    while !dropped.load(Ordering::SeqCst) {
        assert!(begin.elapsed() < PATIENCE, "the handler goes on");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
