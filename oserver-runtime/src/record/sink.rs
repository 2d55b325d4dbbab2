//! The way of a line to stderr. Nobody who reads slowly, or not at all, can hold a server back: what
//! does not get through is left out, and how much that was is the next thing that is said.

use std::io::{self, ErrorKind};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::fields::{Level, Record};
use super::stderr::Stderr;

/// For how long a line is tried that has begun to go through, or is the first not to.
const PATIENCE: Duration = Duration::from_millis(20);
/// How long it is waited before another try.
const PAUSE: Duration = Duration::from_millis(1);

static SINK: LazyLock<Mutex<Sink<Stderr>>> =
    LazyLock::new(|| Mutex::new(Sink::new(Stderr::detect())));

/// Takes bytes without waiting for whoever reads them.
pub(super) trait Output {
    /// # Errors
    /// [`ErrorKind::WouldBlock`] when it can take nothing now.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
}

/// Lines on their way.
struct Sink<O> {
    output: O,
    /// The rest of a line that went through in part.
    rest: Vec<u8>,
    /// The last line did not go through: the next is not waited for.
    stalled: bool,
    dropped: u64,
}

/// Opens what has to be opened: later there may be no file descriptor left.
pub(super) fn open() {
    drop(lock());
}

/// Writes one line, whole. Says whether it got through; if not, it is counted.
pub(super) fn write(line: &[u8]) -> bool {
    lock().write(line)
}

/// Says how many lines did not get through, if there are any. `false` when that does not, either.
pub(super) fn say_dropped() -> bool {
    lock().say_dropped()
}

/// As [`write()`], but a line that does not get through is neither counted nor waited for: who called
/// tries again.
pub(super) fn try_write(line: &[u8]) -> bool {
    lock().try_write(line)
}

/// Lines were left out somewhere else.
#[cfg(feature = "log")]
pub(super) fn add_dropped(lines: u64) {
    lock().dropped += lines;
}

fn lock() -> std::sync::MutexGuard<'static, Sink<Stderr>> {
    SINK.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<O: Output> Sink<O> {
    fn new(output: O) -> Self {
        Self { output, rest: Vec::new(), stalled: false, dropped: 0 }
    }

    fn write(&mut self, line: &[u8]) -> bool {
        let through = self.try_write(line);
        if !through {
            self.dropped += 1;
        }
        through
    }

    fn try_write(&mut self, line: &[u8]) -> bool {
        if !(self.flush() && self.say_dropped()) {
            return false;
        }
        self.put(line)
    }

    /// The rest of the last line.
    fn flush(&mut self) -> bool {
        if self.rest.is_empty() {
            return true;
        }
        let rest = std::mem::take(&mut self.rest);
        let sent = self.send(&rest);
        self.rest = rest[sent..].to_vec();
        self.rest.is_empty()
    }

    fn say_dropped(&mut self) -> bool {
        if !self.flush() {
            return false;
        }
        if self.dropped == 0 {
            return true;
        }
        let message = format!("{} lines were left out, because nobody read them", self.dropped);
        let record = Record::new(Level::Warn, "lines-dropped", &message);
        let line = Record { dropped: Some(self.dropped), ..record }.line();
        let begun = self.put(&line);
        if begun {
            self.dropped = 0;
        }
        begun && self.rest.is_empty()
    }

    /// Says whether it got through, or began to: then the rest of it is kept for the next time.
    fn put(&mut self, line: &[u8]) -> bool {
        let sent = self.send(line);
        if sent > 0 {
            self.rest = line[sent..].to_vec();
        }
        sent > 0
    }

    /// How many bytes went through.
    fn send(&mut self, line: &[u8]) -> usize {
        let mut rest = line;
        let mut begin = None;
        while !rest.is_empty() {
            match self.output.write(rest) {
                Ok(written) if written > 0 => rest = &rest[written..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock && !self.stalled => {
                    if begin.get_or_insert_with(Instant::now).elapsed() >= PATIENCE {
                        break;
                    }
                    sleep(PAUSE);
                }
                // There is nowhere to report that the place of reports is gone.
                Ok(_) | Err(_) => break,
            }
        }
        self.stalled = !rest.is_empty();
        line.len() - rest.len()
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    /// A pipe with little room.
    struct Pipe {
        room: usize,
        taken: Vec<u8>,
        asked: u32,
    }

    impl Output for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.asked += 1;
            if self.room == 0 {
                return Err(ErrorKind::WouldBlock.into());
            }
            let written = bytes.len().min(self.room);
            self.room -= written;
            self.taken.extend_from_slice(&bytes[..written]);
            Ok(written)
        }
    }

    fn sink(room: usize) -> Sink<Pipe> {
        Sink::new(Pipe { room, taken: Vec::new(), asked: 0 })
    }

    #[test]
    fn what_does_not_go_through_is_counted_and_said_and_nothing_is_cut() {
        let mut sink = sink(7);
        assert!(sink.write(b"one\n"));
        assert!(sink.write(b"two, of which a part goes through\n"));
        for _ in 0..10 {
            assert!(!sink.write(b"lost\n"));
        }
        sink.output.room = 100_000;
        assert!(sink.write(b"three\n"));
        let text = String::from_utf8(sink.output.taken).expect("text");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!((lines[0], lines[1]), ("one", "two, of which a part goes through"));
        assert!(lines[2].contains("10 lines were left out"), "{text}");
        assert_eq!(lines[3], "three");
    }

    #[test]
    fn after_a_stall_nothing_is_waited_for() {
        let mut sink = sink(0);
        assert!(!sink.write(b"waited for\n"));
        let asked = sink.output.asked;
        assert!(asked > 1, "it gave up at once");
        assert!(!sink.write(b"lost\n"));
        assert_eq!(sink.output.asked, asked + 1);
    }

    #[test]
    fn the_number_is_said_though_nothing_else_is() {
        let mut sink = sink(0);
        assert!(!sink.write(b"lost\n"));
        assert!(!sink.say_dropped());
        sink.output.room = 100_000;
        assert!(sink.say_dropped() && sink.say_dropped());
        let text = String::from_utf8(sink.output.taken).expect("text");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}
