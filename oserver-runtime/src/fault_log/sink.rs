//! The path of a line to stderr: one thread owns the descriptor, and no other thread writes.
//!
//! Invariant: no caller waits for a write. A write to a regular file blocks in the kernel as long as its disk or mount
//! hangs, and no timeout ends that. A caller hands its line over. For a record it then waits until the thread has
//! written it: up to [`LONGEST_WAIT`], or up to [`SHORT_WAIT`] if stderr has refused it. After one record that was not
//! written in time, callers do not wait until the thread makes progress again. If the queue is full, a line is dropped
//! and counted, and the count is the next line.

use std::io::ErrorKind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::fault_log::queue::{Queue, Taken};
use crate::fault_log::record::{Level, Record};
use crate::fault_log::stderr::{Output, Stderr};

/// How long a caller waits if stderr has refused a write, such as a pipe without a reader.
const SHORT_WAIT: Duration = Duration::from_millis(20);
/// How long a caller waits in all. On a busy machine the thread may not run at once, nor go on in the middle of a
/// write.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// How long the thread waits before another try, at first and at most.
const PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// A flush ends when no line was written for this long.
const NO_PROGRESS: Duration = Duration::from_millis(100);
/// How often the count of dropped lines is written while other lines wait.
const DROPPED_EVERY: Duration = Duration::from_secs(1);
/// Bytes of one write: a pipe takes so many as a whole or not at all (`PIPE_BUF`).
const BATCH: usize = 4096;
static SINK: LazyLock<Option<&'static Shared>> = LazyLock::new(start);
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// The state that callers and the thread share.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// The thread waits here for lines.
    has_lines: Condvar,
    /// Callers wait here for the thread.
    written: Condvar,
}

#[derive(Default)]
struct State {
    queue: Queue,
    /// Stderr was opened.
    open: bool,
    /// The time since when stderr has refused the lines that the thread took last.
    refused_since: Option<Instant>,
    /// A record was not written in time, and no line was written since.
    stalled: bool,
    /// Lines that were dropped since the last line with a count.
    dropped: u64,
}

/// Starts the thread and opens stderr: later there may be no thread or file descriptor left.
pub(crate) fn open() {
    let Some(shared) = *SINK else { return };
    let (state, limit) = (shared.lock(), LONGEST_WAIT);
    drop(shared.written.wait_timeout_while(state, limit, |state| !state.open));
}

/// Writes a record. It is written when this returns, unless stderr accepts nothing.
pub(crate) fn write(record: Vec<u8>) {
    match *SINK {
        Some(shared) => _ = shared.write(record),
        None => _ = DROPPED.fetch_add(1, Ordering::Relaxed),
    }
}

/// As [`write()`], but a record that finds the queue full is not counted as dropped: the caller tries again.
pub(crate) fn try_write(record: Vec<u8>) -> bool {
    SINK.is_some_and(|shared| {
        let mut state = shared.lock();
        let has_room = state.queue.push_record(record).is_some();
        shared.wake(state);
        has_room
    })
}

/// Queues a line. Lines are written in the order of the calls, after the records that wait.
#[cfg(feature = "log")]
pub(crate) fn write_later(line: Vec<u8>) {
    if let Some(shared) = *SINK {
        let mut state = shared.lock();
        if !state.queue.push_line(line) {
            state.drop_line();
        }
        shared.wake(state);
    }
}

/// Waits until the lines of this moment are written, but at most for `limit`, and not at all if stderr accepts
/// nothing.
pub(crate) fn flush(limit: Duration) {
    if let Some(shared) = *SINK {
        shared.flush(limit);
    }
}

/// Returns how many lines and records were dropped.
pub(crate) fn dropped() -> u64 {
    DROPPED.load(Ordering::Relaxed)
}

fn start() -> Option<&'static Shared> {
    let shared: &Shared = Box::leak(Box::default());
    let thread = thread::Builder::new().name("oserver-log".into());
    thread.spawn(|| shared.run(Stderr::open)).ok().map(|_| shared)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Only moves and numbers under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self, state: MutexGuard<'_, State>) {
        drop(state);
        self.has_lines.notify_one();
    }

    /// Returns `false` if the record was dropped.
    fn write(&self, record: Vec<u8>) -> bool {
        let mut state = self.lock();
        let Some(ticket) = state.queue.push_record(record) else {
            state.drop_line();
            return false;
        };
        self.has_lines.notify_one();
        let begin = Instant::now();
        while !state.queue.is_written(ticket) && !state.stalled {
            let waited = self.written.wait_timeout(state, SHORT_WAIT);
            let (guard, waited) = waited.unwrap_or_else(PoisonError::into_inner);
            state = guard;
            let too_long = state.refused_since.is_some_and(|since| since.elapsed() >= SHORT_WAIT);
            if waited.timed_out() && (too_long || begin.elapsed() >= LONGEST_WAIT) {
                state.stalled = !state.queue.is_written(ticket);
            }
        }
        true
    }

    fn flush(&self, limit: Duration) {
        let begin = Instant::now();
        let mut state = self.lock();
        let end = state.queue.pushed();
        let (mut written, mut progress) = (state.queue.written(), begin);
        let goes_on = |last: Instant| begin.elapsed() < limit && last.elapsed() < NO_PROGRESS;
        while state.queue.written() < end && goes_on(progress) {
            let waited = self.written.wait_timeout(state, SHORT_WAIT);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.queue.written() > written {
                (written, progress) = (state.queue.written(), Instant::now());
            }
        }
    }

    /// Runs the thread.
    fn run<O: Output>(&self, open: impl FnOnce() -> O) {
        let mut writer = Writer { output: open(), rest: Vec::new() };
        self.lock().open = true;
        self.written.notify_all();
        let mut dropped_recorded = None::<Instant>;
        loop {
            let mut state = self.lock();
            while state.queue.is_empty() && state.dropped == 0 {
                state = self.has_lines.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            let is_early = dropped_recorded.is_some_and(|at| at.elapsed() < DROPPED_EVERY);
            let dropped = if is_early && !state.queue.is_empty() { 0 } else { state.dropped };
            let (mut batch, taken) = if dropped == 0 {
                state.queue.take(BATCH)
            } else {
                dropped_recorded = Some(Instant::now());
                (dropped_line(dropped), Taken::default())
            };
            drop(state);
            let mut pause = PAUSE;
            while !writer.put(&mut batch) {
                self.lock().refused_since.get_or_insert_with(Instant::now);
                thread::sleep(pause);
                pause = (2 * pause).min(LONGEST_PAUSE);
            }
            let mut state = self.lock();
            state.queue.add_written(taken);
            state.dropped -= dropped;
            state.refused_since = None;
            state.stalled = false;
            drop(state);
            self.written.notify_all();
        }
    }
}

impl State {
    fn drop_line(&mut self) {
        self.dropped += 1;
        DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}

fn dropped_line(dropped: u64) -> Vec<u8> {
    let message = format!("{dropped} lines were dropped: stderr did not accept them in time");
    let record = Record::new(Level::Warn, "lines-dropped", &message);
    Record { dropped: Some(dropped), ..record }.line()
}

/// Writes whole lines to an output that takes parts of them.
struct Writer<O> {
    output: O,
    /// The rest of a batch that was written in part.
    rest: Vec<u8>,
}

impl<O: Output> Writer<O> {
    /// Writes as much as possible now. Returns `true` if that is all; then `batch` is empty.
    fn put(&mut self, batch: &mut Vec<u8>) -> bool {
        if self.rest.is_empty() {
            self.rest = std::mem::take(batch);
        }
        let mut written = 0;
        while written < self.rest.len() {
            match self.output.write(&self.rest[written..]) {
                Ok(count) if count > 0 => written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // Full for now, as a pipe or a disk may be.
                Ok(_) | Err(_) => break,
            }
        }
        self.rest.drain(..written);
        self.rest.is_empty()
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests;
