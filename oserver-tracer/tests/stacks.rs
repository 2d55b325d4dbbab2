//! The stack of a thread that does this or that, from the outside of the crate. `main` is its own: the executable
//! is started again as the tracer.

#![allow(clippy::print_stdout, reason = "it stands in for the harness")]

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn main() {}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn main() {
    assert_eq!(
        oserver_tracer::stack_of(linux::own_id(), linux::LIMIT),
        Err(oserver_tracer::Refused::NotPrepared)
    );
    oserver_tracer::serve_if_asked();
    linux::run();
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod linux {
    use std::hint::black_box;
    use std::io::Read;
    use std::num::NonZeroI32;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::sync::{Arc, Condvar, Mutex};
    use std::thread;
    use std::time::{Duration, Instant};

    use oserver_tracer::{Refused, stack_of};

    pub(crate) const LIMIT: Duration = Duration::from_secs(30);

    pub(crate) fn own_id() -> NonZeroI32 {
        rustix::thread::gettid().as_raw_nonzero()
    }

    pub(crate) fn run() {
        let lines = [
            expect("a sleep", sleep),
            expect("a lock", lock),
            expect("a condition", condition),
            expect("a pipe", read),
            expect("a channel", receive),
            expect("a busy loop", spin),
            expect("a clock", ask_the_time),
            expect("a C function", call_c),
        ];
        for (what, line) in lines {
            println!("{what}: line {line}");
        }
        a_thread_that_is_stopped_goes_on();
        a_thread_that_has_ended_is_refused();
        println!("all of them are as they should be");
    }

    type Started = Sender<(NonZeroI32, u32)>;

    /// Waits until the stack of a thread that does this names the line that it said.
    fn expect(what: &'static str, work: fn(&Started)) -> (&'static str, u32) {
        let (sender, started) = channel();
        thread::spawn(move || work(&sender));
        let (id, line) = started.recv().expect("it begins");
        let begin = Instant::now();
        loop {
            let stack = stack_of(id, LIMIT).unwrap_or_else(|why| panic!("{what}: {why}"));
            let is_found = stack.iter().any(|frame| {
                frame.place.as_ref().is_some_and(|(file, at, _)| {
                    file.ends_with("tests/stacks.rs") && (line..line + 3).contains(at)
                })
            });
            if is_found {
                return (what, line);
            }
            assert!(begin.elapsed() < LIMIT, "{what}: line {line} is not in {stack:#?}");
        }
    }

    fn start(started: &Started, line: u32) {
        started.send((own_id(), line)).expect("it is waited for");
    }

    fn sleep(started: &Started) {
        start(started, line!() + 1);
        thread::sleep(Duration::from_secs(3600));
        // Or an optimized build would leave this function before the call.
        black_box(());
    }

    fn lock(started: &Started) {
        let lock = Mutex::new(());
        let _held = lock.lock();
        start(started, line!() + 1);
        drop(lock.lock());
        black_box(());
    }

    fn condition(started: &Started) {
        let (lock, condition) = (Mutex::new(()), Condvar::new());
        let mut held = lock.lock().expect("nobody else has it");
        start(started, line!() + 2);
        loop {
            held = condition.wait(held).expect("nobody else has it");
        }
    }

    fn read(started: &Started) {
        let (mut reader, _writer) = std::io::pipe().expect("a pipe");
        start(started, line!() + 1);
        _ = reader.read(&mut [0]);
        black_box(());
    }

    fn receive(started: &Started) {
        let (_sender, receiver): (_, Receiver<()>) = channel();
        start(started, line!() + 1);
        _ = receiver.recv();
        black_box(());
    }

    fn spin(started: &Started) {
        let mut number = 0_u64;
        start(started, line!() + 1);
        loop {
            number = black_box(number.wrapping_mul(31) + 7);
        }
    }

    /// Most of the time in the kernel's module, which has no file.
    fn ask_the_time(started: &Started) {
        start(started, line!() + 1);
        while black_box(Instant::now()).elapsed() < Duration::from_secs(3600) {}
    }

    fn call_c(started: &Started) {
        // It ends with the input that it waits for, and so with this process.
        let mut child = std::process::Command::new("cat")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("cat");
        let _input = child.stdin.take();
        start(started, line!() + 1);
        _ = child.wait();
        black_box(());
    }

    fn a_thread_that_is_stopped_goes_on() {
        let count = Arc::new(AtomicU64::new(0));
        let (sender, started) = channel();
        let counting = Arc::clone(&count);
        thread::spawn(move || {
            start(&sender, 0);
            loop {
                counting.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(1));
            }
        });
        let (id, _) = started.recv().expect("it begins");
        for _ in 0..3 {
            stack_of(id, LIMIT).expect("it lives");
            let (before, begin) = (count.load(Ordering::Relaxed), Instant::now());
            while count.load(Ordering::Relaxed) == before {
                assert!(begin.elapsed() < LIMIT, "it is still stopped");
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    fn a_thread_that_has_ended_is_refused() {
        let id = thread::spawn(own_id).join().expect("it does not panic");
        let begin = Instant::now();
        // It is joined a moment before the kernel has forgotten it.
        while stack_of(id, LIMIT) != Err(Refused::Ended) {
            assert!(begin.elapsed() < LIMIT);
        }
    }
}
