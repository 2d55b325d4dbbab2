//! The thread that writes records which may come after the response: backtraces, whose symbols take long to find, and
//! the counts of faults that were not written in full.
//!
//! It sleeps until there is a record to write.

use std::backtrace::Backtrace;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use crate::fault_log::rate_limit::{Detail, Limits, Slot};
use crate::fault_log::record::{Level, Record};
use crate::fault_log::sink;
use crate::fault_log::stack_record::Job;
use crate::fault_log::symbols::Symbols;

/// How often counts are written while there are any.
const SUMMARY_EVERY: Duration = Duration::from_secs(1);
/// How long the first stack waits for others.
const BEFORE_FIRST: Duration = Duration::from_millis(100);
/// Backtraces that may wait; one more is left out, for its record is written already.
const WAITING: usize = 64;

static RECORDER: LazyLock<Recorder> = LazyLock::new(Recorder::start);

struct Recorder {
    limits: Limits,
    to_thread: SyncSender<Message>,
    /// `true` once the thread has been woken for a count.
    told: AtomicBool,
    symbols: Symbols,
    /// Finding symbols and capturing frames exclude each other by a lock inside of std, and a
    /// worker must not wait there for as long as symbols take.
    resolving: AtomicBool,
}

enum Message {
    Backtrace {
        request_id: Option<String>,
        message: String,
        location: String,
        frames: Box<Backtrace>,
    },
    Stack(Box<Job>),
    LoadSymbols,
    SomethingSuppressed,
}

/// Starts the thread, if it is not running, and opens the path to stderr, so that the first fault does not have to.
pub(crate) fn start() {
    sink::open();
    LazyLock::force(&RECORDER);
}

/// Decides whether one fault at `location` is written in full; if not, it is counted here.
pub(crate) fn admit(level: Level, fault: &'static str, location: &str) -> Detail {
    let limits = &RECORDER.limits;
    let verdict = limits.slot(level, fault, location).admit(limits.seconds());
    if verdict == Detail::Counted
        && !RECORDER.told.swap(true, Ordering::AcqRel)
        && RECORDER.to_thread.try_send(Message::SomethingSuppressed).is_err()
    {
        // The channel was full: the next fault wakes the thread.
        RECORDER.told.store(false, Ordering::Release);
    }
    verdict
}

/// Captures the frames of a panic, if it is the first of its place in a minute.
pub(crate) fn frames_of_panic(location: &str) -> Option<Box<Backtrace>> {
    let limits = &RECORDER.limits;
    if RECORDER.resolving.load(Ordering::Relaxed) {
        return None;
    }
    let slot: &Slot = limits.slot(Level::Error, "panic", location);
    slot.wants_backtrace(limits.seconds()).then(|| Box::new(Backtrace::force_capture()))
}

/// Sends the backtrace of a panic to the thread, which finds the symbols and writes the second record.
pub(crate) fn write_backtrace(
    request_id: Option<String>,
    message: String,
    location: String,
    frames: Box<Backtrace>,
) {
    _ = RECORDER.to_thread.try_send(Message::Backtrace { request_id, message, location, frames });
}

/// Returns `true` if a stack should be captured for a fault at `place`. Only later is it known whether it is the first
/// of its minute.
pub(crate) fn wants_stack(fault: &'static str, place: &str) -> bool {
    let limits = &RECORDER.limits;
    limits.slot(Level::Error, fault, place).wants_stack(limits.seconds())
}

/// Returns the state of std's symbols of the executable.
pub(crate) fn symbols() -> &'static Symbols {
    &RECORDER.symbols
}

/// Loads the symbols, because a request or command has used most of its time and its stack may be wanted.
pub(crate) fn load_symbols() {
    if RECORDER.symbols.begin() {
        // If the channel is full, stacks wait in it, and they load the symbols, too.
        _ = RECORDER.to_thread.try_send(Message::LoadSymbols);
    }
}

/// Returns `true` if a stack that was found is the first of its kind in a minute.
pub(crate) fn is_first_of_minute(fault: &'static str, key: &str) -> bool {
    let limits = &RECORDER.limits;
    limits.slot(Level::Error, fault, key).wants_backtrace(limits.seconds())
}

/// Sends a stack to the thread, which finds the symbols and writes the second record of a fault.
pub(crate) fn find_stack(job: Job) {
    _ = RECORDER.to_thread.try_send(Message::Stack(Box::new(job)));
}

/// Runs work that needs the symbols of std.
fn resolve<R>(work: impl FnOnce() -> R) -> R {
    RECORDER.symbols.begin();
    RECORDER.resolving.store(true, Ordering::Relaxed);
    let result = work();
    RECORDER.resolving.store(false, Ordering::Relaxed);
    RECORDER.symbols.set_loaded();
    result
}

impl Recorder {
    fn start() -> Self {
        let (to_thread, messages) = sync_channel(WAITING);
        std::thread::Builder::new()
            .name("oserver-recorder".into())
            .spawn(move || run(&messages))
            .expect("a process that cannot start one thread cannot serve");
        Self {
            limits: Limits::new(),
            to_thread,
            told: AtomicBool::new(false),
            symbols: Symbols::default(),
            resolving: AtomicBool::new(false),
        }
    }
}

fn run(messages: &Receiver<Message>) {
    let mut summary_at: Option<Instant> = None;
    loop {
        let received = match summary_at {
            None => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(at) => messages.recv_timeout(at.saturating_duration_since(Instant::now())),
        };
        match received {
            Ok(Message::SomethingSuppressed) => {
                summary_at.get_or_insert_with(|| Instant::now() + SUMMARY_EVERY);
            }
            Ok(Message::Backtrace { request_id, message, location, frames }) => {
                let text = resolve(|| frames.to_string());
                Record {
                    location: Some(&location),
                    request_id: request_id.as_deref(),
                    backtrace: Some(frames_of_interest(&text)),
                    ..Record::new(Level::Error, "panic-backtrace", &message)
                }
                .write();
            }
            Ok(Message::Stack(job)) if job.needs_std() => {
                if RECORDER.symbols.are_missing() {
                    // Stacks of requests that hang at the same time are captured first.
                    std::thread::sleep(BEFORE_FIRST);
                }
                resolve(|| job.run());
            }
            Ok(Message::Stack(job)) => job.run(),
            Ok(Message::LoadSymbols) => drop(resolve(|| Backtrace::force_capture().to_string())),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if summary_at.is_some_and(|at| at <= Instant::now()) {
            // Reset before the counts are taken: a later count wakes the thread again.
            RECORDER.told.store(false, Ordering::Release);
            summary_at = None;
            if !write_summaries() {
                summary_at = Some(Instant::now() + SUMMARY_EVERY);
            }
        }
    }
}

/// Returns whether all were written. A count that found no room is counted on.
fn write_summaries() -> bool {
    let mut all = true;
    for (slot, place, count) in RECORDER.limits.take_suppressed() {
        #[cfg(feature = "admin")]
        crate::fault_log::recent::count(place.fault, &place.location, count);
        let message = format!("{count} more faults of this location were not written in full");
        let record = Record {
            location: Some(&place.location),
            suppressed: Some(count),
            ..Record::new(place.level, place.fault, &message)
        };
        if !sink::try_write(record.line()) {
            slot.suppress(count);
            all = false;
        }
    }
    all
}

/// Returns the frames between the panic machinery and the guard, which are those of user code.
fn frames_of_interest(backtrace: &str) -> &str {
    let after_panic = backtrace
        .rfind("core::panicking::")
        .or_else(|| backtrace.rfind("std::panicking::"))
        .and_then(|at| next_frame(backtrace, at))
        .unwrap_or(0);
    let rest = &backtrace[after_panic..];
    let end =
        rest.find("oserver_runtime::").and_then(|at| rest[..at].rfind('\n')).unwrap_or(rest.len());
    let frames = rest[..end].trim_end();
    if frames.is_empty() { backtrace } else { frames }
}

/// Returns where the first frame after `at` starts: a line whose first word is a number and a colon.
fn next_frame(backtrace: &str, at: usize) -> Option<usize> {
    let mut start = at + backtrace[at..].find('\n')? + 1;
    for line in backtrace[start..].split_inclusive('\n') {
        let first = line.trim_start().split(':').next().unwrap_or_default();
        if !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(start);
        }
        start += line.len();
    }
    None
}
