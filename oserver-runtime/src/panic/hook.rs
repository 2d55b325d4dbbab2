//! The panic hook: inside of a request or an actor it keeps a report instead of printing.
//!
//! With `RUST_BACKTRACE=1` std's hook finds the symbols of every panic on the panicking thread, under a lock of the
//! whole process: many panics on one route then stop all others. Outside of requests the previous hook is called as
//! before. Under `#[oserver::main]` the panic is recorded as well, and std's own hook is not called: its text is no
//! line of the log, and it waits for the lock of std's stderr, which a handler may hold for ever.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;
use std::sync::Once;

use crate::fault_log::background;
use crate::fault_log::fault::{self, PanicReport};
use crate::process::exit_code;
use crate::request::current;

thread_local! {
    /// Panics of this thread's current poll that are not caught yet; the last is the newest.
    static SEEN: RefCell<Vec<PanicReport>> = const { RefCell::new(Vec::new()) };
    /// `true` while this thread works for an actor.
    static TAKES_NOTES: Cell<bool> = const { Cell::new(false) };
}

/// Takes notes while `work` runs, which does not panic, instead of printing.
pub(crate) fn taking_notes<R>(work: impl FnOnce() -> R) -> R {
    let before = TAKES_NOTES.replace(true);
    let result = work();
    TAKES_NOTES.set(before);
    result
}

fn takes_notes() -> bool {
    TAKES_NOTES.try_with(Cell::get).unwrap_or(false) || current::with(|_| ()).is_some()
}

/// Puts the hook in place, once for the process.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        background::start();
        let previous = std::panic::take_hook();
        // The first call has put std's hook in place, so the second returns that one.
        let previous_is_stds = is_same(&previous, &std::panic::take_hook());
        std::panic::set_hook(Box::new(move |info| {
            if takes_notes() && note(info) {
                return;
            }
            let is_ours = exit_code::owns_process();
            if is_ours {
                let thread = std::thread::current();
                fault::panic_outside(thread.name().unwrap_or("unnamed"), report(info));
            }
            if !(is_ours && previous_is_stds) {
                previous(info);
            }
        }));
    });
}

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// Returns `true` if two hooks are the same. Two boxes of std's hook are empty and have the same functions.
fn is_same(one: &Hook, other: &Hook) -> bool {
    size_of_val(&**one) == 0 && std::ptr::eq(&raw const **one, &raw const **other)
}

fn report(info: &PanicHookInfo<'_>) -> PanicReport {
    let location = info.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let message = text_of(info.payload()).unwrap_or("(the panic has no message)").to_owned();
    let frames = background::frames_of_panic(&location);
    PanicReport { message, location, frames }
}

fn note(info: &PanicHookInfo<'_>) -> bool {
    let report = report(info);
    SEEN.try_with(|seen| {
        if let Ok(mut seen) = seen.try_borrow_mut() {
            seen.push(report);
        }
    })
    .is_ok()
}

/// Returns the text that `panic!` carries; any other value has no text that we know of.
pub(crate) fn text_of(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&'static str>().copied())
}

/// Returns the report of the panic that was just caught, with this payload.
pub(crate) fn take_newest(payload: &(dyn Any + Send)) -> PanicReport {
    SEEN.with_borrow_mut(Vec::pop).unwrap_or_else(|| PanicReport {
        // `resume_unwind` calls no hook, and another hook may have replaced ours.
        message: text_of(payload).unwrap_or("(the panic hook did not run)").to_owned(),
        location: "unknown".to_owned(),
        frames: None,
    })
}

/// Returns the reports of panics that user code itself caught.
pub(crate) fn take_rest() -> Vec<PanicReport> {
    SEEN.with_borrow_mut(|seen| if seen.is_empty() { Vec::new() } else { std::mem::take(seen) })
}
