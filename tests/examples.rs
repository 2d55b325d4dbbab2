//! The examples do what they say.

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::faults::{Faults, build_example, build_program};
use common::{Client, PATIENCE, eventually, run, run_for};
use http_body_util::BodyExt;
use hyper::Request;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[test]
fn streaming_sends_events_and_downloads() {
    run(async {
        let example = Faults::program(build_program("example-streaming"), &["127.0.0.1:0"]);
        let mut client = example.connect().await;
        let mut ticks = client.send(Request::get("/ticks"), "").await.expect("a head").into_body();
        for number in 1..=2 {
            let event = ticks.frame().await.expect("an event").expect("a frame");
            let event = event.into_data().expect("data");
            assert_eq!(event, format!("data: {number}\n\n"));
        }
        let mut client = example.connect().await;
        let response = client.send(Request::get("/download/300"), "").await.expect("a head");
        let (mut body, mut length) = (response.into_body(), 0);
        while let Some(frame) = body.frame().await {
            length += frame.expect("a frame").into_data().map_or(0, |data| data.len());
        }
        assert_eq!(length, 300 << 20);
    });
}

/// A part of 1 MiB at a time, whatever the client takes.
#[test]
#[cfg(target_os = "linux")]
fn a_large_download_that_nobody_reads_takes_no_memory() {
    fn resident_kib(process: u32) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS")).expect("a line");
        line.split_ascii_whitespace().nth(1).expect("a number").parse().expect("a number")
    }
    run(async {
        let example = Faults::program(build_program("example-streaming"), &["127.0.0.1:0"]);
        let before = resident_kib(example.id());
        let mut clients = Vec::new();
        for _ in 0..10 {
            let mut client = example.connect().await;
            let response = client.send(Request::get("/download/1000"), "").await.expect("a head");
            clients.push((client, response));
        }
        assert_eq!(example.get("/download/1").await.body.len(), 1 << 20);
        let more = resident_kib(example.id()) - before;
        assert!(more < 100 * 1024, "{more} KiB more for 10 downloads of 1,000 MiB");
    });
}

#[test]
fn streaming_has_a_websocket_that_outlives_the_deadlines_of_requests() {
    run(async {
        let example = Faults::program(build_program("example-streaming"), &["127.0.0.1:0"]);
        let mut stream = TcpStream::connect(example.address).await.expect("a connection");
        let upgrade = "GET /echo HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                       sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        stream.write_all(upgrade.as_bytes()).await.expect("sent");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a head"));
        }
        let head = String::from_utf8(head).expect("text");
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        // The answer that RFC 6455, 1.3 has for that key.
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        for text in ["Hello", "again"] {
            // A text of 5 bytes, with a mask of zeros (RFC 6455, 5.2).
            let mut frame = vec![0x81, 0x80 | 5, 0, 0, 0, 0];
            frame.extend(text.as_bytes());
            stream.write_all(&frame).await.expect("sent");
            let mut echo = [0; 7];
            stream.read_exact(&mut echo).await.expect("an echo");
            assert_eq!(echo, [&[0x81, 5], text.as_bytes()].concat()[..]);
        }
    });
}

#[test]
fn json_rpc_over_a_unix_socket_answers_and_keeps_faults_to_their_methods() {
    async fn call(path: &Path, body: &str) -> (u16, serde_json::Value) {
        let reply = Client::connect_unix(path).await.post("/", body.to_owned()).await;
        let value = if reply.body.is_empty() { serde_json::Value::Null } else { reply.json() };
        (reply.status.as_u16(), value)
    }
    run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("rpc.sock");
        let mut example = Faults::example("unix_json_rpc", &[&format!("unix:{}", path.display())]);
        let (status, value) =
            call(&path, r#"{"jsonrpc":"2.0","id":7,"method":"add","params":[40,2]}"#).await;
        assert_eq!((status, &value["result"], &value["id"]), (200, &42.into(), &7.into()));
        for (body, code) in [
            ("{", -32_700),
            (r#"{"id":1}"#, -32_600),
            (r#"{"id":1,"method":"no"}"#, -32_601),
            (r#"{"id":1,"method":"add","params":["x"]}"#, -32_602),
        ] {
            assert_eq!(call(&path, body).await.1["error"]["code"], code, "{body}");
        }
        assert_eq!(call(&path, r#"{"method":"add","params":[1]}"#).await.0, 204);
        assert_eq!(call(&path, r#"{"id":1,"method":"break"}"#).await.0, 500);
        assert_eq!(call(&path, r#"{"id":1,"method":"block"}"#).await.0, 504);
        eventually("both are recorded", || {
            example.recorded("panic") == 1 && example.recorded("blocked") == 1
        })
        .await;
        for record in example.records() {
            match record["fault"].as_str() {
                Some("panic") => assert_eq!(record["route"], "break"),
                Some("blocked") => assert_eq!(record["route"], "block"),
                _ => {}
            }
        }
        let (_, value) = call(&path, r#"{"id":1,"method":"add","params":[1]}"#).await;
        assert_eq!(value["result"], 1);
        example.signal("TERM");
        assert!(example.ends().await.success());
        assert!(!path.exists());
    });
}

#[test]
fn servers_take_over_from_each_other_under_load_and_no_request_is_lost() {
    const CLIENTS: usize = 50;
    run_for(Duration::from_secs(120), async {
        let mut supervisor = Faults::example("hand_over", &["127.0.0.1:0"]);
        let address = supervisor.address;
        let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        // How many servers each client saw.
        let seen: Arc<[AtomicUsize]> = (0..CLIENTS).map(|_| AtomicUsize::new(0)).collect();
        let mut clients = tokio::task::JoinSet::new();
        for number in 0..CLIENTS {
            let (stop, answered) = (Arc::clone(&stop), Arc::clone(&answered));
            let seen = Arc::clone(&seen);
            clients.spawn(async move {
                let mut servers = std::collections::BTreeSet::new();
                let mut client = Client::connect(address).await;
                while !stop.load(Ordering::Relaxed) {
                    let reply = client.get("/").await;
                    assert_eq!(reply.status, 200);
                    servers.insert(reply.text().to_owned());
                    seen[number].store(servers.len(), Ordering::Relaxed);
                    answered.fetch_add(1, Ordering::Relaxed);
                    // Half of them ask once on each connection.
                    if reply.header("connection") == "close" || number % 2 == 0 {
                        client = Client::connect(address).await;
                    }
                }
            });
        }
        let all_saw = async |servers: usize| {
            eventually("each client sees the new server", || {
                seen.iter().all(|seen| seen.load(Ordering::Relaxed) == servers)
            })
            .await;
        };
        for servers in 1..=3 {
            all_saw(servers).await;
            let so_far = answered.load(Ordering::Relaxed);
            eventually("they are served", || answered.load(Ordering::Relaxed) > so_far + 500).await;
            let before = Client::connect(address).await.get("/").await.text().to_owned();
            supervisor.signal("HUP");
            // When the old one has ended, all new connections are the new one's.
            let begin = Instant::now();
            while Path::new("/proc").join(&before).exists() {
                assert!(begin.elapsed() < PATIENCE, "the old server does not end");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            assert_ne!(Client::connect(address).await.get("/").await.text(), before);
        }
        all_saw(4).await;
        stop.store(true, Ordering::Relaxed);
        clients.join_all().await;
        supervisor.signal("TERM");
        assert!(supervisor.ends().await.success());
    });
}

/// The README and the documentation show this example first.
#[test]
fn quickstart_listens_or_reports_that_its_port_is_taken() {
    let program = build_example("quickstart");
    let begin = Instant::now();
    loop {
        // Somebody else may have it instead, and give it back at any time.
        let taken = std::net::TcpListener::bind("127.0.0.1:8080");
        let mut example = Command::new(&program)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut said = String::new();
        let mut lines = BufReader::new(example.stderr.take().expect("piped")).lines();
        let listens = lines.by_ref().map_while(Result::ok).any(|line| {
            said += &line;
            line.contains("listening on")
        });
        if listens {
            example.kill().expect("it is ours");
        }
        let status = example.wait().expect("it ends");
        if !listens {
            assert!(!status.success());
            return assert!(said.contains("cannot bind `127.0.0.1:8080`"), "{said}");
        }
        assert!(taken.is_err(), "it listens on a port that is taken: {said}");
        assert!(begin.elapsed() < PATIENCE, "others take the port and give it back");
    }
}
