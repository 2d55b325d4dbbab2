//! A record on stderr gets there before the response does, holds nobody back, and leaves the
//! descriptor as it was for whoever shares it.

#![allow(clippy::print_stdout, reason = "what was measured is said")]

mod common;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::faults::{Faults, build_example};
use common::load::Load;
use common::{PATIENCE, eventually, run, run_for};
use serde_json::Value;

/// The records of a file so far.
fn records(path: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("it is there");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[test]
fn a_process_that_is_killed_right_after_the_response_has_written_its_record() {
    run_for(20 * PATIENCE, async {
        let folder = tempfile::tempdir().expect("a folder");
        for number in 0..200 {
            let path = folder.path().join(format!("{number}.log"));
            // A file in one half of the tries, a pipe in the other.
            let to_file = number % 2 == 0;
            let stderr =
                if to_file { File::create(&path).expect("a file").into() } else { Stdio::piped() };
            // A request that panics has all the time that a busy machine takes for it.
            let (request, timeout, status, kind) = [
                ("/panic", LONG, 500, "panic"),
                ("/await", "50ms", 504, "timeout"),
                ("/block", "50ms", 504, "blocked"),
                ("/extractor-block", "50ms", 504, "blocked"),
            ][number / 2 % 4];
            let mut faults = Faults::start_writing_to(stderr, &["--timeout", timeout], &[]);
            let reply = faults.get(request).await;
            let waited = faults.waited_for_cpu();
            faults.kill();
            assert_eq!(reply.status, status);
            let id = reply.header("x-request-id").to_owned();
            // Where a busy machine did not get as far as the fault, the request is just late.
            let is_there = |records: &[Value]| {
                let mut records = records.iter().filter(|record| record["request_id"] == *id);
                records.any(|record| record["fault"] == kind || record["fault"] == "timeout")
            };
            if to_file {
                // A thread that gets no CPU for half a second is taken for one that hangs in its write.
                let is_there = is_there(&records(&path)) || waited > Duration::from_millis(400);
                assert!(is_there, "try {number}, {request}: lost");
            } else {
                // The reader may be behind, the pipe has it.
                eventually("the record", || is_there(&faults.records())).await;
            }
        }
    });
}

/// A timeout that no request of these tests reaches, however busy the machine is.
const LONG: &str = "60s";
const ROUNDS: usize = 9;

/// Requests a second while lines are logged, too, and how many lines.
async fn rate_while_it_logs(faults: &Faults) -> (f64, u64) {
    let load = Load::start(faults.address, 4);
    let mut client = faults.connect().await;
    let (begin, mut lines) = (Instant::now(), 0);
    while begin.elapsed() < Duration::from_millis(500) {
        assert_eq!(client.get("/log/50").await.status, 200);
        lines += 50;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let rate = load.served() as f64 / begin.elapsed().as_secs_f64();
    load.stop().await;
    (rate, lines)
}

#[test]
fn an_unread_pipe_delays_no_request_and_lost_lines_are_counted() {
    run_for(4 * PATIENCE, async {
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        let faults = Faults::start_writing_to(writer.into(), &["--timeout", LONG], &[]);
        // More than any pipe holds, of both kinds.
        let mut client = faults.connect().await;
        for _ in 0..20 {
            assert_eq!(client.get("/log/2000").await.status, 200);
        }
        let mut slowest = Duration::ZERO;
        for _ in 0..100 {
            let begin = Instant::now();
            assert_eq!(client.get("/panic").await.status, 500);
            slowest = slowest.max(begin.elapsed());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(slowest < PATIENCE / 2, "a panic was answered after {slowest:?}");
        // Beside one whose pipe is read, in turns, since the machine has others to serve, too.
        let (drained, writer) = std::io::pipe().expect("a pipe");
        let other = Faults::start_writing_to(writer.into(), &["--timeout", LONG], &[]);
        std::thread::spawn(move || std::io::copy(&mut { drained }, &mut std::io::sink()));
        let (mut ratios, mut logged) = (Vec::new(), 0);
        for _ in 0..ROUNDS {
            let (stalled, lines) = rate_while_it_logs(&faults).await;
            let (read, _) = rate_while_it_logs(&other).await;
            logged += lines;
            ratios.push(stalled / read);
        }
        ratios.sort_by(f64::total_cmp);
        let median = ratios[ROUNDS / 2];
        println!("{median:.3} of the rate beside a pipe that is read, of {ratios:.3?}");
        assert!(median > 0.8, "{median:.3} of the rate beside a pipe that is read: {ratios:.3?}");
        // Now somebody reads.
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(&mut reader).lines().map_while(Result::ok) {
                _ = sender.send(line);
            }
        });
        let mut dropped = 0;
        let mut seen = 0;
        let begin = Instant::now();
        while seen + dropped < 40_000 + 100 + logged {
            assert!(begin.elapsed() < PATIENCE, "{seen} lines and {dropped} left out");
            let Ok(line) = lines.recv_timeout(PATIENCE) else { panic!("{seen} and {dropped}") };
            let line: Value = serde_json::from_str(&line).expect("no line is cut");
            match line["fault"].as_str() {
                Some("lines-dropped") => dropped += line["dropped"].as_u64().expect("a number"),
                Some("panic") => seen += line["suppressed"].as_u64().unwrap_or(1),
                Some(_) => {}
                None => seen += 1,
            }
        }
        assert!(dropped > 0, "the pipe held it all");
    });
}

#[test]
#[cfg(target_os = "linux")]
fn flags_of_a_shared_stderr_do_not_change() {
    run(async {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let shared = writer.try_clone().expect("the same description");
        let flags = || {
            use std::os::fd::AsRawFd;
            let info = format!("/proc/self/fdinfo/{}", shared.as_raw_fd());
            let info = std::fs::read_to_string(info).expect("it is open");
            info.lines().find(|line| line.starts_with("flags:")).expect("flags").to_owned()
        };
        let before = flags();
        let faults = Faults::start_writing_to(writer.into(), &[], &[]);
        faults.get("/panic").await;
        faults.get("/log/10").await;
        assert_eq!(flags(), before);
        drop((faults, shared));
        let mut text = String::new();
        BufReader::new(reader).read_to_string(&mut text).expect("text");
        assert!(text.contains("\"fault\":\"panic\""), "it was written there: {text}");
    });
}

#[test]
#[cfg(unix)]
fn stderr_can_be_a_socket() {
    run(async {
        use std::os::fd::OwnedFd;
        use std::os::unix::net::UnixStream;
        let (reader, writer) = UnixStream::pair().expect("sockets");
        let stderr = OwnedFd::from(writer).into();
        let faults = Faults::start_writing_to(stderr, &["--timeout", LONG], &[]);
        let reply = faults.get("/panic").await;
        // After the line of the start.
        let mut lines = BufReader::new(&reader).lines();
        let record = lines.find_map(|line| {
            let line: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
            (line["fault"] == "panic").then_some(line)
        });
        assert_eq!(record.expect("a record")["request_id"], reply.header("x-request-id"));
        // Nobody reads it any more, and it is soon full.
        for _ in 0..20 {
            assert_eq!(faults.get("/log/2000").await.status, 200);
        }
    });
}

#[test]
fn a_line_of_a_handler_names_its_request_and_no_secret() {
    run(async {
        let faults = Faults::start();
        let reply = faults.get("/log/2").await;
        let id = reply.header("x-request-id");
        eventually("the lines", || faults.records_of(id).len() == 2).await;
        let line = &faults.records_of(id)[1];
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["target"], "faults");
        assert_eq!(line["message"], "a line of the handler's own");
        assert_eq!(line["route"], "GET /log/{lines}");
        assert_eq!(line["spans"][0]["fields"], serde_json::json!({ "asked": 2 }));
        assert!(line["connection_id"].as_u64() > Some(0) && line["timestamp"].is_string());
        assert_eq!(
            (&line["fields"]["line"], &line["fields"]["cookie"]),
            (&1.into(), &"[redacted]".into())
        );
    });
}

#[test]
fn the_first_line_of_a_server_says_where_it_listens() {
    run(async {
        let faults = Faults::start_with(&["--admin", "127.0.0.1:0"], &[]);
        let message = format!(
            "listening on {}, admin service on http://{}/",
            faults.address,
            faults.admin.expect("it was asked for")
        );
        let said = || {
            let lines = faults.records().into_iter();
            lines.filter(|line| line["message"] == *message).collect::<Vec<_>>()
        };
        eventually("the line", || !said().is_empty()).await;
        let line = &said()[0];
        assert_eq!((&line["level"], &line["target"]), (&"INFO".into(), &"oserver".into()));
        assert_eq!(line["fields"]["version"], env!("CARGO_PKG_VERSION"));
    });
}

#[test]
fn records_and_lines_have_the_id_of_the_trace_that_their_request_belongs_to() {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    run(async {
        let faults = Faults::start();
        let mut client = faults.connect().await;
        for (path, traceparent, expected) in [
            ("/panic", format!("00-{TRACE}-00f067aa0ba902b7-01"), Value::from(TRACE)),
            ("/log/1", format!("00-{TRACE}-00f067aa0ba902b7-00"), Value::from(TRACE)),
            // An id of zeros is none, and what is no id is not passed on as one.
            ("/panic", format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)), Value::Null),
            ("/log/1", "00-\"forged\"-00f067aa0ba902b7-01".to_owned(), Value::Null),
        ] {
            let request = hyper::Request::get(path).header("traceparent", traceparent);
            let id = client.request(request, "").await.header("x-request-id").to_owned();
            eventually("its line", || !faults.records_of(&id).is_empty()).await;
            assert_eq!(faults.records_of(&id)[0]["trace_id"], expected, "{path}");
        }
    });
}

#[test]
fn the_environment_sets_the_log_filter() {
    run(async {
        let faults = Faults::start_with(&[], &[("RUST_LOG", "warn")]);
        let reply = faults.get("/log/5").await;
        assert_eq!(reply.status, 200);
        faults.get("/panic").await;
        eventually("a record", || faults.recorded("panic") == 1).await;
        let id = reply.header("x-request-id");
        assert_eq!(faults.records_of(id), Vec::<Value>::new());

        let faults = Faults::start_with(&[], &[("RUST_LOG", "warn,faults=debug")]);
        let reply = faults.connect().await.post("/upload", "four").await;
        let id = reply.header("x-request-id");
        eventually("the line", || faults.records_of(id).len() == 1).await;
        let line = &faults.records_of(id)[0];
        assert_eq!((&line["fields"]["bytes"], &line["route"]), (&4.into(), &"POST /upload".into()));

        let faults = Faults::start_with(&[], &[("RUST_LOG", "faults=loud")]);
        eventually("a word", || {
            let records = faults.records();
            let message = records.iter().find(|record| record["fault"] == "log-filter");
            message.is_some_and(|record| record["message"].as_str().unwrap_or("").contains("loud"))
        })
        .await;
    });
}

/// Returns the text that `log_alone` writes to stderr.
fn alone(arguments: &[&str], filter: &str) -> String {
    let output = Command::new(build_example("log_alone"))
        .args(arguments)
        .env("RUST_LOG", filter)
        .stdin(Stdio::null())
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn the_log_works_without_a_server_as_json_and_as_text() {
    let text = alone(&[], "");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert_eq!(lines[0]["fields"]["rows"], 1204);
    assert_eq!(lines[0]["spans"][0]["name"], "import");
    assert_eq!(lines[0]["spans"][0]["fields"]["file"], "prices.csv");
    assert!(!text.contains("s3cret"), "{text}");
    assert_eq!(alone(&[], "debug").lines().count(), 3);

    let text = alone(&["human"], "");
    assert_eq!(text.lines().count(), 2, "a value forges no line: {text}");
    assert!(text.lines().all(|line| !line.starts_with('{')), "{text}");
    assert!(text.contains("read the file rows=1204 [import"), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}
