use std::sync::Arc;

use super::*;

/// An output with little room, as a pipe that nobody reads; with `hangs`, one that blocks its
/// caller, as a file on a mount that hangs.
#[derive(Clone, Default)]
struct Stub(Arc<(Mutex<Room>, Condvar)>);

#[derive(Default)]
struct Room {
    room: usize,
    hangs: bool,
    taken: Vec<u8>,
}

impl Output for Stub {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let (room, changed) = &*self.0;
        let room = room.lock().expect("no panic");
        let mut room = changed.wait_while(room, |room| room.hangs).expect("no panic");
        let written = bytes.len().min(room.room);
        if written == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        room.room -= written;
        room.taken.extend_from_slice(&bytes[..written]);
        Ok(written)
    }
}

impl Stub {
    fn set(&self, room: usize, hangs: bool) {
        let mut guard = self.0.0.lock().expect("no panic");
        (guard.room, guard.hangs) = (room, hangs);
        drop(guard);
        self.0.1.notify_all();
    }

    fn text(&self) -> String {
        let taken = self.0.0.lock().expect("no panic").taken.clone();
        String::from_utf8(taken).expect("text")
    }
}

fn start(room: usize, hangs: bool) -> (&'static Shared, Stub) {
    let stub = Stub::default();
    stub.set(room, hangs);
    let shared: &Shared = Box::leak(Box::default());
    let output = stub.clone();
    thread::spawn(move || shared.run(|| output));
    (shared, stub)
}

fn record(text: &str) -> Vec<u8> {
    format!("{text}\n").into_bytes()
}

#[test]
fn a_record_is_written_when_the_call_returns() {
    let (shared, stub) = start(100_000, false);
    for number in 0..100 {
        assert!(shared.write(record(&number.to_string())));
        assert_eq!(stub.text().lines().last(), Some(&*number.to_string()));
    }
}

#[test]
fn nothing_is_cut_and_what_was_dropped_is_counted_and_recorded() {
    let (shared, stub) = start(7, false);
    shared.write(record("one"));
    let mut dropped = 0;
    while dropped < 10 {
        dropped += u64::from(!shared.write(record("some line")));
    }
    stub.set(10_000_000, false);
    let begin = Instant::now();
    while !stub.text().contains("lines-dropped") {
        assert!(begin.elapsed() < Duration::from_secs(30), "it was not recorded");
        thread::sleep(PAUSE);
    }
    let text = stub.text();
    for line in text.lines().filter(|line| !["one", "some line"].contains(line)) {
        assert!(line.contains("10 lines were dropped"), "{line}");
    }
}

#[test]
fn an_output_that_hangs_holds_one_caller_for_a_moment_and_then_nobody() {
    let (shared, stub) = start(100_000, true);
    let begin = Instant::now();
    assert!(shared.write(record("waited for")));
    assert!(begin.elapsed() >= SHORT_WAIT, "it was written, and the output hangs");
    // So many would take ten seconds if each waited.
    let begin = Instant::now();
    for _ in 0..500 {
        shared.write(record("not waited for"));
    }
    shared.flush(Duration::from_secs(60));
    assert!(begin.elapsed() < Duration::from_secs(5), "somebody waited");
    stub.set(100_000, false);
    shared.flush(Duration::from_secs(60));
    assert_eq!(stub.text().lines().count(), 501);
    assert!(shared.write(record("waited for again")));
    assert_eq!(stub.text().lines().last(), Some("waited for again"));
}

/// The thread may lose its CPU in the middle of a write, and whoever ends the process after an answer must find the
/// record.
#[test]
fn a_write_that_takes_a_while_is_waited_for() {
    for _ in 0..20 {
        let (shared, stub) = start(100_000, true);
        let begin = Instant::now();
        let ends = thread::spawn({
            let stub = stub.clone();
            move || {
                thread::sleep(3 * SHORT_WAIT);
                stub.set(100_000, false);
                begin.elapsed()
            }
        });
        shared.write(record("waited for"));
        let text = stub.text();
        // A busy machine may take longer for the pause than anybody waits.
        if ends.join().expect("no panic") < LONGEST_WAIT / 2 {
            return assert_eq!(text, "waited for\n");
        }
    }
    panic!("no pause ends in time");
}

#[test]
fn a_burst_is_written_in_the_order_of_the_calls() {
    let (shared, stub) = start(1_000_000, false);
    for number in 0..1000 {
        let mut state = shared.lock();
        assert!(state.queue.push_line(record(&number.to_string())));
        shared.wake(state);
    }
    shared.flush(Duration::from_secs(60));
    let expected: Vec<_> = (0..1000).map(|number: u32| number.to_string()).collect();
    assert_eq!(stub.text().lines().collect::<Vec<_>>(), expected);
}
