//! HTTP/1 requests, one after the other, most of them damaged; and what may come back.

use fastrand::Rng;

use super::mutation::damage;

/// Routes that have no fault of their own, and words that are no route.
const TARGETS: &[&str] = &[
    "/ok",
    "/echo/10",
    "/echo/70000",
    "/echo/-1",
    "/json",
    "/upload",
    "/nothing",
    "*",
    "/",
    "http://test/ok",
    "/ok?a=b&c",
    "/ok%20/..",
    "",
];
const METHODS: &[&str] = &["GET", "POST", "HEAD", "PUT", "OPTIONS", "CONNECT", "TRACE", "get", ""];
const FIELDS: &[&str] = &[
    "content-type: application/json",
    "connection: keep-alive",
    "connection: close",
    "expect: 100-continue",
    "te: trailers",
    "trailer: x",
    "upgrade: h2c",
    "x-request-id: a b\tc",
    "accept-encoding: gzip",
    "range: bytes=0-,0-,0-",
    "content-length: 3",
    "transfer-encoding: chunked",
    "x-long: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",
];

/// All that a client sends.
pub(crate) fn bytes(random: &mut Rng, seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    for number in 0..random.usize(1..5) {
        request(random, &format!("{seed}-{number}"), &mut bytes);
    }
    if random.u8(..5) != 0 {
        damage(random, &mut bytes);
    }
    bytes
}

fn request(random: &mut Rng, id: &str, bytes: &mut Vec<u8>) {
    let sensible = random.u8(..3) != 0;
    let pick = |random: &mut Rng, from: &[&'static str]| from[random.usize(..from.len())];
    let method = if sensible { pick(random, &METHODS[..2]) } else { pick(random, METHODS) };
    let target = match (sensible, method) {
        (true, "POST") => pick(random, &["/json", "/upload"]),
        (true, _) => pick(random, &["/ok", "/echo/10", "/echo/70000"]),
        _ => pick(random, TARGETS),
    };
    let version = if random.u8(..8) == 0 { "HTTP/1.0" } else { "HTTP/1.1" };
    bytes.extend(format!("{method} {target} {version}\r\nhost: test\r\n").bytes());
    bytes.extend(format!("x-request-id: fuzz-{id}\r\n").bytes());
    for _ in 0..random.usize(..4) {
        if !sensible || random.u8(..4) == 0 {
            bytes.extend(format!("{}\r\n", pick(random, FIELDS)).bytes());
        }
    }
    let body = format!("\"{}\"", "x".repeat(random.usize(..2000)));
    match random.u8(..4) {
        _ if method == "GET" => bytes.extend(b"\r\n"),
        0 => chunked(random, body.as_bytes(), bytes),
        1 if !sensible => {
            let wrong = random.usize(..4000);
            bytes.extend(format!("content-length: {wrong}\r\n\r\n{body}").bytes());
        }
        _ => bytes.extend(format!("content-length: {}\r\n\r\n{body}", body.len()).bytes()),
    }
}

fn chunked(random: &mut Rng, body: &[u8], bytes: &mut Vec<u8>) {
    bytes.extend(b"transfer-encoding: chunked\r\n\r\n");
    for chunk in body.chunks(random.usize(1..600)) {
        // One in a few says a wrong size.
        let size = if random.u8(..12) == 0 { random.usize(..9000) } else { chunk.len() };
        let extension = if random.u8(..6) == 0 { ";a=\"b\"" } else { "" };
        bytes.extend(format!("{size:x}{extension}\r\n").bytes());
        bytes.extend(chunk);
        bytes.extend(b"\r\n");
    }
    let end: &[u8] = match random.u8(..6) {
        0 => b"0\r\nx-trailer: y\r\n\r\n",
        1 => b"0\r\n",
        2 => b"-1\r\n\r\n",
        _ => b"0\r\n\r\n",
    };
    bytes.extend(end);
}

/// Where responses begin. Bodies of the server have no line that looks like one.
pub(crate) fn statuses(answer: &[u8]) -> Option<Vec<u16>> {
    if !answer.starts_with(b"HTTP/1.") {
        return None;
    }
    let text = String::from_utf8_lossy(answer);
    let heads = text.match_indices("HTTP/1.").filter_map(|(at, _)| text.get(at + 9..at + 12));
    Some(heads.filter_map(|status| status.parse().ok()).collect())
}

/// # Errors
/// The mistake: there is something else than responses, or the server says that it has a fault.
pub(crate) fn judge(answer: &[u8]) -> Result<(), String> {
    if answer.is_empty() {
        return Ok(());
    }
    let Some(statuses) = statuses(answer) else {
        // The bytes may have turned into a preface of HTTP/2.
        return super::http2::judge(answer).map_err(|_| "it is no response".to_owned());
    };
    // Held up until its deadline by a busy machine.
    match statuses.iter().find(|status| **status >= 500 && **status != 504) {
        Some(status) => Err(format!("it got {status}")),
        None => Ok(()),
    }
}
