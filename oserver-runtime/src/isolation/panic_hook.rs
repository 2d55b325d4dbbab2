//! The panic hook: inside of a request or an actor it takes notes instead of printing.
//!
//! With `RUST_BACKTRACE=1` std's hook finds the symbols of every panic on the panicking thread,
//! under a lock of the whole process: a storm of panics on one route then stops all others.
//! Outside of requests the hook that was there before is called as ever.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;
use std::sync::Once;

use crate::record::fault::PanicReport;
use crate::record::recorder;
use crate::request::current;

thread_local! {
    /// Panics of this thread's current poll that nobody has caught yet; the last is the newest.
    static SEEN: RefCell<Vec<PanicReport>> = const { RefCell::new(Vec::new()) };
    /// This thread works for an actor.
    static TAKES_NOTES: Cell<bool> = const { Cell::new(false) };
}

/// Takes notes while `work` runs, which does not panic, instead of printing.
pub(super) fn taking_notes<R>(work: impl FnOnce() -> R) -> R {
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
        recorder::start();
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !takes_notes() || !note(info) {
                previous(info);
            }
        }));
    });
}

fn note(info: &PanicHookInfo<'_>) -> bool {
    let location = info.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let message = text_of(info.payload()).unwrap_or("(the panic carried no text)").to_owned();
    let frames = recorder::frames_of_panic(&location);
    let report = PanicReport { message, location, frames };
    SEEN.try_with(|seen| {
        if let Ok(mut seen) = seen.try_borrow_mut() {
            seen.push(report);
        }
    })
    .is_ok()
}

/// What `panic!` carries; any other value has no text that we know of.
pub(crate) fn text_of(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&'static str>().copied())
}

/// The report of the panic that was just caught, with this payload.
pub(crate) fn take_newest(payload: &(dyn Any + Send)) -> PanicReport {
    SEEN.with_borrow_mut(Vec::pop).unwrap_or_else(|| PanicReport {
        // `resume_unwind` calls no hook, and another hook may have replaced ours.
        message: text_of(payload).unwrap_or("(a panic that no hook saw)").to_owned(),
        location: "unknown".to_owned(),
        frames: None,
    })
}

/// The reports of panics that the user's own code caught.
pub(crate) fn take_rest() -> Vec<PanicReport> {
    SEEN.with_borrow_mut(|seen| if seen.is_empty() { Vec::new() } else { std::mem::take(seen) })
}
