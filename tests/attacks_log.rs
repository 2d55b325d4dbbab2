//! A log that nobody can write to: no answer, exit or stop waits for it.

mod common;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use common::faults::Faults;
use common::{PATIENCE, run_for};
use serde_json::Value;
use tempfile::TempDir;

/// The stderr of the process, and the value that must stay open for it.
type Stderr = (Stdio, Box<dyn std::any::Any>);

fn file(folder: &TempDir) -> Stderr {
    (File::create(folder.path().join("log")).expect("a file").into(), Box::new(()))
}

fn pipe_that_nobody_reads(_: &TempDir) -> Stderr {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    (writer.into(), Box::new(reader))
}

fn pipe_that_is_read(_: &TempDir) -> Stderr {
    let (mut reader, writer) = std::io::pipe().expect("a pipe");
    std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    (writer.into(), Box::new(()))
}

#[cfg(unix)]
fn socket(_: &TempDir) -> Stderr {
    let (reader, writer) = std::os::unix::net::UnixStream::pair().expect("sockets");
    (std::os::fd::OwnedFd::from(writer).into(), Box::new(reader))
}

#[cfg(target_os = "linux")]
fn full_device(_: &TempDir) -> Stderr {
    (File::options().write(true).open("/dev/full").expect("a device").into(), Box::new(()))
}

fn records(folder: &TempDir) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.path().join("log")).expect("a file");
    text.lines().map(|line| serde_json::from_str(line).expect("a whole line of JSON")).collect()
}

/// A handler holds a lock of std, and others fail and panic: each is answered in time, and the process ends
/// when it is told to.
async fn goes_on_and_ends(mut attacked: Faults, hold: &str) -> Faults {
    assert_eq!(attacked.get(hold).await.status, 504);
    for _ in 0..12 {
        let begin = Instant::now();
        assert_eq!(attacked.get("/panic").await.status, 500);
        assert_eq!(attacked.get("/detached-panic").await.status, 200);
        assert_eq!(attacked.get("/thread-panic").await.status, 200);
        assert_eq!(attacked.get("/ok").await.status, 200);
        assert!(begin.elapsed() < PATIENCE / 2, "answered after {:?}", begin.elapsed());
    }
    assert_eq!(attacked.ask("/healthz").await.status, 200);
    attacked.signal("TERM");
    assert!(attacked.ends().await.success());
    attacked
}

fn with_stderr(stderr: fn(&TempDir) -> Stderr) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    run_for(4 * PATIENCE, async {
        for hold in ["/hold-stderr", "/hold-stdout"] {
            let (stderr, _kept) = stderr(&folder);
            goes_on_and_ends(Faults::attacked(stderr, &[]), hold).await;
        }
    });
    folder
}

#[test]
fn a_held_lock_of_stderr_or_stdout_stops_nobody_where_the_log_is_a_file() {
    let records = records(&with_stderr(file));
    let of = |fault: &str| records.iter().filter(|record| record["fault"] == fault).count();
    assert_eq!(of("stopping"), 1, "the last words: {records:#?}");
    let thread = |record: &&Value| record["thread"] == "mine";
    assert!(records.iter().find(thread).is_some(), "the panic of another thread: {records:#?}");
}

#[test]
fn a_held_lock_stops_nobody_where_the_log_is_a_pipe_that_is_read() {
    with_stderr(pipe_that_is_read);
}

#[test]
fn a_held_lock_stops_nobody_where_the_log_is_a_pipe_that_nobody_reads() {
    with_stderr(pipe_that_nobody_reads);
}

#[test]
#[cfg(unix)]
fn a_held_lock_stops_nobody_where_the_log_is_a_socket() {
    with_stderr(socket);
}

#[test]
#[cfg(target_os = "linux")]
fn a_held_lock_stops_nobody_where_the_log_is_a_full_disk() {
    with_stderr(full_device);
}

/// The last safety net opens though nothing can be written.
#[test]
fn a_wedged_process_with_a_held_lock_ends_by_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    run_for(4 * PATIENCE, async {
        let (stderr, _kept) = file(&folder);
        let mut attacked = Faults::attacked(stderr, &[]);
        assert_eq!(attacked.get("/hold-stderr").await.status, 504);
        attacked.wedge().await;
        assert_eq!(attacked.ends().await.code(), Some(70));
    });
    let records = records(&folder);
    assert!(records.iter().any(|record| record["fault"] == "unrecoverable"), "{records:#?}");
}

/// std writes the error of `main` under the lock.
#[test]
fn an_error_of_main_ends_the_process_though_the_lock_of_stderr_is_held() {
    let folder = tempfile::tempdir().expect("a folder");
    run_for(4 * PATIENCE, async {
        let (stderr, _kept) = file(&folder);
        let mut attacked = Faults::attacked(stderr, &["--error"]);
        assert_eq!(attacked.get("/hold-stderr").await.status, 504);
        attacked.signal("TERM");
        assert_eq!(attacked.ends().await.code(), Some(1));
    });
}

/// The lines that another process appends to the same file stay there.
#[test]
#[cfg(unix)]
fn a_file_that_others_write_to_keeps_their_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    run_for(2 * PATIENCE, async {
        let log = File::create(&path).expect("a file");
        let mut other = log.try_clone().expect("the same offset");
        let attacked = Faults::attacked(log.into(), &[]);
        for number in 0..5 {
            assert_eq!(attacked.get("/panic").await.status, 500);
            std::io::Write::write_all(&mut other, format!("other {number}\n").as_bytes())
                .expect("written");
        }
    });
    assert_eq!(lines_of(&path, "other ").len(), 5);
    assert_eq!(lines_of(&path, "\"fault\":\"panic\"").len(), 5);
}

fn lines_of(path: &Path, what: &str) -> Vec<String> {
    let mut text = String::new();
    File::open(path).and_then(|mut file| file.read_to_string(&mut text)).expect("text");
    text.lines().filter(|line| line.contains(what)).map(str::to_owned).collect()
}
