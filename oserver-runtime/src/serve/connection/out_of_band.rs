//! The answer of a request whose handler blocks the connection task.
//!
//! HTTP/1: the connection task polls the handler of a reliable route once, so that most requests need no other task.
//! At that time no part of an earlier response is being sent, and no part of this one. So another task can take the
//! transport, write a whole response, and close the connection. Pipelined requests are lost with it, as RFC 9112, 9.6
//! allows.

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, DATE};
use http::{HeaderValue, Method, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Handle;

use crate::clock::lived::within;
use crate::request::out_of_band_slot::OutOfBand;
use crate::request::state::{Call, Overdue};
use crate::request_task::complete::complete;
use crate::request_task::timeout_response;
use crate::response_body::outgoing::ResponseBody;
use crate::serve::connection::shared_transport::{OpenTransport, SharedTransport};
use crate::serve::listener::Transport;

/// How long further bytes of the client are read. Closing a socket with unread bytes resets it, and the client may
/// then not get its answer.
const LINGER: Duration = Duration::from_secs(2);

impl<T: Transport> OutOfBand for SharedTransport<T> {
    fn answer(self: Arc<Self>, call: Arc<Call>, runtime: &Handle) {
        // A call of the watchdog may not wait for a client.
        drop(runtime.spawn(async move {
            let claim = || call.claim_blocked(Overdue::OutOfBand);
            if let Some(open) = self.take_if(claim) {
                answer(open, &call).await;
            }
        }));
    }

    fn cut_off(&self) {
        drop(self.take_if(|| true));
    }
}

async fn answer<T: Transport>(mut open: OpenTransport<T>, call: &Call) {
    let (head, body) = timeout_response::pass(call).into_parts();
    let mut response = Response::from_parts(head, ResponseBody::whole(body.clone()));
    complete(call, &mut response, true);
    let bytes = to_bytes(response.map(|_| body), call);
    let limit = call.server.network.write_timeout;
    // A client that does not take it has gone, or is of no use.
    if let Some(Ok(())) = within(limit, send(&mut open.transport, &bytes)).await {
        _ = within(Some(LINGER), discard(&mut open.transport)).await;
    }
}

async fn send(transport: &mut impl Transport, bytes: &[u8]) -> io::Result<()> {
    transport.write_all(bytes).await?;
    transport.shutdown().await
}

/// Reads until the client has closed its side.
async fn discard(transport: &mut impl Transport) {
    let mut scratch = [0; 1024];
    while matches!(transport.read(&mut scratch).await, Ok(1..)) {}
}

/// Returns a response of HTTP/1, as hyper would send it.
fn to_bytes(mut response: Response<Bytes>, call: &Call) -> Vec<u8> {
    let body = std::mem::take(response.body_mut());
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, body.len().into());
    if let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(SystemTime::now())) {
        headers.insert(DATE, date);
    }
    let (version, status) = (u8::from(!call.connection.http10.get()), response.status());
    let mut line = String::new();
    let reason = status.canonical_reason().unwrap_or_default();
    _ = write!(line, "HTTP/1.{version} {} {reason}\r\n", status.as_u16());
    let mut bytes = line.into_bytes();
    for (name, value) in response.headers() {
        bytes.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    bytes.extend(b"\r\n");
    if call.head.method != Method::HEAD {
        bytes.extend(body);
    }
    bytes
}
