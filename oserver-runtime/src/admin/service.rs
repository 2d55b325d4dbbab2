//! The admin service: the response to each path.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::Full;

use crate::admin::history::History;
use crate::admin::host::Hosts;
use crate::health::readiness::ServerHealth;

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

/// Allows only this service's own style, script and data, and forbids frames.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Sent with everything.
const HEADERS: [(HeaderName, &str); 5] = [
    (HeaderName::from_static("content-security-policy"), POLICY),
    (HeaderName::from_static("x-content-type-options"), "nosniff"),
    (HeaderName::from_static("referrer-policy"), "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (CACHE_CONTROL, "no-store"),
];

pub(super) struct Service {
    health: Arc<ServerHealth>,
    hosts: Hosts,
    history: Rc<RefCell<History>>,
}

type Answer = (StatusCode, &'static str, Bytes);

impl Service {
    pub(super) fn new(
        health: Arc<ServerHealth>,
        hosts: Hosts,
        history: Rc<RefCell<History>>,
    ) -> Self {
        Self { health, hosts, history }
    }

    pub(super) fn sample(&self) {
        self.history.borrow_mut().sample(&self.health.route_metrics());
    }

    pub(super) fn answer<B>(&self, request: &Request<B>) -> Response<Full<Bytes>> {
        let (status, kind, body) = self.choose(request);
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        for (name, value) in HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        }
        response
    }

    fn choose<B>(&self, request: &Request<B>) -> Answer {
        let authority = request.uri().authority().map(|authority| authority.as_str().as_bytes());
        let host = request.headers().get(HOST).map(HeaderValue::as_bytes);
        // A browser always sends the host; a probe of a balancer may not.
        let is_allowed = |host| std::str::from_utf8(host).is_ok_and(|host| self.hosts.allows(host));
        if !authority.or(host).is_none_or(is_allowed) {
            let text = "this service answers requests for an IP address, for localhost, and for hosts \
                        that were allowed with `Admin::allow_host`\n";
            return (StatusCode::MISDIRECTED_REQUEST, TEXT, text.into());
        }
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            return (StatusCode::METHOD_NOT_ALLOWED, TEXT, "only GET and HEAD\n".into());
        }
        let ok = |kind, body: Bytes| (StatusCode::OK, kind, body);
        match request.uri().path() {
            "/" => ok(HTML, include_str!("page/index.html").into()),
            "/page.css" => ok("text/css; charset=utf-8", include_str!("page/page.css").into()),
            "/page.js" => ok("text/javascript; charset=utf-8", include_str!("page/page.js").into()),
            "/healthz" => {
                let trouble = self.health.trouble().map(|trouble| trouble.to_string());
                verdict("live", trouble.into_iter().collect())
            }
            "/readyz" => verdict("ready", self.health.reasons_not_ready()),
            "/status.json" => ok(JSON, self.health.status().to_string().into()),
            "/history.json" => {
                let after = request.uri().query().and_then(|query| query.strip_prefix("after="));
                let after = after.and_then(|number| number.parse().ok()).unwrap_or(0);
                ok(JSON, self.history.borrow().since(after).to_string().into())
            }
            "/metrics" => self.metrics(),
            _ => (StatusCode::NOT_FOUND, TEXT, "there is nothing here\n".into()),
        }
    }

    #[cfg(feature = "prometheus")]
    fn metrics(&self) -> Answer {
        use crate::fault_log::sink;
        use crate::metrics::prometheus;
        (
            StatusCode::OK,
            prometheus::CONTENT_TYPE,
            prometheus::render(&ServerHealth::snapshot(&[&*self.health], sink::dropped())).into(),
        )
    }

    #[cfg(not(feature = "prometheus"))]
    fn metrics(&self) -> Answer {
        let text = "metrics need oserver's feature `prometheus`\n";
        (StatusCode::NOT_FOUND, TEXT, text.into())
    }
}

/// Returns 200 and a word, or 503 and the reasons.
fn verdict(word: &'static str, reasons: Vec<String>) -> Answer {
    if reasons.is_empty() {
        (StatusCode::OK, TEXT, format!("{word}\n").into())
    } else {
        let text = format!("not {word}\n{}\n", reasons.join("\n"));
        (StatusCode::SERVICE_UNAVAILABLE, TEXT, text.into())
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn only_who_says_a_foreign_host_is_turned_away() {
        let health = Arc::new(ServerHealth::of_nobody());
        let history = Rc::new(RefCell::new(History::new()));
        let service = Service::new(health, Hosts::default(), history);
        let status = |host: Option<&[u8]>| {
            let mut request = Request::new(());
            if let Some(host) = host {
                let host = HeaderValue::from_bytes(host).expect("a header's value");
                request.headers_mut().insert(HOST, host);
            }
            service.answer(&request).status().as_u16()
        };
        assert_eq!(status(None), 200);
        assert_eq!(status(Some(b"127.0.0.1:9090")), 200);
        assert_eq!(status(Some(b"evil.example")), 421);
        assert_eq!(status(Some(b"\xff")), 421);
    }
}
