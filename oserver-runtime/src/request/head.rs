//! A copy of a request's head, for the record of a fault.
//!
//! The handler owns the request and may have dropped it when the fault happens. So method, path and
//! headers are copied beforehand, as plain bytes into one allocation: a clone of the header map
//! would cost several times as much on every request, for the sake of the few that fail.

use http::{HeaderValue, Method, header::HOST, request::Parts};

use crate::metrics::COUNTING;
use crate::request_id::REQUEST_ID;

/// How many bytes of all headers together are kept. Records name the rest as missing.
const KEPT: usize = 8 * 1024;

/// Method, path and headers of a request. The query string is left out: it carries user data.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub(crate) method: Method,
    /// The path, then name and value of each header, without separators.
    bytes: Vec<u8>,
    path_end: usize,
    /// Lengths of names and values, in order.
    lengths: Vec<(u16, u16)>,
    /// How many headers did not fit.
    pub(crate) omitted: usize,
    /// The size of path, names and values, including the omitted ones.
    pub(crate) size: usize,
    /// How often the host was named.
    hosts: usize,
}

impl Head {
    #[cfg(test)]
    pub(crate) fn copy(parts: &Parts) -> Self {
        let mut head = Self::default();
        head.refill(parts);
        head
    }

    /// Copies another request's head into the same memory. Returns the id that the request brings: to look each
    /// header over is cheaper here than a search in the map.
    pub(crate) fn refill<'a>(&mut self, parts: &'a Parts) -> Option<&'a HeaderValue> {
        self.method.clone_from(&parts.method);
        self.bytes.clear();
        self.lengths.clear();
        self.omitted = 0;
        let path = parts.uri.path();
        let (mut size_of_headers, mut hosts, mut given_id) = (0, 0, None);
        for (name, value) in &parts.headers {
            size_of_headers += name.as_str().len() + value.len();
            if name == HOST {
                hosts += 1;
            } else if name == REQUEST_ID {
                given_id = given_id.or(Some(value));
            }
        }
        self.size = path.len() + size_of_headers;
        self.hosts = hosts;
        self.bytes.reserve(path.len() + size_of_headers.min(KEPT));
        self.bytes.extend_from_slice(path.as_bytes());
        self.path_end = path.len();
        if !COUNTING {
            return given_id;
        }
        for (name, value) in &parts.headers {
            let (name, value) = (name.as_str().as_bytes(), value.as_bytes());
            let used = self.bytes.len() - self.path_end;
            if used + name.len() + value.len() > KEPT {
                self.omitted += 1;
                continue;
            }
            self.bytes.extend_from_slice(name);
            self.bytes.extend_from_slice(value);
            // Both fit: neither is longer than `KEPT`.
            self.lengths.push((name.len() as u16, value.len() as u16));
        }
        given_id
    }

    pub(crate) fn path(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.path_end]).expect("a URI's path is ASCII or UTF-8")
    }

    /// Returns the headers, names in lower case, values as they came.
    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let mut rest = &self.bytes[self.path_end..];
        self.lengths.iter().map(move |(name, value)| {
            let (name, after) = rest.split_at(usize::from(*name));
            let (value, after) = after.split_at(usize::from(*value));
            rest = after;
            (std::str::from_utf8(name).expect("a header's name is ASCII"), value)
        })
    }

    /// Returns `true` if it names its host once, as RFC 9112, 3.2 wants it.
    pub(crate) fn has_host(&self) -> bool {
        self.hosts == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn head(request: http::request::Builder) -> Head {
        Head::copy(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn keeps_method_path_and_headers_but_no_query() {
        let head =
            head(Request::put("/users/7?token=secret").header("Accept", "*/*").header("x-a", "b"));
        assert_eq!((&head.method, head.path()), (&Method::PUT, "/users/7"));
        let headers: Vec<_> = head.headers().collect();
        assert_eq!(headers, [("accept", &b"*/*"[..]), ("x-a", &b"b"[..])]);
        assert_eq!(head.omitted, 0);
    }

    #[test]
    fn counts_what_does_not_fit_and_goes_on() {
        let head = head(Request::get("/").header("big", "x".repeat(KEPT)).header("small", "y"));
        assert_eq!(head.headers().collect::<Vec<_>>(), [("small", &b"y"[..])]);
        assert_eq!(head.omitted, 1);
    }
}
