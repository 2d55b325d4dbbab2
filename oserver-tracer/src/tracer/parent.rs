//! The server's side: starts the tracer, lets it trace, and finds the symbols of what it answers.

use std::io::{self, Read, Write};
use std::num::NonZeroI32;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{PTracer, Pid, set_ptracer};

use super::child::{self, MARK};
use super::{RawFrame, Refused};

/// How often it is looked whether the tracer has ended.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// This executable knows what to do when it is started as a tracer.
static PREPARED: AtomicBool = AtomicBool::new(false);

/// A process has one tracer at a time that it allows.
static ONE: Mutex<()> = Mutex::new(());

pub(super) fn set_prepared() {
    PREPARED.store(true, Ordering::Relaxed);
}

/// The program counters on the stack of a thread, innermost first, as [`symbols_of`] needs them.
pub(super) fn addresses_of(thread: NonZeroI32, limit: Duration) -> Result<Vec<usize>, Refused> {
    if !PREPARED.load(Ordering::Relaxed) {
        return Err(Refused::NotPrepared);
    }
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let failed = |what: &str, error: &io::Error| {
        Refused::Failed(format!("the tracer process could not {what}: {error}"))
    };
    // The program that this process runs, also when the file was replaced since.
    let child = Command::new("/proc/self/exe")
        .arg0(MARK)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed("be started", &error))?;
    let mut tracer = Tracer(child);
    let _allowed = Allowed::new(&tracer.0);
    let request = format!("{} {thread}\n", std::process::id());
    let mut stdin = tracer.0.stdin.take().expect("it is piped");
    stdin.write_all(request.as_bytes()).map_err(|error| failed("be asked", &error))?;
    drop(stdin);
    let begin = Instant::now();
    // The answer of the tracer fits into the pipe.
    while tracer.0.try_wait().map_err(|error| failed("be waited for", &error))?.is_none() {
        if begin.elapsed() >= limit {
            return Err(Refused::TooSlow);
        }
        thread::sleep(LOOK_EVERY);
    }
    let mut answer = String::new();
    let mut stdout = tracer.0.stdout.take().expect("it is piped");
    stdout.read_to_string(&mut answer).map_err(|error| failed("be read", &error))?;
    child::parse(&answer)
}

/// Does not outlive the question.
struct Tracer(Child);

impl Drop for Tracer {
    fn drop(&mut self) {
        // It has ended, or is not to go on: a thread that it holds goes on without it.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}

/// While it lives a child may trace its parent, where Yama lets only a parent trace its children.
struct Allowed(bool);

impl Allowed {
    fn new(child: &Child) -> Self {
        let scope = std::fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope");
        let is_needed = scope.is_ok_and(|scope| scope.trim() == "1");
        let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let allowed = is_needed && id.is_some_and(|id| set_ptracer(PTracer::ProcessID(id)).is_ok());
        Self(allowed)
    }
}

impl Drop for Allowed {
    fn drop(&mut self) {
        if self.0 {
            _ = set_ptracer(PTracer::None);
        }
    }
}

/// The functions at an address, those that were built into others first.
pub(super) fn symbols_of(address: usize) -> Vec<RawFrame> {
    let mut frames = Vec::new();
    backtrace::resolve(address as *mut _, |symbol| {
        let name = symbol.name().map(|name| format!("{name:#}")).unwrap_or_default();
        let file = symbol.filename().map(|file| file.to_string_lossy().into_owned());
        let place = file.zip(symbol.lineno()).map(|(file, line)| (file, line, symbol.colno()));
        frames.push(RawFrame { name, place });
    });
    frames
}
