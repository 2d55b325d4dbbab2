//! Lines that wait for stderr: records before ordinary lines, each kind bounded in number and bytes.

use std::collections::VecDeque;

/// Records that may wait. Each place in the source writes at most 20 a second.
const RECORDS: usize = 1024;
/// Ordinary lines that may wait.
const LINES: usize = 8192;
/// Bytes of each kind that may wait: a line can be of any length.
const BYTES: usize = 16 * 1024 * 1024;

/// Two bounded queues, with counts of the lines that came in and of the lines that were written.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    records: Lines,
    lines: Lines,
}

/// Stands for a record that was pushed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ticket(u64);

/// How many records and lines a batch has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    records: u64,
    lines: u64,
}

#[derive(Debug, Default)]
struct Lines {
    waiting: VecDeque<Vec<u8>>,
    bytes: usize,
    pushed: u64,
    written: u64,
}

impl Queue {
    /// Returns `None` if there is no room.
    pub(crate) fn push_record(&mut self, record: Vec<u8>) -> Option<Ticket> {
        self.records.push(record, RECORDS).then_some(Ticket(self.records.pushed))
    }

    /// Returns `false` if there is no room.
    #[cfg(feature = "log")]
    pub(crate) fn push_line(&mut self, line: Vec<u8>) -> bool {
        self.lines.push(line, LINES)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.records.waiting.is_empty() && self.lines.waiting.is_empty()
    }

    /// Takes lines of about `size` bytes, but at least one line if there is one.
    pub(crate) fn take(&mut self, size: usize) -> (Vec<u8>, Taken) {
        let mut batch = Vec::new();
        let records = self.records.take(&mut batch, size);
        let lines = self.lines.take(&mut batch, size);
        (batch, Taken { records, lines })
    }

    /// Adds `taken` to the numbers of written records and lines.
    pub(crate) fn add_written(&mut self, taken: Taken) {
        self.records.written += taken.records;
        self.lines.written += taken.lines;
    }

    pub(crate) fn is_written(&self, Ticket(number): Ticket) -> bool {
        self.records.written >= number
    }

    /// Returns how many lines of both kinds were pushed so far.
    pub(crate) fn pushed(&self) -> u64 {
        self.records.pushed + self.lines.pushed
    }

    /// Returns how many of them were written.
    pub(crate) fn written(&self) -> u64 {
        self.records.written + self.lines.written
    }
}

impl Lines {
    fn push(&mut self, line: Vec<u8>, most: usize) -> bool {
        // A line of any length finds room where none waits.
        let fits = self.waiting.is_empty() || self.bytes + line.len() <= BYTES;
        if self.waiting.len() >= most || !fits {
            return false;
        }
        self.bytes += line.len();
        self.pushed += 1;
        self.waiting.push_back(line);
        true
    }

    /// Moves lines to `batch` while it stays within `size`. Returns how many.
    fn take(&mut self, batch: &mut Vec<u8>, size: usize) -> u64 {
        let mut count = 0;
        let fits = |batch: &[u8], line: &[u8]| batch.is_empty() || batch.len() + line.len() <= size;
        while self.waiting.front().is_some_and(|line| fits(batch, line))
            && let Some(line) = self.waiting.pop_front()
        {
            self.bytes -= line.len();
            count += 1;
            if batch.is_empty() {
                *batch = line;
            } else {
                batch.extend_from_slice(&line);
            }
        }
        count
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn records_come_first_and_a_batch_is_no_longer_than_it_may_be() {
        let mut queue = Queue::default();
        assert!(queue.lines.push(b"line 1".to_vec(), LINES));
        assert!(queue.lines.push(b"line 2".to_vec(), LINES));
        let ticket = queue.push_record(b"record".to_vec()).expect("there is room");
        let (batch, taken) = queue.take(12);
        assert_eq!((&batch[..], taken), (&b"recordline 1"[..], Taken { records: 1, lines: 1 }));
        assert!(!queue.is_written(ticket));
        queue.add_written(taken);
        assert!(queue.is_written(ticket));
        assert_eq!((queue.pushed(), queue.written()), (3, 2));
        assert_eq!(queue.take(1).0, b"line 2", "a line that is too long for a batch");
        assert!(queue.is_empty());
    }

    #[test]
    fn neither_number_nor_bytes_grow_without_bound() {
        let mut lines = Lines::default();
        assert!(lines.push(vec![0; 2 * BYTES], 2), "nothing waits yet");
        assert!(!lines.push(vec![0], 2), "too many bytes");
        let mut lines = Lines::default();
        assert!(lines.push(vec![0], 2) && lines.push(vec![0], 2));
        assert!(!lines.push(vec![0], 2), "too many lines");
    }
}
