//! The thread that writes ordinary lines: whoever logs never waits for whoever reads.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use super::sink;

/// Lines that may wait; further ones are left out, counted, and the number is said.
const WAITING: usize = 8192;
/// How long the thread waits when nobody reads.
const PAUSE: Duration = Duration::from_millis(10);

static WRITER: OnceLock<Writer> = OnceLock::new();

struct Writer {
    lines: SyncSender<Message>,
    dropped: AtomicU64,
}

enum Message {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// Has a line written, in the order of the calls.
pub(crate) fn write(line: Vec<u8>) {
    let writer = WRITER.get_or_init(Writer::start);
    if writer.lines.try_send(Message::Line(line)).is_err() {
        writer.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits until what was given until now is written, but no longer than this.
pub(crate) fn flush(limit: Duration) {
    let Some(writer) = WRITER.get() else { return };
    let (done, is_done) = sync_channel(1);
    if writer.lines.try_send(Message::Flush(done)).is_ok() {
        _ = is_done.recv_timeout(limit);
    }
}

impl Writer {
    fn start() -> Self {
        let (lines, messages) = sync_channel(WAITING);
        thread::Builder::new()
            .name("oserver-log".into())
            .spawn(move || run(&messages))
            .expect("a process that cannot start one thread cannot log");
        Self { lines, dropped: AtomicU64::new(0) }
    }
}

fn run(messages: &Receiver<Message>) {
    for message in messages {
        match message {
            Message::Line(line) => {
                while !sink::try_write(&line) {
                    thread::sleep(PAUSE);
                }
            }
            // Nobody is left who waits, or the one who does gets it.
            Message::Flush(done) => _ = done.try_send(()),
        }
        let dropped = WRITER.get().map_or(0, |writer| writer.dropped.swap(0, Ordering::Relaxed));
        if dropped > 0 {
            sink::add_dropped(dropped);
            sink::say_dropped();
        }
    }
}
