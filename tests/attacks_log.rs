//! A log that nobody can write to: no answer, exit or stop waits for it.

mod common;

use std::fs::File;
use std::io::{ErrorKind, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
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

/// A program that reads a pipe, and that the system has stopped. It ends with the value.
#[cfg(unix)]
fn stopped_reader(_: &TempDir) -> Stderr {
    let mut reader =
        Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("a program");
    let writer = reader.stdin.take().expect("its stdin");
    signal(reader.id(), "STOP");
    (writer.into(), Box::new(Killed(reader)))
}

/// A terminal that shows nothing, because nobody reads its other end.
#[cfg(target_os = "linux")]
fn terminal(_: &TempDir) -> Stderr {
    use rustix::pty::{OpenptFlags, ioctl_tiocgptpeer, openpt, unlockpt};
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let other_end = openpt(flags).expect("a terminal");
    unlockpt(&other_end).expect("a terminal");
    let terminal = ioctl_tiocgptpeer(&other_end, flags).expect("a terminal");
    assert!(terminal.is_terminal());
    (terminal.into(), Box::new(other_end))
}

/// A file on a file system in memory that has no room left, or `None` where this user may not mount one.
#[cfg(target_os = "linux")]
fn full_file_system(folder: &TempDir) -> Option<Stderr> {
    // Only the shell and what it starts see the mount.
    let mut shell = Command::new("unshare");
    shell.args([
        "--mount",
        "sh",
        "-c",
        "mount -t tmpfs -o size=64k none \"$0\" && echo && exec cat",
    ]);
    let shell = shell.arg(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut shell = Killed(shell.ok()?);
    let mut mounted = [0];
    shell.0.stdout.as_mut().expect("a pipe").read_exact(&mut mounted).ok()?;
    let root = PathBuf::from(format!("/proc/{}/root", shell.0.id()));
    let path = root.join(folder.path().strip_prefix("/").expect("an absolute path"));
    let log = File::options().create(true).append(true).open(path.join("log")).expect("a file");
    let mut filler = File::create(path.join("filler")).expect("a file");
    let full = loop {
        match filler.write(&[b'.'; 4096]) {
            Ok(written) => assert!(written > 0),
            Err(error) => break error,
        }
    };
    assert_eq!(full.kind(), ErrorKind::StorageFull);
    Some((log.into(), Box::new(shell)))
}

/// A process that ends with the value.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

#[cfg(unix)]
fn signal(process: u32, name: &str) {
    let status = Command::new("kill").args(["-s", name, &process.to_string()]).status();
    assert!(status.expect("a program").success());
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

#[test]
#[cfg(unix)]
fn a_held_lock_stops_nobody_where_the_reader_of_the_log_is_stopped() {
    with_stderr(stopped_reader);
}

#[test]
#[cfg(target_os = "linux")]
fn a_held_lock_stops_nobody_where_the_log_is_a_terminal() {
    with_stderr(terminal);
}

#[test]
#[cfg(target_os = "linux")]
fn a_held_lock_stops_nobody_where_the_log_is_on_a_full_file_system() {
    let folder = tempfile::tempdir().expect("a folder");
    if full_file_system(&folder).is_none() {
        common::tools::skip("this user may not mount a file system");
        return;
    }
    with_stderr(|folder| full_file_system(folder).expect("it could be mounted before"));
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
            writeln!(other, "other {number}").expect("written");
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
