//! Extractors of axum-extra, and axum's multipart.

use axum::extract::Multipart;
use axum_extra::TypedHeader;
use axum_extra::extract::cookie::{Cookie, CookieJar};
use axum_extra::headers::UserAgent;
use oserver::Router;
use oserver::routing::{get, post};

use crate::{client, start};

async fn count(jar: CookieJar) -> (CookieJar, String) {
    let number = jar.get("visits").and_then(|cookie| cookie.value().parse().ok()).unwrap_or(0) + 1;
    (jar.add(Cookie::new("visits", number.to_string())), number.to_string())
}

async fn agent(TypedHeader(agent): TypedHeader<UserAgent>) -> String {
    agent.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn cookies_and_typed_headers_are_extracted() {
    let router = axum::Router::new()
        .route("/count", axum::routing::get(count))
        .route("/agent", axum::routing::get(agent));
    let server = start(router).await;
    let client = client();
    for expected in ["1", "2", "3"] {
        let answer = client.get(format!("http://{server}/count")).send().await.expect("an answer");
        assert_eq!(answer.text().await.expect("text"), expected);
    }
    let request = client.get(format!("http://{server}/agent")).header("user-agent", "test/1");
    assert_eq!(request.send().await.expect("an answer").text().await.expect("text"), "test/1");
}

#[oserver::handler]
async fn upload(mut parts: Multipart) -> oserver::Result<String> {
    let mut seen = String::new();
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        seen += &format!("{name}={} ", part.bytes().await?.len());
    }
    Ok(seen)
}

#[oserver::handler]
async fn home() -> &'static str {
    "home"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_a_file_is_read_part_by_part() {
    let server = start(Router::new().route("/", get(home)).route("/upload", post(upload))).await;
    let file = reqwest::multipart::Part::bytes(vec![7; 100_000]).file_name("picture");
    let form = reqwest::multipart::Form::new().text("title", "four").part("file", file);
    let request = client().post(format!("http://{server}/upload")).multipart(form);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.text().await.expect("text"), "title=4 file=100000 ");
}
