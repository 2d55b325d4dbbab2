//! Clients of HTTP/2: one that means well, and one that sends what frames it likes.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::PATIENCE;

/// One connection, as many requests at a time as the server allows.
#[derive(Clone)]
pub struct Http2Client {
    sender: SendRequest<Full<Bytes>>,
}

impl Http2Client {
    pub async fn connect(address: SocketAddr) -> Self {
        Self::connect_watched(address).await.0
    }

    /// Also says how the connection ends.
    pub async fn connect_watched(address: SocketAddr) -> (Self, JoinHandle<hyper::Result<()>>) {
        let stream = TokioIo::new(TcpStream::connect(address).await.expect("a connection"));
        let handshake = hyper::client::conn::http2::handshake(TokioExecutor::new(), stream);
        let (sender, connection) = handshake.await.expect("HTTP/2");
        (Self { sender }, tokio::spawn(connection))
    }

    pub async fn send(
        &mut self,
        mut request: Request<Full<Bytes>>,
    ) -> hyper::Result<Response<Incoming>> {
        self.sender.ready().await?;
        let uri = format!("http://test{}", request.uri());
        *request.uri_mut() = uri.parse().expect("an address");
        self.sender.send_request(request).await
    }
}

/// The codes of the frame types (RFC 9113, 6).
pub mod kind {
    pub const DATA: u8 = 0;
    pub const HEADERS: u8 = 1;
    pub const RST_STREAM: u8 = 3;
    pub const SETTINGS: u8 = 4;
    pub const PING: u8 = 6;
    pub const GOAWAY: u8 = 7;
}

/// A connection on which frames are written by hand.
pub struct Frames {
    pub stream: TcpStream,
}

impl Frames {
    /// With the client's settings, as pairs of a name and a value.
    pub async fn connect(address: SocketAddr, settings: &[(u16, u32)]) -> Self {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let mut payload = Vec::new();
        for (name, value) in settings {
            payload.extend(name.to_be_bytes());
            payload.extend(value.to_be_bytes());
        }
        let mut hello = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        hello.extend(frame(kind::SETTINGS, 0, 0, &payload));
        stream.write_all(&hello).await.expect("sent");
        Self { stream }
    }

    /// The next frame: kind, stream, payload. `None` at the end of the connection.
    pub async fn next(&mut self) -> Option<(u8, u32, Vec<u8>)> {
        let mut head = [0; 9];
        self.stream.read_exact(&mut head).await.ok()?;
        let [a, b, c, kind, _flags, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.stream.read_exact(&mut payload).await.ok()?;
        Some((kind, u32::from_be_bytes(stream) & 0x7fff_ffff, payload))
    }

    /// Waits until the server closes the connection.
    pub async fn is_cut_off(&mut self) {
        let end = async { while self.next().await.is_some() {} };
        tokio::time::timeout(PATIENCE, end).await.expect("it is cut off");
    }

    /// The next frame of a kind.
    pub async fn next_of(&mut self, wanted: u8) -> Option<(u32, Vec<u8>)> {
        loop {
            let (kind, stream, payload) = self.next().await?;
            if kind == wanted {
                return Some((stream, payload));
            }
        }
    }
}

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a frame").to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A `GET` without a body.
pub fn get(stream: u32, path: &str) -> Vec<u8> {
    const END_STREAM_AND_HEADERS: u8 = 0x5;
    // `GET` and `http` of the static table, `:path` and `:authority` spelled out (RFC 7541, 6).
    let mut block = vec![0x82, 0x86, 0x04, u8::try_from(path.len()).expect("a short path")];
    block.extend(path.as_bytes());
    block.extend(b"\x01\x04test");
    frame(kind::HEADERS, END_STREAM_AND_HEADERS, stream, &block)
}

/// Gives a stream up: `CANCEL`.
pub fn reset(stream: u32) -> Vec<u8> {
    frame(kind::RST_STREAM, 0, stream, &8_u32.to_be_bytes())
}
