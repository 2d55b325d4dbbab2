//! A server that is stopped while clients say nothing, handlers have no end, and signals come.

mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::faults::{Faults, build_program};
use common::{Client, PATIENCE, eventually, run_for};
use hyper::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Well below the shutdown timeout, which is 25 s.
const SOON: Duration = Duration::from_secs(15);

fn attacked() -> Faults {
    Faults::attacked(Stdio::piped(), &[])
}

/// A frame of HTTP/2 without a payload.
const fn frame(kind: u8, flags: u8) -> [u8; 9] {
    [0, 0, 0, kind, flags, 0, 0, 0, 0]
}

async fn says(faults: &Faults, words: &[u8]) -> TcpStream {
    let mut client = TcpStream::connect(faults.address).await.expect("a connection");
    client.write_all(words).await.expect("sent");
    client
}

async fn stops_soon_and_well(attacked: &mut Faults) {
    let begin = Instant::now();
    attacked.signal("TERM");
    let status = attacked.ends().await;
    assert!(status.success(), "{status}: {:#?}", attacked.records());
    assert!(begin.elapsed() < SOON, "it took {:?}", begin.elapsed());
}

#[test]
fn clients_that_ask_nothing_hold_up_no_shutdown() {
    run_for(4 * PATIENCE, async {
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        let spoken = [&preface[..], &frame(4, 0), &frame(4, 1)].concat();
        let all: [&[u8]; 7] = [
            &spoken,
            &preface,
            b"PRI * HTTP/2.0\r\n",
            b"GET /ok HT",
            b"GET /ok HTTP/1.1\r\nhost: a\r\n",
            b"P",
            b"",
        ];
        for words in all {
            let mut attacked = attacked();
            let client = says(&attacked, words).await;
            // The bytes that were sent have arrived when a later request is answered.
            assert_eq!(attacked.get("/ok").await.status, 200);
            stops_soon_and_well(&mut attacked).await;
            drop(client);
        }
    });
}

async fn upgrade(faults: &Faults, path: &str) -> TcpStream {
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    let mut client = says(faults, head.as_bytes()).await;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(client.read_u8().await.expect("an answer"));
    }
    assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
    client
}

#[test]
fn a_web_socket_that_knows_nothing_of_shutdown_holds_none_up() {
    run_for(4 * PATIENCE, async {
        let mut attacked = attacked();
        let mut client = upgrade(&attacked, "/socket").await;
        // "hi", masked with zeros, and back.
        client.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'h', b'i']).await.expect("sent");
        let mut echo = [0; 4];
        client.read_exact(&mut echo).await.expect("an echo");
        assert_eq!(echo, [0x81, 2, b'h', b'i']);
        stops_soon_and_well(&mut attacked).await;
        let mut rest = Vec::new();
        _ = client.read_to_end(&mut rest).await;
    });
}

#[test]
fn a_handler_that_asks_for_shutdown_ends_its_web_socket_and_its_stream_by_itself() {
    run_for(4 * PATIENCE, async {
        let mut attacked = attacked();
        let mut client = upgrade(&attacked, "/polite-socket").await;
        let mut stream = attacked.connect().await;
        let stream = stream.send(Request::get("/polite-stream"), "").await.expect("a head");
        stops_soon_and_well(&mut attacked).await;
        let mut said = Vec::new();
        client.read_to_end(&mut said).await.expect("all that was said");
        assert_eq!(said, b"\x81\x08good-bye\x88\x00");
        assert_eq!(common::read(stream).await.expect("whole").text(), "begin\nend\n");
    });
}

/// Its request has ended for the server, and its client has not read all of the answer.
#[test]
fn a_client_that_reads_slowly_gets_the_rest_of_its_answer_from_a_server_that_stops() {
    run_for(4 * PATIENCE, async {
        let mut attacked = attacked();
        let mut client = says(&attacked, b"GET /big HTTP/1.1\r\nhost: a\r\n\r\n").await;
        let mut first = [0; 1024];
        client.read_exact(&mut first).await.expect("it begins");
        attacked.signal("TERM");
        eventually("it stops", || attacked.recorded("stopping") == 1).await;
        // Past the second in which connections without a request may stay.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).await.expect("no reset");
        assert!(first.len() + rest.len() > 32 << 20, "{} bytes", rest.len());
        assert!(attacked.ends().await.success());
    });
}

#[test]
#[cfg(unix)]
fn a_hangup_is_recorded_and_ends_nothing() {
    run_for(4 * PATIENCE, async {
        let mut attacked = attacked();
        assert_eq!(attacked.get("/ok").await.status, 200);
        attacked.signal("HUP");
        eventually("it is recorded", || attacked.recorded("signal-ignored") == 1).await;
        assert_eq!(attacked.get("/ok").await.status, 200);
        stops_soon_and_well(&mut attacked).await;
    });
}

#[test]
#[cfg(unix)]
fn a_server_on_another_runtime_takes_signals_if_it_is_told_to_and_says_what_happens_if_not() {
    run_for(4 * PATIENCE, async {
        let mut told = Faults::program(build_program("attacked_foreign"), &["signals"]);
        let mut slow = told.connect().await;
        let slow = tokio::spawn(async move { slow.get("/slow").await });
        let mut other = Client::connect(told.address).await;
        assert_eq!(other.get("/ok").await.status, 200);
        stops_soon_and_well(&mut told).await;
        assert_eq!(slow.await.expect("no panic").text(), "at last");

        let untold = Faults::program(build_program("attacked_foreign"), &[]);
        let warns = |untold: &Faults| {
            untold.look(|records| {
                records.iter().any(|record| {
                    let message = record["message"].as_str().unwrap_or_default();
                    record["fault"] == "degraded-isolation" && message.contains("SIGTERM")
                })
            })
        };
        eventually("it warns", || warns(&untold)).await;
        assert!(!warns(&told), "{:#?}", told.records());
    });
}

/// The code of a `main` after its server is not watched, but may not keep the process for ever.
#[test]
fn a_main_that_does_not_return_after_a_signal_ends_in_time() {
    run_for(4 * PATIENCE, async {
        let mut attacked = Faults::attacked(Stdio::piped(), &["--stuck"]);
        assert_eq!(attacked.get("/ok").await.status, 200);
        attacked.signal("TERM");
        assert_eq!(attacked.ends().await.code(), Some(1));
        // The end of its stderr may be read after the process has ended.
        eventually("the record", || attacked.recorded("exit-stuck") == 1).await;
    });
}
