//! Current activity of a thread of this process, in words for the log.
//!
//! `/proc/self/task/ID` needs no privileges. Where a kernel or a sandbox leaves parts of it out, the words say
//! less.

#[cfg(target_os = "linux")]
pub use self::linux::{Sample, describe};

#[cfg(not(target_os = "linux"))]
pub use self::elsewhere::{Sample, describe};

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::num::NonZeroI32;

    /// Nothing, on this operating system.
    #[derive(Clone, Copy, Debug)]
    pub struct Sample;

    impl Sample {
        /// Returns `None`.
        #[must_use]
        pub fn take(_: NonZeroI32) -> Option<Self> {
            None
        }

        /// Returns zero.
        #[must_use]
        pub fn used_since(self, _: Self) -> std::time::Duration {
            std::time::Duration::ZERO
        }

        /// Returns zero.
        #[must_use]
        pub fn time_since(self, _: Self) -> std::time::Duration {
            std::time::Duration::ZERO
        }
    }

    /// Returns a text that the activity is not known.
    #[must_use]
    pub fn describe(_: NonZeroI32, _: Option<Sample>) -> String {
        "is not known on this operating system".into()
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fmt::Write as _;
    use std::fs;
    use std::num::NonZeroI32;
    use std::os::unix::fs::FileTypeExt;
    use std::time::{Duration, Instant};

    use super::super::syscalls::{self, Call};

    /// From this part of the time on, a thread computes, whatever it does at the moment of the look.
    const COMPUTES_FROM: f64 = 0.5;
    /// A shorter time than this says nothing about the part of it that a thread ran.
    const SHORTEST: Duration = Duration::from_millis(20);

    /// The CPU time that a thread had used at some moment.
    #[derive(Clone, Copy, Debug)]
    pub struct Sample {
        used: Duration,
        at: Instant,
    }

    impl Sample {
        /// Takes the sample. Returns `None` if the thread has ended or the kernel does not count.
        pub fn take(thread: NonZeroI32) -> Option<Self> {
            // Nanoseconds on a CPU, nanoseconds in the queue, number of turns.
            let text = read(thread, "schedstat")?;
            let used = text.split(' ').next()?.parse().ok()?;
            Some(Self { used: Duration::from_nanos(used), at: Instant::now() })
        }

        /// Returns the CPU time that the thread used since an earlier sample of it.
        #[must_use]
        pub fn used_since(self, before: Self) -> Duration {
            self.used.saturating_sub(before.used)
        }

        /// Returns the time that passed since an earlier sample.
        #[must_use]
        pub fn time_since(self, before: Self) -> Duration {
            self.at.saturating_duration_since(before.at)
        }
    }

    /// Describes what a thread does. `before` is a sample from earlier in the same work.
    pub fn describe(thread: NonZeroI32, before: Option<Sample>) -> String {
        let share = before.zip(Sample::take(thread));
        let share = share.map(|(before, now)| (now.used_since(before), now.time_since(before)));
        let share = share.filter(|(_, window)| *window >= SHORTEST);
        let state = read(thread, "stat").as_deref().and_then(state);
        let Some(state) = state else { return "has ended".into() };
        let call = read(thread, "syscall").unwrap_or_default();
        let computes = |(used, window): (Duration, Duration)| {
            used.as_secs_f64() >= COMPUTES_FROM * window.as_secs_f64()
        };
        if state == 'R' || call.starts_with("running") || share.is_some_and(computes) {
            return match share {
                Some((used, window)) => format!(
                    "computes: {:.2} s of CPU time in the last {:.2} s",
                    used.as_secs_f64(),
                    window.as_secs_f64()
                ),
                None => "computes: it runs on a CPU".into(),
            };
        }
        let waits = syscalls::parse(&call).map(|(call, arguments)| in_call(&call, &arguments));
        let waits = waits.unwrap_or_else(|| {
            let channel = read(thread, "wchan").unwrap_or_default();
            syscalls::of_channel(channel.trim_matches(['\0', '\n'])).into_owned()
        });
        match state {
            'D' => format!("{waits}; the kernel lets nothing interrupt it"),
            'T' | 't' => "is stopped by a signal or a debugger".into(),
            _ => waits,
        }
    }

    fn in_call(call: &Call, arguments: &[u64]) -> String {
        let Call { name, words, file } = call;
        let mut text = String::from(*words);
        let file = file.and_then(|index| arguments.get(index)).copied();
        if let Some(descriptor) = file {
            let kind = kind_of(descriptor);
            _ = write!(text, " {kind} ({name}, file descriptor {descriptor})");
        } else {
            _ = write!(text, " ({name})");
        }
        text
    }

    /// Returns the kind of file behind a file descriptor of this process, in words.
    fn kind_of(descriptor: u64) -> String {
        let path = format!("/proc/self/fd/{descriptor}");
        let Ok(target) = fs::read_link(&path) else { return "a file".into() };
        let target = target.to_string_lossy();
        let name = target.trim_start_matches("anon_inode:").trim_matches(['[', ']']);
        match target.split(':').next() {
            Some("pipe") => return "a pipe".into(),
            Some("socket") => return "a socket".into(),
            Some("anon_inode") => return format!("an {name}"),
            _ => {}
        }
        let is = |what: fn(&fs::FileType) -> bool| {
            fs::metadata(&path).is_ok_and(|metadata| what(&metadata.file_type()))
        };
        let kind = match () {
            () if is(FileTypeExt::is_fifo) => "the pipe",
            () if is(FileTypeExt::is_char_device) => "the device",
            () => "the file",
        };
        format!("{kind} {target}")
    }

    fn read(thread: NonZeroI32, file: &str) -> Option<String> {
        fs::read_to_string(format!("/proc/self/task/{thread}/{file}")).ok()
    }

    /// The letter after the name, which is in parentheses and may contain anything.
    fn state(stat: &str) -> Option<char> {
        stat.rsplit_once(')')?.1.trim_start().chars().next()
    }

    #[cfg(test)]
    mod tests {
        use std::io::Read;
        use std::process::{Command, Stdio};
        use std::sync::mpsc::channel;
        use std::sync::{Condvar, Mutex};
        use std::thread;

        use super::*;

        /// Waits until the thread of `work` is described with these words. The thread is left behind.
        fn expect(words: &str, work: impl FnOnce() + Send + 'static) {
            let (sender, receiver) = channel();
            thread::spawn(move || {
                sender.send(rustix::thread::gettid().as_raw_nonzero()).expect("the test waits");
                work();
            });
            let id = receiver.recv().expect("the thread begins");
            let before = Sample::take(id);
            let begin = Instant::now();
            loop {
                let text = describe(id, before);
                if text.contains(words) {
                    return;
                }
                assert!(begin.elapsed().as_secs() < 30, "`{text}` and not `{words}`");
                thread::sleep(Duration::from_millis(5));
            }
        }

        #[test]
        fn a_sleep_is_told_from_a_lock_and_a_condition() {
            expect("sleeps (clock_nanosleep)", || thread::sleep(Duration::from_secs(3600)));
            expect("waits for a lock or condition (futex)", || {
                let lock = Mutex::new(());
                let _held = lock.lock();
                drop(lock.lock());
            });
            expect("waits for a lock or condition (futex)", || {
                let lock = Mutex::new(());
                drop(Condvar::new().wait(lock.lock().expect("nobody else has it")));
            });
            expect("waits for a lock or condition (futex)", || _ = channel::<()>().1.recv());
        }

        #[test]
        fn a_read_names_what_is_read() {
            let (mut pipe, _writer) = std::io::pipe().expect("a pipe");
            expect("reads from a pipe (read, file descriptor ", move || _ = pipe.read(&mut [0]));
            let (mut socket, _other) = std::os::unix::net::UnixStream::pair().expect("two sockets");
            expect("a socket (", move || _ = socket.read(&mut [0]));
            std::mem::forget((_writer, _other));
        }

        #[test]
        fn a_busy_loop_is_described_with_its_cpu_time() {
            expect(" s of CPU time in the last ", || {
                loop {
                    std::hint::spin_loop();
                }
            });
        }

        #[test]
        fn a_child_that_is_waited_for_is_named() {
            // It ends with the input that it waits for, and so with this process.
            let mut child = Command::new("cat")
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .expect("cat");
            let _input = child.stdin.take();
            expect("waits for a child process", move || _ = child.wait());
        }

        #[test]
        fn a_thread_that_has_ended_is_said_to() {
            let id = thread::spawn(|| rustix::thread::gettid().as_raw_nonzero()).join();
            let id = id.expect("it does not panic");
            let begin = Instant::now();
            while describe(id, None) != "has ended" {
                assert!(begin.elapsed().as_secs() < 30, "{}", describe(id, None));
            }
        }

        #[test]
        fn the_state_follows_the_last_parenthesis() {
            assert_eq!(state("12 (a) R (b) S 1 2"), Some('S'));
            assert_eq!(state("12 (a"), None);
        }
    }
}
